"""How long sanitizing takes beside bleach alone, with the same elements, attributes and protocols.

Pages are those of the corpus of `tests/accuracy` where there is one, else generated; articles are
the bodies that extraction finds in them, and plain text is what these say.
"""

from __future__ import annotations

import contextlib
import gzip
import math
import time
from collections.abc import Callable, Sequence

from bleach.sanitizer import Cleaner

from feedsvc.errors import DocumentError
from feedsvc.ingest.article import Block, HtmlPage
from feedsvc.ingest.blocks import html_text, render_blocks
from feedsvc.ingest.extract.page.article import extract_page
from feedsvc.ingest.links import LINK_SCHEMES
from feedsvc.ingest.policy import POLICY
from feedsvc.ingest.readers import read
from feedsvc.ingest.sanitize import sanitize_html
from feedsvc.settings import LimitSettings, load_settings
from tests.accuracy.corpus import CorpusMissing, corpus_folder
from tests.benchmarks.dumps import page

_PAGES = 120
_RUNS = 5
_BASE = "https://quay.example/2024/page.html"


def bench_sanitizing() -> None:
    """Print how fast ours is, and what part of the throughput of bleach alone that is."""
    limits = load_settings(None, {}).limits
    saved, told = _saved()
    pages = [found for raw in saved if (found := _read(raw, limits))]
    bodies = [html for found in pages if (html := _body(found, limits))]
    texts = [html_text(sanitize_html(body, base_url=_BASE, limits=limits)) for body in bodies]
    bleach = Cleaner(
        tags=POLICY.elements,
        attributes=lambda tag, name, _: POLICY.allows(tag, name),
        protocols=LINK_SCHEMES,
        strip=True,
    )
    print(f"sanitizing, beside bleach alone with the same names allowed; pages {told}")

    def ours(html: str) -> str:
        return sanitize_html(html, base_url=_BASE, limits=limits)

    _print_ratio("whole pages", [found.markup for found in pages], ours, bleach.clean)
    _print_ratio("HTML articles", bodies, ours, bleach.clean)
    blocks = {text: tuple(Block(text=line) for line in text.split("\n\n")) for text in texts}
    _print_ratio("plain text", texts, lambda text: render_blocks(blocks[text]), bleach.clean)


def _print_ratio(
    name: str,
    documents: Sequence[str],
    ours: Callable[[str], object],
    bleach: Callable[[str], object],
) -> None:
    """They take turns at each document, so that what slows the machine slows them alike."""
    ours_s = bleach_s = 0.0
    for document in documents:
        fastest = {ours: math.inf, bleach: math.inf}
        for _ in range(_RUNS):
            for work in fastest:
                started = time.process_time()
                work(document)
                fastest[work] = min(fastest[work], time.process_time() - started)
        ours_s += fastest[ours]
        bleach_s += fastest[bleach]
    size_mb = sum(map(len, documents)) / 1_000_000
    print(
        f"{name:<22}{size_mb / ours_s:8.2f} MB/s, {bleach_s / ours_s:.2f} times bleach alone;"
        f" {len(documents)} documents, {size_mb:.1f} MB"
    )


def _read(raw: bytes, limits: LimitSettings) -> HtmlPage | None:
    with contextlib.suppress(DocumentError):
        found = read(b"a.html", raw, limits)
        return found if isinstance(found, HtmlPage) else None
    return None


def _body(found: HtmlPage, limits: LimitSettings) -> str:
    with contextlib.suppress(DocumentError):
        return extract_page(found, limits).html or ""
    return ""


def _saved() -> tuple[list[bytes], str]:
    try:
        packed = sorted((corpus_folder() / "html").glob("*.gz"))[:_PAGES]
    except CorpusMissing:
        return [page(number).encode() for number in range(_PAGES)], "generated"
    return [gzip.decompress(path.read_bytes()) for path in packed], "of the corpus"
