"""Which reader takes a document."""

from __future__ import annotations

import pytest

from feedsvc.errors import UnsupportedDocument
from feedsvc.ingest.article import HtmlPage, MarkdownText, TextDump
from feedsvc.ingest.readers import read
from feedsvc.ingest.suffixes import suffix_of
from feedsvc.settings import load_settings

LIMITS = load_settings().limits
REPAIRED = "repaired: was read as windows-1252 once"
CYRILLIC = "Паром вышел из гавани в полдень, сообщила служба порта.\n"


@pytest.mark.parametrize(
    ("path", "raw", "kind"),
    [
        (b"a.txt", b"text", TextDump),
        (b"folder.md/a.text", b"text", TextDump),
        (b"a.HTML", b"<p>text", HtmlPage),
        (b"a.htm", b"text", HtmlPage),
        (b"a.xhtml", b"text", HtmlPage),
        (b"a.md", b"<!doctype html>", MarkdownText),
        (b"a.markdown", b"text", MarkdownText),
        (b"a.txt", b"\xef\xbb\xbf \n<!DOCTYPE html><p>text", HtmlPage),
        (b"a.txt", b"<HTML><p>text", HtmlPage),
        (b"a.txt", b"<p>a dump that begins with a tag", TextDump),
        (b"README", b"text", TextDump),
        (b"saved page", b"<!doctype html><p>text", HtmlPage),
        (b".hidden", b"text", TextDump),
        (b"caf\xe9.txt", b"text", TextDump),
    ],
)
def test_the_suffix_decides_and_content_mends_it(path: bytes, raw: bytes, kind: type) -> None:
    assert isinstance(read(path, raw, LIMITS), kind)


def test_a_dump_of_too_many_lines_is_told() -> None:
    limits = LIMITS.max_dump_lines
    assert isinstance(read(b"a.txt", b"a\n" * limits, LIMITS), TextDump)
    with pytest.raises(UnsupportedDocument, match=r"20,001 lines, more than limits.max_dump_lines"):
        read(b"a.txt", b"a\n" * (limits + 1), LIMITS)


def test_an_unknown_suffix_is_told_what_is_supported() -> None:
    with pytest.raises(UnsupportedDocument, match=r"\*\.docx; supported are .*\.html.*\.md.*\.txt"):
        read(b"letter.docx", b"PK", LIMITS)


def test_a_suffix_that_is_no_ascii_is_shown_escaped() -> None:
    with pytest.raises(UnsupportedDocument, match=r"\\xff"):
        read(b"a.\xff", b"text", LIMITS)


def test_the_suffix_is_that_of_the_name_alone() -> None:
    assert suffix_of(b"v1.2/README") == b""
    assert suffix_of(b"a.tar.GZ") == b".gz"


def test_a_page_is_decoded_by_its_own_label() -> None:
    raw = '<meta charset="windows-1251"><p>Причал'.encode("windows-1251")
    page = read(b"a.html", raw, LIMITS)
    assert isinstance(page, HtmlPage)
    assert "Причал" in page.markup


def test_a_label_gives_way_to_bytes_that_are_certainly_utf_8() -> None:
    raw = '<meta charset="iso-8859-1"><p>Café, été, à côté'.encode()
    page = read(b"a.html", raw, LIMITS)
    assert isinstance(page, HtmlPage)
    assert "Café, été, à côté" in page.markup


@pytest.mark.parametrize(
    ("path", "raw", "charset", "rule"),
    [
        (b"a.txt", CYRILLIC.encode("koi8_r"), "koi8-r", "guessed"),
        (b"a.md", CYRILLIC.encode("cp1251"), "windows-1251", "guessed"),
        (b"a.html", b'<meta charset="ibm866">' + CYRILLIC.encode("cp866"), "ibm866", "declared"),
        (b"a.txt", CYRILLIC.encode("utf-16"), "utf-16le", "byte order mark"),
        (b"a.txt", (CYRILLIC * 9).encode() + b"\xff", "utf-8", "guessed"),
        (b"a.txt", "Les fées, à côté".encode().decode("cp1252").encode(), "utf-8", REPAIRED),
    ],
)
def test_a_document_tells_how_its_charset_was_chosen(
    path: bytes, raw: bytes, charset: str, rule: str
) -> None:
    evidence = read(path, raw, LIMITS).charset
    assert evidence is not None
    assert (evidence.field, evidence.value, evidence.rule) == ("charset", charset, rule)


@pytest.mark.parametrize(
    ("path", "raw"),
    [
        (b"a.txt", b"text"),
        (b"a.md", CYRILLIC.encode()),
        (b"a.txt", CYRILLIC.encode("utf-8-sig")),
        (b"a.html", f'<meta charset="utf-8"><p>{CYRILLIC}'.encode()),
        (b"a.html", f'<meta charset="iso-8859-1"><p>{CYRILLIC}'.encode()),
    ],
)
def test_plain_utf_8_is_no_choice(path: bytes, raw: bytes) -> None:
    assert read(path, raw, LIMITS).charset is None
