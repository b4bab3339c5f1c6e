"""Prints months.txt of feedsvc/ingest/extract/days, as CLDR by way of Babel has it.

To be run in a process of its own: what Babel says of a locale depends on which it loaded before,
and here no locale is merged with those that it inherits from.
"""

from __future__ import annotations

from babel import localedata

from feedsvc.ingest.extract.days.months import plain_name

# Levantine, Maghrebi and Moroccan papers, and Austrian ones, have names of their own. Tigrinya is
# left out: CLDR gives it the names of the Ethiopian calendar.
LOCALES = """
en de de_AT fr fr_CA es pt it nl ca gl eu ro sv da nb nn fi et lv lt is fo pl cs sk sl hr
sr_Latn sq mt hu tr az uz tk id ms fil jv sw so ha af zu cy ga vi lb ru uk be bg mk sr kk ky tg
hy ka el he ar ar_SY ar_DZ ar_MA fa fa_AF ps ur sd ug ckb hi mr ne bn as pa gu or ta te kn ml si
th lo km my am
""".split()
# What stands glued to a name in a date: "in", "month" before it, "of" behind it.
BENT = {"he": ("ב", ""), "km": ("ខែ", ""), "ckb": ("", "ي"), "eu": ("", "ren")}
# Czech and Hausa abbreviations that no paper prints, and that are words elsewhere: "13 Pro 2022".
WORDS_ELSEWHERE = {"pro", "sat"}


def names_from_cldr() -> str:
    """One line a locale: its name, then a column a month, of names that no line before it has."""
    known: set[str] = set()
    lines = []
    for locale in LOCALES:
        names = _names(locale)
        columns = [locale]
        for month in range(1, 13):
            columns.append(",".join(sorted(names[month] - known)))
            known.update(names[month])
        lines.append("\t".join(columns).rstrip())
    return "\n".join(lines)


def _names(locale: str) -> dict[int, set[str]]:
    """The names of each month, whole and abbreviated, as they stand in a date and alone."""
    names: dict[int, set[str]] = {month: set() for month in range(1, 13)}
    months = localedata.load(locale, merge_inherited=False).get("months", {})
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            printed = months.get(context, {}).get(width, {})
            # An alias stands where the other context has the same names.
            for month, name in printed.items() if isinstance(printed, dict) else ():
                names[month].update(_variants(locale, plain_name(name)))
    return names


def _variants(locale: str, name: str) -> set[str]:
    if locale == "ca":  # "de novembre", "d'octubre"
        name = name.removeprefix("de ").removeprefix("d'").removeprefix("d’")
    before, behind = BENT.get(locale, ("", ""))
    variants = {name, f"{before}{name}{behind}"} - WORDS_ELSEWHERE
    return {v for v in variants if len(name) > 1 and not any(c.isdigit() for c in name)}


if __name__ == "__main__":
    print(names_from_cldr())
