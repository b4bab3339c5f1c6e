"""How often a field is right that is so sure, learned from publishers not learned on otherwise."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from pathlib import Path

_TABLE = Path(__file__).with_name("reliability.tsv")


class Reliability:
    """Confidence that keeps its word: of what is given 0.9, nine in ten are right.

    table: lines of field, how sure, how often right then; rising, tabs between them. Without a
    line a field is as sure as it says.
    """

    def __init__(self, table: str) -> None:
        self._points: dict[str, list[tuple[float, float]]] = {}
        for line in table.splitlines():
            if not line.startswith("#"):
                field, sure, right = line.split("\t")
                self._points.setdefault(field, []).append((float(sure), float(right)))

    def confidence(self, field: str, sure: float) -> float:
        """From 0 to 1, in hundredths: on the line between the two nearest points."""
        points = self._points.get(field)
        if not points:
            return round(sure, 2)
        at = bisect_right(points, sure, key=lambda point: point[0])
        (low, right_low), (high, right_high) = (
            points[max(0, at - 1)],
            points[min(at, len(points) - 1)],
        )
        share = (sure - low) / (high - low) if high > low else 0.0
        return round(right_low + min(1.0, max(0.0, share)) * (right_high - right_low), 2)


@lru_cache(maxsize=1)
def learned() -> Reliability:
    return Reliability(_TABLE.read_text(encoding="utf-8"))
