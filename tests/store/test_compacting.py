"""A SQLite database made small: in little memory, while others read, and whole at every moment."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from feedsvc.errors import StoreBusy, StoreDamaged, StoreFull
from feedsvc.store import compacting
from feedsvc.store.compacting import compact
from feedsvc.store.damage import note_damage
from feedsvc.store.engine import Store, open_store
from feedsvc.store.verify import check_file

ADD = text(
    "WITH RECURSIVE n(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i < :last) "
    "INSERT INTO originals (sha256, size_bytes, zlib_bytes) "
    "SELECT cast(printf('%032d', i) AS BLOB), 4000, randomblob(4000) FROM n"
)
REMOVE_HALF = text("DELETE FROM originals WHERE CAST(CAST(sha256 AS TEXT) AS INTEGER) % 2")
HELD = text("SELECT count(*), sum(size_bytes) FROM originals")

# Run in a process of its own, to be measured, or killed after so many steps of putting back.
COMPACT = """
import os, re, signal, sys
from pathlib import Path
from feedsvc.store.compacting import compact
from feedsvc.store.damage import note_damage
from feedsvc.store.engine import open_store

def peak_mb():
    # Its own: ru_maxrss begins with what the process that started it had in memory.
    return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) // 1024

path, killed_after = Path(sys.argv[1]), int(sys.argv[2])
store = open_store(f"sqlite:///{path}", busy_timeout_s=1)
driver = store.engine.dialect.loaded_dbapi

class Killed(driver.Connection):
    def backup(self, target, *, pages, progress):
        steps = []
        def look(*told):
            progress(*told)
            steps.append(told)
            if len(steps) == killed_after:
                os.kill(os.getpid(), signal.SIGKILL)
        super().backup(target, pages=pages, progress=look)
        if killed_after == 0:
            os.kill(os.getpid(), signal.SIGKILL)

driver.connect = Killed
with store.reading():
    before = peak_mb()
compact(store, path)
print(peak_mb() - before)
"""


def path_of(store: Store) -> Path:
    assert store.sqlite_path is not None
    return store.sqlite_path


def fill(store: Store, rows: int) -> None:
    """Rows of a page each, half of them removed again."""
    with store.writing() as connection:
        connection.execute(ADD, {"first": 1, "last": rows})
        connection.execute(REMOVE_HALF)


def held(store: Store) -> tuple[Any, ...]:
    with store.reading() as connection:
        return tuple(connection.execute(HELD).one())


def pragma(store: Store, name: str) -> object:
    with store.reading() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def check_whole(store: Store) -> None:
    assert check_file(store, is_quick=False, gives_up=lambda: False) is None


def compact_elsewhere(store: Store, *, killed_after: int) -> subprocess.CompletedProcess[str]:
    arguments = (str(path_of(store)), str(killed_after))
    return subprocess.run(
        [sys.executable, "-c", COMPACT, *arguments], capture_output=True, text=True, timeout=60
    )


def test_a_database_is_made_small_and_is_the_same_otherwise(sqlite_store: Store) -> None:
    fill(sqlite_store, 2_000)
    before, pages = held(sqlite_store), pragma(sqlite_store, "page_count")
    kept = [pragma(sqlite_store, name) for name in ("journal_mode", "application_id")]
    compact(sqlite_store, path_of(sqlite_store))
    assert held(sqlite_store) == before
    assert pragma(sqlite_store, "freelist_count") == 0
    assert pragma(sqlite_store, "page_count") < 0.6 * pages  # type: ignore[operator]
    assert [pragma(sqlite_store, name) for name in ("journal_mode", "application_id")] == kept
    check_whole(sqlite_store)
    size = path_of(sqlite_store).stat().st_size
    assert size == pragma(sqlite_store, "page_count") * pragma(sqlite_store, "page_size")  # type: ignore[operator]
    assert not path_of(sqlite_store).with_name("feedsvc.db.vacuum").exists()


def test_it_takes_little_memory_whatever_the_size(sqlite_store: Store) -> None:
    fill(sqlite_store, 20_000)
    done = compact_elsewhere(sqlite_store, killed_after=-1)
    assert done.returncode == 0, done.stderr
    assert path_of(sqlite_store).stat().st_size > 40_000_000
    assert int(done.stdout) < 20


def test_who_reads_meanwhile_reads_on(sqlite_store: Store) -> None:
    fill(sqlite_store, 2_000)
    before = held(sqlite_store)
    with sqlite_store.reading() as connection:
        assert tuple(connection.execute(HELD).one()) == before
        compact(sqlite_store, path_of(sqlite_store))
        with sqlite_store.writing() as writing:
            writing.execute(ADD, {"first": 5_001, "last": 5_001})
        assert tuple(connection.execute(HELD).one()) == before
    check_whole(sqlite_store)


def overtake(monkeypatch: pytest.MonkeyPatch, store: Store, times: int) -> None:
    """Write as soon as writers are let in, before the new file is put back."""
    real, numbers = compacting._build, iter(range(9_000, 9_000 + times))

    def build(*arguments: Any) -> int:
        seen = real(*arguments)
        for number in numbers:
            with store.writing() as connection:
                connection.execute(ADD, {"first": number, "last": number})
            break
        return seen

    monkeypatch.setattr(compacting, "_build", build)


@pytest.mark.parametrize("rows", [0, 2_000])
def test_what_is_written_between_its_two_halves_is_not_lost(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    fill(sqlite_store, rows)
    count, size_bytes = held(sqlite_store)
    overtake(monkeypatch, sqlite_store, times=2)
    compact(sqlite_store, path_of(sqlite_store))
    assert held(sqlite_store) == (count + 2, (size_bytes or 0) + 8_000)
    assert pragma(sqlite_store, "freelist_count") == 0


def test_it_gives_way_to_whoever_writes_again_and_again(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(sqlite_store, 2_000)
    count, _ = held(sqlite_store)
    overtake(monkeypatch, sqlite_store, times=3)
    with pytest.raises(StoreBusy):
        compact(sqlite_store, path_of(sqlite_store))
    assert held(sqlite_store)[0] == count + 3
    assert not path_of(sqlite_store).with_name("feedsvc.db.vacuum").exists()


def test_it_waits_for_a_writer_and_says_so_at_last(sqlite_store: Store) -> None:
    with sqlite_store.writing(), pytest.raises(StoreBusy):
        compact(sqlite_store, path_of(sqlite_store))


@pytest.mark.parametrize("killed_after", [1, 7, 0])
def test_killed_at_any_moment_the_database_is_whole(sqlite_store: Store, killed_after: int) -> None:
    fill(sqlite_store, 8_000)
    before = held(sqlite_store)
    sqlite_store.close()
    assert compact_elsewhere(sqlite_store, killed_after=killed_after).returncode == -signal.SIGKILL
    assert path_of(sqlite_store).with_name("feedsvc.db.vacuum").exists()
    reopened = open_store(f"sqlite:///{path_of(sqlite_store)}", busy_timeout_s=1)
    assert held(reopened) == before
    check_whole(reopened)
    compact(reopened, path_of(reopened))
    assert held(reopened) == before
    assert not path_of(reopened).with_name("feedsvc.db.vacuum").exists()
    reopened.close()


def test_without_the_room_nothing_is_begun(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(path_of(sqlite_store).parent)._replace(free=64_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(StoreFull, match="64 MB are free"):
        compact(sqlite_store, path_of(sqlite_store))


def test_a_damaged_database_is_left_as_it_is(sqlite_store: Store) -> None:
    path = path_of(sqlite_store)
    note_damage(path, "page 7 is not as it was")
    before = path.read_bytes()
    with pytest.raises(StoreDamaged):
        compact(sqlite_store, path)
    assert path.read_bytes() == before
