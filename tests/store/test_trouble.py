"""Whose fault an error is, and whether a store can be written to."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.exc import DBAPIError

from feedsvc.errors import StoreBusy, StoreCutOff, StoreDamaged, StoreError, StoreFull
from feedsvc.model.selection import SelectionKind
from feedsvc.store.damage import forget_damage, note_damage
from feedsvc.store.engine import Store, open_store
from feedsvc.store.failures import is_trouble_of_store
from feedsvc.store.schema import originals
from feedsvc.store.trouble import MIN_FREE_BYTES, check_over, degradation
from tests.store.desk import open_desk


@pytest.fixture
def second_store(store: Store) -> Iterator[Store]:
    """The same database, for somebody who does not wait for long."""
    second = open_store(store.engine.url.render_as_string(hide_password=False), busy_timeout_s=0.1)
    if not second.is_sqlite:

        @event.listens_for(second.engine, "connect")
        def _hurry(connection: object, _record: object) -> None:
            connection.execute("SET lock_timeout = '100ms'")  # type: ignore[attr-defined]

    yield second
    second.close()


def error_of(store: Store, statement: str) -> DBAPIError:
    with pytest.raises(StoreError) as raised, store.writing() as connection:
        connection.execute(text(statement))
    assert isinstance(raised.value.__cause__, DBAPIError)
    return raised.value.__cause__


@pytest.mark.parametrize(
    ("state", "is_the_stores"),
    [
        ("53100", True),  # disk_full
        ("53200", True),  # out_of_memory
        ("53300", True),  # too_many_connections
        ("55P03", True),  # lock_not_available
        ("40001", True),  # serialization_failure
        ("40P01", True),  # deadlock_detected
        ("57P01", True),  # admin_shutdown
        ("08006", True),  # connection_failure
        ("58030", True),  # io_error
        ("25006", True),  # read_only_sql_transaction
        ("XX001", True),  # data_corrupted
        ("57014", False),  # query_canceled: of a statement, that may be the document's
        ("54000", False),  # program_limit_exceeded: of an index row, that is the document's
        ("23505", False),  # unique_violation
        ("22021", False),  # character_not_in_repertoire
    ],
)
def test_postgresql_says_whose_fault_it_is(
    postgresql_store: Store, state: str, is_the_stores: bool
) -> None:
    raised = f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; END $$"
    assert is_trouble_of_store(error_of(postgresql_store, raised)) is is_the_stores


@pytest.mark.parametrize(
    ("state", "is_so"),
    [
        ("40001", True),  # serialization_failure
        ("40P01", True),  # deadlock_detected
        ("57P01", True),  # admin_shutdown
        ("08006", True),  # connection_failure
        ("57014", False),  # query_canceled
        ("53100", False),  # disk_full
        ("23505", False),  # unique_violation
    ],
)
def test_postgresql_says_what_may_be_done_again(
    postgresql_store: Store, state: str, is_so: bool
) -> None:
    raised = f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; END $$"
    with pytest.raises(StoreError) as told, postgresql_store.writing() as connection:
        connection.execute(text(raised))
    assert isinstance(told.value, StoreCutOff) is is_so


def test_a_statement_that_is_wrong_is_no_trouble_of_the_store(store: Store) -> None:
    assert not is_trouble_of_store(error_of(store, "SELECT * FROM nowhere"))
    assert not is_trouble_of_store(ValueError("a bug"))


def test_a_full_disk_is_the_stores_trouble_whatever_is_said_last(sqlite_store: Store) -> None:
    with pytest.raises(StoreFull, match="no room left") as raised:
        overfill(sqlite_store)
    # SQLite has given up the transaction, and with it the part that was to be undone.
    assert "no such savepoint" in str(raised.value.__cause__)
    assert is_trouble_of_store(raised.value)


def overfill(store: Store) -> None:
    """Write more than there is room for, in a part of a transaction."""
    with store.writing() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 20}")
        with connection.begin_nested():
            connection.execute(
                insert(originals).values(sha256=b"x", size_bytes=1, zlib_bytes=bytes(1_000_000))
            )


def test_trouble_is_over_once_a_row_can_be_locked(store: Store, second_store: Store) -> None:
    check_over(second_store, StoreBusy())
    with store.writing() as connection:
        connection.execute(text("UPDATE publication SET version = version"))
        with pytest.raises(StoreBusy):
            check_over(second_store, StoreBusy())
    check_over(second_store, StoreBusy())


def test_a_full_disk_is_over_once_there_is_some_room(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_free(monkeypatch, MIN_FREE_BYTES - 1)
    check_over(sqlite_store, StoreBusy())
    with pytest.raises(StoreFull, match="less than 64 MB are free"):
        check_over(sqlite_store, StoreFull())
    set_free(monkeypatch, MIN_FREE_BYTES)
    check_over(sqlite_store, StoreFull())


def test_a_store_in_order_is_not_degraded(store: Store) -> None:
    assert degradation(store) is None


def test_a_store_short_of_room_is_degraded(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_free(monkeypatch, MIN_FREE_BYTES - 1)
    assert "less than 64 MB" in (degradation(sqlite_store) or "")


def test_a_store_that_was_found_damaged_is_read_and_not_written_to(sqlite_store: Store) -> None:
    assert sqlite_store.sqlite_path is not None
    with open_desk(sqlite_store) as desk:
        desk.add()
        note_damage(sqlite_store.sqlite_path, "page 7 is not as it was")
        with pytest.raises(StoreDamaged, match=r"page 7.*feedsvc db restore FILE"):
            desk.add()
        assert desk.feed(SelectionKind.ALL).entry_count == 1
    assert "page 7" in (degradation(sqlite_store) or "")
    with pytest.raises(StoreDamaged):
        check_over(sqlite_store, StoreError())
    forget_damage(sqlite_store.sqlite_path)
    assert degradation(sqlite_store) is None
    check_over(sqlite_store, StoreError())


def test_a_store_closed_to_us_is_degraded(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    assert "may not be written to" in (degradation(sqlite_store) or "")
    with pytest.raises(StoreError, match="may not be written to"):
        check_over(sqlite_store, StoreError())


@pytest.mark.parametrize("beside", ["guids.jsonl", "feedsvc.db.lease", "feedsvc.db.in-use"])
def test_a_store_is_degraded_while_a_file_beside_it_is_closed_to_us(
    sqlite_store: Store, beside: str
) -> None:
    assert sqlite_store.sqlite_path is not None
    path = sqlite_store.sqlite_path.with_name(beside)
    path.unlink(missing_ok=True)
    path.mkdir()  # which is closed even to root
    reason = f"{beside}: cannot be used (Is a directory)"
    assert (degradation(sqlite_store) or "").endswith(reason)
    with pytest.raises(StoreError, match=re.escape(reason)):
        check_over(sqlite_store, StoreError())
    path.rmdir()
    assert degradation(sqlite_store) is None
    check_over(sqlite_store, StoreError())
    path.touch()
    assert degradation(sqlite_store) is None
    check_over(sqlite_store, StoreError())


def test_a_store_in_a_folder_closed_to_us_is_read_and_anew_once_it_is_open(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    sqlite_store.close()
    closed = True
    monkeypatch.setattr(os, "access", lambda _path, _mode: not closed)
    reader = open_store(str(sqlite_store.engine.url), busy_timeout_s=1)
    with reader.reading() as connection:
        assert connection.scalar(text("SELECT version FROM publication")) == 0
    with pytest.raises(StoreError, match="readonly"), reader.writing() as connection:
        connection.execute(text("UPDATE publication SET version = 1"))
    closed = False
    with sqlite_store.writing() as connection:
        connection.execute(text("UPDATE publication SET version = 1"))
    with reader.reading() as connection:
        assert connection.scalar(text("SELECT version FROM publication")) == 1
    reader.close()


def set_free(monkeypatch: pytest.MonkeyPatch, free_bytes: int) -> None:
    class Usage:
        free = free_bytes

    def answer(_folder: Path) -> Usage:
        return Usage()

    monkeypatch.setattr(shutil, "disk_usage", answer)
