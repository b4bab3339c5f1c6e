"""Bytes become the text their author meant; its data lie under cases/decode."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.errors import UndecodableDocument
from feedsvc.ingest.decode import decode, html_charset
from tests.casebook import Case, cases


@pytest.mark.parametrize("case", cases("decode"), ids=str)
def test_a_document_is_decoded_as_its_author_meant_it(case: Case) -> None:
    raw, declared = case.read("source.txt"), case.expected.get("declared")
    if "refused" in case.expected:
        with pytest.raises(UndecodableDocument) as refusal:
            decode(raw, declared=declared)
        assert refusal.value.reason == case.expected["refused"]
        return
    decoded = decode(raw, declared=declared)
    assert decoded.text == case.expected["text"]
    assert (decoded.charset, decoded.how) == (case.expected["charset"], case.expected["how"])


@given(st.binary(max_size=600), st.sampled_from([None, "utf-8", "latin1", "gbk", "utf-16", "?"]))
def test_any_bytes_become_clean_text_or_are_refused(raw: bytes, declared: str | None) -> None:
    try:
        text = decode(raw, declared=declared).text
    except UndecodableDocument:
        return
    assert "\r" not in text
    assert all(
        c in "\t\n" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
        for c in text
    )


@given(st.text(max_size=300))
def test_utf_8_is_always_read_as_utf_8(text: str) -> None:
    raw = text.encode("utf-8", "ignore")
    try:
        decoded = decode(raw)
    except UndecodableDocument:
        return  # mostly control characters, or the beginning of a binary format
    assert decoded.charset in ("utf-8", "utf-16le", "utf-16be")


def test_one_broken_byte_does_not_garble_a_long_text() -> None:
    raw = ("Čtvrtek přinesl déšť. " * 20).encode() + b"\x92"
    decoded = decode(raw)
    assert decoded.text.startswith("Čtvrtek přinesl déšť.")
    assert decoded.text.endswith("\ufffd")


@pytest.mark.parametrize(
    ("head", "charset"),
    [
        (b'<meta charset="utf8">', "utf-8"),
        (b"<META CHARSET=ISO-8859-1 />", "windows-1252"),
        (b'<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">', "koi8-r"),
        (b'<meta content="text/html; charset=koi8-r" http-equiv="content-type">', "koi8-r"),
        (b'<!-- <meta charset="koi8-r"> --><meta charset="shift_jis">', "shift_jis"),
        (b'<meta name="a" content="charset=koi8-r"><meta charset=gbk>', "gbk"),
        (b'<meta charset="utf-16">', "utf-8"),
        (b'<?xml version="1.0" encoding="ISO-8859-2"?><html>', "iso-8859-2"),
        (b'<meta charset="no-such-charset"><p>', None),
        (b"<p>charset=koi8-r", None),
        (b" " * 1024 + b'<meta charset="koi8-r">', None),
        (b"<meta " + b"a" * 5000, None),
    ],
)
def test_a_page_declares_its_charset_as_the_whatwg_reads_it(
    head: bytes, charset: str | None
) -> None:
    assert html_charset(head) == charset


JAPANESE = "台風が近づき、港は今朝から閉まっている。船は出ない。\n"


def test_japanese_in_escape_sequences_is_known_by_them() -> None:
    found = decode(f"Harbour\n{JAPANESE * 3}".encode("iso2022_jp"))
    assert (found.text, found.charset) == (f"Harbour\n{JAPANESE * 3}", "iso-2022-jp")


def test_a_stray_escape_makes_no_japanese() -> None:
    assert decode(b"It costs \x1b$BIG money.\n").charset == "utf-8"
