"""Which bytes a document gave its entry from, beside those that it holds and that were refused."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

IS_REFUSED = sa.text("refused_sha256 IS NOT NULL")


def upgrade() -> None:
    op.add_column("documents", sa.Column("refused_sha256", sa.LargeBinary()))
    # Bytes are kept that gave an entry; those that were refused are kept for others at most.
    op.execute(
        "UPDATE documents SET refused_sha256 = sha256, sha256 = NULL"
        " WHERE stage IS NOT NULL AND ("
        "NOT EXISTS (SELECT 1 FROM originals WHERE originals.sha256 = documents.sha256)"
        " OR NOT EXISTS (SELECT 1 FROM document_entries WHERE document_id = documents.id))"
    )
    op.drop_index("ix_documents_sha256", "documents")
    op.create_index("ix_documents_sha256_id", "documents", ["sha256", "id"])
    op.create_index(
        "ix_documents_refused_sha256_id",
        "documents",
        ["refused_sha256", "id"],
        sqlite_where=IS_REFUSED,
        postgresql_where=IS_REFUSED,
    )
    op.drop_index("ix_document_entries_fingerprint", "document_entries")
    op.create_index(
        "ix_document_entries_fingerprint",
        "document_entries",
        ["fingerprint", "extractor_version", "document_id"],
    )


def downgrade() -> None:
    op.drop_index("ix_document_entries_fingerprint", "document_entries")
    op.create_index(
        "ix_document_entries_fingerprint", "document_entries", ["fingerprint", "extractor_version"]
    )
    op.drop_index("ix_documents_refused_sha256_id", "documents")
    op.drop_index("ix_documents_sha256_id", "documents")
    op.create_index("ix_documents_sha256", "documents", ["sha256"])
    op.execute("UPDATE documents SET sha256 = refused_sha256 WHERE refused_sha256 IS NOT NULL")
    op.drop_column("documents", "refused_sha256")
