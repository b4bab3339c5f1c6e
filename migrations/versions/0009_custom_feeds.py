"""Feeds that the site declares itself: what they select, and how far that is decided."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "custom_feeds",
        sa.Column("feed_id", ROW_ID, nullable=False),
        sa.Column("presentation", sa.JSON(), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("rule_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("undecided_below", sa.BigInteger()),
        sa.Column("is_declared", sa.Boolean(), nullable=False),
        sa.Column("retired_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_custom_feeds_feed_id")),
        sa.PrimaryKeyConstraint("feed_id", name=op.f("pk_custom_feeds")),
    )


def downgrade() -> None:
    op.drop_table("custom_feeds")
