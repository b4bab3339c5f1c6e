"""Days printed with a month's name, in whatever order and with whatever stands between."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from feedsvc.ingest.extract.days.calendars import SOLAR_MONTHS, day_of_solar_hijri, year_of_thai
from feedsvc.ingest.extract.days.months import (
    begins_a_name,
    is_unsure,
    month_of,
    month_words,
    plain_name,
)

FIRST_YEAR, LAST_YEAR = 1700, 2199

# A letter, or what Indic and South-East Asian scripts write above, below and around one; Thai and
# Lao abbreviations have a point inside.
_SIGN = "[^\\W\\d_\u0600-\u0605]|[\u0900-\u0963\u0971-\u109f\u1780-\u17d3\u064b-\u065f\u200c\u200d]"
_WORD = f"[\u0e01-\u0eff]{{1,3}}\\.[\u0e01-\u0eff](?![\u0e01-\u0eff])|[^\\W\\d_](?:{_SIGN}){{1,19}}"
_WORDS = re.compile(_WORD)
_JOINED = re.compile("[\u200c\u200d\u0654]")
# What ends in lower case before a capital is another inline element: "TimesNovember 21".
_SEAM = re.compile(r"(?<=[a-z])[A-Z][a-z]{2,8}(?=\.? \d)")
# How far from its year a month's name, and the day, may stand.
_NEAR_CHARS = 44

_OF = r"(?:(?:de|del|of|d|di|ta|tal|a)(?![^\W\d_])[ ’'ʼ]{0,2})?"
_DAY_LEFT = re.compile(
    r"(?<![\d/])(?<![^\W_][-–])(?<!\d[:.,])(?<!\.[–-])(?P<day>\d{1,2})"
    r"(?:st|nd|rd|th|er|ere|re|[oae]|ος|-?го|-?е|-?и|\(a\))?[º°.]{0,2} {0,2}[-/.,]? {0,2}"
    rf"(?:ที่ ?|ي )?{_OF}$"
)
_NAMED_YEAR = r"(?P<year>(?:19|20)\d\d|\d{4}(?!\d))"
_ERA_WORD = r"(?:(?:[คพ]\.ศ\.?|ឆ្នាំ) ?)?"
_YEAR_RIGHT = re.compile(
    rf"[.॰׳’']?(?: ?[/(] ?(?P<second>(?:{_SIGN}){{2,20}}(?: (?:{_SIGN}){{2,20}})?)\)?"
    rf"| (?P<third>(?:{_SIGN}){{2,20}}(?: (?:{_SIGN}){{2,20}})?))?"
    rf" {{0,2}}(?:\([^()\d]{{1,12}}\))?[-/,،၊፣]?[-/.]? {{0,2}}{_OF}{_ERA_WORD}{_NAMED_YEAR}"
)
_DAY_YEAR_RIGHT = re.compile(
    r"[.॰׳’']? {0,2}[-/]? {0,2}(?P<day>\d{1,2})(?:st|nd|rd|th|[.])?(?!\d)(?: ?\([^()\d]{1,12}\))?"
    r" {0,2}[-/,،]? {0,2}(?:(?:at )?\d{1,2}[:.]\d\d(?::\d\d)?(?: ?[ap]\.?m\.?)?"
    rf"(?: [a-z]{{3,4}})?,? )?{_OF}{_NAMED_YEAR}"
)
_IN_AN_ADDRESS = re.compile(r"(?:[/_=]|[^\W\d_]-)$")
_YEAR_WORD = r"(?:\(e\)ko|-?ж| ?(?:m|g|gada|ж|оны|թ|წ|г|il|р|ရ))?"
_YEAR_LEFT = re.compile(
    rf"(?<!\d)(?P<year>\d{{4}}){_YEAR_WORD}[.,]{{0,2}} {{0,2}}[-/]?(?:د |de )?$"
)
_DAY_RIGHT = re.compile(r"[.॰׳’']?(?:ын)? {0,2}[-/]? {0,2}(?P<day>\d{1,2})(?!\d|[:.,]\d| ?%)")
_YEAR_DAY_LEFT = re.compile(
    r"(?<!\d)(?P<year>\d{4})(?:(?:-?ж|\.? ?g|\.? ?gada| ?ж)[.,]{0,2} {0,2}(?P<day>\d{1,2})"
    r"[. -]{0,2}| (?P<other>\d{1,2})-)$"
)


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day, where it stands in its line, and what recognised it."""

    day: date
    start: int
    end: int
    rule: str


def days_with_month_names(
    line: str, folded: str, years: list[int], language: str | None
) -> Iterator[Day]:
    """Days with a month's name: only words near a number of four digits are looked at."""
    joined = not line.isascii() and _JOINED.search(line) is not None
    known, done = _known_words(), 0
    for year in years:
        start, end = max(done, year - _NEAR_CHARS), min(len(folded), year + 4 + _NEAR_CHARS)
        for word in _WORDS.finditer(folded, start, end):
            done = word.end()
            name = plain_name(word.group()) if joined else word.group()
            if name in known:
                yield from _around_a_word(folded, word.start(), done, language)
        for seam in _SEAM.finditer(line, start, end):
            yield from _around_a_word(folded, seam.start(), seam.end(), language)


@lru_cache(maxsize=1)
def _known_words() -> frozenset[str]:
    """What names a month, or begins its name, in any calendar."""
    return month_words() | SOLAR_MONTHS.keys()


def _around_a_word(folded: str, start: int, end: int, language: str | None) -> Iterator[Day]:
    name = plain_name(folded[start:end])
    more = _WORDS.match(folded, end + 1) if begins_a_name(name) else None
    if more and month_of(f"{name} {more.group()}") is not None:
        end = more.end()
        name = f"{name} {more.group()}"
    month = month_of(name, language)
    if month is None:
        yield from _of_solar_month(folded, start, end, SOLAR_MONTHS.get(name))
        return
    thai = "\u0e01" <= name[0] <= "\u0e5b"
    for form in (_day_month_year, _month_day_year, _year_month_day, _year_day_month):
        told = form(folded, start, end, month)
        if told is None:
            continue
        year = year_of_thai(told.year) if thai else told.year
        found = valid_day(year, month, told.day)
        if found is not None:
            unsure = is_unsure(name) and language is None
            rule = f"month name of several languages, {told.rule}" if unsure else told.rule
            yield Day(day=found, start=told.start, end=told.end, rule=rule)
            return


@dataclass(frozen=True, kw_only=True)
class _Told:
    """A year and a day of the month beside a month's name, and where all three stand."""

    year: int
    day: int
    start: int
    end: int
    rule: str


def _day_month_year(folded: str, start: int, end: int, month: int) -> _Told | None:
    left = _DAY_LEFT.search(folded, max(0, start - 16), start)
    right = left and _YEAR_RIGHT.match(folded, end)
    if not left or not right:
        return None
    other = right["second"] or right["third"]
    if other and not _says_the_same(other, month):
        return None
    return _Told(
        year=int(right["year"]),
        day=int(left["day"]),
        start=left.start(),
        end=right.end(),
        rule="day, month name, year",
    )


def _says_the_same(words: str, month: int) -> bool:
    """Whether what stands between a month and its year is the month's other name."""
    names = [words, *words.split()]
    return month in (month_of(name) for name in names) or words in _NO_OTHER_MONTH


# "Of", "of the year", and how a year is counted.
_NO_OTHER_MONTH = frozenset(
    {"de", "del", "of", "του", "ano", "anno", "de ano", "del ano", "عام", "سنة", "سال", "ឆ្នាំ"}
)


def _month_day_year(folded: str, start: int, end: int, month: int) -> _Told | None:
    if folded[end : end + 1] == "-" and _IN_AN_ADDRESS.search(folded, max(0, start - 2), start):
        return None
    right = _DAY_YEAR_RIGHT.match(folded, end)
    return right and _Told(
        year=int(right["year"]),
        day=int(right["day"]),
        start=start,
        end=right.end(),
        rule="month name, day, year",
    )


def _year_month_day(folded: str, start: int, end: int, month: int) -> _Told | None:
    left = _YEAR_LEFT.search(folded, max(0, start - 16), start)
    right = left and _DAY_RIGHT.match(folded, end)
    if not left or not right:
        return None
    return _Told(
        year=int(left["year"]),
        day=int(right["day"]),
        start=left.start(),
        end=right.end(),
        rule="year, month name, day",
    )


def _year_day_month(folded: str, start: int, end: int, month: int) -> _Told | None:
    left = _YEAR_DAY_LEFT.search(folded, max(0, start - 20), start)
    return left and _Told(
        year=int(left["year"]),
        day=int(left["day"] or left["other"]),
        start=left.start(),
        end=end,
        rule="year, day, month name",
    )


def _of_solar_month(folded: str, start: int, end: int, month: int | None) -> Iterator[Day]:
    told = month and _day_month_year(folded, start, end, 0)
    if told and month:
        found = day_of_solar_hijri(told.year, month, told.day)
        yield from day_at(told.start, told.end, found, "Solar Hijri, day, month name, year")


def valid_day(year: int | None, month: int, day: int, last_year: int = LAST_YEAR) -> date | None:
    if year is None or not FIRST_YEAR <= year <= last_year:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def day_at(start: int, end: int, day: date | None, rule: str) -> Iterator[Day]:
    if day is not None:
        yield Day(day=day, start=start, end=end, rule=rule)
