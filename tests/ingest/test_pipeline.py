"""The stages joined: whatever a document holds, a draft is fit to be stored."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedsvc.errors import DocumentError, EmptyDocument
from feedsvc.ingest.pipeline import draft_entry
from feedsvc.model.entry import EntryDraft, Precision
from feedsvc.model.ids import content_fingerprint
from feedsvc.settings import load_settings

LIMITS = load_settings().limits
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

DUMP = """The boat that sailed for the milk

By Ada Lindqvist
9 March 2024

The ferry to the outer islands has left at half past six for as long as anyone can remember.

It turned out that the hour had been chosen for the milk, and the creamery closed long ago.
"""


def draft(path: bytes, raw: bytes, excerpt_bytes: int = 131_072) -> EntryDraft:
    return draft_entry(path, raw, LIMITS, excerpt_bytes)


def strings(value: Any) -> Iterator[str]:
    """Every string within a draft. Any: walks whatever its fields hold."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from strings(getattr(value, field.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from strings(item)


def test_a_dump_becomes_a_draft() -> None:
    found = draft(b"news/boat.txt", DUMP.encode())
    assert found.title == "The boat that sailed for the milk"
    assert [author.name for author in found.authors] == ["Ada Lindqvist"]
    assert found.precision is Precision.DAY
    assert found.html.startswith("<p>The ferry")
    assert found.text.startswith("The ferry")
    assert found.summary.startswith("The ferry")
    assert found.excerpt_end is None
    assert found.fingerprint == content_fingerprint(found.title, found.published, found.text)


@pytest.mark.parametrize("path", [b"a.txt", b"a.md"])
@pytest.mark.parametrize("sign", "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\ufeff")
def test_nothing_in_a_summary_directs_what_stands_around_it(sign: str, path: bytes) -> None:
    # What is opened would be closed beyond where the summary ends.
    written = f"The ferry {sign}" + "that sails for the milk alone " * 20 + "\u2069\u202c, too"
    found = draft(path, DUMP.replace("The ferry", written).encode())
    assert "The ferry that sails for the milk" in found.summary
    assert sign not in found.summary


def test_the_same_bytes_give_the_same_draft_wherever_they_lie() -> None:
    assert draft(b"a/b.txt", DUMP.encode()) == draft(b"c.text", DUMP.encode())


def test_a_long_body_says_where_feeds_cut_it() -> None:
    found = draft(b"a.md", b"# Title\n\n" + b"A paragraph of words.\n\n" * 100, excerpt_bytes=300)
    assert found.excerpt_end is not None
    assert found.html[: found.excerpt_end].endswith("words.</p>")
    assert len(found.html[: found.excerpt_end].encode()) <= 300


def test_markup_in_a_dump_is_text() -> None:
    found = draft(b"a.txt", DUMP.replace("the milk,", "<script>alert(1)</script> & co,").encode())
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; co," in found.html
    assert "<script>alert(1)</script> & co," in found.text


@pytest.mark.parametrize("name", [b"a.txt", b"a.html", b"a.md", b"a"])
@pytest.mark.parametrize("raw", [b"", b"  \n\n ", b"\xef\xbb\xbf"])
def test_an_empty_document_is_told_apart(name: bytes, raw: bytes) -> None:
    with pytest.raises(EmptyDocument):
        draft(name, raw)


CHARACTERS = "&#1;&#xFFFE;&#xD800;&#0; \x7f\ufdd0\uffff"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            b"a.html",
            f"<title>A{CHARACTERS}b c d</title><meta name=author content='Ada{CHARACTERS} Wren'>"
            f"<meta name=keywords content='{CHARACTERS}'><p title='{CHARACTERS}'>Text {CHARACTERS}",
        ),
        (
            b"a.md",
            f"# Title {CHARACTERS}\n\nBy Ada Wren\n\nText <b title='{CHARACTERS}'>{CHARACTERS}.",
        ),
        (b"a.md", '---\ntitle: "A\\x01\\uFFFE\\uD800"\ntags: ["\\x02x"]\n---\nText.'),
        (b"a.txt", DUMP.replace("ferry", f"ferry {CHARACTERS}")),
    ],
)
def test_no_field_holds_what_xml_cannot(path: bytes, text: str) -> None:
    found = draft(path, text.encode())
    assert not [s for s in strings(found) if NOT_XML.search(s)]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from([b"a.txt", b"a.html", b"a.md"]), st.one_of(st.binary(), st.text()))
def test_any_bytes_give_a_draft_or_a_document_error(path: bytes, content: bytes | str) -> None:
    raw = content if isinstance(content, bytes) else content.encode("utf-8", "replace")
    with suppress(DocumentError):
        found = draft(path, raw)
        assert found.title
        assert not [s for s in strings(found) if NOT_XML.search(s)]
