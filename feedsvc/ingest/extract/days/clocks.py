"""The time of day that stands beside a printed date, and the zones it may name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_CLOCK = (
    r"(?P<hour>\d{1,2}) ?(?P<sep>[:.h٫時时시点點]|시 )(?P<minute>\d\d)(?:(?P=sep)(?P<second>\d\d))?"
    r"(?:[.,]\d{1,6})?[分분]?(?: ?(?P<half>[ap]\.? ?m\b\.?|上午|下午|午前|午後|오전|오후))?"
    r"|(?P<hour12>\d{1,2}) ?(?P<half12>[ap]\.? ?m\b\.?)"
)
# "Uhr", "น.", "hrs": says that it was a time, and no zone.
_OF_THE_CLOCK = re.compile(r" ?(?:uhr|hrs|h|น\.|น|ч|klo|година|uur|horas|hs)(?![^\W\d_])")
_ZONE = re.compile(
    r"[ ,(\[]{0,3}(?:(?P<name>beijing time|utc|gmt|[^\W\d_]{1,5}(?![^\W\d_]))"
    r"(?: ?(?P<name_offset>[+\-−]\d{1,2}(?::?\d\d)?)(?!\d))?"
    r"|(?P<offset>[+\-−]\d\d:?\d\d)(?!\d))"
)
_LEADS = (
    r"(?:at|um|à|a|as|às|le|alle|ore|kl|klo|kello|kell|om|om|в|о|об|у|ob|u|v|i|saat|las|les|pukul|"
    r"jam|luc|h|ώρα|στις|בשעה|الساعة|ساعت|வேளை|เวลา|plkst|godz|o godz|a las|a les|ora)"
)
_TIME_AFTER = re.compile(
    r"[ ,.;|•·–—\-(\[tT]{0,5}(?:\([^()\d]{1,12}\)[ ,]{0,2})?"
    rf"(?:{_LEADS}(?![^\W\d_])[.: ]{{0,2}})?(?P<early>[上下]午|午[前後]|오[전후])? ?(?:{_CLOCK})"
)
_TIME_BEFORE = re.compile(rf"(?<![\d:.])(?:{_CLOCK})")
_BETWEEN = re.compile(
    r"[ ,.;|•·–—\-)\]]{0,4}(?:[^\W\d_]{2,9}\.?, )?(?:on the |on |le |am |del |den )?"
)
_BEFORE_CHARS = 40

# Hours east of Greenwich. None: an abbreviation of several zones (CST, IST, AST), or one that does
# not say whether it is summer (ET).
_ZONES: dict[str, float | None] = {
    **dict.fromkeys(("cst", "ist", "ast", "et", "ct", "mt", "pt", "bdst", "amt", "wst", "sst")),
    **dict.fromkeys(("z", "utc", "gmt", "wet", "ut"), 0.0),
    **dict.fromkeys(("cet", "mez", "bst", "west", "wat"), 1.0),
    **dict.fromkeys(("cest", "mesz", "eet", "sast", "cat"), 2.0),
    **dict.fromkeys(("eest", "msk", "мск", "eat", "trt"), 3.0),
    "irst": 3.5,
    "gst": 4.0,
    "aft": 4.5,
    **dict.fromkeys(("pkt",), 5.0),
    "npt": 5.75,
    **dict.fromkeys(("wib", "ict"), 7.0),
    **dict.fromkeys(("hkt", "sgt", "wita", "pht", "myt", "awst", "beijing time"), 8.0),
    **dict.fromkeys(("jst", "kst", "wit"), 9.0),
    "acst": 9.5,
    **dict.fromkeys(("aest",), 10.0),
    "acdt": 10.5,
    **dict.fromkeys(("aedt",), 11.0),
    **dict.fromkeys(("nzst",), 12.0),
    **dict.fromkeys(("nzdt",), 13.0),
    "nst": -3.5,
    "brt": -3.0,
    "ndt": -2.5,
    **dict.fromkeys(("edt",), -4.0),
    **dict.fromkeys(("est", "cdt"), -5.0),
    **dict.fromkeys(("mdt",), -6.0),
    **dict.fromkeys(("mst", "pdt"), -7.0),
    **dict.fromkeys(("pst", "akdt"), -8.0),
    "hst": -10.0,
}
_TAKES_AN_OFFSET = frozenset({"utc", "gmt", "z"})
# BST in winter is Bangladesh's, EST in summer is written by who means EDT.
_MONTHS_OF_USE = {
    **dict.fromkeys(("bst", "west", "cest", "mesz", "eest"), range(3, 11)),
    **dict.fromkeys(("edt", "cdt", "mdt", "pdt", "akdt"), range(3, 12)),
    **dict.fromkeys(("est", "pst"), (1, 2, 3, 4, 10, 11, 12)),
}


@dataclass(frozen=True, kw_only=True)
class Clock:
    """A time of day beside a date: start, end span both; instant is aware, UTC, or None.

    A printed time without a zone is local to nobody knows where: no instant then, but a
    local_time, which is naive.
    """

    start: int
    end: int
    instant: datetime | None
    local_time: datetime | None


def clock_beside(folded: str, start: int, end: int, day: date) -> Clock | None:
    """The time behind, or else before, the date that stands at start to end of a folded line."""
    clock = _TIME_AFTER.match(folded, end)
    if clock:
        zone, after = _zone_behind(folded, clock.end())
        local_time = _local_time(day, clock, clock["early"])
        return _clock((start, after), local_time, zone)
    earliest = max(0, start - _BEFORE_CHARS)
    if not any(sign in folded[earliest:start] for sign in _SIGNS_OF_A_CLOCK):
        return None
    for clock in _TIME_BEFORE.finditer(folded, earliest, start):
        zone, after = _zone_behind(folded, clock.end())
        between = _BETWEEN.match(folded, after, start)
        if between and between.end() == start:
            local_time = _local_time(day, clock, None)
            return _clock((clock.start(), end), local_time, zone)
    return None


_SIGNS_OF_A_CLOCK = (":", ".", "h", "m", "時", "时", "시", "点", "點")


def _zone_behind(folded: str, at: int) -> tuple[re.Match[str] | None, int]:
    """The zone behind a time, if it names one, and where time and zone end."""
    word = _OF_THE_CLOCK.match(folded, at)
    if word:
        at = word.end()
    zone = _ZONE.match(folded, at)
    if zone is None or (zone["name"] is not None and zone["name"] not in _ZONES):
        return None, at
    return zone, zone.end()


def _clock(span: tuple[int, int], local_time: datetime | None, zone: re.Match[str] | None) -> Clock:
    start, end = span
    if local_time is None or zone is None:
        return Clock(start=start, end=end, instant=None, local_time=local_time)
    offset = _offset(zone, local_time)
    instant = None if offset is None else (local_time - offset).replace(tzinfo=UTC)
    return Clock(start=start, end=end, instant=instant, local_time=None)


def _local_time(day: date, clock: re.Match[str], early: str | None) -> datetime | None:
    """The time that a clock shows on a day, naive; None if there is no such time."""
    hour = int(clock["hour"] or clock["hour12"])
    minute, second = int(clock["minute"] or 0), int(clock["second"] or 0)
    half = clock["half"] or clock["half12"] or early
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[0] in "p下" or half in ("午後", "오후") else 0)
    try:
        return datetime(day.year, day.month, day.day, hour, minute, second)  # noqa: DTZ001
    except ValueError:
        return None


def _offset(zone: re.Match[str], day: date) -> timedelta | None:
    name, written = zone["name"], zone["offset"]
    if name is not None:
        hours = _ZONES[name]
        if hours is None or day.month not in _MONTHS_OF_USE.get(name, (day.month,)):
            return None
        if not zone["name_offset"] or name not in _TAKES_AN_OFFSET:
            return timedelta(hours=hours)
        written = zone["name_offset"]
    digits = written[1:].replace(":", "")
    hours_written, minutes = (
        (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    )
    if hours_written > 14 or minutes > 59:
        return None
    offset = timedelta(hours=hours_written, minutes=minutes)
    return offset if written[0] == "+" else -offset
