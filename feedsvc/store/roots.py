"""The watched folders as the store remembers them: their device, and what is held of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from feedsvc.store.schema import holds, roots


@dataclass(frozen=True, kw_only=True)
class Hold:
    """That nothing is withdrawn from a root, since much of it was gone at once.

    since: what was gone before has nothing to do with it. documents: how many were there then.
    """

    since: datetime
    documents: int


def root_device(connection: Connection, root: str) -> int | None:
    """The device on which a root lay at its last sweep; None before the first."""
    return connection.scalar(select(roots.c.device).where(roots.c.name == root))


def note_root_device(connection: Connection, root: str, device: int) -> None:
    if connection.scalar(select(roots.c.device).where(roots.c.name == root)) is None:
        connection.execute(insert(roots).values(name=root, device=device))
    else:
        connection.execute(update(roots).where(roots.c.name == root).values(device=device))


def fetch_hold(connection: Connection, root: str) -> Hold | None:
    """Why nothing is withdrawn from a root; None where it may be."""
    row = connection.execute(select(holds).where(holds.c.root == root)).one_or_none()
    return Hold(since=row.since, documents=row.documents) if row else None


def keep_hold(connection: Connection, root: str, hold: Hold | None) -> None:
    """Hold what goes from a root, instead of what was held before; None ends that."""
    connection.execute(delete(holds).where(holds.c.root == root))
    if hold:
        values = {"since": hold.since, "documents": hold.documents}
        connection.execute(insert(holds).values(root=root, **values))
