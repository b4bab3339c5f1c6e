"""`feedsvc withdraw`: takes articles back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click

from feedsvc.cli.opened import opened
from feedsvc.cli.options import common_options
from feedsvc.runtime import Runtime
from feedsvc.services.withdrawals import Decided
from feedsvc.settings import Settings


@click.command()
@click.argument("articles", nargs=-1, required=True, metavar="ARTICLE…")
@click.option("--hide", is_flag=True, help="Tell nobody: its page is not found, rather than gone.")
@click.option("--reason", help="Kept with it, for whoever runs the service.")
@common_options
def withdraw(settings: Settings, articles: tuple[str, ...], hide: bool, reason: str | None) -> None:
    """Take ARTICLE… out of every feed and page, whatever is ingested later.

    An article is named by its id, its address here, the last part but one of it, or the address of
    its original.
    """
    decide(settings, lambda of: of.withdrawals.withdraw(articles, hide=hide, reason=reason))


def decide(settings: Settings, decision: Callable[[Runtime], Sequence[Decided]]) -> None:
    """Open the store, have something decided of articles, and tell what."""
    with opened(settings) as runtime:
        articles = decision(runtime)
    for decided in articles:
        was = "" if decided.changed else " (it was already)"
        click.echo(f"{decided.state}{was}: {decided.short_id} {decided.title}")
