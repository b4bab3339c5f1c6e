"""What the rule of a custom feed selects, from values alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feedsvc.model.declared import Matcher, Rule, Selectable
from feedsvc.model.document import DocumentPath

NOON = datetime(2022, 11, 13, 12, tzinfo=UTC)


def selects(rule: Rule, **fields: Any) -> bool:
    """Any: fields of an entry."""
    values: dict[str, Any] = {"names": {}, "language": None, "published": NOON, **fields}
    return Matcher(rule, {("tag", "sea"): "coast"}).matches(Selectable(**values))


@pytest.mark.parametrize(
    ("language", "selected"),
    [("en", True), ("en-GB", True), ("EN-us", True), ("eng", False), ("de", False), (None, False)],
)
def test_a_language_means_its_regions_too(language: str | None, selected: bool) -> None:
    assert selects(Rule(languages=("fr", "EN")), language=language) == selected


def test_a_region_means_no_other() -> None:
    assert selects(Rule(languages=("en-GB",)), language="en-gb")
    assert not selects(Rule(languages=("en-GB",)), language="en")


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ("A storm.", True),
        ("STORM", True),
        ("ｓｔｏｒｍ", True),
        ("storm-proof", True),
        ("storms", False),
        ("brainstorm", False),
        ("", False),
    ],
)
def test_words_are_whole_words(text: str, selected: bool) -> None:
    assert selects(Rule(words=("Storm",)), text=text) == selected


def test_a_phrase_runs_over_signs_and_lines() -> None:
    assert selects(Rule(words=("harbour master",)), text="the harbour\n“Master” said")
    assert not selects(Rule(words=("harbour master",)), text="the master of the harbour")


@pytest.mark.parametrize(("word", "selected"), [("風暴", True), ("の風", True), ("暴港", False)])
def test_words_are_found_where_there_are_no_spaces(word: str, selected: bool) -> None:
    assert selects(Rule(words=(word,)), text="昨日の風暴が港に") == selected


def test_dates_begin_and_end() -> None:
    rule = Rule(published_from=NOON, published_before=NOON + timedelta(hours=1))
    assert selects(rule)
    assert not selects(rule, published=NOON - timedelta(microseconds=1))
    assert not selects(rule, published=NOON + timedelta(hours=1))


def test_names_that_feeds_had_before_are_theirs() -> None:
    assert selects(Rule(tags=("Sea",)), names={"tag": frozenset({"coast"})})
    assert not selects(Rule(tags=("Sea",)), names={"tag": frozenset({"sea"})})


def test_one_path_of_several_is_enough() -> None:
    rule = Rule(paths=("seeds/a/**", "*.md"))
    paths = [DocumentPath(root="seeds", path=path) for path in (b"b/x.txt", b"a/b/c.txt")]
    assert selects(rule, paths=paths)
    assert not selects(rule, paths=paths[:1])


def test_a_rule_survives_being_stored() -> None:
    rule = Rule(tags=("Sea", "Coast"), words=("a b",), published_from=NOON, paths=("x/**",))
    again = Rule.from_json(rule.as_json())
    assert again == rule
    assert again.sha256 == rule.sha256
    assert Rule(tags=("Sea",)).sha256 != Rule(authors=("Sea",)).sha256
