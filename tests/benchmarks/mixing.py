"""Polls while the store changes: how soon a commit is seen, and load during ingestion."""

from __future__ import annotations

import http.client
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import func, select, update

from feedsvc.clock import Clock
from feedsvc.store.engine import open_store
from feedsvc.store.publishing import publishing
from feedsvc.store.schema import entries
from tests.benchmarks.dumps import dump
from tests.benchmarks.filling import fill
from tests.benchmarks.ingestion import open_database
from tests.benchmarks.measured import resident_mb
from tests.benchmarks.polled import FEED, Core, feedsvc_of
from tests.benchmarks.wrk import MIXED, Wrk, on_core, read_load
from tests.e2e.running import Feedsvc, Serving, wait_until

_STORE_ENTRIES = 1_000
_FEED_ENTRIES = 50
_WORKERS = 2
_CHANGES = 20
_POLLED_EVERY_S = 0.002
_SEEN_WITHIN_S = 30.0
_CONNECTIONS = 32
_MAX_FOR_S = 5
_SHARE = 0.8
_BOUNDLESS = 1e9
# All of 5,000 in ten minutes.
_DOCUMENTS_PER_S = 5_000 / 600
_INGESTED_WITHIN_S = 120.0
_DOCUMENTS_ASKED_FOR = ("/feeds/all.atom", "/feeds/all.rss", "/feeds/all.json", "/")
# What is dropped has numbers that no dump of the store has.
_NEW_FROM = 60_000_000


@dataclass(frozen=True, kw_only=True)
class Visible:
    """How long after a commit the last of the web processes answered with it."""

    database: str
    workers: int
    changes: int
    median_ms: float
    most_ms: float


@dataclass(frozen=True, kw_only=True)
class Mixed:
    """Load at a share of the most there is, documents arriving meanwhile; memory: of the web
    process, means of the first and of the last minute (or sixth, where that is shorter)."""

    database: str
    seconds: int
    most_per_s: float
    per_s: float
    unchanged: int
    full: int
    errors: int
    p50_ms: float
    p99_ms: float
    max_ms: float
    documents: int
    first_mb: float
    last_mb: float


def visible_line(figure: Visible) -> str:
    return (
        f"{figure.database}: a commit is seen in all {figure.workers} web processes after"
        f" {figure.median_ms:.0f} ms (median of {figure.changes}), {figure.most_ms:.0f} ms at most"
    )


def mixed_line(figure: Mixed) -> str:
    return (
        f"{figure.database}: {figure.seconds} s at {figure.per_s:,.0f} a second of at most"
        f" {figure.most_per_s:,.0f} ({figure.unchanged:,} times 304, {figure.full:,} times 200)"
        f" while {figure.documents:,} documents were ingested: {figure.errors} errors,"
        f" p50 {figure.p50_ms:.1f} ms, p99 {figure.p99_ms:.1f} ms, longest {figure.max_ms:.0f} ms;"
        f" memory {figure.first_mb:.1f} MB, then {figure.last_mb:.1f} MB"
    )


def bench_visible(databases: Sequence[str]) -> Iterator[Visible]:
    """An entry's title is changed, while every web process is polled."""
    for kind in databases:
        with _filled(kind) as (feedsvc, name), feedsvc.serving(f"--workers={_WORKERS}") as serving:
            pollers = _pollers(serving)
            waited = [_change(feedsvc, pollers, nth) for nth in range(_CHANGES)]
        yield Visible(
            database=name,
            workers=_WORKERS,
            changes=_CHANGES,
            median_ms=1000 * statistics.median(waited),
            most_ms=1000 * max(waited),
        )


def bench_mixed(databases: Sequence[str], seconds: int, core: Core) -> Iterator[Mixed]:
    """One web process on a core of its own; everything else shares the other."""
    for kind in databases:
        with (
            on_core(core.asking),
            _filled(kind) as (feedsvc, name),
            feedsvc.serving("--workers=1") as serving,
        ):
            web = _web_processes(serving)[0]
            _move(web, core.server)
            yield _mixed(serving, web, name, seconds, core)


@contextmanager
def _filled(kind: str) -> Iterator[tuple[Feedsvc, str]]:
    with tempfile.TemporaryDirectory(prefix="feedsvc-bench-") as scratch:
        home = Path(scratch)
        with open_database(kind, home) as database:
            feedsvc = feedsvc_of(home, database.url, _FEED_ENTRIES)
            fill(feedsvc, _STORE_ENTRIES)
            yield feedsvc, database.name.removeprefix("feedsvc, ")


def _web_processes(serving: Serving) -> list[int]:
    wait_until(serving.is_ready, 60.0)
    return serving.roles()["web process"]


class _Poller:
    """A connection that stays, and so leads to one web process."""

    def __init__(self, address: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
        self._etag = ""
        self.poll()

    def poll(self) -> bytes:
        """The body, where it is new; else nothing."""
        self._connection.request("GET", FEED, headers={"If-None-Match": self._etag})
        answer = self._connection.getresponse()
        body = answer.read()
        self._etag = answer.headers["ETag"]
        return body

    def answered_by(self, pids: Sequence[int]) -> int | None:
        """Which of these processes holds the other end (proc(5): /proc/net/tcp, /proc/PID/fd)."""
        ours = self._connection.sock.getsockname()[1]
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        inode = next((row[9] for row in rows if row[2].endswith(f":{ours:04X}")), None)
        return next((pid for pid in pids if f"socket:[{inode}]" in _open_files(pid)), None)

    def close(self) -> None:
        self._connection.close()


def _open_files(pid: int) -> set[str]:
    found = set()
    for path in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found.add(str(path.readlink()))
        except FileNotFoundError:
            continue  # closed since
    return found


def _pollers(serving: Serving) -> list[_Poller]:
    """One for each web process."""
    pids = _web_processes(serving)
    found: dict[int, _Poller] = {}

    def is_complete() -> bool:
        poller = _Poller(serving.address)
        pid = poller.answered_by(pids)
        if pid is None or pid in found:
            poller.close()
        else:
            found[pid] = poller
        return len(found) == _WORKERS

    wait_until(is_complete, 60.0)
    return list(found.values())


def _change(feedsvc: Feedsvc, pollers: Sequence[_Poller], nth: int) -> float:
    """Seconds from a commit until the last process answered with it."""
    title = f"Changed for the {nth}th time"
    seen_at: list[float] = []
    until = time.perf_counter() + _SEEN_WITHIN_S

    def watch(poller: _Poller) -> None:
        while time.perf_counter() < until:
            if title.encode() in poller.poll():
                seen_at.append(time.perf_counter())
                return
            time.sleep(_POLLED_EVERY_S)

    threads = [threading.Thread(target=watch, args=(poller,)) for poller in pollers]
    for thread in threads:
        thread.start()
    committed_at = _retitle_newest(feedsvc.database, title)
    for thread in threads:
        thread.join()
    assert len(seen_at) == len(pollers), f"not seen within {_SEEN_WITHIN_S:g} s"
    return max(seen_at) - committed_at


def _retitle_newest(database: str, title: str) -> float:
    """When it was committed."""
    store = open_store(database, busy_timeout_s=10)
    with publishing(store, None, Clock()) as work:
        newest = select(func.max(entries.c.sequence)).scalar_subquery()
        changed = update(entries).where(entries.c.sequence == newest).values(title=title)
        work.connection.execute(changed)
        work.changed = True
    committed_at = time.perf_counter()
    store.close()
    return committed_at


def _move(pid: int, core: int) -> None:
    """Let all threads of a process run on one core."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(task.name), {core})


def _mixed(serving: Serving, web: int, name: str, seconds: int, core: Core) -> Mixed:
    def wrk(per_s: float, for_s: int) -> Wrk:
        return Wrk(
            url=serving.address + FEED,
            connections=_CONNECTIONS,
            seconds=for_s,
            core=core.asking,
            headers={},
            script=MIXED,
            arguments=(f"{per_s:f}", *_DOCUMENTS_ASKED_FOR),
        )

    most = wrk(_BOUNDLESS, _MAX_FOR_S).run()
    before = serving.feedsvc.documents()
    process = wrk(_SHARE * most.per_s, seconds).start()
    memory: list[float] = []
    dropped = 0
    began = time.monotonic()
    while process.poll() is None:
        wanted = min(time.monotonic() - began, seconds) * _DOCUMENTS_PER_S
        while dropped < wanted:
            serving.feedsvc.seeds.write(f"dropped-{dropped}.txt", dump(_NEW_FROM + dropped))
            dropped += 1
        memory.append(resident_mb(web))
        time.sleep(max(0.0, began + len(memory) - time.monotonic()))
    load = read_load(process)
    wait_until(_all_ingested(serving.feedsvc, before + dropped), _INGESTED_WITHIN_S)
    edge = max(1, min(60, len(memory) // 6))
    return Mixed(
        database=name,
        seconds=seconds,
        most_per_s=most.per_s,
        per_s=load.per_s,
        unchanged=load.unchanged,
        full=load.full,
        errors=load.errors + load.timeouts,
        p50_ms=load.p50_ms,
        p99_ms=load.p99_ms,
        max_ms=load.max_ms,
        documents=dropped,
        first_mb=statistics.mean(memory[:edge]),
        last_mb=statistics.mean(memory[-edge:]),
    )


def _all_ingested(feedsvc: Feedsvc, wanted: int) -> Callable[[], bool]:
    return lambda: feedsvc.documents() >= wanted
