"""Which charset bytes are written in where nothing says it: the one that makes a language of them.

Nearly every charset of one byte a letter has a letter for nearly every byte. So it is not asked
which of them fits, but whose words look like words, and most like those of one language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import webencodings

from feedsvc.ingest.extract.language import identifier

# By the names of the WHATWG, the usual ones first: how much of its likeness a reading keeps. What
# hardly anybody writes in must be better by more than a sentence varies.
_CANDIDATES = {
    charset: kept
    for kept, charsets in (
        (1.0, "windows-1252 windows-1251 koi8-r shift_jis gb18030 big5 euc-kr"),
        (0.995, "iso-8859-15 windows-1250 iso-8859-2 koi8-u ibm866 iso-8859-5 windows-1253"),
        (0.995, "iso-8859-7 windows-1254 windows-1255 iso-8859-8 windows-1256 iso-8859-6"),
        (0.995, "windows-1257 windows-1258 windows-874 euc-jp"),
        (0.98, "macintosh x-mac-cyrillic"),
    )
    for charset in charsets.split()
}
# Of so many letters beyond ASCII, genuine texts have a tenth that is odd, and noise two fifths.
_TELLING = 16
_MAX_ODD_SHARE = 0.25

# Letters beyond ASCII tell readings apart, and the words around them which is right.
_CONTEXT_CHARS = 40
_MAX_CHARS = 800
# Up to where two passages would not touch.
_FOREIGN = re.compile(rf"[^\x00-\x7f](?:[\x00-\x7f]{{0,{2 * _CONTEXT_CHARS}}}[^\x00-\x7f])*")

_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u0652\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
_SCRIPTS = (
    "A-Za-zªµºÀ-ÖØ-öø-ɏ",  # Latin
    "\u0370-\u03ff",  # Greek
    "\u0400-\u04ff",  # Cyrillic
    "\u0591-\u05ea",  # Hebrew
    "\u0621-\u06d3",  # Arabic
    "\u0e01-\u0e4e",  # Thai
)
_SMALL = "ß-öø-ÿāăąćčďđēėęěğģīįķļłńņňőœŗřśşšţťūůűųźżžа-џά-ώ"
_CAPITAL = "À-ÖØ-ÞĄĆČĎĐĘĚĞŁŃŇŐŒŘŚŞŠŤŮŰŹŻŽЀ-ЯΆ-Ώ"
_IDEOGRAPHS = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff61-\uff9f"
# What a wrong charset makes of words, and hardly anybody writes.
_ODD = re.compile(
    "|".join(
        (
            # Controls, boxes and private characters; accents without a letter, and formulas.
            "[\x80-\x9f\u200e\u200f\u2320-\u25ff\ue000-\uf8ff]",
            "[¤¦¨¬¯´¸ˆ˜˘˙˚˝˛ˇ΄΅ƒ√∞≈∆◊∂∑∏∫≤≥≠ﬁﬂ⁄]",
            # Signs between two letters; small ones before a letter, and letters before a digit.
            r"(?<=[^\W\d_])[‚„‡†‰‹›€™©®±¶§÷×«»•№](?=[^\W\d_])",
            r"[ª¹²³¼½¾](?=[^\W\d_])",
            r"[À-ÖØ-öø-ɏЀ-ӿ](?=\d)",
            # Two scripts in a word; a capital behind a small letter; a mark on nothing.
            *(f"[{s}](?=[{''.join(o for o in _SCRIPTS if o != s)}])" for s in _SCRIPTS),
            f"[{_SMALL}](?=[A-Z{_CAPITAL}])|[a-z](?=[{_CAPITAL}])",
            rf"(?<![\w{_MARKS}])[{_MARKS}]",
            # Letters alone, of which most scripts have few, and Latin none of these; an ideograph
            # alone at a Latin word.
            rf"(?<![\w{_MARKS}])[œŒšŠžŽŸ\u0370-\u0e7f](?<=\w)(?![\w{_MARKS}])",
            f"[A-Za-z][{_IDEOGRAPHS}](?![{_IDEOGRAPHS}])",
            # Letters that end a word inside one, or the other way round.
            r"[ךםןףץ](?=[א-ת])|[ةى](?=[\u0621-\u064a])|ς(?=[α-ώ])|\b[ъьЪЬ]",
            # Thai vowels and signs where the script has no place for them.
            "[ะาำเ-ๅฯ](?=[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])|[ะาำฯ](?=[ะาำฯ])|[เ-ไ](?![ก-ฮ])",
            "[฿๐-๙๚๛](?=[ก-\u0e4e])|[ก-\u0e4e](?=[฿๐-๙๚๛])",
        )
    )
)
_ASCII_SIGNS = re.compile(r"[!-/:-@\[-`{-~]+")
_SIGN = re.compile(rf"[^\w\s{_MARKS}]")


def likely_charsets(sample: bytes) -> list[str]:
    """The charsets in which a sample is a text, by their names of the WHATWG, the likeliest first.

    sample: a stretch of a text, with bytes beyond ASCII; its last character may be cut.
    """
    readings = {c: words for c in _CANDIDATES if (words := _words(sample, c)) is not None}
    likeness = {words: _likeness(words) for words in set(readings.values())}
    found = {
        charset: alike * _CANDIDATES[charset]
        for charset, words in readings.items()
        if (alike := likeness[words]) is not None
    }
    return sorted(found, key=found.__getitem__, reverse=True)


def _words(sample: bytes, charset: str) -> str | None:
    """The words with letters beyond ASCII as a charset has them; None where bytes do not fit."""
    codec = webencodings.lookup(charset).codec_info
    try:
        text = codec.incrementaldecoder("strict").decode(sample)
    except UnicodeDecodeError:
        return None
    return " ".join(_passages(text))


def _passages(text: str) -> Iterator[str]:
    left = _MAX_CHARS
    for found in _FOREIGN.finditer(text):
        start = max(0, found.start() - _CONTEXT_CHARS)
        passage = text[start : min(found.end() + _CONTEXT_CHARS, start + left)]
        yield passage
        left -= len(passage)
        if left <= 0:
            return


def _likeness(words: str) -> float | None:
    """How much words look like those of one language; None where they are no words."""
    foreign = len(words) - len(words.encode("ascii", "ignore"))
    odd = len(_ODD.findall(words)) / max(foreign, 1)
    if foreign >= _TELLING and odd > _MAX_ODD_SHARE:
        return None
    # A sign counts two bytes, as most of the letters do that other readings have in its place.
    letters = _SIGN.sub("  ", _ASCII_SIGNS.sub(" ", words))
    likeness: float = identifier().likeness(letters)
    return likeness * max(0.0, 1.0 - odd) ** 2
