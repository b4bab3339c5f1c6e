"""The lines of a dump, joined where they were wrapped, each with the features it is judged by.

A feature is a short phrase that is true of a line ("ends like a sentence"). `roles.py` gives each
a weight for each role; nothing here decides anything.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from feedsvc.ingest.extract import cues
from feedsvc.ingest.extract.dates import FoundDate, find_dates, may_hold_a_date
from feedsvc.ingest.extract.months import fold
from feedsvc.ingest.extract.people import (
    agency_named,
    byline_lead,
    is_name,
    lead_is_weak,
    parse_byline,
)

# Dates and names are looked for in lines up to this width; longer ones are prose.
_MAX_DATED_WIDTH = 260
_MAX_BYLINE_WIDTH = 200
_TEXTY_WIDTH = 80
# A dump whose longest lines are no wider was wrapped by the program that made it.
_MAX_WRAP_WIDTH = 132

_WIDE = re.compile("[\u1100-\u115f\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_SEPARATED = re.compile(r" ?[|•·] ?| [/–—-] |,|  ")
_PARTS = re.compile(r" ?[|•·] ?| [/–—-] ")
_SEPARATOR = re.compile(r"[|•·/–—,-]|  ")
_DIGIT = re.compile("[0-9]")
_LEADS_ALONE = frozenset(
    ["by", "von", "par", "por", "di", "text", "written by", "author", "autor", "door", "av", "oleh"]
)
_ANDS_ALONE = frozenset(["and", "und", "et", "y", "e", "og", "och", "en", "&", ","])


@dataclass(kw_only=True, slots=True)
class Line:
    """A logical line: one line of the dump, or several that were one before wrapping.

    text: without white space around it. numbers: 1-based, in the dump. width: in columns, a wide
    sign taking two. folded, words: of its first 400 characters. gap_before:
    whether a blank line (or the beginning) stands before it. indent: columns before it.
    """

    text: str
    numbers: tuple[int, ...]
    folded: str
    width: int
    gap_before: bool
    indent: int = 0
    words: frozenset[str]
    bullet: bool = False
    dates: tuple[FoundDate, ...] = ()
    features: list[str] = field(default_factory=list)


def read_lines(physical: tuple[str, ...]) -> list[Line]:
    """The logical lines of a dump with all their features, blank ones left out."""
    lines = _join_wrapped(physical)
    lines = _join_leads(lines)
    _describe_each(lines)
    _describe_neighbours(lines)
    _describe_indents(lines)
    return lines


def width_of(text: str) -> int:
    return len(text) if text.isascii() else len(text) + len(_WIDE.findall(text))


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
        if not text:
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


def _line(text: str, numbers: tuple[int, ...], gap: bool) -> Line:
    if "\u00ad" in text:
        text = text.replace("\u00ad", "").strip()
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    bullet = cues.BULLET.match(text)
    folded = fold(text[bullet.end() if bullet else 0 :][:400])
    return Line(
        text=text,
        numbers=numbers,
        folded=folded,
        words=frozenset(_WORD.findall(folded)),
        width=width_of(text),
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
    if _WIDE.match(following[0]):
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
        glued = text.endswith(("\u00ad", "-")) or (
            _WIDE.match(text[-1]) is not None and _WIDE.match(part[0]) is not None
        )
        text += part if glued else f" {part}"
    return text


def _join_leads(lines: list[Line]) -> list[Line]:
    """ "By" on a line of its own belongs to the name on the next, and "and" to both."""
    joined: list[Line] = []
    for line in lines:
        before = joined[-1] if joined else None
        if (
            before is not None
            and line.width <= 60
            and before.width <= 120
            and (
                before.folded.rstrip(" :") in _LEADS_ALONE
                or line.folded in _ANDS_ALONE
                or before.text.rpartition(" ")[2] in _ANDS_ALONE
            )
            and (before.width <= 14 or byline_lead(before.text))
        ):
            joined[-1] = _line(
                f"{before.text} {line.text}", before.numbers + line.numbers, before.gap_before
            )
        else:
            joined.append(line)
    return joined


def _describe_each(lines: list[Line]) -> None:
    seen = Counter(line.folded for line in lines)
    for line in lines:
        line.features = list(_own_features(line))
        if seen[line.folded] > 1:
            line.features.append("stands elsewhere too")


def _own_features(line: Line) -> list[str]:
    text, folded, width = line.text, line.folded, line.width
    found = [_width_feature(width)]
    add = found.append
    if (len(text) < 3 or not text[:3].isalpha()) and sum(map(str.isalpha, text[:60])) < 3:
        add("hardly a letter")
    if folded.strip(" .:…›»>|*[]()") in cues.FURNITURE:
        add("is furniture")
    elif width <= 160 and cues.FURNITURE_BEGINS.match(folded):
        add("begins like furniture")
    if width <= 200 and cues.TAIL.match(folded):
        add("begins like the tail")
    if width <= 400 and _speaks_of_a_picture(line):
        add("speaks of a picture")
    digits = _DIGIT.search(folded) is not None
    if digits and width <= 120 and cues.AGO.search(folded):
        add("so long ago")
    if ("://" in folded or "www." in folded) and cues.URL.search(folded):
        add("has an address")
    if line.bullet:
        add("has a bullet")
    if text[0] in "#@":
        add("begins with # or @")
    if width <= 240 and ("|" in text or " / " in text or "›" in text or " > " in text):
        add("has separators")
    if _claims_copyright(folded):
        add("claims copyright")
    if width <= 80 and cues.SOURCE_LABEL.match(folded):
        add("names its source")
    _add_sentence_features(line, found)
    if digits and width <= _MAX_DATED_WIDTH and may_hold_a_date(folded):
        _add_date_features(line, found)
    if not line.dates:
        add("has no date")
    prose = width > 130 and "ends like a sentence" in found
    if prose or width > _MAX_BYLINE_WIDTH or not _add_name_feature(line, found):
        add("has no name")
    return found


def _claims_copyright(folded: str) -> bool:
    if folded.startswith(("©", "copyright", "(c)", "ⓒ")) or "all rights reserved" in folded:
        return True
    # The sign alone stands in captions, the words alone in prose.
    if "©" in folded or "(c)" in folded or "copyright" in folded:
        return cues.RIGHTS.search(folded) is not None
    return cues.RIGHTS.match(folded) is not None


def _speaks_of_a_picture(line: Line) -> bool:
    hinted = not line.words.isdisjoint(cues.CAPTION_WORDS) or (
        not line.text.isascii() and cues.CAPTION_SIGNS.search(line.folded) is not None
    )
    return hinted and cues.CAPTION.search(line.folded) is not None


def _width_feature(width: int) -> str:
    for limit, name in ((12, "tiny"), (25, "very short"), (45, "short"), (80, "middling")):
        if width < limit:
            return name
    return "wide" if width < 130 else "very wide" if width < 250 else "a paragraph"


def _add_sentence_features(line: Line, found: list[str]) -> None:
    text, width = line.text, line.width
    if text[-1] in "?？؟":
        found.append("asks")
    if cues.SENTENCE_END.search(text[-4:]):
        found.append("ends like a sentence")
        if width > 100:
            found.append("is a long sentence")
    elif text[-1] in cues.QUOTE_END:
        found.append("ends with a quotation")
    elif text[-1] == ":":
        found.append("ends with a colon")
    elif text[-1] == "…" or text.endswith("..."):
        found.append("ends with an ellipsis")
    else:
        found.append("ends openly")
    if cues.SENTENCE_INSIDE.search(text, 0, 600):
        found.append("holds several sentences")
    if text.startswith(cues.QUOTE_START):
        found.append("begins with a quotation")
    if width >= 40 and _begins_with_a_place(text):
        found.append("begins with a place")
    words = text[:240].split()
    if len(words) == 1 and line.text.isalpha() and not _WIDE.match(text):
        found.append("one word")
    initials = [word[0] for word in words]
    small = sum([initial.islower() for initial in initials])
    cased = small + sum([initial.isupper() for initial in initials])
    if cased >= 3:
        if small >= 0.6 * cased:
            found.append("reads like prose")
        elif small <= 0.25 * cased:
            found.append("written like names")
    if len(text) >= 4 and text.isupper():
        found.append("in capitals")
    elif text[0].islower():
        found.append("begins small")
    if width > _TEXTY_WIDTH and ("," in text or "、" in text or "،" in text):
        found.append("has a comma")


def _begins_with_a_place(text: str) -> bool:
    # Both end with a dash, a colon or a bracket: most lines hold none so near their beginning.
    if not cues.DATELINE_SIGN.search(text, 0, 90):
        return False
    return bool(cues.PLACE_IN_CAPITALS.match(text[:60]) or cues.DATELINE.match(text[:90]))


def _add_date_features(line: Line, found: list[str]) -> None:
    folded = line.folded
    line.dates = find_dates(line.text, language=None)
    if not line.dates:
        return
    found.append("has a date")
    if line.bullet and line.dates[0].start == 0:
        # "6. 1. 2026" is no item of a list.
        line.bullet = False
        found.remove("has a bullet")
    dated = sum(d.end - d.start for d in line.dates)
    rest = len(line.text) - dated
    if rest <= 24:
        found.append("is a date")
    elif rest <= 70:
        found.append("is mostly a date")
    if cues.RENDERED.search(folded):
        found.append("tells when the page was made")
    elif cues.PUBLISHED.search(folded):
        found.append("says published")
    elif cues.UPDATED.search(folded):
        found.append("says updated")


def _add_name_feature(line: Line, found: list[str]) -> bool:
    """Say what kind of names a line may hold; False where it holds none."""
    feature = _name_feature(line)
    if feature:
        found.append(feature)
    return bool(feature)


def _name_feature(line: Line) -> str:
    text = line.text.replace("\xa0", " ")
    if agency_named(text):
        return "is an agency"
    if byline_lead(text) and parse_byline(text):
        return "may lead in names" if lead_is_weak(text) else "leads in names"
    if _SEPARATOR.search(text):
        for part in _PARTS.split(text)[1:5]:
            # "The Paper | 1 May 2020 | By Jane Doe": a part of the line leads in.
            if byline_lead(part) and not lead_is_weak(part) and parse_byline(part):
                return "leads in names"
    if line.width > 120:
        return ""
    # A name, alone or before a date, a title or a separator: "Jane Doe | 1 May 2020".
    head = head_of(line)
    feature = _feature_of_head(head, alone=len(head) >= len(text) - 2)
    if feature and (cues.PUBLISHED.search(fold(head)) or cues.UPDATED.search(fold(head))):
        return ""
    return feature


def _feature_of_head(head: str, *, alone: bool) -> str:
    if agency_named(head):
        return "begins with a name"
    first, _, more = head.partition(" ")
    if fold(first) in cues.FURNITURE:
        return ""
    if is_name(head):
        return "is a name" if alone else "begins with a name"
    if more and len(head) <= 80 and parse_byline(head, labelled=True):
        return "may begin with a name"
    return ""


def head_of(line: Line) -> str:
    """What may be a name in a byline without a lead: before its date, or else behind it."""
    text = line.text.replace("\xa0", " ")
    if line.dates:
        first, last = line.dates[0].start, line.dates[-1].end
        text = text[:first] if first > 1 else text[last:]
    if not _SEPARATOR.search(text):
        return _bare(text)
    return next((p for p in map(_bare, _SEPARATED.split(text)) if p), "")


def _bare(text: str) -> str:
    return text.strip(" ,:|–—-•·")


def _describe_indents(lines: list[Line]) -> None:
    """In a wrapped dump, prose that stands further in than most of it is quoted."""
    wrapped = [line for line in lines if len(line.numbers) > 1 and not line.bullet]
    margins: Counter[int] = Counter()
    for line in wrapped:
        margins[line.indent] += line.width
    if margins:
        ((margin, _),) = margins.most_common(1)
        for line in wrapped:
            inside = "within the text" in line.features
            if inside and margin < line.indent <= margin + 8:
                line.features.append("stands further in")


def _describe_neighbours(lines: list[Line]) -> None:
    # Two more at each end, so that every line has neighbours.
    texty = [False, False, *map(_is_texty, lines), False, False]
    first, last = _densest(lines, texty[2:-2])
    topics = [_topic_words(line) for line in lines[: last + 1]]
    prose = [topics[at] for at in range(first, last + 1)[:80] if texty[at + 2]]
    words: set[str] = set().union(*prose)
    dated = [False, *(bool(line.dates) for line in lines), False]
    named = [False, *(not _NAMED.isdisjoint(line.features) for line in lines), False]
    gaps = [*(line.gap_before for line in lines[1:]), True]
    for at, line in enumerate(lines):
        add = line.features.append
        if at == 0:
            add("first of all")
        if line.gap_before:
            add("after a gap")
        if gaps[at]:
            add("before a gap")
        if first <= at <= last:
            add("within the text")
        elif at > last:
            add("after the text")
        if not first - 3 <= at <= last + 3:
            add("far from the text")
        _, before, here, after, _ = nearest = texty[at : at + 5]
        if before and after:
            add("between texts")
        if not here:
            if True in nearest[3:]:
                add("just before text")
            if True in nearest[:2]:
                add("just after text")
        beside_a_date = dated[at] or dated[at + 2]
        if beside_a_date:
            add("beside a date")
        if named[at] or named[at + 2]:
            add("beside a name")
        if beside_a_date and named[at + 1]:
            add("is a name beside a date")
        if 20 <= line.width <= 260 and at <= last:
            add(_overlap_feature(topics[at], words))
    _describe_repeats(lines)


_PROSE = frozenset({"ends like a sentence", "holds several sentences", "ends with a quotation"})
_NAMED = frozenset({"leads in names", "is a name"})
_EDGE = 12


def _describe_repeats(lines: list[Line]) -> None:
    """A headline stands again in the title of the page and in the path to it: at an end of a
    longer line."""
    longer: dict[str, list[Line]] = {}
    for line in lines:
        if 20 <= line.width <= 260:
            longer.setdefault(line.folded[:_EDGE], []).append(line)
            longer.setdefault("…" + line.folded[-_EDGE:], []).append(line)
    for line in lines:
        if not 20 <= line.width <= 200:
            continue
        own = line.folded
        beginning, ending = longer[own[:_EDGE]], longer["…" + own[-_EDGE:]]
        if len(beginning) == len(ending) == 1:
            continue
        around = [
            other
            for other in beginning[:20] + ending[:20]
            if len(other.folded) > len(own)
            and (other.folded.startswith(own) or other.folded.endswith(own))
        ]
        if around:
            line.features.append("stands in a longer line")
            for other in around:
                if "holds another line" not in other.features:
                    other.features.append("holds another line")


def _is_texty(line: Line) -> bool:
    features = line.features
    if line.width < _TEXTY_WIDTH or "claims copyright" in features:
        return False
    prose = not _PROSE.isdisjoint(features)
    return (
        prose and "speaks of a picture" not in features and "begins like furniture" not in features
    )


def _densest(lines: list[Line], texty: list[bool]) -> tuple[int, int]:
    """The stretch of lines with most text and least else: where the body is, roughly."""
    best, best_span = 0.0, (0, len(lines) - 1)
    running, start = 0.0, 0
    for at, line in enumerate(lines):
        gain = min(line.width, 600) if texty[at] else -25 - (15 if line.width < 40 else 0)
        if running <= 0:
            running, start = 0.0, at
        running += gain
        if running > best:
            best, best_span = running, (start, at)
    return best_span


def _topic_words(line: Line) -> set[str]:
    """What a line is about: its longer words, or pairs of signs where words have no spaces."""
    if not line.folded.isascii() and _WIDE.search(line.folded):
        signs = _WIDE.findall(line.folded)
        return {a + b for a, b in pairwise(signs)}
    return {w[:7] for w in line.words if len(w) >= 4}


def _overlap_feature(mine: set[str], words: set[str]) -> str:
    if not mine:
        return "shares no words"
    share = len(mine & words) / len(mine)
    if share >= 0.6:
        return "shares most words"
    if share >= 0.35:
        return "shares many words"
    return "shares some words" if share > 0.12 else "shares no words"
