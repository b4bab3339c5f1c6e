"""Which bytes a document gave its entry from, beside those that it holds and that were refused."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

documents = sa.table(
    "documents",
    *(sa.column(name) for name in ("id", "stage", "sha256", "refused_sha256")),
)
originals = sa.table("originals", sa.column("sha256"))
document_entries = sa.table("document_entries", sa.column("document_id"))
IS_REFUSED = sa.text("refused_sha256 IS NOT NULL")


def upgrade() -> None:
    op.add_column("documents", sa.Column("refused_sha256", sa.LargeBinary()))
    d = documents.c
    is_kept = sa.exists().where(originals.c.sha256 == d.sha256)
    gives = sa.exists().where(document_entries.c.document_id == d.id)
    # Bytes that gave an entry are kept; those that were refused are kept for others at most.
    gave_nothing = sa.or_(~is_kept, ~gives)
    # A file that could not be read any more has its entry's. Otherwise no one can tell an edit to
    # what some other document holds from an article that is refused by now.
    may_be_refused = sa.or_(d.stage != "discover", gave_nothing)
    refused = sa.update(documents).where(d.stage.is_not(None))
    op.execute(refused.where(may_be_refused).values(refused_sha256=d.sha256))
    op.execute(refused.where(gave_nothing).values(sha256=None))
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
