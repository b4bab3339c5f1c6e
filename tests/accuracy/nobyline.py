"""Authors invented where none is named: on dumps whose byline was taken out, and on invented ones.

The corpus has no document that is known to name no author. Its dumps whose authors are known
become such documents: the lines near the article that name them, or lead a byline, are left out.
What remains (photographers, quoted experts, related stories) names no author.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from feedsvc.ingest.extract.people.leads import byline_lead
from feedsvc.ingest.extract.people.names import agency_named
from tests.accuracy.corpus import Document, predict, read_dump, read_truths, scorer
from tests.accuracy.layout import Layout, lay_out
from tests.accuracy.tables import Figure, figure

METRIC = "author_none_ok"
OWN = Path(__file__).with_name("nobyline")
_NEAR_LINES = 25


def measure_without_byline(styles: Sequence[str], scratch: Path) -> list[Document]:
    """Documents without byline and what was made of them; style "own" for those in this folder.

    scratch: a folder to write the stripped dumps into.
    """
    folder = scratch / "stripped"
    folder.mkdir()
    truths = {}
    for truth in read_truths(styles):
        stripped = _stripped(truth)
        if stripped is not None:
            path = folder / f"{truth['id']}.txt"
            path.write_text(stripped, encoding="utf-8")
            truths[path] = truth
    for path in sorted(OWN.glob("*.txt")):
        truths[path] = {"id": path.stem, "style": "own", "group": path.stem}
    documents = []
    for path, prediction in predict([folder, OWN]).items():
        truth = truths[path]
        documents.append(
            Document(
                id=truth["id"],
                style=truth["style"],
                group=truth["group"],
                truth=truth,
                prediction=prediction,
                scores={METRIC: float(not prediction.authors)},
            )
        )
    return documents


def print_without_byline(
    documents: Sequence[Document], *, listed: bool
) -> dict[str, dict[str, Figure]]:
    """The share in which an author was invented; with `listed` also which, of development alone."""
    figures = {}
    own = [document for document in documents if document.style == "own"]
    stripped = [document for document in documents if document.style != "own"]
    print("== an author given where none is named (goal 3 %)")
    for name, some in (("stripped", stripped), ("own", own), ("both", documents)):
        found = figure(some, METRIC)
        if found is not None:
            figures[f"no byline {name}"] = {METRIC: found}
            low, high = 100 * (1 - found.high), 100 * (1 - found.low)
            told = f"{100 * (1 - found.mean):5.1f} % [{low:.0f}, {high:.0f}]"
            print(f"  {name:<12}{told} of {found.n}")
    for document in documents:
        # Those in this folder are nobody's pages: all of them may be looked at.
        seen = document.style == "own" or not document.is_kept_aside
        if listed and seen and document.prediction.authors:
            print(f"  {document.id:<24}{', '.join(document.prediction.authors)}")
            for evidence in document.prediction.evidence:
                if evidence["field"] == "authors":
                    print(f"    lines {evidence['lines']}: {evidence['rule'][:90]}")
    print()
    return figures


def _stripped(truth: dict[str, Any]) -> str | None:
    """The dump without its byline; None where an author's name would remain beside the body."""
    if not truth["authors"]:
        return None
    layout = lay_out(read_dump(truth), truth)
    if not layout.has_body:
        return None
    names = [scorer().norm_author(name) for name in truth["authors"]]
    kept = [
        (line, in_body)
        for at, (line, in_body) in enumerate(zip(layout.lines, layout.in_body, strict=True))
        if not _names_an_author(layout, at, names)
    ]
    left = " ".join(line for line, in_body in kept if not in_body)
    # A name on two lines was seen on none of them.
    return None if _holds(left, names) else "\n".join(line for line, _ in kept) + "\n"


def _names_an_author(layout: Layout, at: int, names: Sequence[str]) -> bool:
    line = layout.lines[at]
    if agency_named(line):
        return _is_near(layout, at)  # at the end of the last paragraph too
    if layout.in_body[at]:
        return False
    return _holds(line, names) or (_is_near(layout, at) and _signs(line, names))


def _is_near(layout: Layout, at: int) -> bool:
    start = layout.first if layout.title is None else layout.title
    return start - _NEAR_LINES <= at <= layout.last + _NEAR_LINES


def _signs(line: str, names: Sequence[str]) -> bool:
    """Whether a line may be what is left of a byline: a lead, or an author's last name."""
    text = line.strip()
    folded = scorer().norm(line).casefold()
    last_names = [name.split()[-1] for name in names if " " in name]
    return byline_lead(text) > 0 or any(len(name) > 3 and name in folded for name in last_names)


def _holds(text: str, names: Sequence[str]) -> bool:
    folded = scorer().norm(text).casefold()
    return any(name in folded for name in names)
