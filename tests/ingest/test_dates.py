"""Printed dates are read in many languages, and never more exactly than they are printed."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.ingest.extract.dates import find_date, find_dates, parse_iso
from feedsvc.model.entry import Precision


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("November 13, 2022", "en"),
        ("Sunday, 13th November, 2022", "en"),
        ("Nov. 13, 2022", "en"),
        ("Published 13 Nov 2022 at 10:15", "en"),
        ("Nov 13, 2022 10:15 PM", "en"),
        ("le 13 novembre 2022", "fr"),
        ("13. November 2022, 10:15 Uhr", "de"),
        ("13.11.2022", "de"),
        ("13. 11. 2022", "cs"),
        ("13 de noviembre de 2022", "es"),
        ("13 de novembro de 2022", "pt"),
        ("13 novembre 2022", "it"),
        ("13 november 2022", "nl"),
        ("13-11-2022", "nl"),
        ("13 تشرين الثاني 2022", "ar"),
        ("١٣ نوفمبر ٢٠٢٢", "ar"),
        ("13 تشرين الثاني/نوفمبر 2022", "ar"),
        ("۱۳ نوامبر ۲۰۲۲", "fa"),
        ("13 نومبر 2022", "ur"),
        ("2022年11月13日 10时15分", "zh"),
        ("2022年11月13日", "ja"),
        ("2022/11/13 10:15", "ja"),
        ("2022년 11월 13일 오후 3:20", "ko"),
        ("13 ноября 2022", "ru"),
        ("13 листопада 2022", "uk"),
        ("13 listopada 2022", "pl"),
        ("13 Kasım 2022", "tr"),
        ("13 नवंबर 2022", "hi"),
        ("१३ नवंबर २०२२", "hi"),
        ("13 November 2022", "id"),
        ("13 november 2022", "sv"),
        ("13. november 2022", "da"),
        ("13. november 2022", "no"),
        ("13. marraskuuta 2022", "fi"),
        ("13. listopadu 2022", "cs"),
        ("13/11/2022", "en"),
        ("11/13/2022", "fr"),
        ("The PaperNovember 13, 20220 comments", "en"),
        ("13.11.22, 10:15", "de"),
    ],
)
def test_a_printed_day_is_found(line: str, language: str) -> None:
    found = find_date(line, language=language)
    assert found is not None
    assert found.instant.isoformat() == "2022-11-13T12:00:00+00:00"
    assert found.precision is Precision.DAY


@pytest.mark.parametrize(
    ("line", "instant"),
    [
        ("November 13, 2022 10:15 PM GMT", "2022-11-13T22:15:00+00:00"),
        ("10:15 PM PST, Nov 13, 2022", "2022-11-14T06:15:00+00:00"),
        ("13 Nov 2022 - 10:15 UTC+1", "2022-11-13T09:15:00+00:00"),
        ("13. November 2022, 10:15 MEZ", "2022-11-13T09:15:00+00:00"),
        ("2022-11-13T10:15:30+05:30", "2022-11-13T04:45:30+00:00"),
        ("13 Nov 2022 10:15 (GMT+0400)", "2022-11-13T06:15:00+00:00"),
        ("March 4, 202412:44 PM UTCUpdated ago", "2024-03-04T12:44:00+00:00"),
        ("November 13, 2022 at 12:05 a.m. EDT", "2022-11-13T04:05:00+00:00"),
    ],
)
def test_a_time_with_its_zone_is_an_instant(line: str, instant: str) -> None:
    found = find_date(line, language="en")
    assert found is not None
    assert (found.instant.isoformat(), found.precision) == (instant, Precision.INSTANT)


@pytest.mark.parametrize("zone", ["", "IST", "CST", "XYZ", "ET"])
def test_a_time_without_a_known_zone_leaves_the_day(zone: str) -> None:
    found = find_date(f"November 13, 2022 11:30 PM {zone}", language="en")
    assert found is not None
    assert found.precision is Precision.DAY
    assert found.instant.isoformat() == "2022-11-13T12:00:00+00:00"


@pytest.mark.parametrize(
    "line",
    [
        "13 ربيع الثاني 1444",
        "۲۲ آبان ۱۴۰۱",
        "13 พฤศจิกายน 2565",
        "32.11.2022",
        "February 30, 2022",
        "13 November",
        "November 2022",
        "10.11.12.13",
        "version 1.2.2022.4",
        "call 010-2022-1111",
        "31 December 9999",
        "",
    ],
)
def test_what_is_no_gregorian_day_is_no_date(line: str) -> None:
    assert find_date(line, language=None) is None


@pytest.mark.parametrize(
    ("language", "day_first", "day"),
    [("en", None, "2022-03-04"), ("fr", None, "2022-04-03"), ("en", True, "2022-04-03")],
)
def test_an_ambiguous_date_is_read_as_its_language_or_the_caller_says(
    language: str, day_first: bool | None, day: str
) -> None:
    found = find_date("3/4/2022", language=language, day_first=day_first)
    assert found is not None
    assert found.instant.date().isoformat() == day


def test_all_dates_of_a_line_are_found_where_they_stand() -> None:
    line = "Published 30 April 2015 at 07:19 (updated: 1 May 2015)"
    found = find_dates(line, language="en")
    assert [line[f.start : f.end] for f in found] == ["30 April 2015 at 07:19", "1 May 2015"]


@pytest.mark.parametrize(
    ("value", "instant", "precision"),
    [
        ("2022-11-13", "2022-11-13T12:00:00+00:00", Precision.DAY),
        ("2022-11-13T10:15:00Z", "2022-11-13T10:15:00+00:00", Precision.INSTANT),
        ("2022-11-13T10:15:00+0100", "2022-11-13T09:15:00+00:00", Precision.INSTANT),
        ("2022-11-13 10:15:00", "2022-11-13T12:00:00+00:00", Precision.DAY),
        ("2022-11-13T00:00:00+02:00", "2022-11-13T12:00:00+00:00", Precision.DAY),
        ("Sun, 13 Nov 2022 10:15:00 GMT", "2022-11-13T10:15:00+00:00", Precision.INSTANT),
        (" 2022-11-13 10:15 UTC ", "2022-11-13T10:15:00+00:00", Precision.INSTANT),
    ],
)
def test_metadata_states_a_day_or_an_instant(
    value: str, instant: str, precision: Precision
) -> None:
    found = parse_iso(value)
    assert found is not None
    assert (found.instant.isoformat(), found.precision) == (instant, precision)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "yesterday",
        "2022",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "Sun, 13 Nov 2022 10:15:00 +9999",
        "1444-04-18",
    ],
)
def test_metadata_that_states_no_usable_date_is_nothing(value: str) -> None:
    assert parse_iso(value) is None


@given(st.text(alphabet="0123456789 -/.:TZ+年月日apmNovember", max_size=40))
def test_no_text_is_beyond_the_readers_of_dates(text: str) -> None:
    for found in (*find_dates(text, language="en"), parse_iso(text)):
        assert found is None or found.instant.tzinfo is not None


@pytest.mark.parametrize("piece", ["a", "1 ", "12 de ", "2022 ", "Nov ", "1.", "10:1"])
def test_a_line_of_two_megabytes_takes_no_longer_than_a_page(piece: str) -> None:
    line = piece * (2_000_000 // len(piece))
    find_date("1 May 2020", language=None)  # loads the month names
    begun = time.process_time()
    find_date(line, language=None)
    assert time.process_time() - begun < 1.0
