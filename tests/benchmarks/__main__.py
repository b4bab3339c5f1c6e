"""`make bench`: extraction, ingestion, the sweep that finds nothing, the rendering of feeds."""

from __future__ import annotations

import argparse
import platform
import resource
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from feedsvc.clock import Clock
from feedsvc.model.document import Outcome
from feedsvc.model.run import RunRequest
from feedsvc.model.selection import FeedFormat, Selection
from feedsvc.runtime import Runtime, open_runtime
from feedsvc.services.ingestion import Ingestion, open_pool
from feedsvc.services.publication import Publication
from feedsvc.settings import FeedSettings, Settings, load_settings
from feedsvc.store.leases import take_lease
from feedsvc.store.migrate import upgrade
from feedsvc.web.wsgi import spare_the_collector
from tests.benchmarks.dumps import dumps
from tests.benchmarks.extraction import bench_extraction

T = TypeVar("T")


def main() -> None:
    options = argparse.ArgumentParser(prog="make bench")
    options.add_argument("--documents", type=int, default=10_000)
    options.add_argument("--runs", type=int, default=7, help="renderings of each feed")
    options.add_argument("--database", help="default: SQLite in a temporary folder")
    chosen = options.parse_args()
    print(f"{platform.machine()}, Python {platform.python_version()}, {chosen.documents:,} dumps")
    bench_extraction(chosen.documents)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        _write_dumps(folder / "seeds", chosen.documents)
        database = chosen.database or f"sqlite:///{folder}/feedsvc.db"
        settings = _settings(folder / "seeds", database)
        runtime = open_runtime(settings)
        upgrade(runtime.store)
        _bench_ingestion(runtime, chosen.documents)
        _bench_feeds(runtime, settings, chosen.runs)
        runtime.close()


def _settings(folder: Path, database: str) -> Settings:
    return load_settings(
        None,
        {
            "ingest": {"roots": {"seeds": folder}},
            "store": {"url": database},
            # All dumps arrive within the hour, which would fill every window.
            "feeds": {"window_hours": 1e-9},
        },
    )


def _write_dumps(folder: Path, count: int) -> None:
    for name, content in dumps(count):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def _bench_ingestion(runtime: Runtime, documents: int) -> None:
    lease = take_lease(runtime.store)
    assert lease is not None, "somebody else ingests into this store"
    started, busy = time.perf_counter(), time.process_time()
    with open_pool(runtime.settings) as pool:
        ingestion = Ingestion(
            store=runtime.store,
            lease=lease,
            settings=runtime.settings,
            clock=Clock(),
            pool=pool,
            stop=threading.Event(),
        )
        recorder = ingestion.run(RunRequest())
        took_s = time.perf_counter() - started
        own_s = time.process_time() - busy
        new = recorder.counts[Outcome.NEW]
        rate = f"{documents / took_s:,.0f} documents/s, {new:,} new"
        print(f"first ingestion        {took_s:8.1f} s   {rate}")
        print(f"of it publishing       {own_s:8.1f} s   of processor; the rest is extraction")
        unchanged = _timed(lambda: ingestion.run(RunRequest()), 3)
        print(f"unchanged sweep        {1000 * unchanged:8.0f} ms")
    lease.release()
    own = resource.getrusage(resource.RUSAGE_SELF)
    print(f"peak memory            {own.ru_maxrss / 1024:8.0f} MB in the ingesting process")


def _bench_feeds(runtime: Runtime, settings: Settings, runs: int) -> None:
    """Each feed from the store to its bytes, nothing kept from one time to the next."""
    spare_the_collector()  # as a web process does
    most = settings.feeds.window_max_entries
    windows = {
        "50 entries": {},
        "full window": {"window_entries": most},
        # More than the bytes of a window allow with dumps of this size.
        f"{most} entries": {"window_entries": most, "window_max_bytes": 64_000_000},
    }
    for name, limits in windows.items():
        feeds = settings.feeds.model_copy(update=limits)
        for format in FeedFormat:

            def render(format: FeedFormat = format, feeds: FeedSettings = feeds) -> bytes:
                return (
                    Publication(runtime.store, runtime.site, feeds).feed(Selection(), format).body
                )

            size_kb = len(render()) / 1000
            took_ms = 1000 * _timed(render, runs)
            print(f"{name:<12} {format.label:<10}{took_ms:8.1f} ms   {size_kb:,.0f} kB")


def _timed(work: Callable[[], T], runs: int) -> float:
    """The median of several runs, in seconds."""
    took = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        took.append(time.perf_counter() - started)
    return statistics.median(took)


if __name__ == "__main__":
    main()
