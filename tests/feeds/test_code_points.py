"""Every code point in every field leaves every feed sound.

By default all of the planes that have assigned characters, and both ends of the others;
SOAK_EVERY=1 takes every one.
"""

from __future__ import annotations

import os
from html import escape

import pytest

from feedsvc.feeds import opml
from feedsvc.feeds.check import Severity, check_agreement, check_document
from feedsvc.model.entry import Category, Enclosure, Entry, Person, Source
from feedsvc.model.ids import slugify
from feedsvc.model.selection import Selection, SelectionKind

from .samples import NEW_YEAR, make_entry, make_feed, make_site, render_all

_BLOCK = 1024
_PLANE = 0x10000
_FULL_PLANES = range(17) if os.environ.get("SOAK_EVERY") else (0, 1, 2, 14)


def starts() -> list[int]:
    """The first code point of each block."""
    found: list[int] = []
    for plane in range(17):
        blocks = range(plane * _PLANE, (plane + 1) * _PLANE, _BLOCK)
        found += blocks if plane in _FULL_PLANES else (blocks[0], blocks[-1])
    return found


def entry_of(number: int, start: int) -> Entry:
    text = "".join(map(chr, range(start, start + _BLOCK)))
    return make_entry(
        number,
        updated=NEW_YEAR.replace(microsecond=number),
        title=f"Title {text}",
        slug=text,
        authors=(Person(name=text), Person(name=f"Ada {text}")),
        source=Source(name=text, slug="s"),
        categories=(Category(term=text, label=f"Tag {text}"),),
        summary=f"Summary {text}",
        html=f'<p title="{escape(text)}">{escape(text)}</p>',
        enclosures=(
            Enclosure(href=f"https://example.com/{text}", media_type="audio/mpeg", size_bytes=1),
        ),
        canonical_url=f"https://example.com/?{text}",
    )


@pytest.mark.parametrize("part", range(4))
def test_every_code_point_in_every_field_leaves_every_feed_sound(part: int) -> None:
    entries = [entry_of(number, start) for number, start in enumerate(starts()[part::4], start=1)]
    for first in range(0, len(entries), 50):
        documents = render_all(entries[first : first + 50])
        for format, body in documents.items():
            url = make_site().urls.feed(make_feed().selection, format)
            check_sound(body, format.media_type, url)
        assert check_agreement(documents) == []


def test_every_code_point_in_the_names_of_feeds_leaves_them_sound() -> None:
    for number, start in enumerate(starts()):
        if number % 8:
            continue
        name = "".join(map(chr, range(start, start + _BLOCK)))
        site = make_site(title=name, description=name)
        selection = Selection(kind=SelectionKind.TAG, slug=slugify(name))
        feed = make_feed(selection=selection, name=name)
        for format, body in render_all([], feed, site).items():
            check_sound(body, format.media_type, site.urls.feed(selection, format))
        check_sound(opml.render(site, [feed], NEW_YEAR).body, opml.MEDIA_TYPE, None)


def test_three_hundred_authors_leave_a_feed_sound() -> None:
    people = tuple(Person(name=f"Ada the {number}th") for number in range(300))
    documents = render_all([make_entry(authors=people)])
    for format, body in documents.items():
        check_sound(body, format.media_type, None)
    assert check_agreement(documents) == []


def check_sound(body: bytes, media_type: str, url: str | None) -> None:
    findings = check_document(body, media_type=media_type, url=url, now=NEW_YEAR)
    assert [str(f) for f in findings if f.severity is not Severity.NOTE] == []
