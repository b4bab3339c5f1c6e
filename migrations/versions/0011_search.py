"""The full-text index, and what it is made of."""

from __future__ import annotations

import time

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# The first SQLite whose index can forget an entry without having kept its text.
FORGETTING_SQLITE = (3, 47, 0)


def upgrade() -> None:
    op.create_table(
        "search_index",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rules", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_index")),
        sa.CheckConstraint("id = 1", name=op.f("ck_search_index_one_row")),
    )
    # Rules 0 are nobody's: whoever upgrades sees that the index is still to be made.
    op.execute(
        sa.text("INSERT INTO search_index VALUES (1, 0, :now)").bindparams(
            now=time.time_ns() // 1000
        )
    )
    op.create_table(
        "departed_terms",
        sa.Column("departed_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("zlib_terms", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("departed_at", name=op.f("pk_departed_terms")),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(sa.text(_sqlite_index()))
    else:
        op.execute(
            sa.text(
                "CREATE TABLE entry_terms (number BIGINT CONSTRAINT pk_entry_terms PRIMARY KEY, "
                "words TSVECTOR NOT NULL)"
            )
        )
        op.execute(sa.text("CREATE INDEX ix_entry_terms_words ON entry_terms USING gin (words)"))


def _sqlite_index() -> str:
    """The ASCII tokenizer parts at spaces and keeps every letter that is not ASCII as it is."""
    version = op.get_bind().exec_driver_sql("SELECT sqlite_version()").scalar_one()
    forgets = tuple(map(int, version.split("."))) >= FORGETTING_SQLITE
    content = ", content='', contentless_delete=1" if forgets else ""
    return f"CREATE VIRTUAL TABLE entry_terms USING fts5(ordered, loose, tokenize='ascii'{content})"


def downgrade() -> None:
    op.execute(sa.text("DROP TABLE entry_terms"))
    op.drop_table("departed_terms")
    op.drop_table("search_index")
