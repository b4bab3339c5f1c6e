"""Month names of news languages, folded for comparison.

They come from CLDR by way of Babel and lie in months.txt, which tests/ingest/test_months.py keeps
true (and rewrites with --accept): to load them from Babel took each process a third of a second.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_TABLE = Path(__file__).with_name("months.txt")

# What papers write beside what CLDR lists.
_ALSO = {
    1: ("jaenner", "ژانویه", "كانون الثاني", "jän", "जन"),
    2: ("fevr", "фебр"),
    3: ("maerz", "mrz", "мрт"),
    5: ("می", "mei", "mayis"),
    6: ("ژوئن", "يونية"),
    7: ("ژوئیه", "جولای", "جويلية", "julai", "يولية"),
    8: ("اوت",),
    9: ("sept", "sett", "setiembre", "सितम्बर", "सितंबर"),
    10: ("अक्टूबर", "अक्तूबर"),
    11: ("नवम्बर",),
    12: ("दिसम्बर",),
}
# Croatian names four months as Polish and Czech name others.
_CROATIAN = {"listopad": 10, "listopada": 10, "lis": 10, "lip": 6, "srp": 7}

_FOLDED_LETTERS = {"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ۀ": "ه", "ı": "i"}


# Joiners, and the hamza of a Persian genitive.
_INVISIBLE = re.compile("[\u200c\u200d\u0654]")


class _Folding(dict[int, str]):
    """A table for str.translate that keeps lengths: one character for one, found once."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_char(chr(code))
        return folded


def _fold_char(char: str) -> str:
    if char in _FOLDED_LETTERS:
        return _FOLDED_LETTERS[char]
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    if char.isspace():
        return " "
    plain = "".join(
        c for c in unicodedata.normalize("NFKD", char) if not "\u0300" <= c <= "\u036f"
    ).casefold()
    return plain if len(plain) == 1 else char


_FOLDING = _Folding()


def fold(text: str) -> str:
    """`text` without case, accents and variants of letters and digits, of the same length."""
    if text.isascii() and text.isprintable():
        return text.lower()  # the same, ten times as fast
    return text.translate(_FOLDING)


@dataclass(frozen=True, kw_only=True)
class _Months:
    """numbers: a folded name's month. beginnings: first words of the names that have several."""

    numbers: dict[str, int]
    beginnings: frozenset[str]


@lru_cache(maxsize=1)
def _months() -> _Months:
    """Every name of months.txt, where each line is a locale and January to December after it."""
    numbers: dict[str, int] = {}
    for line in _TABLE.read_text(encoding="utf-8").splitlines():
        for month, names in enumerate(line.split("\t")[1:], 1):
            for name in names.split(","):
                numbers[name] = month
    numbers.pop("", None)
    for month, also in _ALSO.items():
        numbers.update((plain_name(name), month) for name in also)
    beginnings = frozenset(name.partition(" ")[0] for name in numbers if " " in name)
    return _Months(numbers=numbers, beginnings=beginnings)


def plain_name(name: str) -> str:
    """A name as the table has it: folded, without joiners and what marks abbreviations."""
    folded = fold(name)
    if not folded.isascii():
        folded = _INVISIBLE.sub("", fold(unicodedata.normalize("NFC", name)))
    return folded.strip(" .॰׳’'")


def month_of(name: str, language: str | None = None) -> int | None:
    """The month that a folded name means, or None.

    language: decides between Croatian and its neighbours, who call other months "listopad".
    """
    month = _months().numbers.get(plain_name(name))
    if name in _CROATIAN and language is not None and language[:2] == "hr":
        return _CROATIAN[name]
    return month


def is_unsure(name: str) -> bool:
    """Whether a folded name means another month in Croatian than in Polish or Czech."""
    return name in _CROATIAN


def month_words() -> frozenset[str]:
    """Every folded name of a month, and the first words of the names of several words."""
    months = _months()
    return months.beginnings | months.numbers.keys()


def begins_a_name(word: str) -> bool:
    """Whether a folded word is the first of a month's name of two: "تشرين" of "تشرين الثاني"."""
    return word in _months().beginnings
