"""Where the title and the body of a document stand in its dump, found by its truth."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tests.accuracy.corpus import scorer

# A line shorter than this may be in the body by accident.
_TELLING_CHARS = 25
_MOST_TITLE_LINES = 6
_ELEMENT_LINES = 2


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The lines of a dump; `in_body` says of each whether the truth has it as part of the body.

    title: the index of the line that the headline begins on, the last above the body or, where
    that is not known, the first; None where it was not found. first, last: indexes of the first
    and last line of the body; both behind the last line where the truth has no body, or none of
    it is found.
    """

    lines: tuple[str, ...]
    in_body: tuple[bool, ...]
    title: int | None
    first: int
    last: int

    @property
    def has_body(self) -> bool:
        return self.first < len(self.lines)


def lay_out(text: str, truth: dict[str, Any]) -> Layout:
    lines = tuple(text.splitlines())
    in_body = _body_lines(lines, truth["body"] or ())
    first = last = len(lines)
    if any(in_body):
        first = in_body.index(True)
        last = len(lines) - 1 - in_body[::-1].index(True)
    titles = _title_lines(lines[:first], truth["title"])
    title = titles[-1] if titles else None
    if titles and not any(in_body):
        # Comments and related stories repeat a title; the first two lines may be its element.
        title = next((at for at in titles if at >= _ELEMENT_LINES), titles[0])
    return Layout(lines=lines, in_body=in_body, title=title, first=first, last=last)


@lru_cache(maxsize=200_000)  # the styles of a page have most lines in common
def squeezed(text: str) -> str:
    """Without spaces, case or kinds of quotes: equal however its lines were broken."""
    return re.sub(r"\s+", "", scorer().norm(text)).casefold()


def _body_lines(lines: Sequence[str], body: Sequence[str]) -> tuple[bool, ...]:
    whole = squeezed("".join(body))
    paragraphs = {squeezed(paragraph) for paragraph in body}
    found: list[bool] = []
    for at, line in enumerate(lines):
        piece = squeezed(line)
        # The short end of a paragraph stands right below the rest of it.
        follows = at > 0 and found[-1] and bool(lines[at - 1].strip())
        telling = len(piece) >= _TELLING_CHARS or piece in paragraphs or follows
        found.append(bool(piece) and telling and piece in whole)
    return tuple(found)


def _title_lines(lines: Sequence[str], title: str | None) -> list[int]:
    """Where the headline begins, on one line or several."""
    if not title:
        return []
    wanted = squeezed(title)
    found = []
    for at, line in enumerate(lines):
        piece = squeezed(line)
        if piece and wanted.startswith(piece):
            joined = "".join(map(squeezed, lines[at : at + _MOST_TITLE_LINES]))
            if joined.startswith(wanted):
                found.append(at)
    return found
