"""What is true of a line among the others: the features that take the whole page to know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise

from feedsvc.ingest.extract.days.months import fold
from feedsvc.ingest.extract.dump.features import TEXTY_WIDTH, head_of
from feedsvc.ingest.extract.dump.lines import WIDE, Line, words_in

_PROSE = frozenset({"ends like a sentence", "holds several sentences", "ends with a quotation"})
_BARE_NAMES = frozenset(
    {"is a name", "is a list of names", "begins with a name", "may begin with a name"}
)
_NAMED = frozenset({"leads in names", "is a name", "is a list of names"})
# What says the same as a title, or stands again in a longer line, is of these widths.
_MIN_TITLE_WIDTH, _MAX_TITLE_WIDTH = 20, 260
# A headline that stands again does so at an end of a longer line, by so many characters.
_EDGE = 12
# More of one line than this tells nothing more of where the text is.
_COUNTED_WIDTH = 600
_MAX_SHORT_WIDTH = 130
# The words of so many lines of the text are what it is about.
_MAX_TOPIC_LINES = 80


@dataclass(frozen=True, kw_only=True)
class _Page:
    """texty: for each line, whether it looks like prose. text: the stretch with most of it.

    topics: what each line up to the end of that stretch is about.
    """

    lines: list[Line]
    texty: list[bool]
    text: range
    topics: list[set[str]]


def describe_context(lines: list[Line]) -> None:
    """Add to the features of each line what its neighbours and the page make true of it."""
    if not lines:
        return
    texty = [_is_texty(line) for line in lines]
    text = _densest(lines, texty)
    topics = [_topic_words(line) for line in lines[: text.stop]]
    page = _Page(lines=lines, texty=texty, text=text, topics=topics)
    _describe_place(page)
    _describe_neighbours(page)
    _describe_topics(page)
    _describe_names(page)
    _describe_share_above(page)
    _describe_runs(page)
    _describe_first_line(lines)
    _describe_repeats(lines)
    _describe_indents(page)


def _is_texty(line: Line) -> bool:
    features = line.features
    if line.width < TEXTY_WIDTH or "claims copyright" in features:
        return False
    prose = not _PROSE.isdisjoint(features)
    return (
        prose and "speaks of a picture" not in features and "begins like furniture" not in features
    )


def _densest(lines: list[Line], texty: list[bool]) -> range:
    """The stretch of lines with most text and least else: where the body is, roughly."""
    best, stretch = 0, range(len(lines))
    running, start = 0, 0
    for at, line in enumerate(lines):
        gain = min(line.width, _COUNTED_WIDTH) if texty[at] else -25 - (15 * (line.width < 40))
        if running <= 0:
            running, start = 0, at
        running += gain
        if running > best:
            best, stretch = running, range(start, at + 1)
    return stretch


def _describe_place(page: _Page) -> None:
    page.lines[0].features.append("first of all")
    first, last = page.text[0], page.text[-1]
    for at, line in enumerate(page.lines):
        if first <= at <= last:
            line.features.append("within the text")
            continue
        if at > last:
            line.features.append("after the text")
        if not first - 3 <= at <= last + 3:
            line.features.append("far from the text")


def _describe_neighbours(page: _Page) -> None:
    # More at each end, so that every line has neighbours.
    texty = [False] * 4 + page.texty + [False] * 4
    dated = [False, *(bool(line.dates) for line in page.lines), False]
    named = [False, *(not _NAMED.isdisjoint(line.features) for line in page.lines), False]
    short = [True, *(line.width < _MAX_SHORT_WIDTH for line in page.lines), True]
    gaps = [*(line.gap_before for line in page.lines[1:]), True]
    for at, line in enumerate(page.lines):
        add = line.features.append
        if line.gap_before:
            add("after a gap")
        if gaps[at]:
            add("before a gap")
        second_before, before, here, after, second_after, third, fourth = texty[at + 2 : at + 9]
        if before and after:
            add("between texts")
        if not here:
            if after or second_after:
                add("just before text")
            if before or second_before:
                add("just after text")
        elif not before and not after and short[at] and short[at + 2]:
            add("a text between short lines")
        beside_a_date = dated[at] or dated[at + 2]
        if beside_a_date:
            add("beside a date")
        if named[at] or named[at + 2]:
            add("beside a name")
        if beside_a_date and named[at + 1]:
            add("is a name beside a date")
        around = second_before + before + after + second_after + third + fourth
        if around < 2:
            add("hardly a text around")
        elif around >= 5:
            add("many texts around")
    for one, other in pairwise(page.lines):
        if one.width >= _MIN_TITLE_WIDTH and one.folded[:60] == other.folded[:60]:
            _add_once(one, "is said again beside it")
            _add_once(other, "is said again beside it")


def _describe_topics(page: _Page) -> None:
    """How much a line shares with the words of the text, and with those of the text above it."""
    texts = [at for at in page.text[:_MAX_TOPIC_LINES] if page.texty[at]]
    words: set[str] = set().union(*(page.topics[at] for at in texts))
    for line, topic in zip(page.lines, page.topics, strict=False):
        if _MIN_TITLE_WIDTH <= line.width <= _MAX_TITLE_WIDTH:
            line.features.append(_shared(topic, words))
    seen: set[str] = set()
    counted = 0
    for at in range(max(0, page.text.start - 3), len(page.lines)):
        if not page.texty[at] and at >= page.text.start:
            continue
        topic = page.topics[at] if at < page.text.stop else _topic_words(page.lines[at])
        if page.texty[at] and counted >= 3 and topic:
            share = len(topic & seen) / len(topic)
            if share < 0.1:
                page.lines[at].features.append("tells nothing of what is above")
            elif share >= 0.75:
                page.lines[at].features.append("repeats what is above")
        seen |= topic
        counted += page.texty[at]


def _describe_names(page: _Page) -> None:
    """Whom the text names it tells of; who wrote it is seldom named there."""
    named = [line for line in page.lines if not _BARE_NAMES.isdisjoint(line.features)]
    if not named:
        return
    words: set[str] = set().union(
        *(page.lines[at].words for at in page.text[:_MAX_TOPIC_LINES] if page.texty[at])
    )
    for line in named:
        name = words_in(fold(head_of(line)))
        if name and words.issuperset(name):
            line.features.append("names whom the text names")


def _topic_words(line: Line) -> set[str]:
    """What a line is about: its longer words, or pairs of signs where words have no spaces."""
    if not line.folded.isascii() and WIDE.search(line.folded):
        signs = WIDE.findall(line.folded)
        return {a + b for a, b in pairwise(signs)}
    return {w[:7] for w in line.words if len(w) >= 4}


def _shared(topic: set[str], words: set[str]) -> str:
    share = len(topic & words) / len(topic) if topic else 0.0
    if share >= 0.6:
        return "shares most words"
    if share >= 0.35:
        return "shares many words"
    return "shares some words" if share > 0.12 else "shares no words"


def _describe_share_above(page: _Page) -> None:
    counted = [
        min(line.width, _COUNTED_WIDTH) if is_text else 0
        for line, is_text in zip(page.lines, page.texty, strict=True)
    ]
    total = sum(counted)
    most, much, some = 0.6 * total, 0.25 * total, 0.05 * total
    for line, above in zip(page.lines, accumulate(counted, initial=0), strict=False):
        if above > most:
            line.features.append("most text is above")
        elif above > much:
            line.features.append("much text is above")
        elif above > some:
            line.features.append("some text is above")


def _describe_runs(page: _Page) -> None:
    """Menus and lists of teasers are many short lines, one after another."""
    for run in _runs_of_short_lines(page):
        name = "in a long run of short lines" if len(run) >= 12 else "in a run of short lines"
        if len(run) >= 5:
            for line in run:
                line.features.append(name)


def _runs_of_short_lines(page: _Page) -> Iterator[list[Line]]:
    run: list[Line] = []
    for line, is_text in zip(page.lines, page.texty, strict=True):
        if is_text or line.width > _MAX_SHORT_WIDTH:
            yield run
            run = []
        else:
            run.append(line)
    yield run


def _describe_first_line(lines: list[Line]) -> None:
    """The first line of many a dump is the page's title, which holds the headline."""
    head = lines[0].folded
    for line in lines[1:]:
        own = line.folded
        if 12 <= line.width <= _MAX_TITLE_WIDTH and own in head:
            line.features.append(
                "is the first line again"
                if own == head
                else "begins the first line"
                if head.startswith(own)
                else "stands in the first line"
            )


def _describe_repeats(lines: list[Line]) -> None:
    """A headline stands again in the title of the page and in the path to it."""
    longer: dict[str, list[Line]] = {}
    for line in lines:
        if _MIN_TITLE_WIDTH <= line.width <= _MAX_TITLE_WIDTH:
            longer.setdefault(line.folded[:_EDGE], []).append(line)
            longer.setdefault("…" + line.folded[-_EDGE:], []).append(line)
    for line in lines:
        if not _MIN_TITLE_WIDTH <= line.width <= 200:
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
                _add_once(other, "holds another line")


def _describe_indents(page: _Page) -> None:
    """In a wrapped dump, prose that stands further in than most of it is quoted."""
    wrapped = [at for at, line in enumerate(page.lines) if len(line.numbers) > 1]
    wrapped = [at for at in wrapped if not page.lines[at].bullet]
    margins: Counter[int] = Counter()
    for at in wrapped:
        margins[page.lines[at].indent] += page.lines[at].width
    if not margins:
        return
    ((margin, _),) = margins.most_common(1)
    for at in wrapped:
        line = page.lines[at]
        if at in page.text and margin < line.indent <= margin + 8:
            line.features.append("stands further in")


def _add_once(line: Line, feature: str) -> None:
    if feature not in line.features:
        line.features.append(feature)
