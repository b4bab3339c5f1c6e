"""Bytes to text: how a document's charset is known, and what is made of its characters.

Everything behind this stage is text in XML 1.0 `Char` whose lines end in LF.
"""

from __future__ import annotations

import codecs
import re

import webencodings

from feedsvc.errors import UndecodableDocument
from feedsvc.ingest.article import DecodedDocument
from feedsvc.ingest.extract.textual import to_xml_chars
from feedsvc.ingest.guess import likely_charsets

_PRESCAN_BYTES = 1024
_GUESS_BYTES = 65_536

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16le"),
    (codecs.BOM_UTF16_BE, "utf-16be"),
)
_UTF32_BOMS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)

# What files that are no text begin with, and what they are called.
_BINARY = (
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x1f\x8b", "gzip data"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\x00", "a database"),
    (b"BZh", "bzip2 data"),
    (b"\xfd7zXZ\x00", "xz data"),
    (b"\x28\xb5\x2f\xfd", "zstd data"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"{\\rtf", "an RTF document"),
)
# Text holds no control characters but these; a few strays are dropped, many make it binary.
_CONTROLS = bytes([*range(0x09), *range(0x0E, 0x1B), *range(0x1C, 0x20)])
_MAX_CONTROL_SHARE = 0.01

_FOREIGN = re.compile(rb"[\x80-\xff]")
_INTO_JAPANESE, _BACK_TO_ASCII = re.compile(rb"\x1b\$[@B]"), re.compile(rb"\x1b\([BJ]")

# A text in UTF-8 with a broken sequence in so many good ones was damaged, not written otherwise.
_GOOD_PER_BROKEN = 20

# UTF-8 that was read as windows-1252: the lead byte of a sequence, and bytes that continue it.
_MOJIBAKE = re.compile("[ÂÃÄÅÎÏÐÑØÙàáâãäåæçèé][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
_MIN_MOJIBAKE = 3
_OPEN_IN_1252 = "\x81\x8d\x8f\x90\x9d"


def decode(raw: bytes, *, declared: str | None = None) -> DecodedDocument:
    """Turn a document's bytes into text, and say how its charset was known.

    A byte order mark wins over the label that the format declares, which wins over UTF-8 where
    every byte fits, which wins over guessing (WHATWG HTML, "Determining the character encoding").
    raw: the whole file, at most `max_document_bytes`. declared: any label of the WHATWG.
    Raises UndecodableDocument if no candidate fits every byte, or the bytes are no text.
    """
    _refuse_known_binary(raw)
    found = _by_bom(raw) or _by_wide_pattern(raw) or _by_wide_guess(raw)
    if found is None:
        _refuse_controls(raw)
        found = _by_label(raw, declared) or _by_escapes(raw)
        found = found or _as_utf8(raw) or _as_damaged_utf8(raw) or _by_guess(raw)
    if found is None:
        raise UndecodableDocument(
            "no character encoding fits every byte: save the file as UTF-8 text"
        )
    text = _repair_mojibake(found.text)
    how = found.how if text == found.text else "repaired"
    return DecodedDocument(text=clean_lines(text), charset=found.charset, how=how)


def clean_lines(text: str) -> str:
    """Text in XML 1.0 `Char`, its lines ended by LF alone."""
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    # Page breaks of text dumps.
    text = text.replace("\f", "\n").replace("\v", "\n")
    return to_xml_chars(text)


def _refuse_known_binary(raw: bytes) -> None:
    for magic, name in _BINARY:
        if raw.startswith(magic):
            raise UndecodableDocument(
                f"this is {name}, not text: save the article as text, HTML or Markdown"
            )
    if raw.startswith(_UTF32_BOMS) and len(raw) % 4 == 0 and b"\x00\x00" in raw[:8]:
        raise UndecodableDocument("this is text in UTF-32: save it as UTF-8")


def _refuse_controls(raw: bytes) -> None:
    if _count_controls(raw) > max(2, _MAX_CONTROL_SHARE * len(raw)):
        raise UndecodableDocument(
            "these bytes are no text (too many control characters): save the article as text, "
            "HTML or Markdown in UTF-8"
        )


def _count_controls(raw: bytes) -> int:
    return len(raw) - len(raw.translate(None, _CONTROLS))


def _by_bom(raw: bytes) -> DecodedDocument | None:
    for bom, charset in _BOMS:
        if raw.startswith(bom):
            return _strictly(raw[len(bom) :], charset, "bom")
    return None


def _by_wide_pattern(raw: bytes) -> DecodedDocument | None:
    """UTF-16 without a mark, certain where nearly all NUL bytes stand on one side."""
    sample = raw[:_GUESS_BYTES]
    if len(raw) < 8 or len(raw) % 2 or sample.count(0) < 0.05 * len(sample):
        return None
    high_be, high_le = sample[0::2].count(0), sample[1::2].count(0)
    charset = "utf-16le" if high_le > high_be else "utf-16be"
    if min(high_be, high_le) > 0.02 * max(high_be, high_le):
        return None
    found = _strictly(raw, charset, "guessed")
    if found is None:
        return None
    return found if _is_readable(found.text[:4096]) else None


def _by_wide_guess(raw: bytes) -> DecodedDocument | None:
    """UTF-16 without a mark that holds few NUL bytes, where charset-normalizer is sure."""
    if len(raw) < 8 or len(raw) % 2 or not _count_controls(raw) or _as_utf8(raw):
        return None
    from charset_normalizer import from_bytes  # slow to import, and rarely needed

    sample = raw[:_GUESS_BYTES]
    matches = from_bytes(sample, cp_isolation=["utf_16_le", "utf_16_be"], enable_fallback=False)
    if len(matches) != 1 or matches[0].chaos > 0:
        return None
    found = _strictly(raw, matches[0].encoding.replace("_16_", "-16"), "guessed")
    return found if found and _is_readable(found.text[:4096]) else None


def _is_readable(text: str) -> bool:
    readable = sum(c.isprintable() or c in "\t\n\r" for c in text)
    return readable >= 0.98 * len(text)


def _by_label(raw: bytes, declared: str | None) -> DecodedDocument | None:
    encoding = webencodings.lookup(declared) if declared else None
    if encoding is None or encoding.name in ("utf-8", "replacement", "x-user-defined"):
        return _as_utf8(raw, "declared") if encoding and encoding.name == "utf-8" else None
    if encoding.name.startswith("utf-16"):
        # It could not have been read so far, had it been UTF-16 (WHATWG HTML, the prescan).
        return None
    return _strictly(raw, encoding.name, "declared")


def _as_utf8(raw: bytes, how: str = "utf-8") -> DecodedDocument | None:
    return _strictly(raw, "utf-8", how)


def _by_escapes(raw: bytes) -> DecodedDocument | None:
    """ISO-2022-JP: ASCII but for the sequences that lead into Japanese and out of it again."""
    if not (raw.isascii() and _INTO_JAPANESE.search(raw) and _BACK_TO_ASCII.search(raw)):
        return None
    return _strictly(raw, "iso-2022-jp", "guessed")


def _as_damaged_utf8(raw: bytes) -> DecodedDocument | None:
    """UTF-8 that was cut inside its last character, or holds a few broken bytes as U+FFFD."""
    text = raw.decode("utf-8", "replace")
    broken = text.count("\ufffd") - raw.count(b"\xef\xbf\xbd")
    good = sum(c > "\x7f" for c in text) - broken
    if good > 0 and broken == 1:
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError as error:
            if error.reason == "unexpected end of data":
                return DecodedDocument(text=text[:-1], charset="utf-8", how="utf-8")
    if good >= _GOOD_PER_BROKEN * broken:
        return DecodedDocument(text=text, charset="utf-8", how="guessed")
    return None


def _by_guess(raw: bytes) -> DecodedDocument | None:
    """The likeliest charset of a stretch with foreign bytes, if it fits the whole."""
    first = next((m.start() for m in _FOREIGN.finditer(raw)), 0)
    start = max(0, raw.rfind(b"\n", 0, max(0, first - 1024)) + 1)
    sample = raw[start : start + _GUESS_BYTES]
    readings = (_strictly(raw, charset, "guessed") for charset in likely_charsets(sample))
    return next(filter(None, readings), None)


def _strictly(raw: bytes, charset: str, how: str) -> DecodedDocument | None:
    encoding = webencodings.lookup(charset)
    if encoding is None:
        return None
    try:
        text, _ = encoding.codec_info.decode(raw, "strict")
    except UnicodeDecodeError:
        return None
    return DecodedDocument(text=text, charset=encoding.name, how=how)


def _repair_mojibake(text: str) -> str:
    """UTF-8 that was once read as windows-1252 and saved again, read rightly; else `text`.

    Certain, because the whole text makes the round trip: one genuine accent would break it.
    """
    if text.isascii():
        return text
    try:
        repaired = _to_windows_1252(text).decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text
    return repaired if len(_MOJIBAKE.findall(text)) >= _MIN_MOJIBAKE else text


def _to_windows_1252(text: str) -> bytes:
    """As browsers encode it: the five bytes that windows-1252 leaves open are C1 controls."""
    try:
        return text.encode("cp1252")
    except UnicodeEncodeError as error:
        if text[error.start] not in _OPEN_IN_1252:
            raise
        return b"".join(c.encode("latin-1" if c in _OPEN_IN_1252 else "cp1252") for c in text)


_META = re.compile(rb"<meta(?=[\s/])", re.IGNORECASE)
_COMMENT_OR_META = re.compile(rb"<!--.*?-->|<meta(?=[\s/])[^>]*>?", re.IGNORECASE | re.DOTALL)
_ATTRIBUTE = re.compile(
    rb"""([^\s/>="']+)(?:\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s>"']+)))?""", re.DOTALL
)
_CHARSET_IN_CONTENT = re.compile(rb"""charset\s{0,9}=\s{0,9}["']?([^\s;"']+)""", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"""^<\?xml\s[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")


def html_charset(raw: bytes) -> str | None:
    """The charset an HTML document declares in its first 1024 bytes, by its WHATWG name.

    WHATWG HTML, "Prescan a byte stream to determine its encoding": what stands in a comment does
    not count, UTF-16 means UTF-8 there.
    """
    head = raw[:_PRESCAN_BYTES]
    for tag in _COMMENT_OR_META.finditer(head):
        label = _meta_label(tag.group()) if _META.match(tag.group()) else None
        name = _known_name(label)
        if name is not None:
            return name
    xml = _XML_ENCODING.match(head)
    return _known_name(xml.group(1)) if xml else None


def _meta_label(tag: bytes) -> bytes | None:
    attributes: dict[bytes, bytes] = {}
    for match in _ATTRIBUTE.finditer(tag, len(b"<meta")):
        value = next((v for v in match.groups()[1:] if v is not None), b"")
        attributes.setdefault(match.group(1).lower(), value)
    if b"charset" in attributes:
        return attributes[b"charset"]
    if attributes.get(b"http-equiv", b"").strip().lower() == b"content-type":
        content = _CHARSET_IN_CONTENT.search(attributes.get(b"content", b""))
        return content.group(1) if content else None
    return None


def _known_name(label: bytes | None) -> str | None:
    if label is None:
        return None
    encoding = webencodings.lookup(label.decode("latin-1"))
    if encoding is None:
        return None
    name: str = encoding.name
    return {"utf-16le": "utf-8", "utf-16be": "utf-8", "x-user-defined": "windows-1252"}.get(
        name, name
    )
