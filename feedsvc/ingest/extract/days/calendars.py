"""Years and months of calendars other than ours, where what is printed leaves no doubt of them.

Lunar Hijri dates are never converted: which day they mean depends on who saw the moon.
"""

from __future__ import annotations

from datetime import date, timedelta

from feedsvc.ingest.extract.days.months import fold

# Years of the Solar Hijri calendar for which the rule of its leap years below is exact, and which
# no Gregorian date of today's news can be.
_FIRST_SOLAR_YEAR, _LAST_SOLAR_YEAR = 1300, 1499
_FIRST_DAY_OF_1300 = date(1921, 3, 21)
# Eight leap years in 33: the remainders that are leap.
_LEAP_OF_33 = frozenset({1, 5, 9, 13, 17, 22, 26, 30})

# The months of the Solar Hijri calendar by their folded names: Iran's, Afghanistan's in Dari, and
# in Pashto.
SOLAR_MONTHS = {
    fold(name): month
    for names in (
        "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند",
        "حمل ثور جوزا سرطان اسد سنبله میزان عقرب قوس جدی دلو حوت",
        "وری غویی غبرگولی چنگاښ زمری وږی تله لړم لیندۍ مرغومی سلواغه کب",
    )
    for month, name in enumerate(names.split(), 1)
}

# The Thai year begins on 1 January since 1941.
_FIRST_BUDDHIST_YEAR, _LAST_BUDDHIST_YEAR = 2484, 2600
_BUDDHIST_BEFORE_CHRISTIAN = 543

# The year before the first of each era: Japan's, and the Republic of China's.
_ERAS = {
    "令和": 2018,
    "平成": 1988,
    "昭和": 1925,
    "民國": 1911,
    "民国": 1911,
}


def day_of_solar_hijri(year: int, month: int, day: int) -> date | None:
    """The Gregorian day of a day of the calendar of Iran and Afghanistan; None if there is none."""
    if not (_FIRST_SOLAR_YEAR <= year <= _LAST_SOLAR_YEAR and 1 <= month <= 12):
        return None
    if not 1 <= day <= _days_in(year, month):
        return None
    years = range(_FIRST_SOLAR_YEAR, year)
    since = 365 * len(years) + sum(y % 33 in _LEAP_OF_33 for y in years)
    since += sum(_days_in(year, before) for before in range(1, month))
    return _FIRST_DAY_OF_1300 + timedelta(days=since + day - 1)


def _days_in(year: int, month: int) -> int:
    if month <= 6:
        return 31
    return 30 if month < 12 or year % 33 in _LEAP_OF_33 else 29


def year_of_thai(year: int) -> int | None:
    """The year that stands beside a Thai month's name: Buddhist, or Gregorian already."""
    if year < _FIRST_BUDDHIST_YEAR - _BUDDHIST_BEFORE_CHRISTIAN:
        return None
    if year < _FIRST_BUDDHIST_YEAR:
        return year
    return year - _BUDDHIST_BEFORE_CHRISTIAN if year <= _LAST_BUDDHIST_YEAR else None


def year_of_era(era: str, year: str) -> int | None:
    """The Gregorian year of 令和4年 or 民國111年; 元 is the first."""
    before = _ERAS.get(era)
    if before is None:
        return None
    return before + (1 if year == "元" else int(year))
