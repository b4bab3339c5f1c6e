"""`feedsvc db`: the store itself."""

from __future__ import annotations

import click

from feedsvc.cli.options import common_options
from feedsvc.settings import Settings
from feedsvc.store.engine import open_store
from feedsvc.store.migrate import upgrade as upgrade_store


@click.group()
def db() -> None:
    """Look after the store."""


@db.command()
@common_options
def upgrade(settings: Settings) -> None:
    """Bring the store to this version's schema; `serve` and `ingest` do it by themselves."""
    store = open_store(settings.store.url, busy_timeout_s=settings.store.busy_timeout_s)
    before, after = upgrade_store(store)
    store.close()
    if before == after:
        click.echo(f"The store has schema {after} already.")
    else:
        click.echo(f"The store went from schema {before or 'none'} to {after}.")
