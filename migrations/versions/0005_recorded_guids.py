"""How far `guids.jsonl` has been read, and the guids in it that no entry has yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "guid_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("last_feed_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guid_log")),
        sa.CheckConstraint("id = 1", name=op.f("ck_guid_log_one_row")),
    )
    op.create_table(
        "recorded_guids",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("guid", sa.String(45), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("path", sa.LargeBinary()),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger()),
        sa.Column("arrived_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recorded_guids")),
    )
    op.create_index("ix_recorded_guids_guid", "recorded_guids", ["guid"])
    op.create_index("ix_recorded_guids_sha256_key", "recorded_guids", ["sha256", "key"])
    op.create_index("ix_recorded_guids_root_path_key", "recorded_guids", ["root", "path", "key"])


def downgrade() -> None:
    op.drop_table("recorded_guids")
    op.drop_table("guid_log")
