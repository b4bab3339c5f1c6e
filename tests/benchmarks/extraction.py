"""How long extraction takes a document, and whether its memory stays flat.

On the corpus of `tests/accuracy` where there is one, else on generated documents alone.
"""

from __future__ import annotations

import contextlib
import gzip
import math
import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from feedsvc.errors import DocumentError
from feedsvc.ingest.pipeline import draft_entry
from feedsvc.settings import Settings, load_settings
from tests.accuracy.corpus import CorpusMissing, corpus_folder
from tests.benchmarks.dumps import dump, page, page_dump

_DOCUMENTS = 100
_PAGES = 50
_RUNS = 3
_FIRST_READING = 1_000


def bench_extraction(documents: int) -> None:
    """Print medians in ms, and the memory of one process over this many documents."""
    settings = load_settings(None, {})
    extract = partial(_extract, settings)
    dumps = [dump(number).encode() for number in range(_DOCUMENTS)]
    page_dumps, pages, told = _whole_pages()
    print(f"extraction, all stages from bytes to draft; whole pages: {told}")
    _print_times("dumps of 3.5 kB", dumps, partial(extract, b"a.txt"))
    _print_times("whole-page dumps", page_dumps, partial(extract, b"a.txt"))
    _print_times("HTML pages", pages, partial(extract, b"a.html"), _trafilatura)
    _print_memory(documents)


def _print_times(
    name: str,
    documents: Sequence[bytes],
    *works: Callable[[bytes], object],
) -> None:
    """Median and 95th percentile in ms of the first work over the documents; its ratios to others.

    The works take turns at each document, so that what slows the machine slows them alike.
    """
    took = [_fastest(works, document) for document in documents]
    first = sorted(each[0] for each in took)
    median, slow = statistics.median(first), first[len(first) * 95 // 100]
    size_kb = statistics.median(map(len, documents)) / 1000
    print(
        f"{name:<22}{1000 * median:8.2f} ms   95 % within {1000 * slow:.1f} ms, "
        f"{len(documents)} documents, median {size_kb:.1f} kB"
    )
    for nth, work in enumerate(works[1:], 1):
        ratio = statistics.median(each[0] / each[nth] for each in took)
        total = sum(first) / sum(each[nth] for each in took)
        print(
            f"{'':<22}{ratio:8.2f} times {work.__name__.strip('_')} (median); "
            f"{total:.2f} times in all"
        )


def _fastest(works: Sequence[Callable[[bytes], object]], document: bytes) -> list[float]:
    took = [math.inf] * len(works)
    for _ in range(_RUNS):
        for nth, work in enumerate(works):
            started = time.perf_counter()
            work(document)
            took[nth] = min(took[nth], time.perf_counter() - started)
    return took


def _extract(settings: Settings, path: bytes, raw: bytes) -> None:
    with contextlib.suppress(DocumentError):  # a refusal takes its time as well
        draft_entry(path, raw, settings.limits, settings.feeds.body_excerpt_bytes)


def _trafilatura(raw: bytes) -> object:
    from trafilatura import bare_extraction

    return bare_extraction(raw, with_metadata=True, include_formatting=True, include_links=True)


def _whole_pages() -> tuple[list[bytes], list[bytes], str]:
    """Dumps of whole pages, HTML pages, and where they are from."""
    try:
        corpus = corpus_folder()
    except CorpusMissing:
        generated = range(_DOCUMENTS)
        dumps = [page_dump(number).encode() for number in generated]
        return dumps, [page(number).encode() for number in generated[:_PAGES]], "generated"
    full = sorted((corpus / "full").glob("*.txt"))[:_DOCUMENTS]
    packed = sorted((corpus / "html").glob("*.gz"))[:_PAGES]
    return (
        [path.read_bytes() for path in full],
        [gzip.decompress(path.read_bytes()) for path in packed],
        "of the corpus",
    )


def _print_memory(documents: int) -> None:
    # A process of its own, as a worker is: nothing of what was measured before is in it.
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    worker = context.Process(target=_report_memory, args=(documents, sender.send))
    worker.start()
    early_mb, late_mb = receiver.recv()
    worker.join()
    print(
        f"{'memory of a worker':<22}{late_mb:8.0f} MB   after {documents:,} documents; "
        f"{early_mb:.0f} MB after {min(_FIRST_READING, documents):,}"
    )


def _report_memory(documents: int, send: Callable[[tuple[float, float]], object]) -> None:
    settings = load_settings(None, {})
    early = 0.0
    for nth, (path, raw) in enumerate(_mixed(documents), 1):
        _extract(settings, path, raw)
        if nth == min(_FIRST_READING, documents):
            early = _resident_mb()
    send((early, _resident_mb()))


def _mixed(documents: int) -> Iterator[tuple[bytes, bytes]]:
    """Dumps, all different; every tenth of a whole page, every fiftieth a page of HTML."""
    for number in range(documents):
        if number % 50 == 0:
            yield b"a.html", page(number).encode()
        elif number % 10 == 0:
            yield b"a.txt", page_dump(number).encode()
        else:
            yield b"a.txt", dump(number).encode()


def _resident_mb() -> float:
    """What the process has in memory now (Linux, proc(5))."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    bench_extraction(10_000)
