"""How long each feed takes from the store to its bytes, nothing kept from one time to the next."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from feedsvc.collector import spare_the_collector
from feedsvc.model.archive import BASE_SIZE, ArchiveRange, smallest_range
from feedsvc.model.selection import FeedFormat, Selection, SelectionKind
from feedsvc.runtime import Runtime, open_runtime
from feedsvc.services.publication import Publication
from feedsvc.settings import load_settings
from tests.benchmarks.filling import fill
from tests.benchmarks.ingestion import open_database
from tests.e2e.running import Feedsvc

_RUNS = 7
# All dumps arrive within the hour, which would fill every window.
_NO_HOURS = {"window_hours": 1e-9}


@dataclass(frozen=True, kw_only=True)
class RenderingFigure:
    """The median of several renderings. feed: what was rendered; entries: that the store holds."""

    database: str
    entries: int
    feed: str
    format: str
    took_ms: float
    size_bytes: int


HEADS_OF_RENDERINGS = (
    f"{'entries':>9}  {'store':<20} {'feed':<28} {'format':<10} {'ms':>7} {'kB':>7}"
)


def line_of_rendering(figure: RenderingFigure) -> str:
    """The figure as a line of the table under HEADS_OF_RENDERINGS."""
    return (
        f"{figure.entries:>9,}  {figure.database:<20} {figure.feed:<28} {figure.format:<10}"
        f" {figure.took_ms:>7.1f} {figure.size_bytes / 1000:>7,.0f}"
    )


def bench_rendering(sizes: Sequence[int], databases: Sequence[str]) -> Iterator[RenderingFigure]:
    """Feeds of several lengths and archive documents of several ages, in each format."""
    spare_the_collector()  # as a web process does
    for entries in sizes:
        for kind in databases:
            with tempfile.TemporaryDirectory(prefix="feedsvc-bench-") as scratch:
                home = Path(scratch)
                with open_database(kind, home) as database:
                    fill(Feedsvc(home, database.url), entries)
                    settings = load_settings(
                        None, {"store": {"url": database.url}, "feeds": _NO_HOURS}
                    )
                    with closing(open_runtime(settings)) as runtime:
                        for feed, work in _works(runtime):
                            for format in FeedFormat:
                                yield _measured(database.name, entries, feed, format, work)


_Work = Callable[[FeedFormat], bytes]


def _works(runtime: Runtime) -> Iterator[tuple[str, _Work]]:
    limits = runtime.settings.feeds
    most = limits.window_max_entries

    def feed(selection: Selection, **changed: int) -> _Work:
        publication = Publication(runtime.store, runtime.site, limits.model_copy(update=changed))
        return lambda format: publication.feed(selection, format).body

    def archived(wanted: ArchiveRange) -> _Work:
        return lambda format: runtime.publication.archive(Selection(), wanted, format).body

    # The largest of a kind comes first.
    by_author = next(
        listed.selection
        for listed in runtime.publication.feeds()
        if listed.selection.kind is SelectionKind.AUTHOR
    )
    yield "50 entries", feed(Selection())
    yield "50 entries of an author", feed(by_author)
    yield "full window", feed(Selection(), window_entries=most)
    # More than the bytes of a window allow with dumps of this size.
    all_at_once = {"window_entries": most, "window_max_bytes": 64_000_000}
    yield f"{most} entries", feed(Selection(), **all_at_once)
    newest = runtime.publication.feed(Selection(), FeedFormat.ATOM).history.previous
    assert newest
    yield "archived, newest", archived(newest)
    yield "archived, from the middle", archived(smallest_range(newest.last // 2))
    yield "archived, oldest", archived(smallest_range(BASE_SIZE))


def _measured(
    database: str, entries: int, feed: str, format: FeedFormat, work: _Work
) -> RenderingFigure:
    took = []
    for _ in range(_RUNS):
        started = time.perf_counter()
        body = work(format)
        took.append(time.perf_counter() - started)
    return RenderingFigure(
        database=database,
        entries=entries,
        feed=feed,
        format=format.label,
        took_ms=1000 * statistics.median(took),
        size_bytes=len(body),
    )
