"""Whether confidence says how often a field is right: a table, and a picture of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.accuracy.corpus import Document, scorer

PICTURE = Path(__file__).with_name("reliability.svg")
FIELDS = ("title", "authors", "published", "language", "body")
_METRICS = {
    "title": "title_exact",
    "published": "date_day",
    "language": "lang",
    "body": "body_f1_90",
}
# Lower ends; the last bin ends at 1.
_BINS = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
_SURE = 0.9


@dataclass(frozen=True, kw_only=True)
class Given:
    """A field that was given: how sure it was (0 to 1), and whether it was right."""

    field: str
    confidence: float
    right: bool
    kept_aside: bool


@dataclass(frozen=True, kw_only=True)
class Bin:
    """The fields given with like confidence: how many, how sure and how often right, 0 to 1."""

    low: float
    n: int
    confidence: float
    right: float


def fields_given(documents: Sequence[Document]) -> list[Given]:
    """Every field that extraction gave and that the truth judges; of authors each name."""
    return [given for document in documents for given in _of_document(document)]


def _of_document(document: Document) -> Iterator[Given]:
    names = {scorer().norm_author(name) for name in document.truth["authors"] or ()}
    for evidence in document.prediction.evidence:
        field = evidence["field"]
        if field == "authors" and (names or document.truth["authors_none"]):
            right = scorer().norm_author(evidence["value"]) in names
        elif _METRICS.get(field) in document.scores:
            right = document.scores[_METRICS[field]] == 1
        else:
            continue
        yield Given(
            field=field,
            confidence=evidence["confidence"],
            right=right,
            kept_aside=document.is_kept_aside,
        )


def binned(given: Sequence[Given]) -> list[Bin]:
    """Only the bins that hold something."""
    bins = []
    for at, low in enumerate(_BINS):
        high = _BINS[at + 1] if at + 1 < len(_BINS) else 2.0
        within = [one for one in given if low <= one.confidence < high]
        if within:
            bins.append(
                Bin(
                    low=low,
                    n=len(within),
                    confidence=sum(one.confidence for one in within) / len(within),
                    right=_share_right(within),
                )
            )
    return bins


def _share_right(given: Sequence[Given]) -> float:
    return sum(one.right for one in given) / len(given)


def print_reliability(documents: Sequence[Document]) -> None:
    """A row a field, a column a bin: percent right and, small beside it, of how many."""
    given = fields_given(documents)
    if not given:
        return
    print("== right of those given with this confidence, in percent (and how many were)")
    heads = [f"{low:.2f}+" for low in _BINS]
    print(f"  {'':<10}" + "".join(f"{head:>13}" for head in heads))
    for field in (*FIELDS, "all"):
        found = {one.low: one for one in binned(_of(given, field))}
        cells = [
            f"{100 * found[low].right:.0f} ({found[low].n})" if low in found else "-"
            for low in _BINS
        ]
        print(f"  {field:<10}" + "".join(f"{cell:>13}" for cell in cells))
    for field in ("all", *FIELDS):
        sure = [one for one in _of(given, field) if one.confidence >= _SURE]
        aside = [one for one in sure if one.kept_aside]
        told = f"of the {len(sure)} given {_SURE} or more, {_percent(sure)} are right"
        print(f"  {field + ':':<11}{told}; kept aside: {_percent(aside)} of {len(aside)}")
    print()


def _of(given: Sequence[Given], field: str) -> list[Given]:
    return [one for one in given if field in (one.field, "all")]


def _percent(given: Sequence[Given]) -> str:
    return f"{100 * _share_right(given):.1f} %" if given else "-"


# The picture: six small squares, confidence to the right, share right upwards.

_SIDE = 150
_STEP_X, _STEP_Y = 215, 225
_STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #333 }
  .head { font-weight: 600; font-size: 14px }
  .frame { fill: none; stroke: #999 }
  .ideal { stroke: #999; stroke-dasharray: 4 4 }
  .line { fill: none; stroke: #1f6fb2; stroke-width: 1.5 }
  .dot { fill: #1f6fb2; fill-opacity: .75 }
  @media (prefers-color-scheme: dark) {
    text { fill: #ddd }
    .frame, .ideal { stroke: #888 }
    .line { stroke: #6db7f2 }
    .dot { fill: #6db7f2 }
  }
"""


def draw_reliability(documents: Sequence[Document]) -> None:
    """Write `reliability.svg`: a dot a bin, as large as it holds fields."""
    given = fields_given(documents)
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 680 475" role="img">',
        "<title>Share of right fields by the confidence they were given with</title>",
        f"<style>{_STYLE}</style>",
    ]
    for at, field in enumerate(("all", *FIELDS)):
        x, y = 45 + at % 3 * _STEP_X, 35 + at // 3 * _STEP_Y
        parts += [
            f'<g transform="translate({x} {y})">',
            *_square(field, binned(_of(given, field))),
            "</g>",
        ]
    parts.append(
        '<text x="45" y="462">to the right: the confidence a field was given with; '
        "upwards: how many of these were right; dots grow with their number</text>"
    )
    PICTURE.write_text("\n".join([*parts, "</svg>"]) + "\n", encoding="utf-8")


def _square(name: str, bins: Sequence[Bin]) -> Iterator[str]:
    total = sum(one.n for one in bins)
    yield f'<text class="head" x="0" y="-10">{name}</text>'
    yield f'<text x="{_SIDE}" y="-10" text-anchor="end">{total} given</text>'
    yield f'<rect class="frame" width="{_SIDE}" height="{_SIDE}"/>'
    yield f'<line class="ideal" x1="0" y1="{_SIDE}" x2="{_SIDE}" y2="0"/>'
    for share in (0.0, 0.5, 1.0):
        at = _SIDE * share
        yield f'<text x="{at:.0f}" y="{_SIDE + 15}" text-anchor="middle">{share:.1f}</text>'
        yield f'<text x="-6" y="{_SIDE - at + 4:.0f}" text-anchor="end">{share:.1f}</text>'
    points = [(_SIDE * one.confidence, _SIDE * (1 - one.right), one) for one in bins]
    yield f'<polyline class="line" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)}"/>'
    for x, y, one in points:
        radius = 2 + 9 * (one.n / total) ** 0.5
        told = f"{one.n} given about {one.confidence:.2f}: {100 * one.right:.1f} % right"
        yield f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}">'
        yield f"<title>{told}</title></circle>"
