"""The ingest lease, runs and what became of each document."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "runs",
        sa.Column("number", ROW_ID, nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("trigger", sa.String(16), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger()),
        sa.Column("finished_at", sa.BigInteger()),
        sa.Column("total", sa.BigInteger()),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("resurfacing", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_runs")),
        sa.UniqueConstraint("id", name=op.f("uq_runs_id")),
    )
    op.create_index("ix_runs_state", "runs", ["state"])
    op.create_table(
        "run_outcomes",
        sa.Column("run_number", ROW_ID, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("path", sa.LargeBinary(), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("guid", sa.String(45)),
        sa.Column("title", sa.Text()),
        sa.Column("stage", sa.String(16)),
        sa.Column("reason", sa.Text()),
        sa.Column("resurfaces", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_number"],
            ["runs.number"],
            name=op.f("fk_run_outcomes_run_number"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run_number", "position", name=op.f("pk_run_outcomes")),
    )


def downgrade() -> None:
    op.drop_table("run_outcomes")
    op.drop_table("runs")
    op.drop_table("leases")
