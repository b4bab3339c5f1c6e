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
from itertools import repeat
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
# Of a longer dump the features are weighed piece by piece: a line takes about 7 kB then.
_LINES_AT_ONCE = 500
# Three in four lines of whole pages have the same features as another: about 3 MB at most.
_MAX_KNOWN = 4_000


@dataclass(kw_only=True, slots=True)
class Labelled:
    """A line, the role it was given, and the part it stands in; not frozen, to be made faster.

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
            # Floats hold whole numbers as exactly, and are summed several times as fast.
            dtype=np.float32,
        )
        # What is told by features that lines had before: of a site's pages, of most lines.
        self._known: dict[tuple[str, ...], NDArray[np.float32]] = {}
        # What speaks for each state, the heaviest least.
        self._against = {
            state: {feature: -w for feature, w in zip(features, weights, strict=True) if w > 0}
            for state, weights in zip(
                STATES, self._weights[1:, : len(STATES)].T.tolist(), strict=True
            )
        }
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
        self._steps_on, self._steps_to = np.ascontiguousarray(self.steps.T), list(self.steps)
        self._is_text = np.array([role in TEXT_ROLES for _, role in STATES], dtype=float)
        # The same as factors, for going down the page and up it at once.
        on, nothing = self._as_factors(self.steps), np.zeros_like(self.steps)
        self._factors = np.block([[on, nothing], [nothing, on.T]])
        self._ends = np.concatenate([self._as_factors(self.first), self._as_factors(self.last)])

    def label(self, lines: list[Line]) -> list[Labelled]:
        if not lines:
            return []
        scores = self.scores([line.features for line in lines])
        path = self.best_path(scores)
        if not any(STATES[state][1] in TEXT_ROLES for state in path):
            # A page with hardly any prose: its densest stretch is its text, rather than nothing.
            dense = self._np.array(["within the text" in line.features for line in lines])
            scores += _INSISTENCE * self._np.outer(dense, self._is_text)
            path = self.best_path(scores)
        shares = self.shares(scores)
        sure = [share[state] for share, state in zip(shares.tolist(), path, strict=True)]
        text = shares.dot(self._is_text).tolist()
        return [
            Labelled(line=line, role=role, part=part, sure=sure_of_it, text=of_text, model=self)
            for line, (part, role), sure_of_it, of_text in zip(
                lines, map(STATES.__getitem__, path), sure, text, strict=True
            )
        ]

    def speak_for(self, state: State, features: list[str], most: int = 4) -> list[str]:
        """The features that weigh most for a state, of those that weigh anything."""
        against = self._against[state]
        heaviest = sorted([(against[name], name) for name in features if name in against])
        return [name for _, name in heaviest[:most]]

    def scores(self, features: list[list[str]]) -> NDArray[np.float64]:
        """A row a line: for each state what the line and its neighbours say for it."""
        told = self._np.concatenate(
            [
                self._told(features[at : at + _LINES_AT_ONCE])
                for at in range(0, len(features), _LINES_AT_ONCE)
            ]
        )
        own, above, below = told[:, 0], told[:, 1], told[:, 2]
        summed: NDArray[np.float64] = own + self._start
        summed[1:] += above[:-1]
        summed[:-1] += below[1:]
        return summed

    def _told(self, features: list[list[str]]) -> NDArray[np.float32]:
        """For each line, as seen from each place, and each state: the weights of its features."""
        keys = list(map(tuple, features))
        if len(self._known) > _MAX_KNOWN:
            self._known = {}
        known = self._known
        unknown = [key for key in dict.fromkeys(keys) if key not in known]
        if unknown:
            known.update(zip(unknown, self._summed(unknown), strict=True))
        told: NDArray[np.float32] = self._np.concatenate([known[key] for key in keys])
        return told.reshape(len(keys), len(SEEN_FROM), len(STATES))

    def _summed(self, features: list[tuple[str, ...]]) -> NDArray[np.float32]:
        row_of = self._row_of.get
        most = max(1, *map(len, features))
        rows: list[int] = []
        for names in features:
            rows += map(row_of, names, repeat(0))
            rows += [0] * (most - len(names))
        weights = self._weights.take(rows, axis=0)
        summed: NDArray[np.float32] = self._np.add.reduce(
            weights.reshape(len(features), most, len(SEEN_FROM), len(STATES)), axis=1
        )
        return summed

    def best_path(self, scores: NDArray[np.float64]) -> list[int]:
        """Viterbi: the states, one a line, whose scores and steps add up to most."""
        add, highest = self._np.add, self._np.maximum.reduce
        best = scores.copy()
        best[0] += self.first
        pairs, steps = self._np.empty_like(self.steps), self._steps_on
        for before, here in zip(best[:, :, None], best[1:], strict=False):
            # Sums of all pairs of states at once: a loop over them takes five times as long.
            add(steps, before, pairs)
            add(here, highest(pairs), here)
        state = int((best[-1] + self.last).argmax())
        path = [state]
        for before in best[-2::-1]:
            state = int((before + self._steps_to[state]).argmax())
            path.append(state)
        return path[::-1]

    def shares(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """A row a line: the share of all paths, by weight, through each state."""
        add, highest = self._np.add.reduce, self._np.maximum.reduce
        factors = self._as_factors(scores - highest(scores, axis=1, keepdims=True))
        to, since = self._arriving(factors)
        shares: NDArray[np.float64] = to * factors * since
        shares /= self._np.maximum(add(shares, axis=1, keepdims=True), _TINY)
        return shares

    def _as_factors(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """What paths are multiplied by: 0 where nothing may go."""
        factors: NDArray[np.float64] = self._np.exp(
            self._np.maximum(weights, _LEAST) * (1 / _CAUTIOUS)
        )
        factors[weights <= _IMPOSSIBLE] = 0.0
        return factors

    def _arriving(
        self, factors: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The weight of all paths down to each state of each line, and of those up to it.

        Without what the line itself says. Rows of both are worked out side by side, the one from
        the first line on, the other from the last: one call of numpy costs more than what it does.
        """
        add, multiply, step = self._np.add.reduce, self._np.multiply, self._factors.dot
        both_ways = self._np.hstack([factors, factors[::-1]])
        arriving = self._np.empty_like(both_ways)
        arriving[0] = self._ends
        weighed = self._np.empty_like(self._ends)
        for at, (before, factor, here) in enumerate(
            zip(arriving, both_ways, arriving[1:], strict=False), 1
        ):
            step(multiply(before, factor, weighed), here)
            if at % _LINES_TO_RESCALE == 0:
                halves = here.reshape(2, len(STATES))
                halves /= add(halves, axis=1, keepdims=True)
        return arriving[:, : len(STATES)], arriving[::-1, len(STATES) :]


@lru_cache(maxsize=1)
def role_model() -> RoleModel:
    return RoleModel(_WEIGHTS.read_text(encoding="utf-8"))
