"""How often entries have departed, so that renderings from before can be let go."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "publication",
        sa.Column("departures", sa.BigInteger(), nullable=False, server_default="0"),
    )
    op.execute(
        "UPDATE publication SET departures ="
        " (SELECT count(*) FROM entries WHERE departed_at IS NOT NULL)"
    )


def downgrade() -> None:
    op.drop_column("publication", "departures")
