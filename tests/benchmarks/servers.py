"""granian beside gunicorn: feedsvc's own application in both, in one process and in two.

gunicorn comes from PyPI into an environment of its own (gunicorn.txt); its processes look for
packages there after all others.
"""

from __future__ import annotations

import multiprocessing
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from feedsvc.cli.listener import BACKLOG, open_listener, start_listening
from feedsvc.cli.webserver import run_web
from feedsvc.settings import Settings, load_settings
from feedsvc.web.wsgi import Application, load_application
from tests.benchmarks.filling import fill
from tests.benchmarks.measured import memory_mb_of
from tests.benchmarks.polled import Core, Polls, Server, feedsvc_of, free_port, poll, started
from tests.benchmarks.polling import FEED_ENTRIES, Rounds
from tests.benchmarks.rivals import environment_of
from tests.benchmarks.wrk import Wrk

_WANTED = Path(__file__).with_name("gunicorn.txt")
_KINDS = ("granian", "gunicorn gthread", "gunicorn sync")
_WORKERS = (1, 2)
_STORE_ENTRIES = 100
_CONNECTIONS = 32
_CLOSING = {"Connection": "close"}


@dataclass(frozen=True, kw_only=True)
class ServerFigure:
    """Polls at one server. least_per_s, most_per_s: of the rounds, the others their medians;
    cpu_us: processor time a request, memory_mb: of all its processes, what they share counted
    once."""

    server: str
    workers: int
    work: str
    keeps_alive: bool
    per_s: float
    least_per_s: float
    most_per_s: float
    cpu_us: float
    p50_ms: float
    p99_ms: float
    errors: int
    memory_mb: float


HEADS = (
    f"{'server':<16} {'workers':>7} {'work':<8} {'keep-alive':<10} {'a second':>9} {'least':>9}"
    f" {'most':>9} {'cpu us':>7} {'p50 ms':>9} {'p99 ms':>9} {'errors':>6} {'MB':>6}"
)


def line_of(figure: ServerFigure) -> str:
    """The figure as a line of the table under HEADS."""
    return (
        f"{figure.server:<16} {figure.workers:>7} {figure.work:<8}"
        f" {'yes' if figure.keeps_alive else 'no':<10} {figure.per_s:>9,.0f}"
        f" {figure.least_per_s:>9,.0f} {figure.most_per_s:>9,.0f} {figure.cpu_us:>7,.1f}"
        f" {figure.p50_ms:>9.2f} {figure.p99_ms:>9.2f} {figure.errors:>6} {figure.memory_mb:>6.0f}"
    )


def bench_servers(rounds: Rounds, core: Core) -> Iterator[ServerFigure]:
    """Each kind of server in turns, without a scheduler beside it."""
    with tempfile.TemporaryDirectory(prefix="feedsvc-bench-") as scratch, ExitStack() as running:
        home = Path(scratch)
        feedsvc = feedsvc_of(home, f"sqlite:///{home}/feedsvc.db", FEED_ENTRIES)
        fill(feedsvc, _STORE_ENTRIES)
        for workers in _WORKERS:
            # Two get both cores, and share the second with what asks them.
            cores = (core.server, core.asking)[:workers]
            servers = [
                running.enter_context(
                    started(kind, command(kind, port, workers, feedsvc.database), port, *cores)
                )
                for kind, port in ((kind, free_port()) for kind in _KINDS)
            ]
            yield from _bench(servers, workers, rounds, core)


def command(kind: str, port: int, workers: int, database: str) -> list[str]:
    """What starts one."""
    if kind == "granian":
        # Not `-m`: its workers could not find what they are to load.
        code = "import sys; from tests.benchmarks.servers import main; main(*sys.argv[1:])"
        return [sys.executable, "-c", code, str(port), str(workers), database]
    server = _settings(port, workers, database).server
    (packages,) = (environment_of(_WANTED) / "lib").glob("python*/site-packages")
    begin = f"import sys; sys.path.append({str(packages)!r})"
    options = {
        "worker-class": kind.removeprefix("gunicorn "),
        "workers": workers,
        "threads": server.threads,
        "worker-connections": server.connections,
        "keep-alive": round(server.idle_timeout_s),
        "backlog": BACKLOG,
        "bind": f"{server.host}:{port}",
        "log-level": "warning",
    }
    told = [f"--{name}={value}" for name, value in options.items()]
    application = f"tests.benchmarks.servers:application({port}, {workers}, {database!r})"
    return [
        *(sys.executable, "-c", f"{begin}; from gunicorn.app.wsgiapp import run; run()"),
        *(*told, application),
    ]


def _settings(port: int, workers: int, database: str) -> Settings:
    told: dict[str, dict[str, Any]] = {  # Any: as the settings' sections are
        "store": {"url": database},
        # All arrived within the hour.
        "feeds": {"window_entries": FEED_ENTRIES, "window_hours": 1e-9},
        "server": {"port": port, "workers": workers},
    }
    return load_settings(None, told)


def main(port: str, workers: str, database: str) -> None:
    """Serve with granian until stopped."""
    settings = _settings(int(port), int(workers), database)
    listener = open_listener(settings.server)
    start_listening(listener)
    run_web(settings, listener, multiprocessing.get_context("spawn").Event())


def application(port: int, workers: int, database: str) -> Application:
    """What gunicorn loads in each of its processes."""
    return load_application(_settings(port, workers, database), generation="0")


def _bench(
    servers: Sequence[Server], workers: int, rounds: Rounds, core: Core
) -> Iterator[ServerFigure]:
    for work in ("304", "200"):
        for keeps_alive in (True, False):
            polls: list[list[Polls]] = [[] for _ in servers]
            for _ in range(rounds.count):
                for server, found in zip(servers, polls, strict=True):
                    headers = {"If-None-Match": server.etag} if work == "304" else {}
                    wrk = Wrk(
                        url=server.url,
                        connections=_CONNECTIONS,
                        seconds=rounds.seconds,
                        core=core.asking,
                        headers=headers if keeps_alive else headers | _CLOSING,
                    )
                    found.append(poll(server, wrk))
            for server, found in zip(servers, polls, strict=True):
                loads = [polled.load for polled in found]
                rates = [load.per_s for load in loads]
                yield ServerFigure(
                    server=server.name,
                    workers=workers,
                    work=work,
                    keeps_alive=keeps_alive,
                    per_s=statistics.median(rates),
                    least_per_s=min(rates),
                    most_per_s=max(rates),
                    cpu_us=statistics.median(polled.cpu_us for polled in found),
                    p50_ms=statistics.median(load.p50_ms for load in loads),
                    p99_ms=statistics.median(load.p99_ms for load in loads),
                    errors=sum(load.errors + load.timeouts for load in loads),
                    memory_mb=memory_mb_of(server.pid),
                )
