"""The role of each line of a dump, decided for all lines together.

A page is read as a path through its parts: what stands above the article, the title, its head,
its body, what follows. Each step of the path costs what `_STEPS` says; each line adds to a role
what its features weigh in `_WEIGHTS`; the best path is found by Viterbi's algorithm. Change a
weight, and measure: there are no other rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from feedsvc.ingest.extract.lines import Line


class Role(StrEnum):
    CHROME = "chrome"
    MASTHEAD_DATE = "masthead date"
    KICKER = "kicker"
    TITLE = "title"
    STANDFIRST = "standfirst"
    BYLINE = "byline"
    PUBLISHED = "published date"
    UPDATED = "updated date"
    CAPTION = "caption"
    BODY = "body"
    SUBHEADING = "subheading"
    LIST = "list"
    QUOTATION = "quotation"
    RELATED = "related"
    TAIL = "tail"


class Part(StrEnum):
    """Where in the page a line stands; a path only ever goes on to a later part."""

    ABOVE = "above"
    TITLE = "title"
    HEAD = "head"
    BODY = "body"
    BELOW = "below"


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """A line, the role it was given, the part it stands in, and the features that spoke for it.

    margin: by how much the path through this role beats what the line would be by itself.
    """

    line: Line
    role: Role
    part: Part
    why: str


_STATES: tuple[tuple[Part, Role], ...] = (
    (Part.ABOVE, Role.CHROME),
    (Part.ABOVE, Role.MASTHEAD_DATE),
    (Part.ABOVE, Role.KICKER),
    (Part.ABOVE, Role.BYLINE),
    (Part.ABOVE, Role.PUBLISHED),
    (Part.TITLE, Role.TITLE),
    (Part.HEAD, Role.STANDFIRST),
    (Part.HEAD, Role.BYLINE),
    (Part.HEAD, Role.PUBLISHED),
    (Part.HEAD, Role.UPDATED),
    (Part.HEAD, Role.CAPTION),
    (Part.HEAD, Role.CHROME),
    (Part.BODY, Role.BODY),
    (Part.BODY, Role.SUBHEADING),
    (Part.BODY, Role.LIST),
    (Part.BODY, Role.QUOTATION),
    (Part.BODY, Role.CAPTION),
    (Part.BODY, Role.RELATED),
    (Part.BODY, Role.CHROME),
    (Part.BELOW, Role.BYLINE),
    (Part.BELOW, Role.PUBLISHED),
    (Part.BELOW, Role.TAIL),
)

C, M, K, T, S, B, P, U, I, X, H, L, Q, R, E = Role  # noqa: E741, N816

# What a feature adds to a role. A role that is not named gets nothing.
_WEIGHTS: dict[str, dict[Role, float]] = {
    # width
    "tiny": {L: -1.0, C: 0.6, E: 0.6, R: 0.1, T: -4.0, S: -4.0, X: -2.5, H: -1.5, Q: -3.0, I: -2.0, K: -0.3},
    "very short": {L: -0.6, C: 0.5, E: 0.5, R: 0.2, T: -1.8, S: -3.0, X: -2.0, H: 0.0, Q: -2.0, I: -1.2},
    "short": {C: 0.2, E: 0.2, R: 0.3, T: 0.3, S: -1.2, X: -1.5, H: 0.4, Q: -1.0, I: -0.3, K: -0.8},
    "middling": {C: -0.2, E: 0.0, R: 0.4, T: 1.3, S: 0.2, X: -0.8, H: 0.4, B: -0.4, K: -2.0},
    "wide": {C: -0.9, E: -0.3, R: 0.0, T: 1.2, S: 0.8, X: 0.3, H: -1.2, B: -1.2, K: -4.0, M: -3.0, P: -1.0},
    "very wide": {C: -1.6, E: -0.9, R: -0.9, T: -0.6, S: 1.0, X: 1.2, H: -4.0, B: -2.5, K: -6.0, M: -6.0, P: -3.0, U: -3.0},
    "a paragraph": {C: -2.6, E: -1.6, R: -2.2, T: -5.0, S: -0.2, X: 2.0, H: -6.0, B: -5.0, K: -8.0, M: -9.0, P: -6.0, U: -6.0, I: -1.5},
    # how it is written
    "ends like a sentence": {C: -1.0, E: -0.5, R: -0.8, T: -1.2, S: 0.6, X: 1.2, H: -1.4, K: -1.5, Q: 0.8, L: 0.3, B: -0.5},
    "ends with a quotation": {T: 0.0, X: 0.4, Q: 1.0, C: -0.6, K: -0.8, B: -0.5},
    "ends with a colon": {C: 0.0, T: -1.5, S: -0.8, X: 0.2, H: 0.0},
    "ends with an ellipsis": {C: 0.3, E: 0.5, R: 0.8, T: -0.3, S: 0.0, X: -0.3},
    "asks": {T: 1.2, H: 1.5, R: 0.5, K: 0.5, X: -0.4},
    "holds several sentences": {C: -1.2, E: -0.5, R: -0.8, T: -0.6, S: 0.4, X: 1.0, H: -2.0, K: -2.0, I: 0.0},
    "begins with a quotation": {X: 0.3, Q: 1.0, C: -0.4},
    "begins with a place": {X: 0.8, T: -0.4, S: -0.5, C: -0.3},
    "reads like prose": {C: -0.5, E: -0.2, T: 0.3, S: 0.6, X: 0.6, H: 0.1, K: -0.6, B: -1.0},
    "written like names": {C: 0.5, E: 0.4, T: 0.0, S: -0.8, X: -0.6, K: 0.3, B: 0.4},
    "has a comma": {C: -0.4, E: -0.2, X: 0.4, T: 0.0},
    "in capitals": {C: 0.3, K: 0.8, T: -0.3, X: -0.6, H: 0.3, S: -1.0},
    "begins small": {T: -0.8, H: -0.6, C: 0.2, K: 0.0, X: -0.1},
    "hardly a letter": {C: 1.5, E: 1.2, R: 0.6, T: -5.0, S: -4.0, X: -2.0, H: -3.0, K: -2.0, Q: -3.0},
    "has separators": {C: 0.6, E: 0.4, T: -0.5, S: -0.8, X: -0.6, H: -0.6, B: 0.3, P: 0.2},
    "has an address": {C: 0.4, E: 0.5, T: -1.5, S: -0.8, X: -0.5, H: -1.5},
    "has a bullet": {L: 2.0, X: -0.8, T: -1.5, H: -1.0, S: -0.3, C: 0.2, E: 0.2},
    "begins with # or @": {C: 1.0, E: 1.0, T: -2.0, H: -1.0, X: -0.8, S: -1.5},
    # what it says
    "is furniture": {C: 2.5, E: 2.0, R: 1.5, T: -5.0, S: -4.0, X: -4.0, H: -2.5, K: 0.4, L: -1.5, Q: -4.0, I: -2.0, B: -2.0},
    "begins like furniture": {C: 1.6, E: 1.2, R: 1.0, T: -2.5, S: -2.0, X: -1.5, H: -1.5, K: -0.5, L: -1.0},
    "begins like the tail": {C: 0.6, E: 2.0, R: 1.8, T: -2.0, S: -1.5, X: -1.8, H: -1.8, K: -0.6, L: -1.0},
    "speaks of a picture": {I: 3.5, X: -1.8, T: -1.8, S: -1.8, H: -1.5, C: 0.5, E: 0.5, R: 0.2, B: -1.0},
    "so long ago": {C: 1.0, E: 1.0, R: 1.0, T: -1.5, S: -1.0, X: -1.0, H: -1.5},
    "claims copyright": {C: 1.0, E: 2.0, X: -3.0, T: -4.0, S: -3.0, H: -3.0, I: 0.3},
    # dates
    "has a date": {P: 0.5, M: 0.3, T: -0.3, H: -0.4},
    "is a date": {P: 2.5, M: 2.2, U: 1.5, C: 0.0, E: 0.8, T: -5.0, S: -4.0, X: -3.0, H: -2.5, K: -2.0, I: -2.0},
    "is mostly a date": {P: 1.4, U: 0.8, B: 0.6, M: 0.3, T: -2.0, S: -2.0, X: -1.5, H: -1.5, K: -0.5},
    "says published": {P: 1.2, M: -2.0, C: -0.5},
    "says updated": {U: 1.2, P: 0.4, M: -0.5},
    "tells when the page was made": {M: 2.0, C: 1.5, P: -3.0, U: -2.0},
    "has no date": {P: -6.0, M: -6.0, U: -6.0},
    # names
    "has no name": {B: -5.0},
    "may begin with a name": {B: 0.2},
    "leads in names": {B: 4.0, T: -3.0, S: -2.5, X: -2.5, H: -3.0, K: -2.0, C: -1.0, E: 0.3, R: 0.3},
    "may lead in names": {B: 2.0, T: -1.0, S: -0.5, X: -0.8, H: -0.8, K: -0.5},
    "is an agency": {B: 3.0, T: -3.0, X: -3.0, S: -3.0, H: -3.0, C: 0.0, E: 0.5},
    "is a name": {B: 1.2, T: -1.2, X: -2.0, S: -2.0, H: -0.3, K: 0.0, C: 0.3, E: 0.4},
    "begins with a name": {B: 0.8, T: -0.3, X: -0.3},
    # where it stands
    "first of all": {C: 0.3},
    "after a gap": {X: 0.1, T: 0.2, H: 0.2},
    "before a gap": {X: 0.1, T: 0.2},
    "within the text": {X: 1.2, H: 0.5, L: 0.6, Q: 0.5, T: -1.5, E: -0.6, S: -0.2},
    "after the text": {E: 0.8, X: -0.8, H: -0.8, L: -0.6},
    "between texts": {X: 0.6, H: 0.9, Q: 0.6, L: 0.4, T: -1.2},
    "just before text": {H: 0.3, S: 0.2, B: 0.3, P: 0.3, T: 0.2},
    "just after text": {E: 0.1},
    "beside a date": {B: 0.8, T: 0.5, S: 0.2, P: -0.2, K: 0.1},
    "beside a name": {P: 0.6, T: 0.6, S: 0.3},
    "shares most words": {T: 1.8, S: 0.6, X: 0.4, H: 0.3, C: -0.6, R: -0.2},
    "shares many words": {T: 1.0, S: 0.4, X: 0.2, H: 0.2, C: -0.2},
    "shares some words": {T: -0.3, C: 0.1},
    "shares no words": {T: -1.5, S: -1.0, C: 0.4, E: 0.3, R: 0.3, H: -0.2},
    "stands elsewhere too": {C: 0.6, E: 0.5, T: 0.4, X: -0.8, H: -0.8, S: -0.3},
    "stands in a longer line": {T: 1.8, K: -0.3, X: -0.4, H: -0.4},
    "holds another line": {T: -1.0, C: 0.4},
    "far from the text": {L: -3.0, H: -1.5, X: -0.8, Q: -1.5, R: -0.3, I: -0.3, S: -1.0},
}

# What a role starts from: rare roles have to be argued for.
_BIAS: dict[tuple[Part, Role], float] = {
    (Part.ABOVE, Role.CHROME): 0.3,
    (Part.ABOVE, Role.MASTHEAD_DATE): 0.0,
    (Part.ABOVE, Role.KICKER): -0.2,
    (Part.ABOVE, Role.BYLINE): -2.0,
    (Part.ABOVE, Role.PUBLISHED): -1.6,
    (Part.TITLE, Role.TITLE): 1.5,
    (Part.HEAD, Role.STANDFIRST): -0.8,
    (Part.HEAD, Role.BYLINE): 0.0,
    (Part.HEAD, Role.PUBLISHED): 0.4,
    (Part.HEAD, Role.UPDATED): -0.6,
    (Part.HEAD, Role.CAPTION): -0.5,
    (Part.HEAD, Role.CHROME): -0.3,
    (Part.BODY, Role.BODY): 0.0,
    (Part.BODY, Role.SUBHEADING): -0.8,
    (Part.BODY, Role.LIST): -1.0,
    (Part.BODY, Role.QUOTATION): -1.5,
    (Part.BODY, Role.CAPTION): -0.6,
    (Part.BODY, Role.RELATED): -0.7,
    (Part.BODY, Role.CHROME): -0.5,
    (Part.BELOW, Role.BYLINE): -1.5,
    (Part.BELOW, Role.PUBLISHED): -1.5,
    (Part.BELOW, Role.TAIL): 0.2,
}

# What going from one part to another costs; what is not listed cannot happen.
_PASSAGES: dict[tuple[Part, Part], float] = {
    (Part.ABOVE, Part.ABOVE): 0.0,
    (Part.ABOVE, Part.TITLE): 0.0,
    (Part.ABOVE, Part.BODY): -7.0,
    (Part.TITLE, Part.HEAD): 0.0,
    (Part.TITLE, Part.BODY): 0.0,
    (Part.HEAD, Part.HEAD): 0.0,
    (Part.HEAD, Part.BODY): 0.0,
    (Part.BODY, Part.BODY): 0.0,
    (Part.BODY, Part.BELOW): -1.0,
    (Part.BELOW, Part.BELOW): 0.0,
}
_FIRST_PARTS = {Part.ABOVE: 0.0, Part.TITLE: 0.0, Part.BODY: -7.0}
_LAST_PARTS = frozenset({Part.BODY, Part.BELOW})

# Neighbours that go well or badly together, beyond the order of the parts.
_STEPS: dict[tuple[Role, Role], float] = {
    (Role.KICKER, Role.TITLE): 0.6,
    (Role.KICKER, Role.CHROME): -1.0,
    (Role.KICKER, Role.MASTHEAD_DATE): -1.0,
    (Role.TITLE, Role.BYLINE): 0.5,
    (Role.TITLE, Role.PUBLISHED): 0.5,
    (Role.TITLE, Role.STANDFIRST): 0.6,
    (Role.BYLINE, Role.PUBLISHED): 0.6,
    (Role.PUBLISHED, Role.BYLINE): 0.5,
    (Role.PUBLISHED, Role.UPDATED): 0.6,
    (Role.BYLINE, Role.STANDFIRST): -0.3,
    (Role.CHROME, Role.STANDFIRST): -1.0,
    (Role.STANDFIRST, Role.STANDFIRST): -0.8,
    (Role.SUBHEADING, Role.SUBHEADING): -1.5,
    (Role.SUBHEADING, Role.BODY): 0.5,
    (Role.SUBHEADING, Role.RELATED): -0.8,
    (Role.SUBHEADING, Role.CHROME): -0.8,
    (Role.SUBHEADING, Role.TAIL): -3.0,
    (Role.SUBHEADING, Role.CAPTION): -0.5,
    (Role.LIST, Role.LIST): 1.0,
    (Role.RELATED, Role.RELATED): 0.4,
    (Role.BODY, Role.BODY): 0.6,
}


def label_lines(lines: list[Line]) -> list[Labelled]:
    """Give each line its role: the best path through the parts of a page."""
    if not lines:
        return []
    path = _best_path([_scores(line) for line in lines])
    return [
        Labelled(
            line=line, role=_STATES[state][1], part=_STATES[state][0], why=_why(line, state)
        )
        for line, state in zip(lines, path, strict=True)
    ]


def _by_state(by_role: dict[Role, float]) -> tuple[float, ...]:
    return tuple(by_role.get(role, 0.0) for _, role in _STATES)


_VECTORS = {feature: _by_state(by_role) for feature, by_role in _WEIGHTS.items()}
_BIASES = tuple(_BIAS[state] for state in _STATES)


def _scores(line: Line) -> list[float]:
    vectors = [_VECTORS[feature] for feature in line.features if feature in _VECTORS]
    return [sum(column) for column in zip(_BIASES, *vectors, strict=True)]


def _why(line: Line, state: int) -> str:
    """The features that spoke most for this role, for people."""
    told = sorted(
        ((_VECTORS[f][state], f) for f in line.features if f in _VECTORS), reverse=True
    )
    return ", ".join(feature for weight, feature in told[:4] if weight > 0)


def _step(before: int, after: int) -> float | None:
    part, role = _STATES[before]
    next_part, next_role = _STATES[after]
    passage = _PASSAGES.get((part, next_part))
    if passage is None:
        return None
    return passage + _STEPS.get((role, next_role), 0.0)


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
        _FIRST_PARTS.get(part, _IMPOSSIBLE) + score
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
        score if _STATES[state][0] in _LAST_PARTS else score + _IMPOSSIBLE
        for state, score in enumerate(best)
    ]
    state = max(range(len(finals)), key=finals.__getitem__)
    path = [state]
    for origins in reversed(came_from):
        state = origins[state]
        path.append(state)
    return path[::-1]
