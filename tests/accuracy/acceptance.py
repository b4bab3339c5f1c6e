"""The figures that were accepted last: what falls below them is a loss, and fails the run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from tests.accuracy.tables import Figure

ACCEPTED = Path(__file__).with_name("accepted.json")
# In points of a percent. Extraction gives the same on every machine; this much is one document of
# two hundred, which a gain elsewhere may cost.
TOLERANCE = 0.5

# A set of documents (a style, or what else is measured) to metric to figure.
Figures = Mapping[str, Mapping[str, Figure]]


def losses(figures: Figures) -> list[str]:
    """What is worse than accepted, a sentence each.

    Of how many documents may differ: which dumps have a masthead date is told by our own reading
    of dates.
    """
    accepted = json.loads(ACCEPTED.read_text(encoding="utf-8"))["figures"]
    told = []
    for name, metrics in figures.items():
        for metric, found in metrics.items():
            before = accepted.get(name, {}).get(metric)
            if before is None:
                told.append(f"{name} {metric}: never accepted")
            elif (lost := before["percent"] - _percent(found)) > TOLERANCE:
                accepted_as = f"{before['percent']} % of {before['n']}"
                told.append(
                    f"{name} {metric}: {_percent(found)} % of {found.n}, "
                    f"which is {lost:.2f} points below the accepted {accepted_as}"
                )
    return told


def accept(figures: Figures) -> None:
    """Make these the accepted figures; what was not measured stays as it was."""
    kept = {}
    if ACCEPTED.exists():
        kept = json.loads(ACCEPTED.read_text(encoding="utf-8"))["figures"]
    for name, metrics in figures.items():
        kept[name] = {
            metric: {"percent": _percent(found), "n": found.n} for metric, found in metrics.items()
        }
    values = {"accepted_on": f"{datetime.now(tz=UTC):%Y-%m-%d}", "figures": kept}
    ACCEPTED.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")


def _percent(found: Figure) -> float:
    return round(100 * found.mean, 2)
