"""The lines of a dump, joined where they were wrapped.

What is true of each ("ends like a sentence") is told by `features.py` and `context.py`.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from string import ascii_lowercase

from feedsvc.ingest.extract import cues
from feedsvc.ingest.extract.days.dates import FoundDate
from feedsvc.ingest.extract.days.months import fold
from feedsvc.ingest.extract.people.leads import byline_lead
from feedsvc.ingest.extract.people.names import is_name

# A dump whose longest lines are no wider was wrapped by the program that made it.
_MAX_WRAP_WIDTH = 132

WIDE = re.compile("[\u1100-\u115f\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_LETTERS = frozenset(ascii_lowercase)
_ONLY_LETTERS = "".join(c if c in _LETTERS else " " for c in map(chr, range(128)))
# Drawn across the page: it parts what stands above from what stands below.
_RULE_SIGNS = "_=─━—-"
_RULE = re.compile(f"[{_RULE_SIGNS}]{{4,}}")
_LEADS_ALONE = frozenset(
    ["by", "von", "par", "por", "di", "text", "written by", "author", "autor", "door", "av", "oleh"]
)
_LEADS_AT_THE_END = frozenset(
    ["by", "By", "von", "Von", "par", "Par", "por", "Por", "av", "af", "door"]
)
_ANDS_ALONE = frozenset(["and", "und", "et", "y", "e", "og", "och", "en", "&", ","])


@dataclass(kw_only=True, slots=True)
class Line:
    """A logical line: one line of the dump, or several that were one before wrapping.

    written: without white space around it, and else as it stands there. text: the same for the
    rules, in NFC and without soft hyphens. numbers: 1-based, in the dump. width: in columns, a wide
    sign taking two. folded, words: of its first 400 characters. gap_before:
    whether a blank line (or the beginning) stands before it. indent: columns before it.
    """

    written: str
    text: str
    numbers: tuple[int, ...]
    folded: str
    width: int
    gap_before: bool
    indent: int = 0
    words: set[str]
    bullet: bool = False
    dates: tuple[FoundDate, ...] = ()
    features: list[str] = field(default_factory=list)


def join_lines(physical: tuple[str, ...]) -> list[Line]:
    """The logical lines of a dump, blank ones left out; their features are still to be told."""
    return _join_leads(_join_wrapped(physical))


def words_in(folded: str) -> set[str]:
    """The words of two letters and more of a folded text."""
    if not folded.isascii():
        return set(_WORD.findall(folded))
    # The same as [a-z]{2,}, in half the time.
    words = set(folded.translate(_ONLY_LETTERS).split())
    words -= _LETTERS
    return words


def width_of(text: str) -> int:
    return len(text) if text.isascii() else len(text) + len(WIDE.findall(text))


def _join_wrapped(physical: tuple[str, ...]) -> list[Line]:
    wrap = _wrap_width(physical)
    lines: list[Line] = []
    parts: list[str] = []
    numbers: list[int] = []
    gap, gap_of_parts = True, True

    def flush() -> None:
        if parts:
            line = _line(_joined(parts), tuple(numbers), gap_of_parts)
            first = physical[numbers[0] - 1]
            line.indent = len(first) - len(first.lstrip())
            if line.text:
                lines.append(line)
            parts.clear()
            numbers.clear()

    for number, raw in enumerate(physical, 1):
        text = raw.strip()
        if not text or (text[0] in _RULE_SIGNS and _RULE.fullmatch(text)):
            gap = True
            continue
        goes_on = bool(
            parts
            and wrap
            and not gap
            and (_was_full(physical[number - 2], text, wrap) or _goes_on(parts[-1], text, wrap))
            and not cues.BULLET.match(text)
        )
        if not goes_on:
            flush()
            gap_of_parts = gap
        parts.append(text)
        numbers.append(number)
        gap = False
    flush()
    return lines


def _line(written: str, numbers: tuple[int, ...], gap: bool) -> Line:
    text = written
    if "\u00ad" in text:
        text = text.replace("\u00ad", "").strip()
    plain = text.isascii()
    if not plain and not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    bullet = cues.BULLET.match(text)
    begun = bullet.end() if bullet else 0
    folded = fold(text[begun : begun + 400])
    return Line(
        written=written,
        text=text,
        numbers=numbers,
        folded=folded,
        words=words_in(folded),
        width=len(text) if plain else width_of(text),
        gap_before=gap,
        # A dash before a whole sentence is how speech is printed.
        bullet=bool(bullet) and not (text[0] in "–—-" and len(text) > 80),
    )


def _wrap_width(physical: tuple[str, ...]) -> int:
    """The width at which the dump was wrapped, or 0."""
    stripped = [line for raw in physical if (line := raw.rstrip())]
    # An address or a table may stand out beyond the margin.
    outliers = len(stripped) // 50
    if len(stripped) < 8 or sum([len(line) > _MAX_WRAP_WIDTH for line in stripped]) > outliers:
        return 0
    widths = sorted(map(width_of, stripped))
    widest = widths[-1 - outliers]
    full = bisect_right(widths, widest) - bisect_left(widths, widest - 14)
    wrapped = 50 <= widest <= _MAX_WRAP_WIDTH and full >= max(4, len(widths) // 10)
    return widest if wrapped else 0


def _was_full(line: str, following: str, wrap: int) -> bool:
    """Whether the first word of the next line had no room on this one."""
    line = line.rstrip()
    if WIDE.match(following[0]):
        return width_of(line) >= wrap - 3
    first = following.split(None, 1)[0]
    return width_of(line) + 1 + width_of(first) > wrap


def _goes_on(text: str, following: str, wrap: int) -> bool:
    """Whether a sentence goes on: hands and some programs break lines before they are full."""
    return (
        following[0].islower()
        and width_of(text) >= 0.75 * wrap
        and not cues.SENTENCE_END.search(text[-4:])
    )


def _joined(parts: list[str]) -> str:
    text = parts[0]
    for part in parts[1:]:
        glued = _is_hyphenated(text) or (
            WIDE.match(text[-1]) is not None and WIDE.match(part[0]) is not None
        )
        text = text.removesuffix("\u00ad")
        text += part if glued else f" {part}"
    return text


def _is_hyphenated(text: str) -> bool:
    """Whether a word goes on on the next line; a dash between spaces is no hyphen."""
    return text.endswith(("\u00ad", "-")) and not text.rstrip("-").endswith((" ", "\t"))


def _join_leads(lines: list[Line]) -> list[Line]:
    """ "By" on a line of its own belongs to the name on the next, and "and" to both."""
    joined: list[Line] = []
    for line in lines:
        before = joined[-1] if joined else None
        if before is not None and line.width <= 60 and _names_whom(before, line):
            joined[-1] = _line(
                f"{before.written} {line.written}", before.numbers + line.numbers, before.gap_before
            )
        else:
            joined.append(line)
    return joined


def _names_whom(before: Line, line: Line) -> bool:
    """Whether a line goes on with the names of a byline that begins on the one before it."""
    if before.width > 120:
        return False
    last = before.text.rpartition(" ")[2]
    if last in _LEADS_AT_THE_END and is_name(line.text):
        return True  # "10 May 2021, by"
    waiting = (
        before.folded.rstrip(" :") in _LEADS_ALONE
        or line.folded in _ANDS_ALONE
        or last in _ANDS_ALONE
    )
    return waiting and (before.width <= 14 or byline_lead(before.text) > 0)
