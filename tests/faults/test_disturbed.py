"""Ingestion that is frozen, locked out, fed slowly, or has its folders moved: nothing comes of it.

`SOAK_LONG_ROUNDS`, `SOAK_FROZEN_S` and `SOAK_LOCKED_S` make it longer.
"""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text

from feedsvc.store.engine import Store
from feedsvc.store.schema import entries, publication
from tests.benchmarks.dumps import dump
from tests.databases import PostgresqlServer
from tests.e2e.conftest import SETTINGS
from tests.e2e.running import Feedsvc, Serving, wait_until
from tests.faults.amounts import FROZEN_S, LOCKED_S, LONG_ROUNDS
from tests.faults.crowd import check_all, count_entries, note, wait_for, write_crowd
from tests.faults.invariants import History
from tests.faults.snapshots import opened

# Does its harm while there is something to ingest; answers how many documents there are then.
Disturbance = Callable[[Serving, Store, int], int]

CROWD = 100
# Too many to be published in one transaction, or before somebody has seen the first.
LARGE_CROWD = 600
FREEZES = 5
# A sweep has to come, to look and to let files rest before it publishes.
RESUMED_WITHIN_S = 60.0


@pytest.fixture
def serving(tmp_path: Path, database: str) -> Iterator[Serving]:
    feedsvc = Feedsvc(tmp_path, database, SETTINGS)
    with feedsvc.serving() as serving:
        yield serving


def test_what_disturbs_ingestion_loses_and_doubles_nothing(
    serving: Serving, request: pytest.FixtureRequest
) -> None:
    history = History()
    disturbances: list[Disturbance] = [freeze, lock_out, write_slowly, move_trees]
    if not serving.feedsvc.database.startswith("sqlite"):
        disturbances.append(closing(request.getfixturevalue("postgresql")))
    count = 0
    with opened(serving.feedsvc.database) as store:
        for _ in range(LONG_ROUNDS):
            for disturb in disturbances:
                began = time.monotonic()
                count = disturb(serving, store, count)
                wait_for(store, count, serving)
                check_all(serving, history, count)
                print(f"{disturb.__name__}: {time.monotonic() - began:.1f} s; {count} published")


def freeze(serving: Serving, store: Store, count: int) -> int:
    """Stop every process in the middle of ingestion, as a machine does that is put to sleep."""
    for _ in range(FREEZES):
        write_crowd(serving.feedsvc.seeds.path, LARGE_CROWD, first=count)
        wait_for(store, count + 1, serving)
        count += LARGE_CROWD
        os.killpg(serving.started.process.pid, signal.SIGSTOP)
        try:
            time.sleep(FROZEN_S)
            there = count_entries(store)
        finally:
            os.killpg(serving.started.process.pid, signal.SIGCONT)
        if there < count:
            return count
    raise AssertionError("each time there was nothing left to be frozen")


def lock_out(serving: Serving, store: Store, count: int) -> int:
    """Keep the store locked: feeds are answered as ever, and ingestion waits."""
    with store.writing() as connection:
        if not store.is_sqlite:
            # Or the server would end a transaction that does nothing for so long.
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        connection.execute(select(publication).with_for_update())
        write_crowd(serving.feedsvc.seeds.path, CROWD, first=count)
        until = time.monotonic() + LOCKED_S
        slowest_s = 0.0
        while time.monotonic() < until:
            asked = time.monotonic()
            assert serving.get("/feeds/all.atom").status == 200
            slowest_s = max(slowest_s, time.monotonic() - asked)
            time.sleep(0.05)
        assert count_entries(store) == count
    resumed_s = wait_until(
        lambda: count_entries(store) > count, RESUMED_WITHIN_S, serving.started.told
    )
    print(f"slowest answer {slowest_s * 1000:.0f} ms, resumed after {resumed_s:.1f} s; ", end="")
    return count + CROWD


def write_slowly(serving: Serving, store: Store, count: int) -> int:
    """Write files in pieces with pauses, and others aside to be renamed: none is half read."""
    folder = serving.feedsvc.seeds.path / "slow"
    folder.mkdir(exist_ok=True)
    texts = {folder / f"{n}.txt": dump(n, 4_000) for n in range(count, count + 20)}
    paths = list(texts)
    in_pieces = threading.Thread(target=_write_in_pieces, args=(paths[:10], texts.__getitem__))
    in_pieces.start()
    for path in paths[10:]:
        aside = path.with_suffix(".tmp")
        aside.write_text(texts[path][:1_000])
        time.sleep(0.02)
        aside.write_text(texts[path])
        aside.rename(path)
    in_pieces.join()
    wait_for(store, count + 20, serving)
    for written in texts.values():
        _, last = written.strip().rsplit("\n", 1)
        title = written.split("\n")[3]
        assert _body(store, title).count(last[-40:]) == 1, f"{title!r} is not whole"
    return count + 20


def _write_in_pieces(paths: list[Path], text_of: Callable[[Path], str]) -> None:
    files = [path.open("w") for path in paths]
    for first in range(0, 6_000, 500):
        for path, file in zip(paths, files, strict=True):
            file.write(text_of(path)[first : first + 500])
            file.flush()
        time.sleep(0.05)
    for file in files:
        file.close()


def _body(store: Store, title: str) -> str:
    with store.reading() as connection:
        return str(connection.scalar(select(entries.c.html).where(entries.c.title == title)))


def closing(server: PostgresqlServer) -> Disturbance:
    def close_database(serving: Serving, store: Store, count: int) -> int:
        """End every session in the middle of ingestion, and let nobody in for a while."""
        write_crowd(serving.feedsvc.seeds.path, LARGE_CROWD, first=count)
        wait_for(store, count + 1, serving)
        with server.closed(serving.feedsvc.database):
            time.sleep(LOCKED_S)
            # Never an empty feed, and never that there is none.
            assert serving.get("/feeds/all.atom").status in (200, 503)
        return count + LARGE_CROWD

    return close_database


def move_trees(serving: Serving, store: Store, count: int) -> int:
    """Move a folder, put a copy in its place, and do both while there is much to do."""
    seeds = serving.feedsvc.seeds.path
    history = History()
    note(serving.feedsvc, history)
    write_crowd(seeds, CROWD, first=count)
    moved, copied = seeds / "moved", seeds.parent / "copied"
    first = seeds / "000"
    first.rename(moved)
    time.sleep(1)
    shutil.copytree(moved, copied)
    moved.rename(seeds.parent / "old")
    copied.rename(moved)
    time.sleep(1)
    moved.rename(first)
    shutil.rmtree(seeds.parent / "old")
    wait_for(store, count + CROWD, serving)
    note(serving.feedsvc, history)
    return count + CROWD
