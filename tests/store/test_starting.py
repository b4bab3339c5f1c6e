"""Starting on a database that is damaged, gone, or was not left in order."""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from feedsvc.errors import StoreError
from feedsvc.store import starting
from feedsvc.store.engine import Store, open_store
from feedsvc.store.leases import take_lease
from feedsvc.store.starting import check_start, marked_in_use

RECOVERY = r"is damaged: .*Nothing was changed.*feedsvc db restore FILE.*ids from guids\.jsonl"


def path_of(store: Store) -> Path:
    assert store.sqlite_path is not None
    return store.sqlite_path


def spoil_a_table(store: Store) -> None:
    """What no ordinary query notices, and a check does."""
    with store.writing() as connection:
        for statement in (
            "CREATE TABLE many (x)",
            "INSERT INTO many VALUES ('7')",
            "PRAGMA writable_schema = ON",
            "UPDATE sqlite_schema SET sql = 'CREATE TABLE many (x INT)' WHERE name = 'many'",
        ):
            connection.execute(text(statement))
    store.close()


def test_a_store_in_order_starts(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    check_start(store)
    assert caplog.records == []


@pytest.mark.parametrize("raw", [b"no database " * 9999, b"SQLite format 3\0" + b"\xff" * 99_999])
def test_a_damaged_database_is_refused_with_what_to_do_and_left_as_it_is(
    sqlite_store: Store, raw: bytes
) -> None:
    path = path_of(sqlite_store)
    path.write_bytes(raw)
    began = time.monotonic()
    with pytest.raises(StoreError, match=RECOVERY):
        check_start(sqlite_store)
    assert time.monotonic() - began < 5
    assert path.read_bytes() == raw


def test_a_database_that_was_not_left_in_order_is_read_through(sqlite_store: Store) -> None:
    with marked_in_use(sqlite_store) as was_left_well:
        assert was_left_well
        marker = path_of(sqlite_store).with_name("feedsvc.db.in-use")
        assert marker.exists()
    assert not marker.exists()
    spoil_a_table(sqlite_store)
    check_start(sqlite_store)  # it was left in order: nobody looks
    marker.touch()
    with pytest.raises(StoreError, match=RECOVERY):
        check_start(sqlite_store)
    with marked_in_use(sqlite_store) as was_left_well:
        assert not was_left_well


def test_a_database_at_work_was_not_left(sqlite_store: Store) -> None:
    spoil_a_table(sqlite_store)
    lease = take_lease(sqlite_store)
    assert lease is not None
    with marked_in_use(sqlite_store):
        check_start(sqlite_store)
    lease.release()


def test_where_the_lock_is_closed_to_us_nothing_is_read_through_and_it_starts(
    sqlite_store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    path = path_of(sqlite_store)
    path.with_name("feedsvc.db.in-use").touch()
    path.with_name("feedsvc.db.lease").mkdir()  # which is closed even to root
    check_start(sqlite_store)
    assert caplog.messages == []


def test_a_start_does_not_wait_for_the_end_of_the_check(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite_store.writing() as connection:
        connection.execute(text("CREATE TABLE many (x)"))
        connection.execute(
            text(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000) "
                "INSERT INTO many SELECT i FROM n"
            )
        )
        connection.execute(text("INSERT INTO many VALUES ('7')"))
        connection.execute(text("PRAGMA writable_schema = ON"))
        connection.execute(
            text("UPDATE sqlite_schema SET sql = 'CREATE TABLE many (x INT)' WHERE name = 'many'")
        )
    sqlite_store.close()
    path_of(sqlite_store).with_name("feedsvc.db.in-use").touch()
    monkeypatch.setattr(starting, "_CHECK_AT_MOST_S", 0.0)
    check_start(sqlite_store)
    monkeypatch.setattr(starting, "_CHECK_AT_MOST_S", 30.0)
    with pytest.raises(StoreError, match="damaged"):
        check_start(sqlite_store)


def mount_as(kind: str, folder: Path, table: Path) -> None:
    """A table of mounts in which a folder's disk is of some kind, and every other one is not."""
    device = folder.stat().st_dev
    number = f"{os.major(device)}:{os.minor(device)}"
    table.write_text(
        "21 27 0:99999 / /proc rw,nosuid - proc proc rw\n"
        f"36 27 {number} / /srv/a\\040b rw,noatime shared:1 - {kind} server:/- rw,vers=4.2\n"
        "37 27 0:99998 / /mnt rw - nfs4 server:/ rw\n"
    )


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "fuse.sshfs"])
@pytest.mark.parametrize("exists", [True, False])
def test_a_database_on_a_disk_of_several_machines_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, exists: bool
) -> None:
    mount_as(kind, tmp_path, tmp_path / "mountinfo")
    monkeypatch.setattr(starting, "_MOUNTS", tmp_path / "mountinfo")
    store = open_store(f"sqlite:///{tmp_path}/feedsvc.db", busy_timeout_s=1)
    if exists:
        path_of(store).touch()
    with pytest.raises(StoreError, match=rf"\({kind}\).*a disk of this machine.*PostgreSQL"):
        check_start(store)


def test_on_a_disk_of_this_machine_or_of_an_unknown_kind_it_starts(
    sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starting, "_MOUNTS", tmp_path / "mountinfo")
    check_start(sqlite_store)
    mount_as("ext4", tmp_path, tmp_path / "mountinfo")
    check_start(sqlite_store)
    (tmp_path / "mountinfo").write_text("37 27 0:99998 / /mnt rw - nfs4 server:/ rw\n")
    check_start(sqlite_store)


@pytest.mark.parametrize("is_empty", [True, False])
def test_a_database_that_is_gone_is_told_where_guids_are_recorded(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, is_empty: bool
) -> None:
    store = open_store(f"sqlite:///{tmp_path}/feedsvc.db", busy_timeout_s=1)
    if is_empty:
        path_of(store).touch()
    check_start(store)
    assert caplog.records == []
    (tmp_path / "guids.jsonl").write_text("{}\n")
    with caplog.at_level(logging.WARNING):
        check_start(store)
    (record,) = caplog.records
    assert "the database is gone" in record.message
    assert "ids from guids.jsonl" in record.message
    assert "feedsvc db restore FILE" in record.message


def test_the_database_of_another_program_is_not_called_damaged(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    store = open_store(f"sqlite:///{path}", busy_timeout_s=1)
    with store.writing() as connection:
        connection.execute(text("PRAGMA application_id = 77"))
    store.close()
    with pytest.raises(StoreError, match="another program"):
        check_start(store)
