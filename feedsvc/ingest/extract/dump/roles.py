"""The role of each line of a dump, decided for all lines together.

A page is read as a path through its parts: what stands above the article, the title, its head,
its body, what follows. A linear-chain conditional random field gives every path a weight: what the
features of each line, of the one above it and of the one below it say for its role, and what each
step costs. Viterbi's algorithm finds the best path; how much of the weight of all paths goes
through its lines tells how sure it is. The weights were learned (tests/accuracy/learn.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from feedsvc.ingest.extract.dump.lines import Line
from feedsvc.ingest.extract.dump.parts import (
    FIRST_PARTS,
    LAST_PARTS,
    STATES,
    TEXT_ROLES,
    Part,
    Role,
    State,
    may_follow,
    name_of,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WEIGHTS = Path(__file__).with_name("weights.tsv")
# From where a line is seen that has a feature: itself, the line below it, the line above it.
SEEN_FROM = ("line", "above", "below")
# Weights are whole hundredths of a logarithm: the same lines give the same path on every machine.
SCALE = 100
_IMPOSSIBLE = -1_000_000_000
# What lines say is not independent: counted in full it makes every path look certain.
_CAUTIOUS = 4 * SCALE
# What is added to every line of the densest stretch where no text was found at all.
_INSISTENCE = 60 * SCALE
# What floats can hold: the least hundredths that are told from nothing, and after how many lines
# the weights of paths are brought back to a common size.
_LEAST = -20_000
_LINES_TO_RESCALE = 3
_TINY = 1e-290


@dataclass(frozen=True, kw_only=True, slots=True)
class Labelled:
    """A line, the role it was given, and the part it stands in.

    sure: the share of all paths, by weight, that give it this state. text: those that give it a
    role of the article's text.
    """

    line: Line
    role: Role
    part: Part
    sure: float
    text: float
    model: RoleModel

    @property
    def why(self) -> str:
        """The features that spoke most for this role, for people."""
        return ", ".join(self.model.speak_for((self.part, self.role), self.line.features))


def label_lines(lines: list[Line]) -> list[Labelled]:
    """Give each line, with its features told, its role: the best path through the parts."""
    return role_model().label(lines)


class RoleModel:
    """`weights.tsv` as arrays: a column a state; in `steps`, a row the state that is stepped to."""

    def __init__(self, table: str) -> None:
        import numpy as np  # slow to import, and most processes never extract

        self._np = np
        states = [name_of(state) for state in STATES]
        none = [0] * len(STATES)
        rows: dict[tuple[str, str], list[int]] = {}
        head, *lines = (line.split("\t") for line in table.splitlines() if line[:1] != "#")
        if head[2:] != states:
            raise ValueError("weights.tsv is of other states than parts.py: learn it anew")
        for kind, name, *cells in lines:
            rows[kind, name] = [int(cell or 0) for cell in cells] + none[len(cells) :]
        features = list(dict.fromkeys(name for kind, name in rows if kind in SEEN_FROM))
        self._row_of = {feature: row for row, feature in enumerate(features, 1)}
        # An empty row, then one a feature: the states, for each place that a line is seen from.
        self._weights = np.array(
            [
                none * len(SEEN_FROM),
                *([w for seen in SEEN_FROM for w in rows.get((seen, f), none)] for f in features),
            ],
            dtype=np.int32,
        )
        # Floats hold whole numbers as exactly, and are compared several times as fast.
        self._start = np.array(rows["start", ""], dtype=float)
        self.first = np.array(
            [
                weight if part in FIRST_PARTS else _IMPOSSIBLE
                for weight, (part, _) in zip(rows["first", ""], STATES, strict=True)
            ],
            dtype=float,
        )
        self.last = np.array([0 if part in LAST_PARTS else _IMPOSSIBLE for part, _ in STATES])
        self.steps = np.array(
            [
                [
                    rows["step", states[b]][a] if may_follow(before, after) else _IMPOSSIBLE
                    for b, before in enumerate(STATES)
                ]
                for a, after in enumerate(STATES)
            ],
            dtype=float,
        )
        self._steps_on = np.ascontiguousarray(self.steps.T)
        self._is_text = np.array([role in TEXT_ROLES for _, role in STATES])
        self._factors = np.exp(self.steps.clip(min=_LEAST) / _CAUTIOUS)
        self._factors[self.steps == _IMPOSSIBLE] = 0.0
        self._factors_back = np.ascontiguousarray(self._factors.T)

    def label(self, lines: list[Line]) -> list[Labelled]:
        if not lines:
            return []
        scores = self.scores([line.features for line in lines])
        path = self.best_path(scores)
        if not self._is_text[path].any():
            # A page with hardly any prose: its densest stretch is its text, rather than nothing.
            dense = self._np.array(["within the text" in line.features for line in lines])
            scores += _INSISTENCE * self._np.outer(dense, self._is_text)
            path = self.best_path(scores)
        shares = self.shares(scores)
        sure = shares[range(len(path)), path].tolist()
        text = shares[:, self._is_text].sum(axis=1).tolist()
        return [
            Labelled(
                line=line,
                role=STATES[state][1],
                part=STATES[state][0],
                sure=sure[at],
                text=text[at],
                model=self,
            )
            for at, (line, state) in enumerate(zip(lines, path, strict=True))
        ]

    def speak_for(self, state: State, features: list[str], most: int = 4) -> list[str]:
        """The features that weigh most for a state, of those that weigh anything."""
        column = STATES.index(state)
        weights = {
            name: int(self._weights[self._row_of[name], column])
            for name in features
            if name in self._row_of
        }
        told = sorted(weights, key=lambda name: (-weights[name], name))
        return [name for name in told[:most] if weights[name] > 0]

    def scores(self, features: list[list[str]]) -> NDArray[np.float64]:
        """A row a line: for each state what the line and its neighbours say for it."""
        row_of = self._row_of.get
        rows: list[int] = []
        starts: list[int] = []
        for names in features:
            starts.append(len(rows))
            rows.append(0)
            rows += [row_of(name, 0) for name in names]
        weights = self._weights.take(rows, axis=0)
        own, above, below = self._np.hsplit(
            self._np.add.reduceat(weights, starts, axis=0), len(SEEN_FROM)
        )
        summed: NDArray[np.float64] = own + self._start
        summed[1:] += above[:-1]
        summed[:-1] += below[1:]
        return summed

    def best_path(self, scores: NDArray[np.float64]) -> list[int]:
        """Viterbi: the states, one a line, whose scores and steps add up to most."""
        add, highest = self._np.add, self._np.maximum.reduce
        best = scores.copy()
        best[0] += self.first
        pairs = self._np.empty_like(self.steps)
        for before, here in zip(best[:, :, None], best[1:], strict=False):
            # Sums of all pairs of states at once: a loop over them takes five times as long.
            add(self._steps_on, before, out=pairs)
            here += highest(pairs, axis=0)
        state = int((best[-1] + self.last).argmax())
        path = [state]
        steps_to = list(self.steps)
        for before in best[-2::-1]:
            state = int((before + steps_to[state]).argmax())
            path.append(state)
        return path[::-1]

    def shares(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """A row a line: the share of all paths, by weight, through each state."""
        exp, maximum = self._np.exp, self._np.maximum
        factors = exp(maximum(scores - scores.max(axis=1, keepdims=True), _LEAST) / _CAUTIOUS)
        first = exp(maximum(self.first, _LEAST) / _CAUTIOUS) * (self.first != _IMPOSSIBLE)
        last = (self.last == 0).astype(float)
        to = self._arriving(self._factors, factors, first)
        since = self._arriving(self._factors_back, factors[::-1], last)[::-1]
        shares: NDArray[np.float64] = to * factors * since
        shares /= maximum(shares.sum(axis=1, keepdims=True), _TINY)
        return shares

    def _arriving(
        self,
        steps: NDArray[np.float64],
        factors: NDArray[np.float64],
        first: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """A row a line: the weight of all paths up to each state, without what the line says."""
        dot, add = self._np.dot, self._np.add.reduce
        arriving = self._np.empty_like(factors)
        arriving[0] = first
        for at, (before, factor, here) in enumerate(
            zip(arriving, factors, arriving[1:], strict=False), 1
        ):
            dot(steps, before * factor, out=here)
            if at % _LINES_TO_RESCALE == 0:
                here /= add(here)
        return arriving


@lru_cache(maxsize=1)
def role_model() -> RoleModel:
    return RoleModel(_WEIGHTS.read_text(encoding="utf-8"))
