"""Backups: of one moment, whole, restored to the same bytes on either database."""

from __future__ import annotations

import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import func, insert, select, text

from feedsvc.bundled import bundled
from feedsvc.errors import StoreDamaged, StoreError
from feedsvc.model.entry import Enclosure
from feedsvc.store import backup as backups
from feedsvc.store.backup import back_up, restore
from feedsvc.store.damage import note_damage
from feedsvc.store.engine import Store, open_store
from feedsvc.store.leases import take_lease
from feedsvc.store.migrate import upgrade
from feedsvc.store.schema import entries, feeds, leases, metadata, originals, revisions, roots
from feedsvc.store.starting import check_start
from tests.databases import PostgresqlServer
from tests.service import StoppedClock
from tests.store.desk import Desk, by, make_draft, open_desk

NOW = StoppedClock().instant

FreshStore = Callable[[], Store]


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FreshStore]:
    """Makes stores to restore into: empty databases without a schema."""
    made: list[tuple[Store, str]] = []

    def make() -> Store:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path}/restored-{len(made)}/feedsvc.db"
        else:
            server: PostgresqlServer = request.getfixturevalue("postgresql")
            url = server.make_database(migrated=False)
        made.append((open_store(url, busy_timeout_s=2), url))
        return made[-1][0]

    yield make
    for store, url in made:
        store.close()
        if request.param == "postgresql":
            request.getfixturevalue("postgresql").drop_database(url)


def fill(desk: Desk) -> None:
    """Entries with everything an entry may have, an edit, a withdrawal, bytes and flags."""
    enclosure = Enclosure(href="https://x.example/a.mp3", media_type="audio/mpeg", size_bytes=9)
    first = desk.add(
        make_draft("Sturm «über» \U0001f30a 'quoted'", authors=by("Ada", "Bo"), tags=("sea", "Sea"))
    )
    desk.add(make_draft("Second", enclosures=(enclosure,), source="The Courier", language="en"))
    third = desk.add(make_draft("Third\ttab\\back"))
    desk.edit(first, make_draft("Edited", authors=by("Ada")))
    desk.withdraw(third)
    with desk.store.writing() as connection:
        connection.execute(
            insert(originals).values(
                sha256=b"\0\xff'\n", size_bytes=3, zlib_bytes=bytes(range(256))
            )
        )
        connection.execute(insert(roots).values(name="seeds", device=-(2**63)))


def contents(store: Store, *, without: tuple[str, ...] = ("leases",)) -> dict[str, list[str]]:
    with store.reading() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table)).all()))
            for table in metadata.sorted_tables
            if table.name not in without
        }


def test_what_is_restored_is_what_was_backed_up(
    desk: Desk, fresh_store: FreshStore, tmp_path: Path
) -> None:
    fill(desk)
    back_up(desk.store, tmp_path / "backup.db")
    before = contents(desk.store)
    desk.add(make_draft("Too late"))
    restored = fresh_store()
    assert restore(restored, tmp_path / "backup.db", NOW) is None
    assert contents(restored) == before


def test_a_restored_store_goes_on_with_numbers_of_its_own(
    desk: Desk, fresh_store: FreshStore, tmp_path: Path
) -> None:
    fill(desk)
    back_up(desk.store, tmp_path / "backup.db")
    restored = fresh_store()
    restore(restored, tmp_path / "backup.db", NOW)
    with open_desk(restored) as again:
        number = again.add(make_draft("After", authors=by("Somebody new")))
        assert again.entry(number).sequence == 4


def test_a_backup_is_whole_in_one_file_that_its_owner_alone_reads(
    desk: Desk, tmp_path: Path
) -> None:
    fill(desk)
    folder = tmp_path / "it's here"
    folder.mkdir()
    back_up(desk.store, folder / "b.db")
    assert [path.name for path in folder.iterdir()] == ["b.db"]
    assert stat.S_IMODE((folder / "b.db").stat().st_mode) == 0o600
    with sqlite3.connect(folder / "b.db") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA application_id").fetchone() == (0x66656564,)
    connection.close()


def test_a_backup_replaces_no_file(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "b.db").write_text("mine")
    with pytest.raises(StoreError, match="exists already"):
        back_up(desk.store, tmp_path / "b.db")
    assert (tmp_path / "b.db").read_text() == "mine"


def test_a_backup_that_cannot_be_finished_leaves_nothing(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_path: Path) -> None:
        raise OSError(28, "No space left on device")

    folder = tmp_path / "backups"
    folder.mkdir()
    monkeypatch.setattr(backups, "_sync", full)
    with pytest.raises(StoreError, match="No space left"):
        back_up(desk.store, folder / "b.db")
    assert list(folder.iterdir()) == []
    with pytest.raises(StoreError, match="No such file"):
        back_up(desk.store, folder / "deeper" / "b.db")


def test_backups_are_of_one_moment_while_others_publish(desk: Desk, tmp_path: Path) -> None:
    stop = threading.Event()

    def publish() -> None:
        while not stop.is_set():
            desk.add(make_draft("On and on", authors=by("Ada")))

    writer = threading.Thread(target=publish)
    writer.start()
    try:
        for number in range(5):
            back_up(desk.store, tmp_path / f"{number}.db")
    finally:
        stop.set()
        writer.join()
    for number in range(5):
        copy = open_store(f"sqlite:///{tmp_path}/{number}.db", busy_timeout_s=1)
        with copy.reading() as connection:
            count = connection.scalar(select(func.count()).select_from(entries))
            last = connection.execute(text("SELECT sequence, version FROM publication")).one()
            counted = connection.execute(text("SELECT entry_count FROM feeds")).scalars().all()
        assert last == (count, count)
        assert set(counted) <= {0, count}
        copy.close()


def test_a_store_in_use_is_not_restored_over(sqlite_store: Store, tmp_path: Path) -> None:
    back_up(sqlite_store, tmp_path / "b.db")
    assert sqlite_store.sqlite_path is not None
    before = sqlite_store.sqlite_path.read_bytes()
    lease = take_lease(sqlite_store)
    assert lease is not None
    restorer = open_store(f"sqlite:///{sqlite_store.sqlite_path}", busy_timeout_s=0.2)
    sqlite_store.close()
    with pytest.raises(StoreError, match="in use by another feedsvc process; stop `feedsvc serve`"):
        restore(restorer, tmp_path / "b.db", NOW)
    lease.release()
    # Nor while somebody only reads.
    with sqlite_store.reading(), pytest.raises(StoreError, match="in use"):
        restore(restorer, tmp_path / "b.db", NOW)
    sqlite_store.close()
    assert restore(restorer, tmp_path / "b.db", NOW) is not None
    assert len(before) > 0


def test_a_backup_put_in_the_place_of_a_damaged_store_is_whole(
    sqlite_store: Store, tmp_path: Path
) -> None:
    assert sqlite_store.sqlite_path is not None
    back_up(sqlite_store, tmp_path / "b.db")
    note_damage(sqlite_store.sqlite_path, "page 7 is not as it was")
    with pytest.raises(StoreDamaged):
        check_start(sqlite_store)
    restore(sqlite_store, tmp_path / "b.db", NOW)
    check_start(sqlite_store)


def test_what_was_there_is_set_aside(sqlite_store: Store, tmp_path: Path) -> None:
    path = sqlite_store.sqlite_path
    assert path is not None
    back_up(sqlite_store, tmp_path / "b.db")
    with open_desk(sqlite_store) as desk:
        desk.add(make_draft("Only in the old one"))
    sqlite_store.close()
    path.chmod(0o640)
    aside = restore(sqlite_store, tmp_path / "b.db", NOW)
    assert aside == path.with_name("feedsvc.db.replaced-20400301T090000Z")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    for file, count in ((path, 0), (aside, 1)):
        kept = open_store(f"sqlite:///{file}", busy_timeout_s=1)
        with kept.reading() as connection:
            assert connection.scalar(select(func.count()).select_from(entries)) == count
        kept.close()


def test_a_damaged_database_is_replaced(sqlite_store: Store, tmp_path: Path) -> None:
    path = sqlite_store.sqlite_path
    assert path is not None
    back_up(sqlite_store, tmp_path / "b.db")
    sqlite_store.close()
    path.write_bytes(b"no database at all" * 1000)
    aside = restore(sqlite_store, tmp_path / "b.db", NOW)
    assert aside is not None
    assert aside.read_bytes() == b"no database at all" * 1000
    with sqlite_store.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(entries)) == 0


def test_a_postgresql_database_that_holds_something_is_left_alone(
    postgresql_store: Store, tmp_path: Path
) -> None:
    with open_desk(postgresql_store) as desk:
        desk.add()
        back_up(postgresql_store, tmp_path / "b.db")
        before = contents(postgresql_store)
        with pytest.raises(StoreError, match="in use"):
            restore(postgresql_store, tmp_path / "b.db", NOW)
    with pytest.raises(StoreError, match=r"holds 1 entries .* empty one \(createdb\)"):
        restore(postgresql_store, tmp_path / "b.db", NOW)
    assert contents(postgresql_store) == before


def test_the_lease_of_the_database_in_use_is_kept(postgresql_store: Store, tmp_path: Path) -> None:
    back_up(postgresql_store, tmp_path / "b.db")
    lease = take_lease(postgresql_store)
    assert lease is not None
    lease.release()
    restore(postgresql_store, tmp_path / "b.db", NOW)
    with postgresql_store.reading() as connection:
        assert connection.scalar(select(leases.c.fence)) == lease.fence + 1


def damage(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[4096 * 3 : 4096 * 8] = b"\xaa" * 4096 * 5
    path.write_bytes(raw)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def newer(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()


def foreign(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA application_id = 77")
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()


def prose(path: Path) -> None:
    path.write_text("Storm shuts the harbour. " * 500)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (damage, "damaged"),
        (empty, "no backup of feedsvc"),
        (newer, "made by a newer one"),
        (foreign, "another program"),
        (prose, "damaged, or is no database"),
        (Path.unlink, "there is no such backup"),
    ],
)
def test_a_backup_that_cannot_be_used_changes_nothing(
    sqlite_store: Store, tmp_path: Path, spoil: Callable[[Path], None], told: str
) -> None:
    with open_desk(sqlite_store) as desk:
        fill(desk)
    backup = tmp_path / "backups" / "b.db"
    backup.parent.mkdir()
    back_up(sqlite_store, backup)
    spoil(backup)
    before = contents(sqlite_store)
    names = {path.name for path in tmp_path.iterdir()}
    with pytest.raises(StoreError, match=told) as refused:
        restore(sqlite_store, backup, NOW)
    assert str(backup) in str(refused.value)
    assert contents(sqlite_store) == before
    left = {path.name for path in tmp_path.iterdir()} - names
    assert left <= {"feedsvc.db.lease", "feedsvc.db-wal", "feedsvc.db-shm"}


def downgrade_to(revision: str, path: Path) -> None:
    """Leave a backup as an earlier feedsvc made it."""
    store = open_store(f"sqlite:///{path}", busy_timeout_s=2)
    config = Config()
    config.set_main_option("script_location", str(bundled("migrations")))
    with store.writing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()


def test_an_older_backup_is_migrated(fresh_store: FreshStore, tmp_path: Path, desk: Desk) -> None:
    fill(desk)
    back_up(desk.store, tmp_path / "b.db")
    downgrade_to("0004", tmp_path / "b.db")
    restored = fresh_store()
    restore(restored, tmp_path / "b.db", NOW)
    # In the last two, corrections and their feed have ids that are made anew.
    new = (
        *("leases", "recorded_guids", "guid_log", "former_names", "revisions", "feeds"),
        *("search_index", "departed_terms"),
    )
    assert contents(restored, without=new) == contents(desk.store, without=new)
    for table in (revisions, feeds):
        shared = select(*(c for c in table.c if c.name not in ("id", "guid", "updated")))
        with restored.reading() as there, desk.store.reading() as here:
            assert sorted(map(repr, there.execute(shared))) == sorted(
                map(repr, here.execute(shared))
            )
    assert upgrade(restored)[0] == upgrade(restored)[1]
