"""A saved page says who wrote what, and when; its data lie under cases/html."""

from __future__ import annotations

import pytest
from trafilatura import external

from feedsvc.errors import EmptyDocument, RefusedDocument
from feedsvc.ingest.article import HtmlPage
from feedsvc.ingest.extract.page.article import extract_page
from feedsvc.ingest.extract.page.body import StopWords
from feedsvc.ingest.extract.page.facts import distinct_tags, without_site
from feedsvc.ingest.extract.page.jsonld import parse_leniently, texts
from feedsvc.ingest.pipeline import draft_entry
from feedsvc.ingest.readers.html import read_html
from feedsvc.settings import load_settings
from tests.casebook import Case, cases
from tests.ingest.drafts import differences

LIMITS = load_settings().limits


@pytest.mark.parametrize("case", cases("html"), ids=str)
def test_a_page_says_what_its_author_meant(case: Case) -> None:
    draft = draft_entry(b"page.html", case.read("source.html"), LIMITS, 131_072)
    assert differences(draft, case.expected) == []


def test_each_field_carries_its_evidence() -> None:
    page = HtmlPage(
        markup='<html lang="en"><title>Half past six</title><meta name="author" content="Ada Wren">'
        '<meta name="date" content="2024-03-09"><h1>Half past six</h1><p>The ferry left.</p></html>'
    )
    evidence = {e.field: e for e in extract_page(page, LIMITS).evidence}
    assert evidence["title"].rule == "h1 like the declared title"
    assert (evidence["authors"].value, evidence["authors"].rule) == ("Ada Wren", "meta author")
    assert evidence["published"].rule == "meta date"
    assert evidence["body"].confidence < evidence["title"].confidence


@pytest.mark.parametrize("markup", ["", "   ", "<html></html>", "<title>A title alone</title>"])
def test_a_page_without_text_is_empty(markup: str) -> None:
    with pytest.raises(EmptyDocument):
        extract_page(HtmlPage(markup=markup), LIMITS)


def test_a_page_beyond_the_bounds_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(RefusedDocument):
        extract_page(HtmlPage(markup="<div>" * 100_000), LIMITS)


def test_text_below_254_levels_of_nesting_is_kept() -> None:
    deep = "<div>" * 400 + "<p>" + "The boat sailed for the milk. " * 9 + "</p>" + "</div>" * 400
    html = f"<title>Deep</title>{deep}<p>" + "And what follows is kept as well. " * 9 + "</p>"
    text = draft_entry(b"deep.html", html.encode(), LIMITS, 131_072).text
    assert "sailed for the milk" in text
    assert "what follows is kept" in text


def test_reading_leaves_only_what_articles_are_made_of() -> None:
    page = read_html(
        "<!-- <b> --><script>var a = '<p>';</script><style>p{}</style><p>Ti\u00adde&shy;s</p>"
        '<script type="application/ld+json">{"a": 1}</script><SCRIPT src=x></SCRIPT ><script>'
    )
    assert page.markup == '<p>Tides</p><script type="application/ld+json">{"a": 1}</script>'


@pytest.mark.parametrize(
    ("title", "site", "expected"),
    [
        ("The boat that sailed - Quay News", "", "The boat that sailed"),
        (
            "The boat that sailed for the milk | News from quay",
            "",
            "The boat that sailed for the milk",
        ),
        (
            "The boat that sailed | Quay - News - Daily",
            "Quay - News - Daily",
            "The boat that sailed",
        ),
        ("The boat – a history of early mornings", "", "The boat – a history of early mornings"),
        ("Quay News", "Quay News", "Quay News"),
        ("A quarter to eight: Quay News", "", "A quarter to eight: Quay News"),
        ("Tides - tables for everyone", "", "Tides - tables for everyone"),
    ],
)
def test_a_title_loses_its_site_only_where_the_rest_stands_alone(
    title: str, site: str, expected: str
) -> None:
    assert without_site(title, site) == expected


def test_tags_are_parted_and_bounded() -> None:
    assert distinct_tags(("ferries, Tides;ferries", " tides ", "x" * 65, "")) == (
        "ferries",
        "Tides",
    )
    assert len(distinct_tags((",".join(map(str, range(100))),))) == 32


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ('{"a": [1, 2,],}', [{"a": [1, 2]}]),
        ('{"a": "x, ]"} // said\n;{"b": /* not */ 2}', [{"a": "x, ]"}, {"b": 2}]),
        ('{"a": "it\\\'s\ttrue\n"}', [{"a": "it's\ttrue\n"}]),
        ('<!-- //<![CDATA[\n{"a": 1}\n//]]> -->', [{"a": 1}]),
        ('{"a": 1} {"b": ', [{"a": 1}]),
        ("[" * 100_000, []),
        ("", []),
    ],
)
def test_json_is_read_with_patience(script: str, expected: list[object]) -> None:
    assert parse_leniently(script) == expected


def test_names_stand_in_json_in_many_ways() -> None:
    people = [
        "Ada Wren",
        {"name": "Tom Vesey &amp; Co"},
        {"name": {"@value": "Mads Quist"}},
        {"name": ["Jorun Halberg", "Tove Ahlmann"]},
        {"givenName": "Inés", "familyName": "Quiroga"},
        {"url": "https://quay.example/ada"},
        7,
    ]
    assert texts(people) == (
        "Ada Wren",
        "Tom Vesey & Co",
        "Mads Quist",
        "Jorun Halberg",
        "Tove Ahlmann",
        "Inés Quiroga",
    )


def test_what_is_declared_and_shown_alike_is_as_good_as_certain() -> None:
    shown = "<h1>Half past six</h1><p>By Ada Wren, 9 March 2024</p><p>The ferry left.</p>"
    head = (
        "<title>Half past six</title><meta name=author content='Ada Wren'>"
        "<meta name=date content=2024-03-09>"
    )
    alone = extract_page(HtmlPage(markup=f"{head}<h1>Half past six</h1><p>It left.</p>"), LIMITS)
    both = extract_page(HtmlPage(markup=f"{head}{shown}"), LIMITS)
    for field in ("authors", "published"):
        once = next(e for e in alone.evidence if e.field == field)
        twice = next(e for e in both.evidence if e.field == field)
        assert once.confidence < twice.confidence == 0.97
        assert twice.rule.endswith("as shown")


@pytest.mark.parametrize(
    ("markup", "left"),
    [
        ('<meta content="a <!-- b"><p>c</p>', '<meta content="a <!-- b"><p>c</p>'),
        ("<img alt='--> <!--'><!-- x --><p>c</p>", "<img alt='--> <!--'><p>c</p>"),
        ("<p>a<!-- <b title=x> -->b</p>", "<p>ab</p>"),
        ("<p>a<!-->b<!--->c<!-- d --!>e</p>", "<p>abce</p>"),
        ("<p>a<!-- never ends", "<p>a"),
        ('<p title="never ends>a<!-- b -->', '<p title="never ends>a'),
    ],
)
def test_a_comment_ends_where_it_ends_and_begins_in_no_attribute(markup: str, left: str) -> None:
    assert read_html(markup).markup == left


def test_quotes_that_never_end_cost_no_more_than_their_length() -> None:
    hostile = "<a '" * 400_000
    assert len(read_html(hostile).markup) == len(hostile)


def test_the_stop_words_are_those_of_trafilatura(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(external, "JT_STOPLIST", None)
    assert set(StopWords()) == set(external.jt_stoplist_init())
