"""`feedsvc restore`: brings back articles that were withdrawn or hidden."""

from __future__ import annotations

import click

from feedsvc.cli.options import common_options
from feedsvc.cli.withdraw import decide
from feedsvc.settings import Settings


@click.command()
@click.argument("articles", nargs=-1, required=True, metavar="ARTICLE…")
@common_options
def restore(settings: Settings, articles: tuple[str, ...]) -> None:
    """Bring ARTICLE… back, with the same ids and places, whoever withdrew them.

    For a backup of the store: feedsvc db restore.
    """
    decide(settings, lambda of: of.withdrawals.restore(articles))
