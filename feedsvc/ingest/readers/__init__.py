"""Readers: decoded text to what it is made of, a module a format; no rule of extraction."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import islice

from feedsvc.errors import UnsupportedDocument
from feedsvc.ingest.article import DecodedDocument, Readable
from feedsvc.ingest.decode import decode, html_charset
from feedsvc.ingest.readers.html import read_html
from feedsvc.ingest.readers.markdown import read_markdown
from feedsvc.ingest.readers.text import read_text
from feedsvc.ingest.suffixes import HTML, MARKDOWN, SUFFIXES, TEXT, suffix_of
from feedsvc.model.entry import Evidence
from feedsvc.settings import LimitSettings

_SNIFFED_BYTES = 1_024
# So many runs of other letters, all of them valid.
_CERTAINLY_UTF8 = 3
_NON_ASCII = re.compile(rb"[\x80-\xff]+")
# By how a charset was known: the rule that is shown for it, and how sure it is.
_CHARSET_RULES = {
    "bom": ("byte order mark", 1.0),
    "declared": ("declared", 0.98),
    "guessed": ("guessed", 0.95),
    "repaired": ("repaired: was read as windows-1252 once", 0.98),
}


def read(path: bytes, raw: bytes, limits: LimitSettings) -> Readable:
    """Decode a document and read it by its format, with how it was decoded where that is a choice.

    A dump that is clearly a whole page is read as one; a name without a suffix is judged by its
    content. Raises UnsupportedDocument for a format that has no reader.
    """
    suffix = suffix_of(path)
    reader = _READERS.get(suffix)
    if reader is None:
        raise UnsupportedDocument(
            f"there is no reader for {_shown(suffix)}; supported are "
            + ", ".join(sorted(known.decode() for known in SUFFIXES))
        )
    if reader is _read_text and _is_whole_page(raw):
        reader = _read_html
    decoded = decode(raw, declared=_page_charset(raw) if reader is _read_html else None)
    document = reader(decoded.text, limits)
    if _is_plain_utf8(decoded):
        return document
    return replace(document, charset=_charset_evidence(decoded))


def _is_whole_page(raw: bytes) -> bool:
    start = raw[:_SNIFFED_BYTES].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return start.startswith((b"<!doctype html", b"<html"))


def _shown(suffix: bytes) -> str:
    return f"*{suffix.decode('ascii', 'backslashreplace')}"


def _is_plain_utf8(decoded: DecodedDocument) -> bool:
    return decoded.charset == "utf-8" and decoded.how in ("bom", "declared", "utf-8")


def _charset_evidence(decoded: DecodedDocument) -> Evidence:
    rule, confidence = _CHARSET_RULES[decoded.how]
    return Evidence(field="charset", value=decoded.charset, rule=rule, confidence=confidence)


def _read_text(text: str, limits: LimitSettings) -> Readable:
    dump = read_text(text)
    if len(dump.lines) > limits.max_dump_lines:
        raise UnsupportedDocument(
            f"has {len(dump.lines):,} lines, more than limits.max_dump_lines "
            f"({limits.max_dump_lines:,}): is it a single article?"
        )
    return dump


def _read_html(text: str, limits: LimitSettings) -> Readable:
    return read_html(text)


def _page_charset(raw: bytes) -> str | None:
    """What the page declares; nothing where its bytes are UTF-8 all the same.

    A page that was saved or converted keeps its old label. No legacy text is UTF-8 by chance.
    """
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return html_charset(raw)
    is_utf8 = len(list(islice(_NON_ASCII.finditer(raw), _CERTAINLY_UTF8))) == _CERTAINLY_UTF8
    return None if is_utf8 else html_charset(raw)


_READERS: dict[bytes, Callable[[str, LimitSettings], Readable]] = {
    **dict.fromkeys(TEXT, _read_text),
    **dict.fromkeys(HTML, _read_html),
    **dict.fromkeys(MARKDOWN, read_markdown),
}
