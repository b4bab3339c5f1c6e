"""The figures as a picture: documents to the right, seconds upwards, both by powers of ten."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from tests.benchmarks.figures import Figure

_WIDTH, _HEIGHT = 520, 400
_LEFT, _TOP = 70, 50
_LABEL_HEIGHT = 15
_STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #333 }
  .head { font-weight: 600; font-size: 14px }
  .grid { stroke: #ddd }
  .line { fill: none; stroke-width: 1.5 }
  .dashed { stroke-dasharray: 5 4 }
  .c0 { stroke: #1f6fb2; fill: #1f6fb2 }
  .c1 { stroke: #12806a; fill: #12806a }
  .c2 { stroke: #b3431e; fill: #b3431e }
  .c3 { stroke: #86569f; fill: #86569f }
  .c4 { stroke: #777; fill: #777 }
  polyline.line { fill: none }
  @media (prefers-color-scheme: dark) {
    text { fill: #ddd }
    .grid { stroke: #444 }
    .c0 { stroke: #6db7f2; fill: #6db7f2 }
    .c1 { stroke: #4fc3a9; fill: #4fc3a9 }
    .c2 { stroke: #f0875f; fill: #f0875f }
    .c3 { stroke: #c79be0; fill: #c79be0 }
    .c4 { stroke: #aaa; fill: #aaa }
  }
"""
_COLOURS = ("feedsvc, SQLite", "feedsvc, PostgreSQL", "Hugo", "Pelican", "find")
# What is drawn, and what is dashed: work that is not the making of everything.
_WORKS = {
    "first ingestion": False,
    "build": False,
    "unchanged sweep": True,
    "one new file": True,
}


@dataclass(frozen=True, kw_only=True)
class _Line:
    label: str
    colour: int
    dashed: bool
    points: tuple[tuple[int, float], ...]


def draw(figures: Sequence[Figure], told: str) -> str:
    """The picture as SVG. told: under which conditions, one line."""
    lines = _lines(figures)
    documents = [at for line in lines for at, _ in line.points]
    seconds = [took for line in lines for _, took in line.points]
    across = _Scale(min(documents), max(documents), _LEFT, _LEFT + _WIDTH)
    up = _Scale(min(seconds), max(seconds), _TOP + _HEIGHT, _TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 {_TOP + _HEIGHT + 60}"'
        ' role="img">',
        "<title>Seconds by number of documents</title>",
        f"<style>{_STYLE}</style>",
        f'<text class="head" x="{_LEFT}" y="20">Seconds by number of documents</text>',
        f'<text x="{_LEFT}" y="38">{escape(told)}</text>',
    ]
    for power in across.powers():
        x = across.at(10**power)
        parts.append(f'<line class="grid" x1="{x}" x2="{x}" y1="{_TOP}" y2="{_TOP + _HEIGHT}"/>')
        parts.append(
            f'<text x="{x}" y="{_TOP + _HEIGHT + 18}" text-anchor="middle">{10**power:,}</text>'
        )
    for power in up.powers():
        y = up.at(10**power)
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{_LEFT + _WIDTH}" y1="{y}" y2="{y}"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{10**power:g}</text>')
    for line, label_y in zip(lines, _label_places(lines, up), strict=True):
        parts += _drawn(line, across, up, label_y)
    parts.append(
        f'<text x="{_LEFT}" y="{_TOP + _HEIGHT + 45}">whole lines make everything, dashed ones'
        " find that nothing changed, or publish one new file</text>"
    )
    return "\n".join([*parts, "</svg>"]) + "\n"


class _Scale:
    """A logarithmic scale, widened to whole powers of ten. start, end: in units of the picture."""

    def __init__(self, least: float, most: float, start: float, end: float) -> None:
        self._low = math.floor(math.log10(least) + 1e-9)
        self._high = max(self._low + 1, math.ceil(math.log10(most) - 1e-9))
        self._start, self._end = start, end

    def at(self, value: float) -> float:
        share = (math.log10(value) - self._low) / (self._high - self._low)
        return round(self._start + share * (self._end - self._start), 1)

    def powers(self) -> range:
        return range(self._low, self._high + 1)


def _lines(figures: Sequence[Figure]) -> list[_Line]:
    points: dict[tuple[str, str], list[tuple[int, float]]] = {}
    for figure in figures:
        if figure.work in _WORKS and figure.wall_s:
            points.setdefault((figure.tool, figure.work), []).append(
                (figure.documents, figure.wall_s)
            )
    return [
        _Line(
            label=f"{tool}: {work}",
            colour=next(n for n, name in enumerate(_COLOURS) if tool.startswith(name)),
            dashed=_WORKS[work],
            points=tuple(sorted(found)),
        )
        for (tool, work), found in points.items()
    ]


def _label_places(lines: Sequence[_Line], up: _Scale) -> list[float]:
    """Where each label stands: beside the end of its line, none upon another or above the grid."""
    places = [0.0] * len(lines)
    upwards = sorted(range(len(lines)), key=lambda n: lines[n].points[-1][1])
    lowest = math.inf
    for at in upwards:
        lowest = places[at] = min(up.at(lines[at].points[-1][1]), lowest - _LABEL_HEIGHT)
    highest = float(_TOP - _LABEL_HEIGHT)
    for at in reversed(upwards):
        highest = places[at] = max(places[at], highest + _LABEL_HEIGHT)
    return places


def _drawn(line: _Line, across: _Scale, up: _Scale, label_y: float) -> Iterator[str]:
    points = [(across.at(documents), up.at(took)) for documents, took in line.points]
    dashed = " dashed" if line.dashed else ""
    listed = " ".join(f"{x},{y}" for x, y in points)
    yield f'<polyline class="line c{line.colour}{dashed}" points="{listed}"/>'
    for (x, y), (documents, took) in zip(points, line.points, strict=True):
        yield f'<circle class="c{line.colour}" cx="{x}" cy="{y}" r="3">'
        yield f"<title>{line.label}, {documents:,} documents: {took:.2f} s</title></circle>"
    (x, y), right = points[-1], _LEFT + _WIDTH + 12
    yield (
        f'<line class="line c{line.colour}" x1="{x}" y1="{y}" x2="{right}" y2="{label_y:.1f}"'
        ' stroke-opacity=".4"/>'
    )
    yield f'<text x="{right + 4}" y="{label_y + 4:.1f}">{escape(line.label)}</text>'
