"""How often the day on which a page was made is given as the day of publication."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from feedsvc.ingest.extract.days.dates import find_dates
from tests.accuracy.corpus import DUMP_STYLES, Document, read_dump, scorer
from tests.accuracy.layout import lay_out
from tests.accuracy.tables import Figure, figure

METRIC = "not the masthead date"


def masthead_figures(documents: Sequence[Document]) -> dict[str, dict[str, Figure]]:
    """For each style, and for all dumps together: the share that kept off the masthead date.

    Counted are dumps that print a day above their title which is not that of publication.
    """
    judged = {style: _judged([d for d in documents if d.style == style]) for style in DUMP_STYLES}
    judged["all dumps"] = [document for of_style in judged.values() for document in of_style]
    found = {f"masthead {name}": figure(some, METRIC) for name, some in judged.items()}
    return {name: {METRIC: value} for name, value in found.items() if value is not None}


def print_masthead(figures: Mapping[str, Mapping[str, Figure]]) -> None:
    """The share that was misled, in percent."""
    print("== a day above the title that is not that of publication, given as such (goal 2 %)")
    for name, metrics in figures.items():
        found = metrics[METRIC]
        print(f"  {name.removeprefix('masthead '):<12}{100 * (1 - found.mean):6.1f} % of {found.n}")
    print()


def _judged(documents: Sequence[Document]) -> list[Document]:
    judged = []
    for document in documents:
        days = _masthead_days(document)
        if days:
            given = scorer().day_of(document.prediction.published)
            scores = {METRIC: float(given not in days)}
            judged.append(_with_scores(document, scores))
    return judged


def _with_scores(document: Document, scores: dict[str, float]) -> Document:
    return Document(
        id=document.id,
        style=document.style,
        group=document.group,
        truth=document.truth,
        prediction=document.prediction,
        scores=scores,
    )


def _masthead_days(document: Document) -> set[str]:
    """ISO days printed above the title; none where the date of publication is not known."""
    truth = document.truth
    if not truth["published_accept"]:
        return set()
    layout = lay_out(read_dump(truth), truth)
    if layout.title is None:
        return set()
    days = {
        f"{found.instant:%Y-%m-%d}"
        for line in layout.lines[: layout.title]
        for found in find_dates(line, language=truth["lang"])
    }
    return days - set(truth["published_accept"])
