"""The role of each line of a dump, decided for all lines together.

A page is read as a path through its parts: what stands above the article, the title, its head,
its body, what follows. Each line adds to a role what its features weigh, each step costs what
`weights.py` says; Viterbi's algorithm finds the best path.
"""

from __future__ import annotations

from dataclasses import dataclass

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

__all__ = ["Labelled", "Part", "Role", "label_lines"]


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """A line, the role it was given, the part it stands in, and the features that spoke for it."""

    line: Line
    role: Role
    part: Part
    why: str


# The part a line stands in and its role there, the two together: what a path goes through.
_STATES: tuple[tuple[Part, Role], ...] = tuple(BIASES)


def label_lines(lines: list[Line]) -> list[Labelled]:
    """Give each line its role: the best path through the parts of a page."""
    if not lines:
        return []
    path = _best_path([_scores(line) for line in lines])
    return [
        Labelled(line=line, role=_STATES[state][1], part=_STATES[state][0], why=_why(line, state))
        for line, state in zip(lines, path, strict=True)
    ]


def _by_state(by_role: dict[Role, float]) -> tuple[float, ...]:
    return tuple(by_role.get(role, 0.0) for _, role in _STATES)


_VECTORS = {feature: _by_state(by_role) for feature, by_role in WEIGHTS.items()}
_BIASES = tuple(BIASES[state] for state in _STATES)


def _scores(line: Line) -> list[float]:
    vectors = [_VECTORS[feature] for feature in line.features if feature in _VECTORS]
    return [sum(column) for column in zip(_BIASES, *vectors, strict=True)]


def _why(line: Line, state: int) -> str:
    """The features that spoke most for this role, for people."""
    told = sorted(((_VECTORS[f][state], f) for f in line.features if f in _VECTORS), reverse=True)
    return ", ".join(feature for weight, feature in told[:4] if weight > 0)


def _step(before: int, after: int) -> float | None:
    part, role = _STATES[before]
    next_part, next_role = _STATES[after]
    passage = PASSAGES.get((part, next_part))
    if passage is None:
        return None
    return passage + STEPS.get((role, next_role), 0.0)


# For each state, the states it can follow, each with what the step costs.
_FOLLOWS: tuple[tuple[tuple[int, float], ...], ...] = tuple(
    tuple(
        (before, step)
        for before in range(len(_STATES))
        if (step := _step(before, after)) is not None
    )
    for after in range(len(_STATES))
)
_IMPOSSIBLE = -1e9


def _best_path(scores: list[list[float]]) -> list[int]:
    """Viterbi: the states, one a line, whose scores and steps add up to most."""
    best = [
        FIRST_PARTS.get(part, _IMPOSSIBLE) + score
        for (part, _), score in zip(_STATES, scores[0], strict=True)
    ]
    came_from: list[list[int]] = []
    for line_scores in scores[1:]:
        reached: list[float] = []
        origins: list[int] = []
        for state, follows in enumerate(_FOLLOWS):
            top, origin = _IMPOSSIBLE * 2, 0
            for before, step in follows:
                total = best[before] + step
                if total > top:
                    top, origin = total, before
            reached.append(top + line_scores[state])
            origins.append(origin)
        best = reached
        came_from.append(origins)
    finals = [
        score if _STATES[state][0] in LAST_PARTS else score + _IMPOSSIBLE
        for state, score in enumerate(best)
    ]
    state = max(range(len(finals)), key=finals.__getitem__)
    path = [state]
    for origins in reversed(came_from):
        state = origins[state]
        path.append(state)
    return path[::-1]
