"""The machine's clock is set, ahead by a day and back by an hour, under a scheduler at work."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import pytest

from tests.faults.crowd import wait_until_settled, write_crowd
from tests.faults.invariants import History, Picture, check_rules, check_store_served
from tests.faults.snapshots import opened
from tests.faults.victim import ROOT

CROWD = 20
WATCHED_S = 3.0
# Seconds between two runs of a job at the least; others come once a day or when they are woken.
EVERY_S = {"_look": 5.0, "_work_on_run": 0.5, "_decide_members": 0.5}
# The start of the count, and one more when the clock is set.
MORE = 2
# What `date -s` would do: to the time by which the machine goes, this is added.
SET = ("+0", "+1d", "+23h")
# libfaketime reads its file once in each second, and must not read it more often: its buffers are
# those of all threads, and a thread that finds the file's name half written takes the real time.
READ_WITHIN_S = 1.1
_RUN = re.compile(r'Running job "_Schedule\.(\w+) ')


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A scheduler under a clock of its own."""

    clock: Path
    log: Path

    def set_clock(self, offset: str) -> None:
        """offset: as libfaketime takes it."""
        fresh = self.clock.with_suffix(".new")
        fresh.write_text(offset)
        fresh.replace(self.clock)
        time.sleep(READ_WITHIN_S)

    def runs(self) -> Counter[str]:
        """How often each job has run."""
        return Counter(_RUN.findall(self.log.read_text()))


@pytest.fixture
def libfaketime() -> Path:
    spec = find_spec("libfaketime")
    if spec is None or spec.origin is None:
        pytest.skip("libfaketime has no wheel for this system")
    return Path(spec.origin).parent / "vendor/libfaketime/src/libfaketime.so.1"


@contextmanager
def machine(libfaketime: Path, database: str, folder: Path) -> Iterator[Machine]:
    place = folder.parent
    # The name at which libfaketime looks last, so that a file is found by two names.
    made = Machine(clock=place / ".faketimerc", log=place / "scheduler.log")
    made.set_clock(SET[0])
    environment = {
        "LD_PRELOAD": str(libfaketime),
        "FAKETIME_TIMESTAMP_FILE": str(made.clock),
        "HOME": str(place),
        "FAKETIME_CACHE_DURATION": "0",
        # Setting the clock does not touch the monotonic one.
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    command = (sys.executable, "-m", "tests.faults.scheduler", database, str(folder), "telling")
    with made.log.open("wb") as told:
        process = subprocess.Popen(
            ["env", *(f"{name}={value}" for name, value in environment.items()), *command],
            cwd=ROOT,
            stderr=told,
        )
    try:
        yield made
    finally:
        process.kill()
        process.wait()


def test_a_clock_that_is_set_changes_no_order_and_brings_no_storm(
    tmp_path: Path, database: str, libfaketime: Path
) -> None:
    folder = tmp_path / "seeds"
    folder.mkdir()
    history, count = History(), 0
    with opened(database) as store, machine(libfaketime, database, folder) as at:
        for offset in SET:
            before, began = at.runs(), time.monotonic()
            at.set_clock(offset)
            write_crowd(folder, CROWD, first=count)
            count += CROWD
            picture = wait_until_settled(store, folder)
            time.sleep(WATCHED_S)
            runs = at.runs() - before
            took_s = time.monotonic() - began
            print(f"{offset}: {took_s:.1f} s, {dict(runs)}")
            history.add(picture)
            assert len(history.entries) == count
            check_order(picture)
            for name, every_s in EVERY_S.items():
                assert runs[name] <= took_s / every_s + MORE, name
        check_rules(store)
    log = at.log.read_text()
    assert log.count("clock was set") == len(SET) - 1, log
    assert " ERROR " not in log, log
    check_store_served(database, folder, picture)


def check_order(picture: Picture) -> None:
    """What came later has a later instant, whatever the clock said."""
    arrived = sorted(picture.entries.values(), key=lambda entry: entry.sequence)
    for first, second in pairwise(arrived):
        assert first.updated < second.updated
        assert first.arrived_at < second.arrived_at
