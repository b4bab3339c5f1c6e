"""Corrections: the ids of significant edits, their feed, and why an entry departed."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_AT_ONCE = 500


def upgrade() -> None:
    op.add_column("revisions", sa.Column("guid", sa.String(45)))
    op.add_column("revisions", sa.Column("corrected_at", sa.BigInteger()))
    op.add_column("entries", sa.Column("departed_reason", sa.Text()))
    connection = op.get_bind()
    for page in _significant(connection):
        connection.execute(_IDENTIFY, page)
    op.create_index("ix_revisions_guid", "revisions", ["guid"], unique=True)
    op.create_index("ix_revisions_corrected_at", "revisions", ["corrected_at"], unique=True)
    op.create_index("ix_entries_departed_at", "entries", ["departed_at"])
    connection.execute(
        sa.text(
            "INSERT INTO feeds (guid, kind, key, slug, name, updated, entry_count) "
            "SELECT :guid, 'corrections', '', '', 'Corrections', "
            "coalesce((SELECT max(corrected_at) FROM revisions), updated), 0 "
            "FROM feeds WHERE kind = 'all'"
        ),
        {"guid": uuid.uuid4().urn},
    )


_IDENTIFY = sa.text(
    "UPDATE revisions SET guid = :guid, corrected_at = :corrected_at "
    "WHERE entry_id = :entry_id AND number = :number"
)
# What an entry said next: the `updated` that the edit gave it stands there.
_SIGNIFICANT = sa.text(
    "SELECT r.entry_id, r.number, e.updated AS updated_now, s.fields AS said_next "
    "FROM revisions r JOIN entries e ON e.id = r.entry_id "
    "LEFT JOIN revisions s ON s.entry_id = r.entry_id AND s.number = "
    "(SELECT min(n.number) FROM revisions n WHERE n.entry_id = r.entry_id AND n.number > r.number) "
    "WHERE r.significant AND (r.entry_id > :entry_id OR "
    "(r.entry_id = :entry_id AND r.number > :number)) "
    "ORDER BY r.entry_id, r.number LIMIT :limit"
)


def _significant(connection: sa.Connection) -> Iterator[list[dict[str, Any]]]:  # Any: columns
    last = {"entry_id": 0, "number": 0}
    while rows := connection.execute(_SIGNIFICANT, {**last, "limit": _AT_ONCE}).all():
        yield [
            {
                "guid": uuid.uuid4().urn,
                "corrected_at": _updated(row.said_next) or row.updated_now,
                "entry_id": row.entry_id,
                "number": row.number,
            }
            for row in rows
        ]
        last = {"entry_id": rows[-1].entry_id, "number": rows[-1].number}


def _updated(said_next: Any) -> int | None:  # Any: JSON, as each driver gives it
    if said_next is None:
        return None
    fields = json.loads(said_next) if isinstance(said_next, str) else said_next
    since = datetime.fromisoformat(fields["updated"]) - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM feeds WHERE kind = 'corrections'"))
    op.drop_index("ix_entries_departed_at", "entries")
    op.drop_index("ix_revisions_corrected_at", "revisions")
    op.drop_index("ix_revisions_guid", "revisions")
    op.drop_column("entries", "departed_reason")
    op.drop_column("revisions", "corrected_at")
    op.drop_column("revisions", "guid")
