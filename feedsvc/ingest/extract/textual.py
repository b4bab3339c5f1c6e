"""Plain text fields made fit to be stored: the rules that every format shares.

A title, a name or a caption is one line of text in XML 1.0 `Char`, in NFC, and does nothing to
the text around it: no control, no override of direction, no isolate left open.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

MAX_TITLE_CHARS = 300
MAX_SUMMARY_CHARS = 500

_XML_CHAR = "\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff"
_NOT_XML_CHAR = re.compile(f"[^{_XML_CHAR}]")
# To match what is allowed takes half the time of a search for what is not; of ASCII, to leave it
# out takes a third of that.
_XML_CHARS = re.compile(f"[{_XML_CHAR}]*+")
_XML_ASCII = bytes([*b"\t\n\r", *range(0x20, 0x80)])
_OVERRIDES = re.compile("[\u202a-\u202e]")
# What XML can carry, without carriage returns, overrides and isolates.
_UNDIRECTED_CHARS = re.compile(
    "[\t\n\u0020-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*+"
)
_NEVER_PLAIN = re.compile(
    "[\u007f-\u0084\u0086-\u009f\u061c\u200e\u200f\u202a-\u202e\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb]"
)
_ZERO_WIDTH = re.compile("[\u200b-\u200d]+")
_ISOLATES = re.compile("[\u2066-\u2069]")
_ZWSP, _ZWNJ, _ZWJ, _PDI = "\u200b", "\u200c", "\u200d", "\u2069"


def to_xml_chars(text: str) -> str:
    """Drop what XML 1.0 cannot carry, lone surrogates among it."""
    return text if is_xml_text(text) else _NOT_XML_CHAR.sub("", text)


def is_xml_text(text: str) -> bool:
    """Whether XML 1.0 can carry every character of a text."""
    if text.isascii():
        return not text.encode("ascii").translate(None, _XML_ASCII)
    return _XML_CHARS.fullmatch(text) is not None


def is_undirected(text: str) -> bool:
    """Whether it is XML text with line feeds alone, and nothing in it directs what is around it."""
    return _UNDIRECTED_CHARS.fullmatch(text) is not None


def holds_override(text: str) -> bool:
    return not text.isascii() and _OVERRIDES.search(text) is not None


def without_overrides(text: str) -> str:
    """Drop U+202A to U+202E, which direct what stands around them too."""
    return text if text.isascii() else _OVERRIDES.sub("", text)


def balance_isolates(text: str) -> str:
    """Drop the isolates (U+2066 to U+2069) that are never closed or never opened."""
    return "".join(_balanced(text)) if _ISOLATES.search(text) else text


def clean_text(value: str, max_chars: int = MAX_TITLE_CHARS) -> str:
    """Make one line of plain text of a field, cut at a grapheme where it is too long.

    U+200C and U+200D stay inside words and emoji, balanced isolates stay: languages need them.
    """
    # Far more than any field holds; what lies beyond would be cut away in the end.
    text = to_xml_chars(value[: max(10_000, 20 * max_chars)])
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        text = _NEVER_PLAIN.sub("", text)
        text = _ZERO_WIDTH.sub(_kept_joiner, text)
    text = " ".join(text.split())
    text = cut_at_grapheme(text, max_chars)
    return balance_isolates(text)


def cut_at_grapheme(text: str, max_chars: int) -> str:
    """The beginning of `text`: at most `max_chars`, with "…" where something was cut.

    No combining mark, joined emoji, flag or Hangul syllable is torn apart.
    """
    if len(text) <= max_chars:
        return text
    end = max_chars - 1
    while end > 0 and not is_grapheme_start(text, end):
        end -= 1
    return text[:end].rstrip() + "…"


def is_grapheme_start(text: str, at: int) -> bool:
    """Whether `text` may be cut before `at` (Unicode Annex 29, as far as news writes it)."""
    here, before = text[at], text[at - 1]
    if _ZWJ in (here, before) or here == _ZWNJ:
        return False
    if unicodedata.category(here) in ("Mn", "Mc", "Me") or "\U0001f3fb" <= here <= "\U0001f3ff":
        return False
    if "\u1160" <= here <= "\u11ff":
        return False
    if _is_regional(here) and _is_regional(before):
        run = 0
        while at - run > 0 and _is_regional(text[at - run - 1]):
            run += 1
        return run % 2 == 0
    return True


def _is_regional(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _kept_joiner(match: re.Match[str]) -> str:
    """One joiner between two characters that it may join; nothing else of a run."""
    run, text = match.group(), match.string
    if len(run) > 1 or run == _ZWSP or match.start() == 0 or match.end() == len(text):
        return ""
    before, after = text[match.start() - 1], text[match.end()]
    joins_words = _is_word(before) and _is_word(after)
    joins_emoji = run == _ZWJ and not before.isspace() and not after.isspace()
    return run if joins_words or (joins_emoji and not after.isascii()) else ""


def _is_word(char: str) -> bool:
    return unicodedata.category(char)[0] in "LM"


def _balanced(text: str) -> Iterator[str]:
    """The characters of `text` without isolates that are never closed or never opened."""
    opened: list[int] = []
    partners: set[int] = set()
    for at, char in enumerate(text):
        if char == _PDI:
            if opened:
                partners |= {opened.pop(), at}
        elif "\u2066" <= char <= "\u2068":
            opened.append(at)
    for at, char in enumerate(text):
        if not _ISOLATES.match(char) or at in partners:
            yield char
