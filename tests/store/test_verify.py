"""`verify`: a store in order passes, and each rule that is broken is told."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from feedsvc.ingest.pool import ExtractionPool
from feedsvc.store.engine import Store, open_store
from feedsvc.store.migrate import upgrade
from feedsvc.store.verify import check_file, verify
from tests.databases import PostgresqlServer, SqliteFiles
from tests.service import Service, article, open_service
from tests.store.desk import open_desk


def broken(store: Store) -> dict[str, tuple[str, ...]]:
    return {found.rule: found.offenders for found in verify(store) if found.offenders}


@pytest.fixture
def filled(service: Service) -> Store:
    """A store that has seen an edit, a move, a copy, a quarantine and a withdrawal."""
    for name in ("Mill burns down", "Bridge opens", "Choir sings on"):
        service.folder.write(f"{name}.txt", article(name))
    service.folder.write("empty.txt", b"")
    service.ingest()
    service.folder.write("Mill burns down.txt", article("Mill burns down", author="John Roe"))
    service.folder.copy("Bridge opens.txt", to="copy.txt")
    service.folder.move("Choir sings on.txt", to="deeper/choir.txt")
    service.ingest()
    return service.runtime.store


def test_a_store_in_order_keeps_every_rule(filled: Store) -> None:
    rules = [found.rule for found in verify(filled)]
    assert len(rules) == (16 if filled.is_sqlite else 14)
    assert broken(filled) == {}


@pytest.mark.parametrize(
    ("damage", "rule"),
    [
        ("UPDATE entries SET short_id = 'x' WHERE sequence = 1", "guids are UUIDs"),
        ("UPDATE entries SET guid = 'urn:x' WHERE sequence = 1", "guids are UUIDs"),
        ("UPDATE publication SET sequence = 2", "no entry is beyond"),
        ("UPDATE publication SET last_instant = 2", "no entry is beyond"),
        ("UPDATE entries SET departed_at = 1 WHERE sequence = 2", "what has departed"),
        ("UPDATE entries SET state = 'withdrawn' WHERE sequence = 2", "what has departed"),
        (
            "DELETE FROM feed_entries WHERE sequence = 1 AND feed_id = "
            "(SELECT id FROM feeds WHERE kind = 'all')",
            "every entry lies in the feed of all entries",
        ),
        ("UPDATE feed_entries SET sequence = 99 WHERE sequence = 1", "at their own sequence"),
        ("UPDATE feeds SET entry_count = 9 WHERE kind = 'all'", "feeds count"),
        ("UPDATE feeds SET updated = 9 WHERE kind = 'all'", "no feed is older"),
        ("UPDATE document_entries SET is_primary = (1 = 1)", "at most one primary"),
        ("DELETE FROM originals", "the bytes of every published document"),
        ("UPDATE originals SET zlib_bytes = sha256", "kept bytes"),
        ("UPDATE originals SET size_bytes = 1", "kept bytes"),
    ],
)
def test_a_broken_rule_is_told(filled: Store, damage: str, rule: str) -> None:
    with filled.writing() as connection:
        connection.execute(text(damage))
    told = broken(filled)
    assert any(name.startswith(rule) or rule in name for name in told), told


def test_a_number_given_twice_is_told(postgresql: PostgresqlServer) -> None:
    # A database of its own: others are used again, and want their constraints.
    url = postgresql.make_database(migrated=False)
    store = open_store(url, busy_timeout_s=2)
    upgrade(store)
    with open_desk(store) as desk:
        desk.add()
        desk.add()
    with store.writing() as connection:
        connection.execute(text("ALTER TABLE entries DROP CONSTRAINT uq_entries_updated"))
        connection.execute(text("UPDATE entries SET updated = arrived_at - sequence"))
    (told,) = broken(store).items()
    assert told[0].startswith("no two entries share")
    assert told[1][0].startswith("updated 2040-03-01")
    store.close()
    postgresql.drop_database(url)


def test_a_reference_to_nothing_is_told(
    tmp_path: Path, sqlite_files: SqliteFiles, pool: ExtractionPool
) -> None:
    service = open_service(tmp_path, sqlite_files.make_database(tmp_path), pool)
    service.folder.write("a.txt", article())
    service.ingest()
    store = service.runtime.store
    with store.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys = OFF")
        driver.execute("DELETE FROM documents")
        driver.execute("PRAGMA foreign_keys = ON")
    told = broken(store)
    assert told["every reference leads somewhere"] == (
        "document_entries row 1 refers to no documents",
    )
    service.lease.release()
    service.runtime.close()


def test_a_guid_that_is_in_no_line_is_told(
    tmp_path: Path, sqlite_files: SqliteFiles, pool: ExtractionPool
) -> None:
    service = open_service(tmp_path, sqlite_files.make_database(tmp_path), pool)
    service.folder.write("a.txt", article())
    service.ingest()
    guid = service.entry().guid
    log = tmp_path / "guids.jsonl"
    log.write_bytes(log.read_bytes().replace(guid.encode(), b"urn:uuid:" + b"0" * 36))
    assert broken(service.runtime.store) == {"guids.jsonl holds every guid": (guid,)}
    service.lease.release()
    service.runtime.close()


def test_an_index_that_others_have_written_to_is_no_damage(sqlite_store: Store) -> None:
    add = text("INSERT INTO entry_terms (rowid, ordered, loose) VALUES (:number, :words, '')")
    with closing(open_store(str(sqlite_store.engine.url), busy_timeout_s=2)) as other:
        for number in range(1, 121):
            with other.writing() as connection:
                connection.execute(add, {"number": number, "words": f"common word{number}"})
            for is_quick in (True, False):
                assert check_file(sqlite_store, is_quick=is_quick, gives_up=lambda: False) is None
            assert "the database file is whole" not in broken(sqlite_store)


@pytest.mark.parametrize("is_quick", [True, False])
def test_a_damaged_file_is_found_unless_one_gives_up(sqlite_store: Store, is_quick: bool) -> None:
    assert check_file(sqlite_store, is_quick=is_quick, gives_up=lambda: False) is None
    with sqlite_store.writing() as connection:
        for statement in (
            "CREATE TABLE many (x)",
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000) "
            "INSERT INTO many SELECT i FROM n",
            "INSERT INTO many VALUES ('7')",
            "PRAGMA writable_schema = ON",
            "UPDATE sqlite_schema SET sql = 'CREATE TABLE many (x INT)' WHERE name = 'many'",
        ):
            connection.execute(text(statement))
    sqlite_store.close()
    found = check_file(sqlite_store, is_quick=is_quick, gives_up=lambda: False)
    assert found == "TEXT value in many.x"
    assert check_file(sqlite_store, is_quick=is_quick, gives_up=lambda: True) is None
