"""Every payload in Chromium: on article pages, and as readers put feeds into theirs.

Nothing runs, leads away, is sent or is loaded but an image over http(s); first it is shown that the
stage would see it.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from html import unescape

import pytest
from markdown_it import MarkdownIt

from feedsvc.feeds.render import RENDERERS
from feedsvc.model.feed import Feed
from tests.attacks.browser import Chromium, Item
from tests.attacks.conftest import AttackedSite
from tests.attacks.payloads import Payload, Written, all_payloads
from tests.attacks.readers import shown_by_readers
from tests.attacks.site import BARE, GUARDED, RAW, served

# How many payloads of each technique are shown to bite; `make soak` lets all of them try.
_BITING = int(os.environ.get("SOAK_ATTACKS_BITING", "12"))
# So many of those must have done something: each technique has some that only old browsers knew.
_AT_LEAST = {
    "charsets": 2,
    "clobbering": 2,
    "comments": 4,
    "decoding": 4,
    "foreign": 4,
    "forms": 4,
    "frames": 4,
    "handlers": 8,
    "loads": 4,
    "markdown": 4,
    "mutation": 4,
    "schemes": 4,
    "scripts": 8,
    "soup": 8,
    "styles": 4,
    "templates": 2,
    "unicode": 4,
}
_A_FRAME = 60
# What would violate the policy would also be seen without it: of these pages a part will do.
_GUARDED_EVERY = int(os.environ.get("SOAK_ATTACKS_EVERY", "4"))


def test_the_stage_sees_each_technique_where_nothing_is_sanitized(browser: Chromium) -> None:
    chosen = list(_biting())
    raw = {payload.number: _page(payload) for payload in chosen}
    items = [_item(payload.number, f"{RAW}{payload.number}", audit=False) for payload in chosen]
    with served(None, raw) as address:
        seen = browser.look(address, items)
    bitten = Counter(
        payload.technique
        for payload in chosen
        if payload.number in seen.by_number or str(payload.number) in seen.by_key
    )
    short = {name: bitten[name] for name, least in _AT_LEAST.items() if bitten[name] < least}
    assert not short, bitten
    assert {"ran", "navigated", "loaded as image"} <= set().union(*seen.by_number.values())
    assert any("replaced" in problem for found in seen.by_key.values() for problem in found)


def test_the_stage_sees_what_a_reader_without_care_would_run(browser: Chromium) -> None:
    parts = [(str(p.number), unescape(unescape(p.markup))) for p in _biting() if p.encode is None]
    with served(None, {}) as address:
        seen = browser.look(address, list(_injected(parts, together=1)))
    assert sum("ran" in what for what in seen.by_number.values()) > 60


def test_nothing_happens_on_any_page_without_our_content_security_policy(
    browser: Chromium, attacked: AttackedSite
) -> None:
    paths = ["/", "/feeds", *attacked.paths()]
    seen = browser.look(attacked.address, [_item(path, BARE + path) for path in paths])
    assert seen.anything == []


def test_no_page_violates_our_content_security_policy(
    browser: Chromium, attacked: AttackedSite
) -> None:
    paths = ["/", "/feeds", *attacked.paths()[::_GUARDED_EVERY]]
    seen = browser.look(attacked.address, [_item(path, GUARDED + path) for path in paths])
    assert seen.violations == []
    assert not seen.by_number


def test_nothing_happens_where_a_reader_puts_all_of_a_feed_into_its_page_as_html(
    browser: Chromium, attacked: AttackedSite
) -> None:
    """Titles, names and tags too; what is plain text is also decoded once and twice before."""
    seen = browser.look(attacked.address, list(_injected(_shown(attacked), together=_A_FRAME)))
    assert seen.anything == []


def _biting() -> Iterator[Payload]:
    """So many payloads of each technique, from all over it."""
    by_technique: dict[str, list[Payload]] = {}
    for payload in all_payloads():
        by_technique.setdefault(payload.technique, []).append(payload)
    for payloads in by_technique.values():
        yield from payloads[:: max(1, len(payloads) // _BITING)]


def _page(payload: Payload) -> bytes:
    markup = payload.markup
    if payload.written is Written.MARKDOWN:
        careless = MarkdownIt("commonmark", {"html": True})
        setattr(careless, "validateLink", lambda _: True)  # noqa: B010  (it has a type of its own)
        markup = careless.render(markup)
    if payload.technique == "decoding":
        markup = unescape(unescape(markup))
    page = f"<!doctype html><body><p>words</p>{markup}"
    if payload.encode:
        return payload.encode(page)
    return f"<meta charset=utf-8>{page}".encode("utf-8", "replace")


def _item(key: object, url: str, *, audit: bool = True) -> Item:
    return {"key": str(key), "url": url, "audit": audit}


def _injected(parts: list[tuple[str, str]], *, together: int) -> Iterator[Item]:
    for start in range(0, len(parts), together):
        yield {
            "key": f"frame {start}",
            "parts": parts[start : start + together],
            "audit": together > 1,
        }


def _shown(attacked: AttackedSite) -> list[tuple[str, str]]:
    """Each different string that a feed shows, and where it is."""
    site, feed = attacked.runtime.site, _everything(attacked)
    parts: dict[str, str] = {}
    for format, render in RENDERERS.items():
        for shown in shown_by_readers(
            format, render(site, feed, attacked.entries, feed.updated).body
        ):
            once = unescape(shown.text)
            readings = (shown.text,) if shown.is_body else (shown.text, once, unescape(once))
            for reading in readings:
                parts.setdefault(reading, f"{shown.place}: {reading[:100]}")
    return [(place, reading) for reading, place in parts.items()]


def _everything(attacked: AttackedSite) -> Feed:
    return attacked.runtime.publication.feeds()[0]


def test_a_page_as_it_is_served_violates_nothing_either(
    browser: Chromium, attacked: AttackedSite
) -> None:
    """Not in a frame, with every header: a few, since each takes a page of its own."""
    few = attacked.paths()[:: max(1, len(attacked.paths()) // 10)]
    told = browser.visit([attacked.address + path for path in ("/", "/feeds", *few)])
    assert told == []


@pytest.fixture(autouse=True)
def _in_a_browser(browser: Chromium) -> None:
    """Without a browser none of these runs, and each says why."""
