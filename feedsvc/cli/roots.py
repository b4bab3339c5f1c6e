"""`feedsvc roots`: what a person says of the watched folders."""

from __future__ import annotations

import click

from feedsvc.cli.opened import opened
from feedsvc.cli.options import common_options
from feedsvc.settings import Settings


@click.group()
def roots() -> None:
    """Say of a watched folder what no program can tell."""


@roots.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@common_options
def accept(settings: Settings, name: str, yes: bool) -> None:
    """Say that what is gone from the root NAME was meant to go.

    When half of a folder is gone at once, a mount may be lost: nothing is withdrawn until the files
    are back, or you say this. What becomes of their entries is told before you are asked.
    """
    with opened(settings) as runtime:
        held = runtime.holds.find(name)
        click.echo(f"Of {held.documents:,} documents in {name!r}, {held.lost:,} are gone.")
        click.echo(_what_comes_of_it(settings))
        if not yes:
            click.confirm("Were they meant to go?", abort=True)
        runtime.holds.accept(held)
    click.echo("Accepted.")


def _what_comes_of_it(settings: Settings) -> str:
    if settings.ingest.removal == "keep":
        return "What they gave stays published (ingest.removal); only the warning ends."
    after_s = settings.ingest.withdraw_after_s
    return f"What they alone gave is withdrawn within {after_s:g} s (ingest.removal)."
