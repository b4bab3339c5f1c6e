"""The tables as they stand today; `migrations/` says how they came to be."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

from feedsvc.clock import from_microseconds, to_microseconds


class Instant(TypeDecorator[datetime]):
    """An aware instant as microseconds since 1970: the same on every database, exact, sortable."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else from_microseconds(value)


# SQLite numbers rows by itself only for INTEGER.
RowId = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# One row. version moves in every transaction that changes what feeds and pages show, and in no
# other; sequence is the last one given; last_instant the largest `updated` or departure given;
# departures: how often an entry has departed.
publication = Table(
    "publication",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="one_row"), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("last_instant", Instant, nullable=False),
    Column("departures", BigInteger, nullable=False),
)

# Every feed: the one of all entries, that of corrections (no entries: it counts none), and one a
# source, author, tag and language ever seen.
# key: its name folded, so that AFP and Afp are one; updated: the largest `updated` or departure.
feeds = Table(
    "feeds",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guid", String(45), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("key", Text, nullable=False),
    Column("slug", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("person_kind", String(16)),
    Column("updated", Instant, nullable=False),
    Column("entry_count", BigInteger, nullable=False),
    UniqueConstraint("kind", "key"),
    UniqueConstraint("kind", "slug"),
)

# Names that feeds had before: what arrives under one joins its feed, and its slug leads there, for
# ever. slug: None where the feed kept it.
former_names = Table(
    "former_names",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("slug", Text),
    Column("feed_id", ForeignKey("feeds.id"), nullable=False, index=True),
    UniqueConstraint("kind", "slug"),
)

# Feeds that the site declares: kind "custom", named by their slugs. rule: what they select, as
# JSON; undecided_below: entries of smaller sequence may not lie where it says yet, None if all do.
# is_declared: it takes in what it selects; retired_at: it is gone for good (410).
custom_feeds = Table(
    "custom_feeds",
    metadata,
    Column("feed_id", ForeignKey("feeds.id"), primary_key=True),
    Column("presentation", JSON, nullable=False),
    Column("rule", JSON, nullable=False),
    Column("rule_sha256", LargeBinary, nullable=False),
    Column("undecided_below", BigInteger),
    Column("is_declared", Boolean, nullable=False),
    Column("retired_at", Instant),
)

entries = Table(
    "entries",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guid", String(45), nullable=False, unique=True),
    Column("short_id", String(16), nullable=False, unique=True),
    Column("sequence", BigInteger, nullable=False, unique=True),
    Column("state", String(16), nullable=False),
    Column("departed_at", Instant, index=True),
    Column("departed_by", String(16)),
    Column("departed_reason", Text),
    Column("arrived_at", Instant, nullable=False),
    Column("published", Instant, nullable=False),
    Column("precision", String(16), nullable=False),
    Column("updated", Instant, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("slug", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("language", String(35)),
    Column("canonical_url", Text, index=True),
    Column("enclosures", JSON, nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("extractor_version", Integer, nullable=False),
    Column("policy_version", Integer, nullable=False),
    Column("excerpt_end", Integer),
    Column("feed_bytes", Integer, nullable=False),
    Column("html", Text, nullable=False),
)

# Which entry lies in which feed, placed by its sequence; left_at: it was there once (a departure).
feed_entries = Table(
    "feed_entries",
    metadata,
    Column("feed_id", ForeignKey("feeds.id"), primary_key=True),
    Column("sequence", BigInteger, primary_key=True),
    Column("entry_id", ForeignKey("entries.id"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("left_at", Instant),
    sqlite_with_rowid=False,
)

# What an entry said before an edit. guid, corrected_at: permanent id and instant of the edit as a
# correction that readers are told of; None where it was not significant.
revisions = Table(
    "revisions",
    metadata,
    Column("entry_id", ForeignKey("entries.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("replaced_at", Instant, nullable=False),
    Column("significant", Boolean, nullable=False),
    Column("guid", String(45)),
    Column("corrected_at", Instant),
    Column("fields", JSON, nullable=False),
    Column("html", Text, nullable=False),
    Index("ix_revisions_guid", "guid", unique=True),
    Index("ix_revisions_corrected_at", "corrected_at", unique=True),
)

roots = Table(
    "roots",
    metadata,
    Column("name", Text, primary_key=True),
    Column("device", BigInteger, nullable=False),
)

# Withdrawals from a root are held; see store/roots.py.
holds = Table(
    "holds",
    metadata,
    Column("root", Text, primary_key=True),
    Column("since", Instant, nullable=False),
    Column("documents", Integer, nullable=False),
)

_IS_REFUSED = text("stage IS NOT NULL")
_HOLDS_REFUSED = text("refused_sha256 IS NOT NULL")

# A file as it was last ingested, and how that ended. sha256: of the bytes that gave its entries;
# refused_sha256: of those that it has instead, where they were refused; stage, reason, evidence:
# why. missing_*: since when, and for how many sweeps, its path has been gone.
documents = Table(
    "documents",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("root", Text, nullable=False),
    Column("path", LargeBinary, nullable=False),
    Column("device", BigInteger, nullable=False),
    Column("inode", BigInteger, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("ctime_ns", BigInteger, nullable=False),
    Column("sha256", LargeBinary),
    Column("refused_sha256", LargeBinary),
    Column("ingested_at", Instant, nullable=False),
    Column("stage", String(16)),
    Column("reason", Text),
    Column("evidence", Text),
    Column("refused_by_version", Integer),
    Column("missing_since", Instant),
    Column("missing_sweeps", Integer, nullable=False),
    UniqueConstraint("root", "path"),
    # By number, so that of thousands of copies a few are found at once.
    Index("ix_documents_sha256_id", "sha256", "id"),
    Index(
        "ix_documents_refused_sha256_id",
        "refused_sha256",
        "id",
        sqlite_where=_HOLDS_REFUSED,
        postgresql_where=_HOLDS_REFUSED,
    ),
    Index("ix_documents_refused", "id", sqlite_where=_IS_REFUSED, postgresql_where=_IS_REFUSED),
)

# Documents that the machine kept from being extracted: how often, as long as they have these bytes.
tries = Table(
    "tries",
    metadata,
    Column("root", Text, primary_key=True),
    Column("path", LargeBinary, primary_key=True),
    Column("sha256", LargeBinary, nullable=False),
    Column("times", Integer, nullable=False),
    Column("last_at", Instant, nullable=False),
)

# Which entry a document gives; key: which one within a document of many, "" in a document of one.
document_entries = Table(
    "document_entries",
    metadata,
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("entry_id", ForeignKey("entries.id"), nullable=False, index=True),
    Column("is_primary", Boolean, nullable=False),
    Column("fingerprint", LargeBinary),
    Column("extractor_version", Integer, nullable=False),
    Index("ix_document_entries_fingerprint", "fingerprint", "extractor_version", "document_id"),
)

# The bytes that entries were made from, compressed, so that a newer extractor can read them again.
originals = Table(
    "originals",
    metadata,
    Column("sha256", LargeBinary, primary_key=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("zlib_bytes", LargeBinary, nullable=False),
)

# How much of `guids.jsonl` this store knows, and the newest feed that is in it (`store/guids.py`).
guid_log = Table(
    "guid_log",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="one_row"), primary_key=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("last_feed_id", BigInteger, nullable=False),
)

# Guids from `guids.jsonl` that no entry has yet, in the order recorded; the entry of these bytes
# will take them. path: None once another guid was recorded for it. sequence, arrived_at: the
# entry's place if it was public, None where it never was.
recorded_guids = Table(
    "recorded_guids",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guid", String(45), nullable=False, index=True),
    Column("root", Text, nullable=False),
    Column("path", LargeBinary),
    Column("sha256", LargeBinary, nullable=False),
    Column("key", Text, nullable=False),
    Column("sequence", BigInteger),
    Column("arrived_at", Instant),
    Index("ix_recorded_guids_sha256_key", "sha256", "key"),
    Index("ix_recorded_guids_root_path_key", "root", "path", "key"),
)

# What persons did to entries, last, according to `guids.jsonl`: to be done again once the entry is
# there.
recorded_departures = Table(
    "recorded_departures",
    metadata,
    Column("guid", String(45), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("departed_by", String(16), nullable=False),
    Column("reason", Text),
)

# One row. rules: of `model/terms.py`, by which `entry_terms` was made (`store/search.py`; it is
# not among these tables, since each database has its own kind); made_at: when there came to be one.
search_index = Table(
    "search_index",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="one_row"), primary_key=True),
    Column("rules", Integer, nullable=False),
    Column("made_at", Instant, nullable=False),
)

# What entries could be found by until they departed, or said something else.
departed_terms = Table(
    "departed_terms",
    metadata,
    Column("departed_at", Instant, primary_key=True, autoincrement=False),
    Column("zlib_terms", LargeBinary, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("fence", BigInteger, nullable=False),
    Column("holder", Text, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("number", RowId, primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("trigger", String(16), nullable=False),
    Column("requested_by", Text, nullable=False),
    Column("request", JSON, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("started_at", Instant),
    Column("finished_at", Instant),
    Column("total", BigInteger),
    Column("counts", JSON, nullable=False),
    Column("resurfacing", BigInteger, nullable=False),
    Column("error", Text),
)

run_outcomes = Table(
    "run_outcomes",
    metadata,
    Column("run_number", ForeignKey("runs.number", ondelete="CASCADE"), primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("root", Text, nullable=False),
    Column("path", LargeBinary, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("guid", String(45)),
    Column("title", Text),
    Column("stage", String(16)),
    Column("reason", Text),
    Column("resurfaces", Boolean, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("secret_sha256", LargeBinary, nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("last_used_at", Instant),
    Column("revoked_at", Instant),
)

audit_events = Table(
    "audit_events",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("at", Instant, nullable=False, index=True),
    Column("actor", Text, nullable=False),
    Column("address", Text),
    Column("action", String(32), nullable=False),
    Column("object", Text, nullable=False),
    Column("result", String(32), nullable=False),
)
