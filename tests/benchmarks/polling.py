"""Polls: how many a second, and how long each takes, beside nginx and feeds made in Flask.

All servers run at once, each measured several times in turns, so that whatever else the machine
does meets them alike.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks import naive
from tests.benchmarks.filling import fill
from tests.benchmarks.measured import memory_mb_of, resident_mb
from tests.benchmarks.polled import (
    EDGE,
    EDGE_CONF,
    FEEDSVC,
    NGINX,
    READY,
    RENDERING,
    Core,
    Polls,
    Server,
    behind_nginx,
    feedsvc_of,
    feedsvc_serving,
    flask_serving,
    nginx_static,
    poll,
)
from tests.benchmarks.wrk import Wrk
from tests.e2e.running import fetch, wait_until

CONNECTIONS = (1, 32, 1_000)
_FEW = 32
FEED_ENTRIES = 50
_OTHER_FEEDS = (10, 500)
_GZIP = {"Accept-Encoding": "gzip"}
WORKS = ("304", "200", "200 gzip")
# What a server still works on when wrk has gone must not be left to the next.
_QUIET_WITHIN_S = 120.0


@dataclass(frozen=True, kw_only=True)
class PollFigure:
    """Polls of one kind at one server. least_per_s, most_per_s: of the rounds, p50_ms, p99_ms and
    per_s their medians; cpu_us: processor time a request; memory_mb: what they share counted once;
    both of all its processes; web_mb: of the one that answers, where others do other work."""

    server: str
    work: str
    connections: int
    feed_entries: int
    store_entries: int | None
    per_s: float
    least_per_s: float
    most_per_s: float
    cpu_us: float
    p50_ms: float
    p99_ms: float
    errors: int
    memory_mb: float
    web_mb: float | None


@dataclass(frozen=True, kw_only=True)
class Rounds:
    """How often each is measured, and for how long."""

    count: int
    seconds: int


HEADS = (
    f"{'store':>9} {'feed':>4}  {'server':<16} {'work':<8} {'conns':>5} {'a second':>9}"
    f" {'least':>9} {'most':>9} {'cpu us':>7} {'p50 ms':>9} {'p99 ms':>9} {'errors':>6} {'MB':>6}"
    f" {'web MB':>6}"
)


def line_of(figure: PollFigure) -> str:
    """The figure as a line of the table under HEADS."""
    store = "" if figure.store_entries is None else f"{figure.store_entries:,}"
    web = "" if figure.web_mb is None else f"{figure.web_mb:.0f}"
    return (
        f"{store:>9} {figure.feed_entries:>4}  {figure.server:<16}"
        f" {figure.work:<8} {figure.connections:>5,} {figure.per_s:>9,.0f}"
        f" {figure.least_per_s:>9,.0f} {figure.most_per_s:>9,.0f} {figure.cpu_us:>7,.1f}"
        f" {figure.p50_ms:>9.2f} {figure.p99_ms:>9.2f} {figure.errors:>6}"
        f" {figure.memory_mb:>6.0f} {web:>6}"
    )


def bench_polls(sizes: Sequence[int], rounds: Rounds, core: Core) -> Iterator[PollFigure]:
    """At several numbers of connections, lengths of the feed, sizes of the store."""
    smallest, *larger = sorted(sizes)
    with tempfile.TemporaryDirectory(prefix="feedsvc-bench-") as scratch:
        home = Path(scratch)
        stores = {size: _filled(home / str(size), size) for size in (smallest, *larger)}
        for feed_entries in (FEED_ENTRIES, *_OTHER_FEEDS):
            folder = home / f"feed-{feed_entries}"
            folder.mkdir()
            with ExitStack() as running:
                servers = _all_servers(running, folder, stores[smallest], feed_entries, core)
                counts = CONNECTIONS if feed_entries == FEED_ENTRIES else (_FEW,)
                for connections in counts:
                    yield from _bench(servers, connections, feed_entries, rounds, core)
        with ExitStack() as running:
            servers = [
                running.enter_context(
                    feedsvc_serving(
                        feedsvc_of(store.home, store.database, FEED_ENTRIES),
                        store.entries,
                        core.server,
                    )
                )
                for store in stores.values()
            ]
            yield from _bench(servers, _FEW, FEED_ENTRIES, rounds, core)


@dataclass(frozen=True, kw_only=True)
class _Store:
    home: Path
    database: str
    entries: int


def _filled(home: Path, size: int) -> _Store:
    database = f"sqlite:///{home}/feedsvc.db"
    feedsvc = feedsvc_of(home, database, FEED_ENTRIES)
    fill(feedsvc, size)
    shutil.rmtree(feedsvc.seeds.path)
    feedsvc.seeds.path.mkdir()
    return _Store(home=home, database=database, entries=size)


def _all_servers(
    running: ExitStack, folder: Path, store: _Store, feed_entries: int, core: Core
) -> list[Server]:
    """feedsvc, and the others with what it serves."""
    feedsvc = feedsvc_of(store.home, store.database, feed_entries)
    ours = running.enter_context(feedsvc_serving(feedsvc, store.entries, core.server))
    (folder / naive.FEED_FILE).write_bytes(fetch("GET", ours.url, {}).body)
    (folder / naive.GZIP_FILE).write_bytes(fetch("GET", ours.url, _GZIP).body)
    told = fetch("GET", ours.url.replace(".atom", ".json"), {})
    assert len(told.json()["items"]) == feed_entries
    naive.keep_articles(folder, told.body)
    start = running.enter_context
    # Its memory is that of nginx alone.
    edge = (
        [start(behind_nginx(ours, store.home, folder, core.server))] if EDGE_CONF.exists() else []
    )
    return [
        ours,
        *edge,
        start(nginx_static(folder, core.server)),
        start(flask_serving(RENDERING, "rendering", folder, core.server)),
        start(flask_serving(READY, "ready", folder, core.server)),
    ]


def _bench(
    servers: Sequence[Server], connections: int, feed_entries: int, rounds: Rounds, core: Core
) -> Iterator[PollFigure]:
    for work in WORKS:
        asked = [server for server in servers if server.has_gzip or work != "200 gzip"]
        polls: list[list[Polls]] = [[] for _ in asked]
        for _ in range(rounds.count):
            for server, found in zip(asked, polls, strict=True):
                found.append(_asked(server, work, connections, rounds.seconds, core))
        for server, found in zip(asked, polls, strict=True):
            yield _figure(server, work, connections, feed_entries, found)


def _asked(server: Server, work: str, connections: int, seconds: int, core: Core) -> Polls:
    headers = {"304": {"If-None-Match": server.etag}, "200": {}, "200 gzip": _GZIP}[work]
    answer = fetch("GET", server.url, headers)
    assert str(answer.status) == work[:3]
    assert ("content-encoding" in answer.headers) == (work == "200 gzip")
    wrk = Wrk(
        url=server.url,
        connections=connections,
        seconds=seconds,
        core=core.asking,
        headers=headers,
    )
    polls = poll(server, wrk)
    wait_until(server.is_answering, _QUIET_WITHIN_S)
    return polls


def _figure(
    server: Server, work: str, connections: int, feed_entries: int, polls: Sequence[Polls]
) -> PollFigure:
    loads = [found.load for found in polls]
    rates = [load.per_s for load in loads]
    return PollFigure(
        server=server.name,
        work=work,
        connections=connections,
        feed_entries=feed_entries,
        store_entries=server.store_entries,
        per_s=statistics.median(rates),
        least_per_s=min(rates),
        most_per_s=max(rates),
        cpu_us=statistics.median(found.cpu_us for found in polls),
        p50_ms=statistics.median(load.p50_ms for load in loads),
        p99_ms=statistics.median(load.p99_ms for load in loads),
        errors=sum(load.errors + load.timeouts for load in loads),
        memory_mb=memory_mb_of(server.pid),
        web_mb=resident_mb(server.web_pid) if server.web_pid else None,
    )


def beside_others(figures: Sequence[PollFigure]) -> list[PollFigure]:
    """Those of the usual feed at few connections, each server and kind once."""
    found: dict[tuple[str, str], PollFigure] = {}
    for figure in figures:
        if (figure.connections, figure.feed_entries) == (_FEW, FEED_ENTRIES):
            # feedsvc's first: those of its stores alone come after.
            found.setdefault((figure.server, figure.work), figure)
    return list(found.values())


def ratios(figures: Sequence[PollFigure]) -> Iterator[str]:
    """A line a table: how many times as many polls feedsvc answers as each of the others."""
    groups: dict[tuple[str, int, int], dict[str, PollFigure]] = {}
    for figure in figures:
        key = figure.work, figure.connections, figure.feed_entries
        # The first with this name: those of larger stores come after.
        groups.setdefault(key, {}).setdefault(figure.server, figure)
    for (work, connections, feed_entries), found in groups.items():
        ours = found.pop(FEEDSVC)
        # A server that renders 500 entries a request may end none in a short run.
        what = f"{work}, {feed_entries} entries, {connections:,} connections"
        told = [
            f"{name} {ours.per_s / other.per_s:,.2f}"
            for name, other in found.items()
            if other.per_s
        ]
        if told:
            yield f"{what}: feedsvc to {', '.join(told)}"
        if EDGE in found and found[NGINX].per_s:
            yield f"{what}: {EDGE} to {NGINX} {found[EDGE].per_s / found[NGINX].per_s:,.2f}"
            by_cpu = found[NGINX].cpu_us / found[EDGE].cpu_us
            yield f"{what}: {EDGE} to {NGINX} by processor time {by_cpu:,.2f}"


def flatness(figures: Sequence[PollFigure]) -> Iterator[str]:
    """A line a kind: polls at each size of the store, to those at the smallest."""
    for work in WORKS:
        found = [
            figure
            for figure in figures
            if (figure.server, figure.work) == (FEEDSVC, work)
            and (figure.connections, figure.feed_entries) == (_FEW, FEED_ENTRIES)
        ]
        # The first was measured beside the others.
        first, *rest = found[1:]
        told = [f"{figure.store_entries:,} {figure.per_s / first.per_s:.2f}" for figure in rest]
        if told:
            yield f"{work}: to a store of {first.store_entries:,} entries: {', '.join(told)}"
