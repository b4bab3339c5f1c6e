"""Ctrl-C and SIGTERM, in the middle of anything: a clean end, soon."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import pytest

from tests.benchmarks.dumps import dump
from tests.e2e.conftest import SETTINGS
from tests.e2e.running import Feedsvc, wait_until

# Several times as many as are published at once.
FILES = 800
SIGNALS = [
    pytest.param(signal.SIGTERM, False, id="SIGTERM"),
    pytest.param(signal.SIGINT, True, id="Ctrl-C"),
]


def fill(feedsvc: Feedsvc) -> None:
    for number in range(FILES):
        feedsvc.seeds.write(f"{number:07}.txt", dump(number, 2_000))


def check_completed_by_the_next_run(feedsvc: Feedsvc) -> None:
    there = feedsvc.published()
    done = feedsvc.run("ingest", "--json")
    assert done.status == 0
    # A machine with much else to do may be told to stop too late, when nothing is left.
    assert json.loads(done.out)["counts"].get("new", 0) == FILES - len(there)
    after = feedsvc.published()
    assert len(after) == FILES
    assert there.items() <= after.items()


@pytest.mark.parametrize(("number", "group"), SIGNALS)
def test_serve_stops_in_the_middle_of_ingestion(feedsvc: Feedsvc, number: int, group: bool) -> None:
    fill(feedsvc)
    with feedsvc.serving() as serving:
        wait_until(lambda: len(feedsvc.published()) > 0, 60, serving.started.told)
        took_s = serving.started.stop(number, group=group)
        left_s = feedsvc.wait_for_silence()
        told = serving.started.err.read_text()
    print(f"serve stopped after {took_s:.2f} s, its last process {left_s:.2f} s later, ", end="")
    print(f"with {len(feedsvc.published())} of {FILES} published")
    assert serving.started.process.returncode == 0
    assert "Traceback" not in told
    assert "WARNING" not in told
    check_completed_by_the_next_run(feedsvc)


@pytest.mark.parametrize(("number", "group"), SIGNALS)
def test_ingest_stops_in_the_middle(feedsvc: Feedsvc, number: int, group: bool) -> None:
    fill(feedsvc)
    started = feedsvc.start("ingest")
    try:
        wait_until(lambda: len(feedsvc.published()) > 0, 60, started.told)
        took_s = started.stop(number, group=group)
        left_s = feedsvc.wait_for_silence()
    finally:
        started.kill()
    print(f"ingest stopped after {took_s:.2f} s, its last process {left_s:.2f} s later")
    assert started.process.returncode == 128 + number
    assert "Traceback" not in started.told()
    assert "feedsvc: stopped" in started.told()
    check_completed_by_the_next_run(feedsvc)


@pytest.mark.parametrize(("number", "group"), SIGNALS)
def test_serve_stops_while_it_starts(feedsvc: Feedsvc, number: int, group: bool) -> None:
    started = feedsvc.start("serve", "--port", "0")
    try:
        # Its children are there, and have not got far.
        wait_until(lambda: len(feedsvc.processes()) > 2, 60, started.told)
        took_s = started.stop(number, group=group)
        left_s = feedsvc.wait_for_silence()
    finally:
        started.kill()
    print(f"serve stopped while starting after {took_s:.2f} s + {left_s:.2f} s")
    assert started.process.returncode == 0
    assert "Traceback" not in started.told()


@pytest.mark.parametrize("later_s", [0.0, 0.3, 0.6])
@pytest.mark.parametrize(("number", "group"), SIGNALS)
def test_a_first_ingest_stops_while_it_and_its_workers_load(
    tmp_path: Path, number: int, group: bool, later_s: float
) -> None:
    feedsvc = Feedsvc(tmp_path, f"sqlite:///{tmp_path}/first.db", SETTINGS)
    fill(feedsvc)
    started = feedsvc.start("ingest")
    try:
        # The server of workers is there, and the tracker that comes with it.
        wait_until(lambda: len(feedsvc.processes()) > 2, 60, started.told)
        time.sleep(later_s)
        started.stop(number, group=group)
        feedsvc.wait_for_silence()
    finally:
        started.kill()
    assert started.process.returncode == 128 + number
    assert "Traceback" not in started.told()
    assert "feedsvc: stopped" in started.told()
    assert feedsvc.run("ingest").status == 0
    assert len(feedsvc.published()) == FILES
