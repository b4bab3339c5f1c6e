"""Names that feeds had before they were renamed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "former_names",
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text()),
        sa.Column("feed_id", ROW_ID, nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_former_names_feed_id")),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_former_names")),
        sa.UniqueConstraint("kind", "slug", name=op.f("uq_former_names_kind_slug")),
    )
    op.create_index("ix_former_names_feed_id", "former_names", ["feed_id"])


def downgrade() -> None:
    op.drop_table("former_names")
