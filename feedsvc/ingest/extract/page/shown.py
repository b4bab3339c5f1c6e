"""What a page shows around its headline, as lines: the second witness beside its metadata."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from feedsvc.errors import EmptyDocument
from feedsvc.ingest.article import Extraction, TextDump
from feedsvc.ingest.bounds import names
from feedsvc.ingest.extract.days.dates import find_dates
from feedsvc.ingest.extract.dump.article import extract_dump
from feedsvc.model.ids import fold

# Bylines and dates stand between the headline and the second long paragraph, or just above it.
_LINES_ABOVE = 5
_LINES_BELOW = 30
_LONG_CHARS = 120
_LONG_LINES = 2
_MAX_DATED_CHARS = 200
# Of a page that nests thousands of them, each holding the next, the first tell enough.
_MAX_HEADINGS = 100
_MAX_CHARS = 2_000

BLOCKS = names(
    """address article aside blockquote body br button center dd details dialog div dl dt fieldset
    figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary
    table td th tr ul"""
)
# What is set apart by style alone, without a space in between.
_APART = names("a span time cite address small label")
_UNSEEN = names(
    """script style noscript template svg iframe select option head title object audio video canvas
    textarea"""
)
_HIDDEN_STYLE = re.compile(r"display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden", re.I)
_HIDDEN_CLASS = re.compile(r"(?:^|\s)(?:sr-only|visually-?hidden|screen-reader(?:-text)?)(?:$|\s)")


@dataclass(frozen=True)
class Shown:
    """The lines around the headline, it among them; none where the page does not show it."""

    lines: tuple[str, ...] = ()

    @cached_property
    def folded(self) -> str:
        return "\n".join(map(fold, self.lines))

    def days(self, language: str | None) -> frozenset[date]:
        """The days that short lines print."""
        short = (line for line in self.lines if len(line) <= _MAX_DATED_CHARS)
        return frozenset(
            found.instant.date() for line in short for found in find_dates(line, language=language)
        )

    @cached_property
    def as_dump(self) -> Extraction | None:
        """What the rules for text dumps make of these lines."""
        try:
            return extract_dump(TextDump(lines=self.lines)) if self.lines else None
        except EmptyDocument:
            return None


def read_shown(tree: HtmlElement, title: str) -> Shown:
    """The lines from a little above the headline to the second long paragraph."""
    wanted = fold(title)
    first = islice(tree.iter("h1", "h2", "h3"), _MAX_HEADINGS)
    headings = (h for h in first if wanted in fold(shown_text(h)))
    headline = next(headings, None)
    if headline is None or not wanted:
        return Shown()
    above: deque[str] = deque(maxlen=_LINES_ABOVE)
    below: list[str] = []
    long = 0
    for line, is_below in _lines(tree, headline):
        if not is_below:
            above.append(line)
            continue
        below.append(line)
        long += len(line) >= _LONG_CHARS
        if len(below) >= _LINES_BELOW or long >= _LONG_LINES:
            break
    return Shown(lines=(*above, *below))


def _lines(tree: HtmlElement, headline: HtmlElement) -> Iterator[tuple[str, bool]]:
    """Each line, a block element's own text, and whether the headline has begun."""
    parts: list[str] = []
    is_below = False
    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        starts = event == "start"
        if tag in BLOCKS:
            line = " ".join("".join(parts).split())
            parts.clear()
            if line:
                yield line, is_below
        elif tag in _APART:
            parts.append(" ")
        if starts:
            is_below = is_below or element is headline
            if is_unseen(element):
                walk.skip_subtree()
            elif element.text:
                parts.append(element.text)
        elif element.tail:
            parts.append(element.tail)


def is_unseen(element: HtmlElement) -> bool:
    """Whether readers do not see an element, as far as its own attributes tell."""
    if element.tag in _UNSEEN or element.get("hidden") is not None:
        return True
    style, label = element.get("style"), element.get("class")
    return bool((style and _HIDDEN_STYLE.search(style)) or (label and _HIDDEN_CLASS.search(label)))


def shown_text(element: HtmlElement, *, apart: bool = False) -> str:
    """The beginning of an element's text, on one line.

    apart: with a space where an inline element begins or ends: bylines and dates are
    often set apart by style alone.
    """
    parts: list[str] = []
    chars = 0
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, inner in walk:
        if inner.tag in BLOCKS or (apart and inner.tag in _APART):
            parts.append(" ")
        text = inner.tail if event == "end" else inner.text
        if event == "start" and inner is not element and is_unseen(inner):
            walk.skip_subtree()
        elif text and not (event == "end" and inner is element):
            parts.append(text)
            chars += len(text)
            if chars > _MAX_CHARS:
                break
    return " ".join("".join(parts).split())
