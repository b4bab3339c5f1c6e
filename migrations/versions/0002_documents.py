"""Watched roots, documents, and the bytes entries were made from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "roots",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("device", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_roots")),
    )
    op.create_table(
        "documents",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("path", sa.LargeBinary(), nullable=False),
        sa.Column("device", sa.BigInteger(), nullable=False),
        sa.Column("inode", sa.BigInteger(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("mtime_ns", sa.BigInteger(), nullable=False),
        sa.Column("ctime_ns", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary()),
        sa.Column("ingested_at", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.String(16)),
        sa.Column("reason", sa.Text()),
        sa.Column("refused_by_version", sa.Integer()),
        sa.Column("missing_since", sa.BigInteger()),
        sa.Column("missing_sweeps", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("root", "path", name=op.f("uq_documents_root_path")),
    )
    op.create_index("ix_documents_sha256", "documents", ["sha256"])
    op.create_table(
        "document_entries",
        sa.Column("document_id", ROW_ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("entry_id", ROW_ID, nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary()),
        sa.Column("extractor_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name=op.f("fk_document_entries_document_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entries.id"], name=op.f("fk_document_entries_entry_id")
        ),
        sa.PrimaryKeyConstraint("document_id", "key", name=op.f("pk_document_entries")),
    )
    op.create_index("ix_document_entries_entry_id", "document_entries", ["entry_id"])
    op.create_index(
        "ix_document_entries_fingerprint", "document_entries", ["fingerprint", "extractor_version"]
    )
    op.create_table(
        "originals",
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("zlib_bytes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_originals")),
    )


def downgrade() -> None:
    op.drop_table("originals")
    op.drop_table("document_entries")
    op.drop_table("documents")
    op.drop_table("roots")
