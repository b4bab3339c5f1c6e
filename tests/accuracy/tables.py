"""The figures as tables: the overview beside its goals, by language, by source, by split."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tests.accuracy.corpus import STYLES, Document, scorer

# The metrics of the overview as the scorer names them, and the heads of their columns.
COLUMNS = {
    "title_exact": "title",
    "author_f1": "authors",
    "date_day": "date",
    "body_f1_90": "body",
    "all3": "all three",
    "lang": "language",
}
# What we want to reach, in percent, in the order of the columns.
GOALS = {
    "light": (93, 82, 96, 93, 82, 98),
    "wet": (90, 75, 94, 80, 65, 98),
    "full": (86, 75, 94, 80, 62, 98),
    "lynx": (82, 70, 92, 75, 52, 98),
    "html": (92, 84, 96, 92, 86, 98),
}
_ROUNDS = 1000
_ROUNDS_OF_PARTS = 200


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A mean over `n` documents with its 95 % interval over publishers, all 0 to 1."""

    mean: float
    low: float
    high: float
    n: int


def figure(documents: Iterable[Document], metric: str, rounds: int = _ROUNDS) -> Figure | None:
    """The scorer's own mean and interval; None where no document has this metric."""
    rows = [(document.group, document.scores) for document in documents]
    found = scorer().interval(rows, metric, rounds)
    if found is None:
        return None
    mean, low, high, n = found
    return Figure(mean=mean, low=low, high=high, n=n)


def print_overview(documents: Sequence[Document]) -> None:
    """A line a style: each figure in percent, its interval, and below it the goal.

    An exclamation mark stands where the goal lies above the interval.
    """
    print(f"{'':<7}" + "".join(f"{head:>18}" for head in COLUMNS.values()))
    for style in STYLES:
        of_style = [document for document in documents if document.style == style]
        if not of_style:
            continue
        cells, goals = [], []
        for metric, goal in zip(COLUMNS, GOALS[style], strict=True):
            found = figure(of_style, metric)
            missed = found is not None and round(100 * found.high, 1) < goal
            cells.append(f"{_with_interval(found) + ('!' if missed else ' '):>18}")
            goals.append(f"{f'goal {goal}':>17} ")
        print(f"{style:<7}" + "".join(cells))
        print(f"{'':<7}" + "".join(goals))
    print()


def _with_interval(found: Figure | None) -> str:
    if found is None:
        return "-"
    return f"{100 * found.mean:.1f} [{100 * found.low:.0f}, {100 * found.high:.0f}]"


def print_split(documents: Sequence[Document]) -> None:
    """The overview for the development publishers, and for those that were kept aside."""
    for kept_aside, told in ((False, "development"), (True, "kept aside")):
        part = [document for document in documents if document.is_kept_aside is kept_aside]
        publishers = len({document.group for document in part})
        print(f"== {told}: {len(part)} documents of {publishers} publishers")
        print_overview(part)


def print_styles(documents: Sequence[Document]) -> None:
    """The scorer's own table of each style, then a line a language and a line a source."""
    for style in STYLES:
        of_style = [document for document in documents if document.style == style]
        if not of_style:
            continue
        scorer().table(style, [(d.group, d.scores) for d in of_style], _ROUNDS)
        _print_parts(of_style, "language", lambda document: document.truth["lang"] or "?")
        _print_parts(of_style, "source", lambda document: document.truth["source"] or "?")
        print()


def _print_parts(
    documents: Sequence[Document], name: str, part_of: Callable[[Document], str]
) -> None:
    parts: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        parts[part_of(document)].append(document)
    print(f"  {name:<20}{'n':>5}" + "".join(f"{head:>11}" for head in COLUMNS.values()))
    for part in sorted(parts, key=lambda part: (-len(parts[part]), part)):
        found = [figure(parts[part], metric, _ROUNDS_OF_PARTS) for metric in COLUMNS]
        cells = "".join(f"{f'{100 * f.mean:.1f}' if f else '-':>11}" for f in found)
        print(f"  {part:<20}{len(parts[part]):>5}{cells}")


def print_errors(documents: Sequence[Document], most: int) -> None:
    """Up to `most` wrong documents a style, of development publishers alone."""
    wanted = ("title_exact", "date_day", "body_f1_90", "author_f1", "lang")
    for style in STYLES:
        shown = 0
        for document in documents:
            if document.style != style or document.is_kept_aside or shown == most:
                continue
            wrong = [metric for metric in wanted if document.scores.get(metric, 1) < 1]
            if wrong:
                shown += 1
                _print_error(document, wrong)


def _print_error(document: Document, wrong: list[str]) -> None:
    truth, made = document.truth, document.prediction
    f1 = document.scores.get("body_f1")
    print(f"-- {document.id} wrong: {', '.join(wrong)}" + (f"  F1={f1:.2f}" if f1 else ""))
    if made.error:
        print(f"   refused: {made.error}")
    for metric, field, right, predicted in (
        ("title_exact", "title", truth["title"], made.title),
        ("date_day", "date", truth["published_accept"], made.published),
        ("author_f1", "authors", truth["authors"], list(made.authors)),
        ("lang", "language", truth["lang"], made.language),
    ):
        if metric in wrong:
            print(f"   {field:<9}{right!r} <> {predicted!r}")
