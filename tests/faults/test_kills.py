"""SIGKILL of everything at once, in the middle of ingestion: whoever starts next completes it.

`SOAK_KILL_ROUNDS` and `SOAK_KILL_FILES` (documents a round) make it longer.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import PostgresqlServer, SqliteFiles
from tests.e2e.conftest import SETTINGS
from tests.e2e.running import Feedsvc, Started
from tests.faults.amounts import FILES, ROUNDS, seeded
from tests.faults.crowd import check_all, count_entries, link_crowd, note, wait_for, write_crowd
from tests.faults.invariants import History
from tests.faults.snapshots import opened

# A round has as many kills, in turn: three in two rounds.
KILLS = (2, 1)


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crowd")
    write_crowd(folder, FILES)
    return folder


@pytest.fixture(params=["sqlite", "postgresql"])
def installations(
    request: pytest.FixtureRequest, tmp_path: Path, sqlite_files: SqliteFiles
) -> Iterator[Feedsvc]:
    """A new one for every round."""

    def install() -> Iterator[Feedsvc]:
        for number in range(ROUNDS):
            home = tmp_path / str(number)
            home.mkdir()
            if request.param == "sqlite":
                yield Feedsvc(home, sqlite_files.make_database(home), SETTINGS)
                continue
            server: PostgresqlServer = request.getfixturevalue("postgresql")
            url = server.make_database()
            yield Feedsvc(home, url, SETTINGS)
            server.drop_database(url)

    return install()


def test_whenever_all_are_killed_each_document_is_published_once(
    installations: Iterator[Feedsvc], crowd: Path
) -> None:
    chance = seeded()
    kills = 0
    for number, feedsvc in enumerate(installations, start=1):
        history = History()
        link_crowd(crowd, feedsvc.seeds.path)
        for _ in range(KILLS[number % 2]):
            there = kill_in_the_middle(feedsvc, chance.uniform(0, 0.9), chance.uniform(0, 0.1))
            kills += 1
            assert note(feedsvc, history) >= there
        with feedsvc.serving() as serving:
            with opened(feedsvc.database) as store:
                wait_for(store, FILES, serving)
            check_all(serving, history, FILES)
        print(f"round {number}: {kills} kills; {len(history.entries)} published once")


def kill_in_the_middle(feedsvc: Feedsvc, part: float, later_s: float) -> int:
    """Kill everything once a part of what is left is published; answers how much was."""
    with opened(feedsvc.database) as store:
        before = count_entries(store)
    command = ("ingest",) if part < 0.5 else ("serve", "--port", "0")
    started = feedsvc.start(*command)
    try:
        with opened(feedsvc.database) as store:
            wanted = before + part * (FILES - before)
            while count_entries(store) <= min(wanted, FILES - 1) and is_at_work(started):
                time.sleep(0.005)
            time.sleep(later_s)
            there = count_entries(store)
        if is_at_work(started):
            os.killpg(started.process.pid, signal.SIGKILL)
        started.process.wait()
    finally:
        started.kill()
    feedsvc.wait_for_silence()
    print(f"killed `{command[0]}` with {there} of {FILES} published; ", end="")
    return there


def is_at_work(started: Started) -> bool:
    return started.process.poll() is None
