"""SIGKILL of everything at once, in the middle of ingestion: whoever starts next completes it.

`SOAK_KILL_ROUNDS` and `SOAK_KILL_FILES` (documents a round) make it longer.
"""

from __future__ import annotations

import os
import random
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
# So many of them come within so long of the start: before or in the first look, while files rest.
STARTING = 0.25
STARTED_S = 4.0


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
    for number, feedsvc in enumerate(installations, start=1):
        history = History()
        link_crowd(crowd, feedsvc.seeds.path)
        kills = 0
        for _ in range(KILLS[number % 2]):
            there, is_killed = kill_at_random(feedsvc, chance)
            kills += is_killed
            assert note(feedsvc, history) >= there
        with feedsvc.serving() as serving:
            with opened(feedsvc.database) as store:
                wait_for(store, FILES, serving)
            check_all(serving, history, FILES)
        print(f"round {number}: {kills} kills; {len(history.entries)} published once")


def kill_at_random(feedsvc: Feedsvc, chance: random.Random) -> tuple[int, bool]:
    """Kill everything while it starts, or in the middle of what is left to publish.

    Answers how much was published by then, and whether there was anything left to kill.
    """
    with opened(feedsvc.database) as store:
        before = count_entries(store)
    if chance.random() < STARTING:
        wanted, later_s = 0.0, chance.uniform(0, STARTED_S)
    else:
        part, later_s = chance.uniform(0, 0.9), chance.uniform(0, 0.1)
        wanted = min(before + part * (FILES - before), FILES - 1)
    command = chance.choice([("ingest",), ("serve", "--port", "0")])
    started = feedsvc.start(*command)
    try:
        with opened(feedsvc.database) as store:
            while wanted and count_entries(store) <= wanted and is_at_work(started):
                time.sleep(0.005)
            time.sleep(later_s)
            there = count_entries(store)
        is_killed = is_at_work(started)
        if is_killed:
            os.killpg(started.process.pid, signal.SIGKILL)
        started.process.wait()
    finally:
        started.kill()
    feedsvc.wait_for_silence()
    print(f"killed `{command[0]}` with {there} of {FILES} published; ", end="")
    return there, is_killed


def is_at_work(started: Started) -> bool:
    return started.process.poll() is None
