"""Which states the truth leaves open, on a dump of our own; needs the corpus's scorer."""

from __future__ import annotations

from typing import Any

import pytest

from feedsvc.ingest.extract.dump.article import read_lines
from feedsvc.ingest.extract.dump.parts import STATES, TEXT_ROLES, Part, Role
from tests.accuracy.corpus import CorpusMissing, corpus_folder
from tests.accuracy.labels import allowed_states, without_byline

try:
    corpus_folder()
except CorpusMissing:
    pytest.skip("the corpus is not beside this checkout", allow_module_level=True)

BODY = [
    "The last ferry left the harbour at noon on Sunday, with the mayor and nobody else on board.",
    "It was sold to an island in the north, where it will carry goats and letters for years.",
]
DUMP = (
    "Home",
    "Monday, 9 May 2022",
    "Last ferry leaves",
    "By Jane Roe",
    "3 May 2022",
    *BODY,
    "More stories",
)
TRUTH: dict[str, Any] = {
    "id": "1.light",
    "title": "Last ferry leaves",
    "authors": ["Jane Roe"],
    "authors_none": False,
    "published": "2022-05-03",
    "published_accept": ["2022-05-03"],
    "lang": "en",
    "body": BODY,
    "body_alt": None,
}


def _roles(truth: dict[str, Any], dump: tuple[str, ...]) -> list[set[Role]]:
    lines = read_lines(dump)
    return [{STATES[state][1] for state in states} for states in allowed_states(truth, lines)]


def test_each_fact_settles_its_lines() -> None:
    home, masthead, title, byline, date, first, second, more = _roles(TRUTH, DUMP)
    assert title == {Role.TITLE}
    assert byline == {Role.BYLINE}
    assert date == {Role.PUBLISHED}
    assert first <= TEXT_ROLES
    assert second <= TEXT_ROLES
    assert not home & TEXT_ROLES
    assert not more & TEXT_ROLES
    assert Role.PUBLISHED not in masthead


def test_what_is_not_known_leaves_every_state_open() -> None:
    unknown = dict.fromkeys(TRUTH) | {"id": "1.light", "authors_none": False}
    lines = read_lines(DUMP)
    assert allowed_states(unknown, lines) == [set(range(len(STATES)))] * len(lines)


def test_nothing_comes_before_the_title_but_what_stands_above_it() -> None:
    allowed = allowed_states(TRUTH, read_lines(DUMP))
    assert {STATES[state][0] for state in allowed[0]} == {Part.ABOVE}


def test_a_dump_loses_its_byline_and_its_truth_says_so() -> None:
    made = without_byline(TRUTH, DUMP)
    assert made is not None
    truth, dump = made
    assert "By Jane Roe" not in dump
    assert truth["authors_none"]
    assert all(Role.BYLINE not in roles for roles in _roles(truth, dump))


def test_a_dump_that_names_nobody_has_no_byline_to_lose() -> None:
    assert without_byline(dict(TRUTH, authors=["Ann Poe"]), (*DUMP[:3], *BODY)) is None
