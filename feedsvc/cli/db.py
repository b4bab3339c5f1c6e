"""`feedsvc db`: the store itself."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from feedsvc.cli.options import common_options
from feedsvc.clock import Clock
from feedsvc.errors import StoreError
from feedsvc.services.upkeep import Upkeep
from feedsvc.settings import Settings
from feedsvc.store.engine import Store, open_store
from feedsvc.store.migrate import check_schema
from feedsvc.store.migrate import upgrade as upgrade_store


@click.group()
def db() -> None:
    """Look after the store."""


@db.command()
@common_options
def upgrade(settings: Settings) -> None:
    """Bring the store to this version's schema; `serve` and `ingest` do it by themselves."""
    with _opened(settings) as store:
        _upkeep(store, settings).check_start()
        before, after = upgrade_store(store)
    if before == after:
        click.echo(f"The store has schema {after} already.")
    else:
        click.echo(f"The store went from schema {before or 'none'} to {after}.")


@db.command()
@click.argument("file", type=click.Path(path_type=Path))
@common_options
def backup(settings: Settings, file: Path) -> None:
    """Write everything the store holds to FILE, while the service runs on.

    FILE is a SQLite database, whatever the store is on, and is restored into either. It holds the
    hashes of tokens: keep it as you keep the store.
    """
    began = time.monotonic()
    with _existing(settings) as store:
        _upkeep(store, settings).back_up(file)
    size = _readable(file.stat().st_size)
    click.echo(f"Backed up to {file}: {size} in {time.monotonic() - began:.1f} s.")


@db.command()
@click.argument("file", type=click.Path(path_type=Path))
@common_options
def restore(settings: Settings, file: Path) -> None:
    """Put the backup FILE in the place of the store, which nobody may be using.

    A SQLite database that is there is set aside. A PostgreSQL database must be empty.
    """
    with _opened(settings) as store:
        aside = _upkeep(store, settings).restore(file)
    if aside:
        click.echo(f"The database that was there is now {aside}; remove it when you like.")
    click.echo(f"Restored from {file}. Start the service: it takes in what came since.")


@db.command()
@common_options
def verify(settings: Settings) -> None:
    """Check that the store keeps every rule; exit status 1 if one is broken."""
    broken = 0
    with _existing(settings) as store:
        check_schema(store)
        for verified in _upkeep(store, settings).verify():
            broken += bool(verified.offenders)
            click.echo(f"{'BROKEN' if verified.offenders else 'ok':<7} {verified.rule}")
            for offender in verified.offenders:
                click.echo(f"        {offender}")
    if broken:
        click.echo(f"{broken} rules are broken. Restore a backup with: feedsvc db restore FILE")
        sys.exit(1)
    click.echo("The store is in order.")


@db.command()
@common_options
def vacuum(settings: Settings) -> None:
    """Remove what the retention settings let go, and give unused space back.

    Feeds are served on; on SQLite ingestion waits until it is done.
    """
    with _existing(settings) as store:
        check_schema(store)
        done = _upkeep(store, settings).vacuum()
    click.echo(
        f"Removed {done.pruned.revisions:,} revisions, the bytes of {done.pruned.originals:,} "
        f"documents, {done.pruned.runs:,} runs and {done.pruned.audit_events:,} audited events; "
        f"the store went from {_readable(done.before_bytes)} to {_readable(done.after_bytes)}."
    )


@contextmanager
def _opened(settings: Settings) -> Iterator[Store]:
    store = open_store(settings.store.url, busy_timeout_s=settings.store.busy_timeout_s)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def _existing(settings: Settings) -> Iterator[Store]:
    with _opened(settings) as store:
        if store.sqlite_path and not store.sqlite_path.exists():
            # Connecting would make an empty one.
            raise StoreError(f"there is no database at {store.sqlite_path}")
        yield store


def _upkeep(store: Store, settings: Settings) -> Upkeep:
    return Upkeep(store, Clock(), settings.retention)


def _readable(size_bytes: int) -> str:
    return f"{size_bytes / 1_000_000:,.1f} MB"
