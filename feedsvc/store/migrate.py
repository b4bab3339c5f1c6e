"""Bringing a store to today's schema: Alembic, called from Python.

It is imported where there is something to bring: most processes only ask whether there is, and
with what it needs it takes 8 MB and a seventh of a second.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy import Connection, inspect

from feedsvc.bundled import bundled
from feedsvc.errors import StoreError
from feedsvc.loading import loading
from feedsvc.store.engine import Store
from feedsvc.store.indexing import is_index_made, make_index


def upgrade(store: Store) -> tuple[str | None, str]:
    """Apply what is missing, under one lock, all or nothing; answers (before, after).

    Raises StoreError for a store that a newer feedsvc has made.
    """
    head = _head()
    with store.reading() as connection:
        if _current(connection) == head and is_index_made(connection):
            return head, head  # even where nobody may write
    with store.writing() as connection:
        if not store.is_sqlite:
            # One migrator at a time; on SQLite the write transaction itself is the lock.
            # Both take as long as they take.
            store.lift_limits(connection)
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7310596)")
        before = _current(connection)
        if before == head and is_index_made(connection):
            return before, head
        if before is not None and before not in _revisions():
            raise StoreError(
                f"the store has schema {before}, which this feedsvc does not know; "
                "it was made by a newer one: upgrade feedsvc"
            )
        with loading():
            from alembic import command
            from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(bundled("migrations")).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if not is_index_made(connection):
            make_index(connection)
        if store.is_sqlite:
            # For `file` and whoever else looks at the header; we ask Alembic's table.
            connection.exec_driver_sql(f"PRAGMA user_version = {int(head)}")
    return before, head


def is_new(store: Store) -> bool:
    """Whether a store has no schema yet, and so holds nothing."""
    with store.reading() as connection:
        return _current(connection) is None


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
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.exec_driver_sql(
        "SELECT version_num FROM alembic_version"
    ).scalar()
    return found


def _head() -> str:
    """Today's schema."""
    return max(_revisions())


@cache
def _revisions() -> frozenset[str]:
    """All schemas there were, by the names of their files; read once, since every probe asks."""
    files = (bundled("migrations") / "versions").glob("[0-9]*.py")
    return frozenset(file.name.partition("_")[0] for file in files)
