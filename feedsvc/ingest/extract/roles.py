"""The role of each line of a dump, decided for all lines together.

A page is read as a path through its parts: what stands above the article, the title, its head,
its body, what follows. Each line adds to a role what its features weigh, each step costs what
`weights.py` says; Viterbi's algorithm finds the best path.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from feedsvc.ingest.extract.lines import Line
from feedsvc.ingest.extract.weights import (
    BIASES,
    FIRST_PARTS,
    LAST_PARTS,
    PASSAGES,
    STEPS,
    WEIGHTS,
    Part,
    Role,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Labelled", "Part", "Role", "label_lines"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Labelled:
    """A line, the role it was given, and the part it stands in."""

    line: Line
    role: Role
    part: Part

    @property
    def why(self) -> str:
        """The features that spoke most for this role, for people."""
        told = sorted(
            ((WEIGHTS[f].get(self.role, 0), f) for f in self.line.features if f in WEIGHTS),
            reverse=True,
        )
        return ", ".join(feature for weight, feature in told[:4] if weight > 0)


# The part a line stands in and its role there, the two together: what a path goes through.
_STATES: tuple[tuple[Part, Role], ...] = tuple(BIASES)
_IMPOSSIBLE = -1_000_000_000


def label_lines(lines: list[Line]) -> list[Labelled]:
    """Give each line its role: the best path through the parts of a page."""
    if not lines:
        return []
    path = _best_path([line.features for line in lines])
    return [
        Labelled(line=line, role=_STATES[state][1], part=_STATES[state][0])
        for line, state in zip(lines, path, strict=True)
    ]


def _best_path(features: list[list[str]]) -> list[int]:
    """Viterbi: the states, one a line, whose scores and steps add up to most.

    Whole numbers throughout: the same lines give the same path on every machine.
    """
    model = _model()
    scores = model.scores(features)
    best = [model.first + scores[0]]
    for here in scores[1:]:
        # Sums of all pairs of states at once: a loop over them takes five times as long.
        best.append((best[-1] + model.steps).max(axis=1) + here)
    state = int((best[-1] + model.last).argmax())
    path = [state]
    for before in best[-2::-1]:
        state = int((before + model.steps[state]).argmax())
        path.append(state)
    return path[::-1]


class _Model:
    """`weights.py` as arrays: a column a state; in `steps`, a row the state that is stepped to."""

    def __init__(self) -> None:
        import numpy as np  # slow to import, and most processes never extract

        self._sums = np.add.reduceat
        self._rows = {feature: row for row, feature in enumerate(WEIGHTS, 1)}
        self._weights = np.array(
            [[BIASES[state] for state in _STATES]]
            + [[by_role.get(role, 0) for _, role in _STATES] for by_role in WEIGHTS.values()],
            dtype=np.int64,
        )
        self.steps = np.array(
            [[_step(before, after) for before in _STATES] for after in _STATES], dtype=np.int64
        )
        self.first = np.array([FIRST_PARTS.get(part, _IMPOSSIBLE) for part, _ in _STATES])
        self.last = np.array([0 if part in LAST_PARTS else _IMPOSSIBLE for part, _ in _STATES])

    def scores(self, features: list[list[str]]) -> NDArray[np.int64]:
        """A row a line: for each state the sum of what it starts from and what features weigh."""
        rows: list[int] = []
        starts: list[int] = []
        for names in features:
            starts.append(len(rows))
            rows.append(0)
            rows += [self._rows[name] for name in names if name in self._rows]
        summed: NDArray[np.int64] = self._sums(self._weights[rows], starts, axis=0)
        return summed


@lru_cache(maxsize=1)
def _model() -> _Model:
    return _Model()


def _step(before: tuple[Part, Role], after: tuple[Part, Role]) -> int:
    passage = PASSAGES.get((before[0], after[0]), _IMPOSSIBLE)
    return passage + STEPS.get((before[1], after[1]), 0)
