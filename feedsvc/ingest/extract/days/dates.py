"""Dates as articles print them, in the languages of news, and as metadata states them.

A printed time without a zone is local to nobody knows where: the day is known then, the instant
is not. Years outside 1700 to 2199 are refused, and with them lunar Hijri years; calendars.py
says which other years are converted. What is printed without a year is no date.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

from feedsvc.ingest.extract.days.calendars import day_of_solar_hijri, year_of_era
from feedsvc.ingest.extract.days.clocks import clock_beside
from feedsvc.ingest.extract.days.months import fold
from feedsvc.ingest.extract.days.named import (
    FIRST_YEAR,
    LAST_YEAR,
    Day,
    day_at,
    days_with_month_names,
    valid_day,
)
from feedsvc.model.entry import Precision

# Nepal counts 57 years more than others do, and prints them as numbers.
_LAST_YEAR_IN_NUMBERS = 2060
# A date stands near an end of its line; a line that is longer than this is no dateline.
_MAX_SEARCHED_CHARS = 4_000


@dataclass(frozen=True, kw_only=True)
class FoundDate:
    """A date, and where it stands.

    instant: aware, UTC; 12:00 of the day where precision is DAY. start, end: offsets in the line
    (in its NFC form, should it not be in NFC); 0, 0 for metadata. rule: what recognised it.
    local_time: naive, where a time stands beside it whose zone nobody names; precision is DAY then.
    """

    instant: datetime
    precision: Precision
    start: int = 0
    end: int = 0
    rule: str
    local_time: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class _Habits:
    """How who wrote the line writes dates: its language, and the order of days and months.

    assumed: nobody said it; another date of the page may know better.
    """

    language: str | None
    day_first: bool
    assumed: bool


# Rules of dates that another language, or another date of the same page, would have read otherwise.
ORDER_ASSUMED = (
    "numbers, day first assumed",
    "numbers, month first assumed",
    "month name of several languages",
)

_MAY_HOLD_A_DATE = re.compile(r"\d\d(?:\d\d|[-/.‐–]\d\d[-/.‐–]\d\d|\. \d\d\. \d\d)")
_MAY_HOLD_AN_ERA = re.compile(r"年 ?\d")

# Right-to-left pages put a mark of direction around each separator.
_MARK = "[\u200e\u200f]?"
# At a number of four digits, and what may not stand before it.
_ISO_ORDER = re.compile(
    rf"(?P<year>\d{{4}})(?P<s>{_MARK}(?:[-/.‐–]|\. | [-/] ))(?P<m>\d{{1,2}})"
    r"(?P=s)(?P<day>\d{1,2})(?!\d|\.\d)"
)
_NO_YEAR_AFTER = re.compile(r"[\d/-]|(?<=\d)\.|(?<=[^\W_])[_=]")
_CJK_ORDER = re.compile(
    r"(?:(?P<era>令和|平成|昭和|民國|民国) ?(?P<era_year>\d{1,3}|元)|(?<!\d)(?P<year>\d{4}))"
    r" ?[年년] ?(?P<m>\d{1,2}) ?[月월] ?(?P<day>\d{1,2}) ?[日일号號]?"
)
# Inline elements lose the space between them: a clock, or a count, may be glued to a year.
# It begins with a digit, and its left is looked at later, so that it is found fast.
_NUMBERS = re.compile(
    rf"(?P<a>\d\d?)(?P<s>{_MARK}(?:[-/.‐–]|\. | [-/] ))(?P<b>\d\d?)(?P=s) ?"
    r"(?:(?P<year>\d{4})(?!\d(?!\d?:\d\d))(?![./-]\d)|(?P<short>\d\d)(?![\d/.:%-]\d|[\d%]))"
)
_NO_NUMBERS_AFTER = re.compile(r"(?:[\d/-]|[^\W_][_=]|(?:^|[\d.:,])[.:,])$")
_NO_DAY_BEFORE = re.compile(
    r"(?:version|ver\.?|release|build|firmware|v|tel|tel\.|phone|fax|isbn|[$€£¥₹])[ .:]{0,2}$"
)
_VIETNAMESE = re.compile(
    r"(?<!\d)(?P<day>\d{1,2}) (?:thang|thg) (?P<m>\d{1,2})(?:,| nam)? (?P<year>\d{4})(?!\d)"
)
_MONGOLIAN = re.compile(
    r"(?<!\d)(?P<year>\d{4}) оны (?P<m>\d{1,2})(?:-р)? сарын (?P<day>\d{1,2})(?!\d)"
)
# 年 and 년, and what Vietnamese and Mongolian call a month.
_YEAR_NUMBER = re.compile(r"\d{4}")
_TELLING_CHARACTERS = ("年", "년", "thang ", "thg ", "сарын ")


def may_hold_a_date(folded: str) -> bool:
    """Whether a folded line is worth searching: most lines are not, and this is quick."""
    if _MAY_HOLD_A_DATE.search(folded):
        return True
    return "年" in folded and _MAY_HOLD_AN_ERA.search(folded) is not None


def find_date(
    line: str, *, language: str | None, day_first: bool | None = None
) -> FoundDate | None:
    """The first date in a line, or None.

    language: a BCP 47 tag; decides 3/4/2022 (month first in American English) unless day_first
    does, and what year 22.11.13 means.
    """
    return next(iter(find_dates(line, language=language, day_first=day_first)), None)


def find_dates(
    line: str, *, language: str | None, day_first: bool | None = None
) -> tuple[FoundDate, ...]:
    """All dates in a line, in their order; none overlaps another."""
    if not unicodedata.is_normalized("NFC", line):
        line = unicodedata.normalize("NFC", line)
    line = line[:_MAX_SEARCHED_CHARS]
    folded = fold(line)
    if not may_hold_a_date(folded):
        return ()
    habits = _habits(language, day_first)
    found: list[FoundDate] = []
    for day in _days(line, folded, habits):
        if all(day.end <= f.start or day.start >= f.end for f in found):
            found.append(_with_time(folded, day))
    return tuple(sorted(found, key=lambda f: f.start))


# Regions whose English, and languages whose news, put the month before the day.
_MONTH_FIRST_REGIONS = frozenset({"", "us", "ph", "ca"})
_MONTH_FIRST = frozenset({"en", "fil", "tl"})
# Two numbers of two digits, and a third: the year is the first of them here.
_SHORT_YEAR_FIRST = frozenset({"zh", "ja", "ko", "hu", "lt", "mn", "sv", "eu"})
# They print Solar Hijri dates as numbers.
_SOLAR_LANGUAGES = frozenset({"fa", "ps"})
_SOLAR_DIGITS = re.compile("[\u06f0-\u06f9]")


_UNKNOWN_HABITS = _Habits(language=None, day_first=True, assumed=True)


def _habits(language: str | None, day_first: bool | None) -> _Habits:
    if language is None and day_first is None:
        return _UNKNOWN_HABITS
    if day_first is not None:
        return _Habits(language=language, day_first=day_first, assumed=False)
    tag = (language or "").casefold().replace("_", "-").split("-")
    region = next((part for part in tag[1:] if len(part) == 2), "")
    month_first = tag[0] in _MONTH_FIRST and region in _MONTH_FIRST_REGIONS
    return _Habits(language=language, day_first=not month_first, assumed=True)


def _primary(habits: _Habits) -> str:
    return (habits.language or "").replace("_", "-").partition("-")[0].casefold()


def _days(line: str, folded: str, habits: _Habits) -> Iterator[Day]:
    """Every valid day printed in a line, the surer forms first."""
    years = [match.start() for match in _YEAR_NUMBER.finditer(folded)]
    for start in years:
        match = _ISO_ORDER.match(folded, start)
        if match and not (start and _NO_YEAR_AFTER.match(folded, start - 1)):
            yield from _iso_ordered(match, line, habits)
    if any(sign in folded for sign in _TELLING_CHARACTERS):
        yield from _with_characters(folded)
    yield from days_with_month_names(line, folded, years, habits.language)
    for match in _NUMBERS.finditer(folded):
        yield from _in_numbers(match, line, habits)


def _iso_ordered(match: re.Match[str], line: str, habits: _Habits) -> Iterator[Day]:
    year, month, day = int(match["year"]), int(match["m"]), int(match["day"])
    found, rule = valid_day(year, month, day, _LAST_YEAR_IN_NUMBERS), "ISO order"
    if found is None and _counts_solar_years(match, line, habits):
        found, rule = day_of_solar_hijri(year, month, day), "Solar Hijri, numbers"
    yield from day_at(match.start(), match.end(), found, rule)


def _counts_solar_years(match: re.Match[str], line: str, habits: _Habits) -> bool:
    """Whether numbers with a year like 1401 are of Iran's calendar, not of the lunar one."""
    if habits.language is not None:
        return _primary(habits) in _SOLAR_LANGUAGES
    return _SOLAR_DIGITS.match(line, match.start()) is not None


def _with_characters(folded: str) -> Iterator[Day]:
    """Days whose parts are told by words of their own: 2022年11月13日, 13 tháng 11 năm 2022."""
    for match in _CJK_ORDER.finditer(folded):
        year = int(match["year"]) if match["year"] else year_of_era(match["era"], match["era_year"])
        found = valid_day(year, int(match["m"]), int(match["day"]))
        rule = "year, month, day with their characters"
        yield from day_at(match.start(), match.end(), found, rule)
    for pattern in (_VIETNAMESE, _MONGOLIAN):
        for match in pattern.finditer(folded):
            found = valid_day(int(match["year"]), int(match["m"]), int(match["day"]))
            yield from day_at(match.start(), match.end(), found, "day, number of the month, year")


def _in_numbers(match: re.Match[str], line: str, habits: _Habits) -> Iterator[Day]:
    """13.11.2022, 11/13/2022, 13-11-22: the order of day and month decided."""
    start, end = match.span()
    before = line[max(0, start - 12) : start].casefold()
    if _NO_NUMBERS_AFTER.search(before) or _NO_DAY_BEFORE.search(before):
        return
    if match["short"]:
        yield from _with_short_year(match, line, habits)
        return
    a, b, year = int(match["a"]), int(match["b"]), int(match["year"])
    if year < FIRST_YEAR and _counts_solar_years(match, line, habits):
        found = day_of_solar_hijri(year, b, a)
        yield from day_at(start, end, found, "Solar Hijri, numbers")
        return
    if year <= _LAST_YEAR_IN_NUMBERS:
        yield from _ordered(match, year, habits)


def _with_short_year(match: re.Match[str], line: str, habits: _Habits) -> Iterator[Day]:
    """Only numbers of two digits each, and none that a letter of our alphabet leads into."""
    a, b, short = match["a"], match["b"], int(match["short"])
    if len(a) < 2 or len(b) < 2 or line[match.start() - 1 : match.start()].isalpha():
        return
    if _primary(habits) in _SHORT_YEAR_FIRST:
        found = valid_day(2000 + int(a), int(b), short)
        yield from day_at(match.start(), match.end(), found, "numbers, short year first")
    elif short < 50 or short >= 70:
        yield from _ordered(match, short + (2000 if short < 50 else 1900), habits)


def _ordered(match: re.Match[str], year: int, habits: _Habits) -> Iterator[Day]:
    a, b = int(match["a"]), int(match["b"])
    pointed = "." in match["s"]
    day_first = habits.day_first or pointed
    if a > 12 or b > 12 or a == b:
        day_first = b <= 12
        rule = "numbers, only one order fits"
    elif pointed and not (match["short"] and habits.language is None):
        rule = "numbers with points, day first"
    else:
        order = "day first" if day_first else "month first"
        rule = f"numbers, {order}{' assumed' if habits.assumed else ''}"
    day, month = (a, b) if day_first else (b, a)
    yield from day_at(match.start(), match.end(), valid_day(year, month, day), rule)


def _with_time(folded: str, found: Day) -> FoundDate:
    """The day with the time that stands beside it, an instant if that time has a zone."""
    clock = clock_beside(folded, found.start, found.end, found.day)
    start, end = (clock.start, clock.end) if clock else (found.start, found.end)
    if clock is None or clock.instant is None:
        noon = _noon(found.day)
        return FoundDate(
            instant=noon,
            precision=Precision.DAY,
            start=start,
            end=end,
            rule=found.rule,
            local_time=clock.local_time if clock else None,
        )
    return FoundDate(
        instant=clock.instant,
        precision=Precision.INSTANT,
        start=start,
        end=end,
        rule=f"{found.rule}; time with its zone",
    )


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def parse_iso(value: str) -> FoundDate | None:
    """A date as metadata states it: ISO 8601, RFC 3339 or RFC 2822; None for anything else.

    Midnight to the second is how systems write a day of which they know no more.
    """
    value = value.strip()[:64]
    stated = _iso(value)
    rule = "ISO 8601"
    if stated is None:
        stated, rule = _rfc2822(value), "RFC 2822"
    if stated is None or not FIRST_YEAR <= stated.year <= LAST_YEAR:
        return None
    at_midnight = (stated.hour, stated.minute, stated.second) == (0, 0, 0)
    if at_midnight:
        return FoundDate(instant=_noon(stated.date()), precision=Precision.DAY, rule=rule)
    return found_instant(stated, rule)


def found_instant(stated: datetime, rule: str) -> FoundDate:
    """A time that is stated; without a zone, only its day is certain.

    Raises OverflowError for the first or last hours that a datetime can hold.
    """
    if stated.tzinfo is None:
        noon = _noon(stated.date())
        return FoundDate(instant=noon, precision=Precision.DAY, rule=rule, local_time=stated)
    return FoundDate(instant=stated.astimezone(UTC), precision=Precision.INSTANT, rule=rule)


def _iso(value: str) -> datetime | None:
    if not value.isascii() or not value[:4].isdigit() or len(value) < 8:
        return None
    text = re.sub(
        r"\s+(?=[+\-Z]\S*$)|\s*(?:UTC|GMT)$", lambda m: "" if m.group().isspace() else "Z", value
    )
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _rfc2822(value: str) -> datetime | None:
    if not re.search(r"\d:\d\d", value):
        return None
    try:
        # OverflowError: the standard library lets through offsets of any size.
        stated = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    # Without an offset it may be anything, in which the library has overlooked a "pm" or a zone.
    return stated if stated.tzinfo else None
