"""Quarantine: how often documents were tried, and the evidence against those refused."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tries",
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("path", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("root", "path", name=op.f("pk_tries")),
    )
    op.add_column("documents", sa.Column("evidence", sa.Text()))
    is_refused = sa.text("stage IS NOT NULL")
    op.create_index(
        "ix_documents_refused",
        "documents",
        ["id"],
        sqlite_where=is_refused,
        postgresql_where=is_refused,
    )


def downgrade() -> None:
    op.drop_index("ix_documents_refused", "documents")
    op.drop_column("documents", "evidence")
    op.drop_table("tries")
