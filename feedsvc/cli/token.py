"""`feedsvc token`: who may use the admin endpoint."""

from __future__ import annotations

from datetime import timedelta

import click

from feedsvc.cli.opened import opened
from feedsvc.cli.options import common_options
from feedsvc.errors import NotFound
from feedsvc.model.access import Scope
from feedsvc.settings import Settings


@click.group()
def token() -> None:
    """Make, list and revoke API tokens for the admin endpoint."""


@token.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    # The values, not the members: click would ask for their names, in capitals.
    type=click.Choice([scope.value for scope in Scope]),
    default=[Scope.INGEST.value, Scope.READ.value],
    show_default=True,
    help="What it may do; may be given several times.",
)
@click.option("--days", type=click.IntRange(min=1), help="Days until it expires. [default: never]")
@common_options
def create(settings: Settings, name: str, scopes: tuple[str, ...], days: int | None) -> None:
    """Make a token called NAME. It is shown this once, and cannot be shown again."""
    with opened(settings) as runtime:
        secret = runtime.access.create_token(
            name, frozenset(Scope(s) for s in scopes), timedelta(days=days) if days else None
        )
    click.echo(secret)
    click.echo("Keep it now: only its hash is stored.", err=True)


@token.command("list")
@common_options
def list_(settings: Settings) -> None:
    """List the tokens that were made, without their secrets."""
    with opened(settings) as runtime:
        tokens = runtime.access.tokens()
    for known in tokens:
        state = "revoked" if known.revoked_at else "valid"
        if known.expires_at:
            state += f", expires {known.expires_at:%Y-%m-%d}"
        used = f"{known.last_used_at:%Y-%m-%d %H:%M} UTC" if known.last_used_at else "never"
        scopes = ",".join(sorted(known.scopes))
        click.echo(f"{known.name}\t{known.id}\t{scopes}\t{state}\tlast used {used}")


@token.command()
@click.argument("name")
@common_options
def revoke(settings: Settings, name: str) -> None:
    """Let the token called NAME be used no more."""
    with opened(settings) as runtime:
        revoked = runtime.access.revoke(name)
    if not revoked:
        raise NotFound(f"there is no valid token named {name!r}; see: feedsvc token list")
    click.echo(f"The token {name!r} is revoked.")
