"""Alembic's entry: on the connection feedsvc hands over, or on FEEDSVC_DATABASE for developers."""

from __future__ import annotations

import os

from alembic import context
from sqlalchemy import Connection

from feedsvc.store.engine import open_store
from feedsvc.store.schema import metadata


def migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
    with context.begin_transaction():
        context.run_migrations()


handed_over: Connection | None = context.config.attributes.get("connection")
if handed_over is not None:
    migrate(handed_over)
else:
    url = os.environ.get("FEEDSVC_DATABASE", "sqlite:///.feedsvc/feedsvc.db")
    with open_store(url, busy_timeout_s=10).writing() as own:
        migrate(own)
