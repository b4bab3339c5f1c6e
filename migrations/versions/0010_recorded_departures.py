"""What persons withdrew, hid or brought back according to `guids.jsonl`, until it is done again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recorded_departures",
        sa.Column("guid", sa.String(45), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("departed_by", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.PrimaryKeyConstraint("guid", name=op.f("pk_recorded_departures")),
    )


def downgrade() -> None:
    op.drop_table("recorded_departures")
