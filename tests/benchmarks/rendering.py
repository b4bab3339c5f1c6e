"""How long each feed takes from the store to its bytes, nothing kept from one time to the next."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from feedsvc.model.archive import ArchiveRange
from feedsvc.model.selection import FeedFormat, Selection
from feedsvc.runtime import open_runtime
from feedsvc.services.publication import Publication
from feedsvc.settings import FeedSettings, load_settings
from feedsvc.web.wsgi import spare_the_collector
from tests.benchmarks.dumps import dumps
from tests.e2e.running import Feedsvc

_DOCUMENTS = 1_000
_RUNS = 7
# All dumps arrive within the hour, which would fill every window.
_NO_HOURS = {"window_hours": 1e-9}


def bench_rendering() -> None:
    """Print the median of several renderings of each format: at three lengths, and archived."""
    with tempfile.TemporaryDirectory(prefix="feedsvc-bench-") as scratch:
        home = Path(scratch)
        database = f"sqlite:///{home}/feedsvc.db"
        feedsvc = Feedsvc(home, database)
        for name, content in dumps(_DOCUMENTS):
            feedsvc.seeds.write(name, content)
        done = feedsvc.run("ingest")
        assert done.status == 0, done.err
        runtime = open_runtime(
            load_settings(None, {"store": {"url": database}, "feeds": _NO_HOURS})
        )
        most = runtime.settings.feeds.window_max_entries
        windows = {
            "50 entries": {},
            "full window": {"window_entries": most},
            # More than the bytes of a window allow with dumps of this size.
            f"{most} entries": {"window_entries": most, "window_max_bytes": 64_000_000},
        }
        spare_the_collector()  # as a web process does
        for name, limits in windows.items():
            feeds = runtime.settings.feeds.model_copy(update=limits)
            for format in FeedFormat:

                def render(format: FeedFormat = format, feeds: FeedSettings = feeds) -> bytes:
                    publication = Publication(runtime.store, runtime.site, feeds)
                    return publication.feed(Selection(), format).body

                _print_median(name, format, render)
        newest = runtime.publication.feed(Selection(), FeedFormat.ATOM).history.previous
        assert newest
        for format in FeedFormat:

            def archive(format: FeedFormat = format, wanted: ArchiveRange = newest) -> bytes:
                return runtime.publication.archive(Selection(), wanted, format).body

            _print_median("archived", format, archive)
        runtime.close()


def _print_median(name: str, format: FeedFormat, render: Callable[[], bytes]) -> None:
    size_kb = len(render()) / 1000
    took_ms = 1000 * _median_s(render)
    print(f"{name:<12} {format.label:<10}{took_ms:8.1f} ms   {size_kb:,.0f} kB")


def _median_s(work: Callable[[], object]) -> float:
    took = []
    for _ in range(_RUNS):
        started = time.perf_counter()
        work()
        took.append(time.perf_counter() - started)
    return statistics.median(took)
