"""How often the machine kept a document from being extracted: it hung, or its process was killed.

Counted here, since the process that counts may end before it has had enough.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from feedsvc.model.document import DocumentPath
from feedsvc.store.engine import UPSERTING
from feedsvc.store.schema import tries


@dataclass(frozen=True, kw_only=True)
class Tries:
    """How often a document was tried in vain while it had these bytes."""

    sha256: bytes
    times: int


def fetch_tries(connection: Connection) -> dict[DocumentPath, Tries]:
    """Every document that is being tried; seldom more than a few."""
    return {
        DocumentPath(root=row.root, path=row.path): Tries(sha256=row.sha256, times=row.times)
        for row in connection.execute(select(tries))
    }


def _saving(insert: Callable[..., Any]) -> Any:  # Any: either dialect's Insert
    statement = insert(tries)
    new = {name: statement.excluded[name] for name in ("sha256", "times", "last_at")}
    return statement.on_conflict_do_update(index_elements=["root", "path"], set_=new)


_SAVE = {dialect: _saving(insert) for dialect, insert in UPSERTING.items()}


def save_tries(connection: Connection, path: DocumentPath, tried: Tries, now: datetime) -> None:
    connection.execute(
        _SAVE[connection.dialect.name], {**vars(path), **vars(tried), "last_at": now}
    )


def forget_tries(connection: Connection, path: DocumentPath) -> None:
    connection.execute(delete(tries).where(tries.c.root == path.root, tries.c.path == path.path))
