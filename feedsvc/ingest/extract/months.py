"""Month names of news languages, from CLDR by way of Babel, folded for comparison."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Levantine, Maghrebi and Moroccan papers, and Austrian ones, have names of their own.
_LOCALES = """
en de de_AT fr es pt it nl ca ro sv da nb nn fi et is pl cs sk sl hu tr az id ms sw vi ru uk bg
sr sr_Latn el he ar ar_SY ar_DZ ar_MA ur fa ps hi mr bn ta te gu ne hy ka lv
"""

# What papers write beside what CLDR lists.
_ALSO = {
    1: ("jaenner", "ژانویه", "كانون الثاني"),
    3: ("maerz", "mrz"),
    5: ("می", "mei"),
    6: ("ژوئن",),
    7: ("ژوئیه", "جولای", "جويلية", "julai"),
    8: ("اوت",),
    9: ("sept", "sett", "setiembre", "सितम्बर", "सितंबर"),
    10: ("अक्टूबर", "अक्तूबर"),
    11: ("नवम्बर",),
    12: ("दिसम्बर",),
}
_CATALAN_OF = re.compile(r"^d(?:e |['’])")

_FOLDED_LETTERS = {"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ۀ": "ه", "ı": "i"}


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


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    """Folded names, each with its month; a name that means two months would be left out.

    Built at the first use, in about a third of a second.
    """
    from babel import Locale  # slow to import, and most processes never extract

    meanings: dict[str, set[int]] = {}
    for locale in _LOCALES.split():
        months = Locale.parse(locale).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for month, name in months[context][width].items():
                    meanings.setdefault(_folded_name(name), set()).add(month)
    for month, names in _ALSO.items():
        for name in names:
            meanings.setdefault(fold(name), set()).add(month)
    return {
        name: min(found)
        for name, found in meanings.items()
        if len(found) == 1 and len(name) > 1 and not any(c.isdigit() for c in name)
    }


def _folded_name(name: str) -> str:
    folded = fold(unicodedata.normalize("NFC", name)).strip(" .॰׳’'")
    return _CATALAN_OF.sub("", folded)


def month_of(name: str) -> int | None:
    """The month that a folded name means, or None."""
    return _months().get(name.rstrip("॰"))
