"""Bringing a store to today's schema: Alembic, called from Python."""

from __future__ import annotations

from functools import cache

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from feedsvc.bundled import bundled
from feedsvc.errors import StoreError
from feedsvc.store.engine import Store
from feedsvc.store.indexing import is_index_made, make_index


def upgrade(store: Store) -> tuple[str | None, str]:
    """Apply what is missing, under one lock, all or nothing; answers (before, after).

    Raises StoreError for a store that a newer feedsvc has made.
    """
    scripts = ScriptDirectory(str(bundled("migrations")))
    head = scripts.get_current_head()
    assert head is not None
    with store.reading() as connection:
        if _current(connection) == head and is_index_made(connection):
            return head, head  # even where nobody may write
    with store.writing() as connection:
        if not store.is_sqlite:
            # One migrator at a time; on SQLite the write transaction itself is the lock.
            # Both take as long as they take: the limits of a connection are for everyday work.
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7310596)")
        before = _current(connection)
        if before == head and is_index_made(connection):
            return before, head
        if before is not None and before not in {s.revision for s in scripts.walk_revisions()}:
            raise StoreError(
                f"the store has schema {before}, which this feedsvc does not know; "
                "it was made by a newer one: upgrade feedsvc"
            )
        config = Config()
        config.set_main_option("script_location", str(bundled("migrations")).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if not is_index_made(connection):
            make_index(connection)
    return before, head


def check_schema(store: Store) -> None:
    """Raise StoreError unless the store has today's schema."""
    head = _head()
    with store.reading() as connection:
        current = _current(connection)
    if current != head:
        raise StoreError(
            f"the store has schema {current or 'none'}, this feedsvc needs {head}; "
            "run: feedsvc db upgrade"
        )


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


@cache
def _head() -> str | None:
    """Today's schema; read once, since every readiness probe asks."""
    return ScriptDirectory(str(bundled("migrations"))).get_current_head()
