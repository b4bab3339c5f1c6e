"""The best path and the shares of all paths, against a search through every path."""

from __future__ import annotations

import math
from itertools import pairwise, product

import pytest

from feedsvc.ingest.extract.dump import roles
from feedsvc.ingest.extract.dump.article import read_lines
from feedsvc.ingest.extract.dump.parts import (
    FIRST_PARTS,
    LAST_PARTS,
    STATES,
    TEXT_ROLES,
    Part,
    State,
    may_follow,
    name_of,
)
from feedsvc.ingest.extract.dump.reliability import Reliability, learned
from feedsvc.ingest.extract.dump.roles import RoleModel, role_model

HEAD = "\t".join(["kind", "of", *map(name_of, STATES)])
DUMPS = [
    ("Ferry leaves", "By Jane Roe", "The last ferry left the harbour at noon, with the mayor."),
    ("3 May 2022", "The last ferry left the harbour at noon, with nobody on board.", "Share"),
    (
        "フェリーの最終便",
        "2022年5月3日",
        "最後のフェリーは正午に港を出た。市長のほかには誰も乗っていなかった。",
    ),
]


def _paths(length: int) -> list[tuple[State, ...]]:
    return [
        path
        for path in product(STATES, repeat=length)
        if path[0][0] in FIRST_PARTS
        and path[-1][0] in LAST_PARTS
        and all(may_follow(a, b) for a, b in pairwise(path))
    ]


@pytest.mark.parametrize("dump", DUMPS)
def test_the_path_is_the_best_of_all(dump: tuple[str, ...]) -> None:
    model = role_model()
    scores = model.scores([line.features for line in read_lines(dump)])

    def weight(path: tuple[State, ...]) -> int:
        states = [STATES.index(state) for state in path]
        steps = sum(int(model.steps[b, a]) for a, b in pairwise(states))
        return (
            int(model.first[states[0]])
            + steps
            + sum(int(row[state]) for row, state in zip(scores, states, strict=True))
        )

    best = max(map(weight, _paths(len(dump))))
    assert weight(tuple(STATES[state] for state in model.best_path(scores))) == best


@pytest.mark.parametrize("dump", DUMPS)
def test_the_shares_of_a_line_are_a_whole(dump: tuple[str, ...]) -> None:
    labelled = role_model().label(read_lines(dump))
    for item in labelled:
        assert 0 <= item.sure <= 1
        assert item.text <= 1.000001
        if item.role in TEXT_ROLES:
            assert item.sure <= item.text + 1e-9


def test_without_weights_every_path_is_as_good() -> None:
    rows = "".join(f"{kind}\t{of}\n" for kind, of in (("start", ""), ("first", "")))
    rows += "".join(f"step\t{name_of(state)}\n" for state in STATES)
    model = RoleModel(f"{HEAD}\n{rows}line\tis furniture\n")
    lines = read_lines(("One", "Two", "Three"))
    shares = model.shares(model.scores([line.features for line in lines]))
    paths = _paths(3)
    for at, row in enumerate(shares):
        for state, share in zip(STATES, row, strict=True):
            through = sum(path[at] == state for path in paths)
            assert math.isclose(share, through / len(paths), abs_tol=1e-9)


def test_a_long_dump_is_weighed_in_pieces_as_if_it_were_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    features = [line.features for dump in DUMPS for line in read_lines(dump)]
    whole = role_model().scores(features)
    monkeypatch.setattr(roles, "_LINES_AT_ONCE", 2)
    assert len(features) > 2
    role_model.cache_clear()
    assert role_model().scores(features).tolist() == whole.tolist()


def test_a_line_is_weighed_alike_whatever_was_weighed_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    features = [line.features for dump in DUMPS for line in read_lines(dump)]
    monkeypatch.setattr(roles, "_MAX_KNOWN", 2)
    model = role_model()
    whole = model.scores(features).tolist()
    assert [model.scores([one]).tolist()[0] for one in features] == [
        role_model.__wrapped__().scores([one]).tolist()[0] for one in features
    ]
    assert model.scores(features).tolist() == whole


def test_weights_of_other_states_are_refused() -> None:
    with pytest.raises(ValueError, match="learn it anew"):
        RoleModel("kind\tof\tabove: nonsense\n")


def test_a_page_goes_on_from_part_to_part() -> None:
    order = list(Part)
    labelled = role_model().label(read_lines(DUMPS[0]))
    places = [order.index(item.part) for item in labelled]
    assert places == sorted(places)


def test_no_lines_have_no_roles() -> None:
    assert role_model().label([]) == []


def test_confidence_lies_between_the_points_that_were_learned() -> None:
    table = "# how sure, how often right\ntitle\t0.2\t0.1\ntitle\t0.6\t0.9\n"
    reliability = Reliability(table)
    assert reliability.confidence("title", 0.0) == 0.1
    assert reliability.confidence("title", 0.4) == 0.5
    assert reliability.confidence("title", 0.9) == 0.9
    assert reliability.confidence("language", 0.97) == 0.97


def test_what_is_surer_is_never_less_often_right() -> None:
    for field in ("title", "authors", "published", "body"):
        told = [learned().confidence(field, sure / 100) for sure in range(101)]
        assert told == sorted(told)
        assert all(0 <= confidence <= 1 for confidence in told)
