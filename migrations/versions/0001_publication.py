"""The publication version, feeds, entries and their revisions."""

from __future__ import annotations

import time
import uuid

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("last_instant", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.CheckConstraint("id = 1", name=op.f("ck_publication_one_row")),
    )
    op.create_table(
        "feeds",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("guid", sa.String(45), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("person_kind", sa.String(16)),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("entry_count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feeds")),
        sa.UniqueConstraint("guid", name=op.f("uq_feeds_guid")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_feeds_kind_key")),
        sa.UniqueConstraint("kind", "slug", name=op.f("uq_feeds_kind_slug")),
    )
    op.create_table(
        "entries",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("guid", sa.String(45), nullable=False),
        sa.Column("short_id", sa.String(16), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("departed_at", sa.BigInteger()),
        sa.Column("departed_by", sa.String(16)),
        sa.Column("arrived_at", sa.BigInteger(), nullable=False),
        sa.Column("published", sa.BigInteger(), nullable=False),
        sa.Column("precision", sa.String(16), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("language", sa.String(35)),
        sa.Column("canonical_url", sa.Text()),
        sa.Column("enclosures", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("extractor_version", sa.Integer(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("excerpt_end", sa.Integer()),
        sa.Column("feed_bytes", sa.Integer(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
        sa.UniqueConstraint("guid", name=op.f("uq_entries_guid")),
        sa.UniqueConstraint("sequence", name=op.f("uq_entries_sequence")),
        sa.UniqueConstraint("short_id", name=op.f("uq_entries_short_id")),
        sa.UniqueConstraint("updated", name=op.f("uq_entries_updated")),
    )
    op.create_index("ix_entries_canonical_url", "entries", ["canonical_url"])
    op.create_table(
        "feed_entries",
        sa.Column("feed_id", ROW_ID, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("entry_id", ROW_ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("left_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_feed_entries_feed_id")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_feed_entries_entry_id")
        ),
        sa.PrimaryKeyConstraint("feed_id", "sequence", name=op.f("pk_feed_entries")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_feed_entries_entry_id", "feed_entries", ["entry_id"])
    op.create_table(
        "revisions",
        sa.Column("entry_id", ROW_ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("replaced_at", sa.BigInteger(), nullable=False),
        sa.Column("significant", sa.Boolean(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["entries.id"], name=op.f("fk_revisions_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", "number", name=op.f("pk_revisions")),
    )
    # A store is whole from its first moment: version 0, and the feed of all entries.
    now = time.time_ns() // 1000
    op.execute(sa.text("INSERT INTO publication VALUES (1, 0, :now, 0, :now)").bindparams(now=now))
    op.execute(
        sa.text(
            "INSERT INTO feeds (guid, kind, key, slug, name, updated, entry_count) "
            "VALUES (:guid, 'all', '', '', '', :now, 0)"
        ).bindparams(guid=uuid.uuid4().urn, now=now)
    )


def downgrade() -> None:
    op.drop_table("revisions")
    op.drop_table("feed_entries")
    op.drop_table("entries")
    op.drop_table("feeds")
    op.drop_table("publication")
