"""Connections: how SQLite is set up, whose errors come out, what one transaction sees."""

from __future__ import annotations

import logging
import sqlite3
import sys
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text, update

from feedsvc.errors import ConfigError, StoreBusy, StoreError
from feedsvc.model.document import DocumentPath
from feedsvc.store import postgresql
from feedsvc.store.documents import find_by_paths
from feedsvc.store.engine import Store, open_store
from feedsvc.store.failures import is_trouble_of_store
from feedsvc.store.schema import document_entries, feeds, publication, roots
from tests.databases import PostgresqlServer

SETTINGS = text(
    "SELECT name, current_setting(name) AS setting FROM pg_settings "
    "WHERE name IN ('synchronous_commit', 'statement_timeout', 'lock_timeout', 'TimeZone', "
    "'idle_in_transaction_session_timeout', 'client_encoding', 'transaction_isolation')"
)


def another(store: Store, *, busy_timeout_s: float = 0.2) -> Store:
    """The same database, as another process opens it."""
    url = store.engine.url.render_as_string(hide_password=False)
    return open_store(url, busy_timeout_s=busy_timeout_s)


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("trusted_schema", 0),
        ("cell_size_check", 1),
        ("mmap_size", 0),
        ("temp_store", 2),
        ("busy_timeout", 200),
        ("journal_size_limit", 67_108_864),
        ("wal_autocheckpoint", 4000),
        ("application_id", 0x66656564),
    ],
)
def test_every_sqlite_connection_is_set_up(
    sqlite_store: Store, pragma: str, value: str | int
) -> None:
    for _ in range(2):
        with sqlite_store.reading() as connection:
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value
        sqlite_store.engine.dispose()


def test_every_postgresql_session_is_set_up_whatever_its_database_says(
    postgresql: PostgresqlServer,
) -> None:
    url = postgresql.make_database(migrated=False)
    plain = open_store(url, busy_timeout_s=1)
    name = plain.engine.url.database
    with plain.writing() as connection:
        for setting, value in (
            ("synchronous_commit", "off"),
            ("statement_timeout", "0"),
            ("lock_timeout", "0"),
            ("idle_in_transaction_session_timeout", "0"),
            ("timezone", "Asia/Kolkata"),
            ("client_encoding", "LATIN1"),
        ):
            connection.execute(text(f"ALTER DATABASE {name} SET {setting} = '{value}'"))
    plain.close()
    store = open_store(url, busy_timeout_s=1)
    with store.reading() as connection:
        shown = {row.name: row.setting for row in connection.execute(SETTINGS)}
    assert shown == {
        "synchronous_commit": "on",
        "statement_timeout": "15s",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "30s",
        "TimeZone": "UTC",
        "client_encoding": "UTF8",
        "transaction_isolation": "repeatable read",
    }
    store.close()
    postgresql.drop_database(url)


# As an import fills a store, before its server first gathers statistics.
FILL = text(
    "INSERT INTO documents (root, path, device, inode, size_bytes, mtime_ns, ctime_ns, ingested_at,"
    " missing_sweeps) SELECT 'seeds', convert_to('page ' || n, 'UTF8'), 1, n, 3500, n, n, 0, 0"
    " FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS n"
)
READ_THROUGH = text("SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'documents'")


def test_a_table_is_not_read_through_because_it_was_empty_once(postgresql_store: Store) -> None:
    store = postgresql_store
    paths = [DocumentPath(root="seeds", path=b"other %d" % number) for number in range(256)]
    with store.writing() as connection:
        connection.execute(text("ALTER TABLE documents SET (autovacuum_enabled = false)"))
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM (ANALYZE) documents"))  # known to be empty
    with store.engine.connect() as connection:
        for size in (0, 1_000, 10_000, 20_000, 40_000, 80_000):
            if size:
                connection.execute(FILL, {"first": size // 2, "last": size - 1})
                connection.commit()
            before = connection.scalar(READ_THROUGH)
            for _ in range(20):
                find_by_paths(connection, paths)
            after = connection.scalar(READ_THROUGH)
            connection.commit()
    assert after == before


def test_a_session_that_was_cut_off_while_nobody_used_it_is_noticed_in_time(
    postgresql_store: Store,
) -> None:
    with postgresql_store.reading() as connection:
        session = connection.scalar(text("SELECT pg_backend_pid()"))
    other = another(postgresql_store)
    with other.writing() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": session})
    other.close()
    with postgresql_store.reading() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) != session


def test_a_postgresql_database_that_cannot_hold_every_letter_is_refused(
    postgresql: PostgresqlServer,
) -> None:
    url = postgresql.make_database(migrated=False, encoding="LATIN1")
    with pytest.raises(StoreError, match=r"has the encoding LATIN1.*createdb .*--encoding UTF8"):
        read_feeds(open_store(url, busy_timeout_s=1))
    postgresql.drop_database(url)


def test_a_write_is_whole_or_nothing(store: Store) -> None:
    def fail_half_way() -> None:
        with store.writing() as connection:
            connection.execute(insert(roots).values(name="seeds", device=1))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    with store.reading() as connection:
        assert connection.execute(select(roots)).all() == []


def test_a_reading_sees_one_moment(store: Store) -> None:
    writer = another(store)
    with store.reading() as connection:
        before = connection.scalar(select(publication.c.version))
        with writer.writing() as writing:
            writing.execute(update(publication).values(version=7))
        assert connection.scalar(select(publication.c.version)) == before
    with store.reading() as connection:
        assert connection.scalar(select(publication.c.version)) == 7
    writer.close()


def test_nobody_who_reads_waits_for_a_writer(store: Store) -> None:
    with store.writing() as writing:
        writing.execute(update(publication).values(version=7))
        newcomer = another(store)
        # If it waited, it would do so in vain: the writer goes on once this is over.
        with newcomer.reading() as connection:
            assert connection.scalar(select(publication.c.version)) == 0
        newcomer.close()


def test_a_writer_that_waits_too_long_finds_the_store_busy(sqlite_store: Store) -> None:
    other = another(sqlite_store)
    with sqlite_store.writing(), pytest.raises(StoreBusy, match="locked"), other.writing():
        pytest.fail("two wrote at once")
    other.close()


def test_a_lock_not_given_on_postgresql_is_a_busy_store(postgresql_store: Store) -> None:
    lock = select(publication.c.id).with_for_update()

    def wait_in_vain() -> None:
        with postgresql_store.writing() as connection:
            connection.execute(text("SET LOCAL lock_timeout = '50ms'"))
            connection.execute(lock)

    with postgresql_store.writing() as holder:
        holder.execute(lock)
        with pytest.raises(StoreBusy, match="locked"):
            wait_in_vain()


def sleep_in(store: Store, seconds: float, *, limited: bool = True) -> None:
    with store.reading() as connection:
        if not limited:
            store.lift_limits(connection)
        connection.execute(text(f"SELECT pg_sleep({seconds})"))


def test_a_postgresql_that_does_not_answer_is_given_up(
    postgresql_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "_ANSWER_WITHIN_S", 0.3)
    store = another(postgresql_store)
    with pytest.raises(StoreError, match="has not answered") as silence:
        sleep_in(store, 20)
    assert is_trouble_of_store(silence.value)
    sleep_in(store, 0.01)
    sleep_in(store, 0.6, limited=False)
    with pytest.raises(StoreError, match="has not answered"):
        sleep_in(store, 20)
    store.close()


def test_a_statement_that_takes_too_long_on_postgresql_is_ended(
    postgresql_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "_STATEMENT_WITHIN_S", 1)
    store = another(postgresql_store)
    with pytest.raises(StoreError, match="statement timeout") as timeout:
        sleep_in(store, 20)
    assert not is_trouble_of_store(timeout.value)
    sleep_in(store, 1.5, limited=False)
    store.close()


def test_the_drivers_errors_end_at_the_stores_door(store: Store) -> None:
    def add_twice() -> None:
        with store.writing() as connection:
            for _ in range(2):
                connection.execute(insert(roots).values(name="seeds", device=1))

    with pytest.raises(StoreError) as refused:
        add_twice()
    assert "UNIQUE" in str(refused.value).upper()


def test_references_are_kept(store: Store) -> None:
    def link_nothing() -> None:
        with store.writing() as connection:
            connection.execute(
                insert(document_entries).values(
                    document_id=1, key="", entry_id=1, is_primary=True, extractor_version=1
                )
            )

    with pytest.raises(StoreError):
        link_nothing()


def test_there_is_one_publication_row(store: Store) -> None:
    def add_another() -> None:
        with store.writing() as connection:
            connection.execute(
                insert(publication).values(
                    id=2, version=0, changed_at=None, sequence=0, last_instant=None
                )
            )

    with pytest.raises(StoreError):
        add_another()


def read_feeds(store: Store) -> None:
    try:
        with store.reading() as connection:
            connection.execute(select(feeds)).all()
    finally:
        store.close()


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "feedsvc.db"
    path.write_text("Storm shuts the harbour. " * 500)
    with pytest.raises(StoreError, match=r"damaged, or is no database.*feedsvc db restore FILE"):
        read_feeds(open_store(f"sqlite:///{path}", busy_timeout_s=1))


def test_a_damaged_database_is_told(sqlite_store: Store) -> None:
    path = sqlite_store.sqlite_path
    assert path is not None
    sqlite_store.close()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 40_960)
    with pytest.raises(StoreError, match="damaged, or is no database"):
        read_feeds(sqlite_store)


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("PRAGMA application_id = 1234")
    other.execute("CREATE TABLE theirs (x)")
    other.close()
    with pytest.raises(StoreError, match="is the database of another program"):
        read_feeds(open_store(f"sqlite:///{path}", busy_timeout_s=1))


def test_a_server_that_does_not_answer_is_a_store_error() -> None:
    with pytest.raises(StoreError, match="connection"):
        read_feeds(open_store("postgresql://127.0.0.1:1/feedsvc", busy_timeout_s=1))


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be created"):
        open_store(f"sqlite:///{tmp_path}/file/feedsvc.db", busy_timeout_s=1)


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="unable to open"):
        read_feeds(open_store(f"sqlite:///{tmp_path}", busy_timeout_s=1))


@pytest.mark.parametrize(
    "url",
    [
        "sqlite",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite://data/feedsvc.db",
        "postgresql://me:secret@host:port/feedsvc",
    ],
)
def test_an_address_that_names_no_database_is_a_mistake_in_the_settings(url: str) -> None:
    with pytest.raises(ConfigError, match=r"^store\.url: ") as refused:
        open_store(url, busy_timeout_s=1)
    assert "secret" not in str(refused.value)


def test_an_old_sqlite_is_used_with_a_warning(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "pysqlite3", None)
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
    with caplog.at_level(logging.WARNING, "feedsvc"):
        store = open_store(f"sqlite:///{tmp_path}/feedsvc.db", busy_timeout_s=1)
    with store.reading() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    store.close()
    assert [r.message for r in caplog.records if "SQLite older than 3.51.3" in r.message]
