"""Every payload as a document of each kind: what is stored and served holds nothing armed."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from lxml import etree

from feedsvc.errors import DocumentError
from feedsvc.feeds.render import RENDERERS
from feedsvc.ingest.sanitize import sanitize_html
from feedsvc.model.document import Outcome
from feedsvc.model.feed import Feed, FeedDocument
from feedsvc.model.selection import FeedFormat
from feedsvc.settings import load_settings
from tests.attacks.audit import armed_in, elements_in, hostile_characters
from tests.attacks.conftest import AttackedSite
from tests.attacks.payloads import TECHNIQUES, all_payloads
from tests.attacks.readers import links_of, shown_by_readers

_AT_LEAST = 800
_A_FEED = 100


def test_there_are_payloads_of_every_technique() -> None:
    payloads = all_payloads()
    assert len(payloads) >= _AT_LEAST
    counts = {module.__name__.rpartition(".")[2]: 0 for module in TECHNIQUES}
    for payload in payloads:
        counts[payload.technique] += 1
    assert min(counts.values()) >= 40, counts


def test_the_audit_sees_what_is_armed_where_nothing_was_sanitized() -> None:
    seen = [payload for payload in all_payloads() if armed_in(payload.markup)]
    assert len(seen) > len(all_payloads()) * 0.8


def test_nothing_armed_is_left_of_any_payload_alone() -> None:
    limits = load_settings().limits
    left = {}
    for payload in all_payloads():
        try:
            html = sanitize_html(payload.markup, base_url="https://example.org/a/", limits=limits)
        except DocumentError:
            continue
        if problems := armed_in(html):
            left[str(payload)] = problems
    assert not left


def test_nearly_every_payload_is_published_and_every_refusal_has_its_reason(
    attacked: AttackedSite,
) -> None:
    # Of two that say the same, one is published.
    taken = (Outcome.NEW, Outcome.DUPLICATE)
    refused = {o.path.path for o in attacked.outcomes if o.outcome not in taken}
    for outcome in attacked.outcomes:
        assert outcome.outcome in taken or (
            outcome.outcome is Outcome.QUARANTINED and outcome.stage and outcome.reason
        ), outcome
    published = {p for d in attacked.documents if d.name not in refused for p in d.payloads}
    assert len(published) > len(all_payloads()) * 0.95


def test_nothing_armed_is_in_any_field_of_any_feed(attacked: AttackedSite) -> None:
    """Bodies as HTML; whatever is plain text makes no element even for who takes it for HTML."""
    armed = {}
    for format, document in _feeds(attacked):
        for shown in shown_by_readers(format, document.body):
            if shown.is_body:
                problems = armed_in(shown.text)
            else:
                problems = elements_in(shown.text) + hostile_characters(shown.text)
            if problems:
                armed[f"{shown.place}: {shown.text[:120]!r}"] = problems[:3]
        for link in links_of(format, document.body):
            assert link.startswith(("https://", "http://")), link
    assert not armed


def test_entries_of_hostile_documents_are_all_in_the_feeds(attacked: AttackedSite) -> None:
    shown = 0
    for format, document in _feeds(attacked):
        if format is FeedFormat.JSON:
            shown += len(json.loads(document.body)["items"])
    assert shown == len(attacked.entries) > 100


@pytest.mark.parametrize("path", ["/feeds/all.atom", "/feeds/all.rss", "/feeds/all.json"])
def test_the_feed_is_served(attacked: AttackedSite, path: str) -> None:
    format = FeedFormat(path.rpartition(".")[2])
    document = attacked.runtime.publication.feed(_everything(attacked).selection, format)
    assert list(shown_by_readers(format, document.body))


def test_the_list_of_feeds_makes_no_element_of_any_name(attacked: AttackedSite) -> None:
    """Sources, authors and tags of hostile documents give their feeds their names."""
    root = etree.fromstring(attacked.runtime.publication.opml().body)
    outlines = root.findall("body//outline")
    assert any("<" in feed.name for feed in attacked.runtime.publication.feeds())
    assert len(outlines) > 100
    for outline in outlines:
        for name, value in outline.items():
            assert elements_in(str(value)) == [], value
            if name.endswith("Url"):
                assert str(value).startswith(("https://", "http://")), value


def _everything(attacked: AttackedSite) -> Feed:
    return attacked.runtime.publication.feeds()[0]


def _feeds(attacked: AttackedSite) -> Iterator[tuple[FeedFormat, FeedDocument]]:
    """All entries in every format, a hundred a feed: the served window would leave most out."""
    feed = _everything(attacked)
    for start in range(0, len(attacked.entries), _A_FEED):
        some = attacked.entries[start : start + _A_FEED]
        for format, render in RENDERERS.items():
            yield format, render(attacked.runtime.site, feed, some, feed.updated)
