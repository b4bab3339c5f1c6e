"""Dates as articles print them, in the languages of news, and as metadata states them.

A printed time without a zone is local to nobody knows where: the day is known then, the instant
is not. Years outside 1700 to 2199 are refused, and with them Hijri and Buddhist years.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from feedsvc.ingest.extract.months import fold, month_of
from feedsvc.model.entry import Precision

_FIRST_YEAR, _LAST_YEAR = 1700, 2199
# A date stands near an end of its line; a line that is longer than this is no dateline.
_MAX_SEARCHED_CHARS = 4_000


@dataclass(frozen=True, kw_only=True)
class FoundDate:
    """A date, and where it stands.

    instant: aware, UTC; 12:00 of the day where precision is DAY. start, end: offsets in the line
    (in its NFC form, should it not be in NFC); 0, 0 for metadata. rule: what recognised it.
    """

    instant: datetime
    precision: Precision
    start: int = 0
    end: int = 0
    rule: str


_WORD = r"[^\W\d_](?:[^\W\d_]|[\u0900-\u0dff\u064b-\u0652\u200c]){1,19}"
_MONTH = rf"(?P<month>{_WORD})"
# Inline elements lose the space between them: a clock, or a count, may be glued to a year.
_YEAR = r"(?P<year>\d{4})(?!\d(?!\d?:\d\d))"
_NAMED_YEAR = r"(?P<year>(?:19|20)\d\d|\d{4}(?!\d))"
_OF = r"(?:(?:de|del|of|d|di|ta|tal)(?![^\W\d_])[ ’']?)?"
_DAY = r"(?<![\d:.,/-])(?P<day>\d{1,2})"

_PATTERNS = (
    (
        "ISO order",
        re.compile(
            r"(?<![\d/.-])(?P<year>\d{4})(?P<s>[-/.‐–])(?P<m>\d{1,2})(?P=s)(?P<day>\d{1,2})(?=\D|$)"
        ),
    ),
    (
        "year, month, day with their characters",
        re.compile(
            r"(?<!\d)(?P<year>\d{4}) ?[年년] ?(?P<m>\d{1,2}) ?[月월] ?(?P<day>\d{1,2}) ?[日일号號]?"
        ),
    ),
    (
        "day, month name, year",
        re.compile(
            rf"{_DAY}(?:st|nd|rd|th|er|[ºª°.])? {{0,2}}[-/.,]? ?{_OF}{_MONTH}"
            rf"(?:[ /](?P<second>{_WORD}))?(?:[ /](?P<third>{_WORD}))?"
            rf"[.॰]? {{0,2}}[-/,،]? ?{_OF}{_NAMED_YEAR}"
        ),
    ),
    (
        "month name, day, year",
        re.compile(
            rf"(?<![^\W\d_]){_MONTH}[.॰]? {{0,2}}[-/]? ?(?P<day>\d{{1,2}})(?:st|nd|rd|th|[.])?"
            rf" {{0,2}}[-/,،]? ?(?:(?:at )?\d{{1,2}}[:.]\d\d(?: ?[ap]\.?m\.?)?,? )?{_NAMED_YEAR}"
        ),
    ),
    (
        "year, month name, day",
        re.compile(
            rf"(?<!\d)(?P<year>\d{{4}})[.,]? {{0,2}}[-/]?{_MONTH}"
            rf"[.]? {{0,2}}[-/]?(?P<day>\d{{1,2}})(?!\d)"
        ),
    ),
    (
        "numbers",
        re.compile(
            r"(?<![\d/.:,-])(?P<a>\d{1,2})(?P<s>[-/.‐–]|\. )(?P<b>\d{1,2})(?P=s) ?"
            rf"(?:{_YEAR}(?![./-]\d)|(?P<short>\d\d)(?![\d/.:-]\d|\d))"
        ),
    ),
)

# Rules of dates that another language, or another date of the same page, would have read otherwise.
ORDER_ASSUMED = ("numbers, day first assumed", "numbers, month first assumed")

_SEAM = re.compile(r"(?<=[a-z])[A-Z][a-z]+$")

_MAY_HOLD_A_DATE = re.compile(r"\d\d(?:\d\d|[-/.‐–]\d\d[-/.‐–]\d\d)")

_CLOCK = (
    r"(?P<hour>\d{1,2})(?P<sep>[:.h時시点點]) ?(?P<minute>\d\d)(?:(?P=sep)(?P<second>\d\d))?"
    r"(?:[.,]\d{1,6})?分?(?: ?(?P<half>[ap]\.? ?m\b\.?|上午|下午|午前|午後|오전|오후))?"
    r"|(?P<hour12>\d{1,2}) ?(?P<half12>[ap]\.? ?m\b\.?)"
)
_ZONE = (
    r"[ ,(\[]{0,3}(?:(?P<name>utc|gmt|[a-z]{1,5}(?![a-z]))"
    r"(?: ?(?P<name_offset>[+\-−]\d{1,2}(?::?\d\d)?)(?!\d))?"
    r"|(?P<offset>[+\-−]\d\d:?\d\d)(?!\d))"
)
_TIME_AFTER = re.compile(
    r"(?P<gap>[ ,.;|•·–—\-(\[tT]{0,5}(?:(?:at|um|à|às|alle|kl|klo|kello|ore|om|в|о|saat|a las|"
    r"a les|pukul)"
    rf"(?![^\W\d_])[. ]{{0,2}})?)(?:{_CLOCK})(?:{_ZONE})?"
)
_TIME_BEFORE = re.compile(
    rf"(?<![\d:.])(?:{_CLOCK})(?:{_ZONE})?(?: uhr| hrs)?[ ,.;|•·–—\-)\]]{{0,4}}(?:on |le |"
    rf"on the )?$"
)
_CJK_HALF = re.compile(r"^ ?(上午|下午|午前|午後|오전|오후)? ?")

# Hours east of Greenwich. Abbreviations that mean several zones (CST, IST, AST) are left out on
# purpose, and so is ET, which does not say whether it is summer.
_ZONES = {
    **dict.fromkeys(("z", "utc", "gmt", "wet", "ut"), 0.0),
    **dict.fromkeys(("cet", "mez", "bst", "west", "wat"), 1.0),
    **dict.fromkeys(("cest", "mesz", "eet", "sast", "cat"), 2.0),
    **dict.fromkeys(("eest", "msk", "eat", "trt"), 3.0),
    **dict.fromkeys(("pkt",), 5.0),
    **dict.fromkeys(("wib", "ict"), 7.0),
    **dict.fromkeys(("hkt", "sgt", "wita", "pht", "myt", "awst"), 8.0),
    **dict.fromkeys(("jst", "kst", "wit"), 9.0),
    **dict.fromkeys(("aest",), 10.0),
    **dict.fromkeys(("aedt",), 11.0),
    **dict.fromkeys(("nzst",), 12.0),
    **dict.fromkeys(("nzdt",), 13.0),
    "npt": 5.75,
    "brt": -3.0,
    **dict.fromkeys(("edt",), -4.0),
    **dict.fromkeys(("est", "cdt"), -5.0),
    **dict.fromkeys(("mdt",), -6.0),
    **dict.fromkeys(("mst", "pdt"), -7.0),
    **dict.fromkeys(("pst", "akdt"), -8.0),
    "hst": -10.0,
}
_TAKES_AN_OFFSET = frozenset({"utc", "gmt", "z"})


def may_hold_a_date(folded: str) -> bool:
    """Whether a folded line is worth searching: most lines are not, and this is quick."""
    return _MAY_HOLD_A_DATE.search(folded) is not None


def find_date(
    line: str, *, language: str | None, day_first: bool | None = None
) -> FoundDate | None:
    """The first date in a line, or None.

    language: decides 3/4/2022 (month first in English only) unless day_first does.
    """
    return next(iter(find_dates(line, language=language, day_first=day_first)), None)


def find_dates(
    line: str, *, language: str | None, day_first: bool | None = None
) -> tuple[FoundDate, ...]:
    """All dates in a line, in their order; none overlaps another."""
    if not unicodedata.is_normalized("NFC", line):
        line = unicodedata.normalize("NFC", line)
    folded = fold(line[:_MAX_SEARCHED_CHARS])
    if not may_hold_a_date(folded):
        return ()
    if day_first is None:
        day_first = language is None or language.partition("-")[0] != "en"
        assumed = True
    else:
        assumed = False
    found: list[FoundDate] = []
    for start, end, day, rule in _days(line, folded, day_first, assumed):
        if all(end <= f.start or start >= f.end for f in found):
            found.append(_with_time(folded, start, end, day, rule))
    return tuple(sorted(found, key=lambda f: f.start))


def _days(
    line: str, folded: str, day_first: bool, assumed: bool
) -> Iterator[tuple[int, int, date, str]]:
    """Every valid day printed in a line with where it stands, the surer patterns first."""
    for rule, pattern in _PATTERNS:
        for match in pattern.finditer(folded):
            told = match.groupdict()
            start = match.start()
            if "a" in told:
                day, order = _numeric_day(told, day_first, assumed)
                if day is not None:
                    yield start, match.end(), day, order
                continue
            if told.get("m"):
                month: int | None = int(told["m"])
            else:
                seam = _SEAM.search(line[match.start("month") : match.end("month")])
                if seam:
                    # What ends in lower case before a capital is another inline element:
                    # "TimesNovember 21".
                    told["month"] = told["month"][seam.start() :]
                    start += seam.start() if match.start("month") == start else 0
                month = _named_month(told)
            day = _valid_day(int(told["year"]), month, int(told["day"]))
            if day is not None:
                yield start, match.end(), day, rule


def _named_month(told: dict[str, str]) -> int | None:
    """The month of up to three words.

    "تشرين الثاني" is one name of two words, "آب/اغسطس" one month by two names.
    """
    words = [w for w in (told["month"], told.get("second"), told.get("third")) if w]
    names = [" ".join(words[:2]), *words] if len(words) > 1 else words
    return next((month for name in names if (month := month_of(name))), None)


def _numeric_day(told: dict[str, str], day_first: bool, assumed: bool) -> tuple[date | None, str]:
    a, b = int(told["a"]), int(told["b"])
    if told["short"]:
        if len(told["a"]) < 2 or len(told["b"]) < 2:
            return None, ""
        year = int(told["short"]) + (2000 if int(told["short"]) < 70 else 1900)
    else:
        year = int(told["year"])
    if "/" not in told["s"] and "-" not in told["s"]:
        return _valid_day(year, b, a), "numbers with points, day first"
    day, month = (a, b) if day_first else (b, a)
    if a > 12 or b > 12 or a == b:
        day, month = (b, a) if b > 12 else (a, b)
        return _valid_day(year, month, day), "numbers, only one order fits"
    order = "day first" if day_first else "month first"
    return _valid_day(year, month, day), f"numbers, {order}{' assumed' if assumed else ''}"


def _valid_day(year: int, month: int | None, day: int) -> date | None:
    if month is None or not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _with_time(folded: str, start: int, end: int, day: date, rule: str) -> FoundDate:
    """The day with the time that stands beside it, an instant if that time has a zone."""
    half = _CJK_HALF.match(folded, end) if folded[end : end + 4].strip() else None
    clock = _TIME_AFTER.match(folded, end) or (
        half and half.group(1) and _TIME_AFTER.match(folded, half.end())
    )
    if clock:
        end = clock.end()
    else:
        clock = _TIME_BEFORE.search(folded, max(0, start - 40), start)
        if clock:
            start = clock.start()
    instant = _instant(day, clock) if clock else None
    if instant is None:
        return FoundDate(
            instant=_noon(day), precision=Precision.DAY, start=start, end=end, rule=rule
        )
    return FoundDate(
        instant=instant,
        precision=Precision.INSTANT,
        start=start,
        end=end,
        rule=f"{rule}; time with its zone",
    )


def _instant(day: date, clock: re.Match[str]) -> datetime | None:
    offset = _offset(clock)
    if offset is None:
        return None
    hour = int(clock["hour"] or clock["hour12"])
    minute, second = int(clock["minute"] or 0), int(clock["second"] or 0)
    half = clock["half"] or clock["half12"]
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[0] in "p下" or half in ("午後", "오후") else 0)
    try:
        local = datetime(
            day.year, day.month, day.day, hour, minute, second, tzinfo=timezone(offset)
        )
    except ValueError:
        return None
    return local.astimezone(UTC)


def _offset(clock: re.Match[str]) -> timedelta | None:
    name, written = clock["name"], clock["offset"]
    if name is not None:
        hours = _ZONES.get(name)
        if hours is None:
            return None
        if not clock["name_offset"] or name not in _TAKES_AN_OFFSET:
            return timedelta(hours=hours)
        written = clock["name_offset"]
    if written is None:
        return None
    digits = written[1:].replace(":", "")
    hours_written, minutes = (
        (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    )
    if hours_written > 14 or minutes > 59:
        return None
    offset = timedelta(hours=hours_written, minutes=minutes)
    return offset if written[0] == "+" else -offset


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
    if stated is None or not _FIRST_YEAR <= stated.year <= _LAST_YEAR:
        return None
    at_midnight = (stated.hour, stated.minute, stated.second) == (0, 0, 0)
    if stated.tzinfo is None or at_midnight:
        return FoundDate(instant=_noon(stated.date()), precision=Precision.DAY, rule=rule)
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
        return parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
