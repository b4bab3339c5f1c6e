"""Polls a second as bars: a group a kind of poll, each with a scale of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from tests.benchmarks.polled import FEEDSVC
from tests.benchmarks.polling import WORKS, PollFigure

_LEFT, _WIDTH, _TOP = 150, 480, 50
_BAR, _STEP, _HEAD = 16, 22, 34
_STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #333 }
  .head { font-weight: 600; font-size: 14px }
  .ours { fill: #1f6fb2 }
  .others { fill: #999 }
  .spread { stroke: #333; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #ddd }
    .ours { fill: #6db7f2 }
    .others { fill: #777 }
    .spread { stroke: #ddd }
  }
"""


def draw_bars(figures: Sequence[PollFigure], told: str) -> str:
    """The picture as SVG. figures: one a server and kind; told: under which conditions."""
    parts = [
        f"<style>{_STYLE}</style>",
        '<text class="head" x="10" y="20">Polls a second, one core each</text>',
        f'<text x="10" y="38">{escape(told)}</text>',
    ]
    y = _TOP
    for work in WORKS:
        group = [figure for figure in figures if figure.work == work]
        parts.append(f'<text class="head" x="10" y="{y + 20}">{work}</text>')
        parts += _drawn(group, y + _HEAD)
        y += _HEAD + _STEP * len(group)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 {y + 20}" role="img">'
        "<title>Polls a second</title>"
    )
    return "\n".join([head, *parts, "</svg>"]) + "\n"


def _drawn(group: Sequence[PollFigure], top: int) -> Iterator[str]:
    scale = _WIDTH / max(figure.most_per_s for figure in group)
    for nth, figure in enumerate(group):
        y = top + nth * _STEP
        kind = "ours" if figure.server.startswith(FEEDSVC) else "others"
        middle = y + _BAR / 2
        yield f'<text x="{_LEFT - 8}" y="{y + 12}" text-anchor="end">{escape(figure.server)}</text>'
        yield (
            f'<rect class="{kind}" x="{_LEFT}" y="{y}" height="{_BAR}"'
            f' width="{figure.per_s * scale:.1f}"/>'
        )
        least, most = (_LEFT + at * scale for at in (figure.least_per_s, figure.most_per_s))
        yield (
            f'<line class="spread" x1="{least:.1f}" x2="{most:.1f}" y1="{middle}" y2="{middle}"/>'
        )
        yield f'<text x="{most + 6:.1f}" y="{y + 12}">{figure.per_s:,.0f}</text>'
