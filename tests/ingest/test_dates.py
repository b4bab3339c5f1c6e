"""Printed dates are read in many languages, and never more exactly than they are printed."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest
from babel import Locale
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.ingest.extract.days.calendars import day_of_solar_hijri
from feedsvc.ingest.extract.days.dates import ORDER_ASSUMED, find_date, find_dates, parse_iso
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
        ("Sunday,13 November 2022", "en"),
        ("Published:13 November 2022", "en"),
        ("NOVEMBER 13, 2022 | 10:15 AM", "en"),
        ("Nov. 13 (Sun), 2022", "en"),
        ("Nov 13 2022", "en"),
        ("More news -November 13, 2022", "en"),
        ("13-Nov-2022", "en"),
        ("13/Nov/2022", "en"),
        ("Sun Nov 13 10:15:00 2022", "en"),
        ("11.13.2022", "en"),
        ("13 / 11 / 2022", "fr"),
        ("dimanche 13 novembre 2022 à 10h15", "fr"),
        ("Publié le 13.11.2022", "fr"),
        ("domingo, 13 de noviembre del 2022", "es"),
        ("Noviembre 13 de 2022", "es"),
        ("13 nov. 2022, 10:15h", "es"),
        ("13/nov/2022 às 10h15", "pt"),
        ("domenica 13 novembre 2022, ore 10.15", "it"),
        ("So., 13. Nov. 2022, 10.15 Uhr", "de"),
        ("13. marraskuuta 2022 klo 10.15", "fi"),
        ("13. november 2022", "et"),
        ("2022. gada 13. novembris", "lv"),
        ("2022 m. lapkričio 13 d.", "lt"),
        ("2022. november 13.", "hu"),
        ("2022. 11. 13.", "hu"),
        ("13. studenoga 2022.", "hr"),
        ("13.11.2022.", "hr"),
        ("13 ноември 2022 г.", "bg"),
        ("13 Νοεμβρίου 2022", "el"),
        ("13 NOIEMBRIE 2022", "ro"),
        ("13 Kasım 2022 Pazar", "tr"),
        ("Minggu, 13 November 2022 - 10:15", "id"),
        ("Ahad, 13 November 2022", "ms"),
        ("Chủ nhật, ngày 13 tháng 11 năm 2022", "vi"),
        ("Jumapili, Novemba 13, 2022", "sw"),
        ("יום ראשון, 13 בנובמבר 2022", "he"),
        ("13 نوفمبر/تشرين الثاني 2022", "ar"),
        ("الأحد ١٣ نونبر ٢٠٢٢", "ar"),
        ("13\u200f/11\u200f/2022", "ar"),
        ("یکشنبه ۱۳ نوامبر ۲۰۲۲ - ۱۰:۱۵", "fa"),
        ("১৩ নভেম্বর ২০২২", "bn"),
        ("13 நவம்பர் 2022", "ta"),
        ("13 నవంబర్ 2022", "te"),
        ("13 ನವೆಂಬರ್\u200c 2022", "kn"),
        ("13 ნოემბერი 2022", "ka"),
        ("13 նոյեմբերի, 2022", "hy"),
        ("2022年11月13日(日)", "ja"),
        ("令和4年11月13日", "ja"),
        ("２０２２年１１月１３日", "ja"),
        ("民國111年11月13日", "zh-Hant"),
        ("2022.11.13. 10:15", "ko"),
        ("22.11.13 10:15", "ko"),
        ("入力 2022-11-13", "ko"),
        ("ថ្ងៃទី១៣ ខែវិច្ឆិកា ឆ្នាំ២០២២", "km"),
        ("13 พฤศจิกายน 2565", "th"),
        ("13 พ.ย. 2565 เวลา 10:15 น.", "th"),
        ("วันอาทิตย์ที่ 13 พฤศจิกายน พ.ศ. 2565", "th"),
        ("13 พฤศจิกายน ค.ศ. 2022", "th"),
        ("۲۲ آبان ۱۴۰۱", "fa"),
        ("یکشنبه ۲۲ آبان ۱۴۰۱ - ۱۰:۱۵", "fa"),
        ("۱۴۰۱/۰۸/۲۲", "fa"),
        ("۲۲ عقرب ۱۴۰۱", "fa"),
        ("1401/08/22", "fa"),
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
        ("October 13, 2022 at 12:05 a.m. EDT", "2022-10-13T04:05:00+00:00"),
        ("13 Nov 2022 10:15 UTC-05:00", "2022-11-13T15:15:00+00:00"),
        ("13 Nov 2022, 10:15 (GMT+8)", "2022-11-13T02:15:00+00:00"),
        ("13. November 2022, 10:15 Uhr (MEZ)", "2022-11-13T09:15:00+00:00"),
        ("November 13, 2022, 10:15 Beijing Time", "2022-11-13T02:15:00+00:00"),
        ("13 ноября 2022, 10:15 МСК", "2022-11-13T07:15:00+00:00"),
        ("Minggu, 13 November 2022 | 10:15 WIB", "2022-11-13T03:15:00+00:00"),
        ("2022年11月13日 下午3:20 HKT", "2022-11-13T07:20:00+00:00"),
        ("2022-11-13(일) 10:15 KST", "2022-11-13T01:15:00+00:00"),
    ],
)
def test_a_time_with_its_zone_is_an_instant(line: str, instant: str) -> None:
    found = find_date(line, language="en")
    assert found is not None
    assert (found.instant.isoformat(), found.precision) == (instant, Precision.INSTANT)


@pytest.mark.parametrize(
    "zone", ["", "IST", "CST", "AST", "XYZ", "ET", "Uhr", "heure de Paris", "BST", "GMT+25"]
)
def test_a_time_without_a_known_zone_leaves_the_day(zone: str) -> None:
    found = find_date(f"November 13, 2022 11:30 PM {zone}", language="en")
    assert found is not None
    assert found.precision is Precision.DAY
    assert found.instant.isoformat() == "2022-11-13T12:00:00+00:00"


@pytest.mark.parametrize(
    "line",
    [
        "13 ربيع الثاني 1444",
        "18/04/1444",
        "1444/04/18",
        "31 اسفند 1401",
        "13/11/2565",
        "2079/07/27",
        "২৮ কার্তিক ১৪২৯",
        "32.11.2022",
        "February 30, 2022",
        "13 November",
        "November 2022",
        "10.11.12.13",
        "version 1.2.2022.4",
        "call 010-2022-1111",
        "31 December 9999",
        "",
        "yesterday at 10:15",
        "vor 3 Stunden",
        "2 hours ago, 2022",
        "2022",
        "10/10",
        "24/7 since 2022",
        "5-4-3",
        "1.2.3",
        "won 21-19, 21-17 in 2022",
        "the 2021/22 season",
        "1939-1945",
        "10.11.20.22",
        "192.168.10.12",
        "version 10.11.12",
        "v10.11.12",
        "Version 1.2.2022",
        "Tel. 030 20 22 11 13",
        "+49 30 2022-1113",
        "01.45.67.89.10",
        "ISBN 978-3-16-148410-0",
        "ISBN 0-30-640615-2",
        "$ 10.11.12",
        "10,112,022 people",
        "1:10:2022",
        "John 3:16-17, 2022",
        "pp. 10-11, 2022",
        "https://paper.example/2022/11/13/story",
        "https://paper.example/13-november-2022-story",
        "https://paper.example/story-2022-11-13",
        "https://paper.example/november-13-2022",
        "photo_2022-11-13.jpg",
        "May 10-11, 2022",
        "5 may not 2022",
        "iPhone 13 Pro 2022",
        "13 March 20",
        "12 Monday 2022",
        "12-13.11.2022",
        "1-2-22",
        "99.99.99",
        "10.11.12%",
    ],
)
def test_what_is_no_gregorian_day_is_no_date(line: str) -> None:
    assert find_date(line, language=None) is None


@pytest.mark.parametrize(
    ("language", "day_first", "day"),
    [
        ("en", None, "2022-03-04"),
        ("en-US", None, "2022-03-04"),
        ("fil", None, "2022-03-04"),
        ("en-GB", None, "2022-04-03"),
        ("en_IN", None, "2022-04-03"),
        ("en-Latn-AU", None, "2022-04-03"),
        ("fr", None, "2022-04-03"),
        (None, None, "2022-04-03"),
        ("en", True, "2022-04-03"),
        ("fr", False, "2022-03-04"),
    ],
)
def test_an_ambiguous_date_is_read_as_its_language_or_the_caller_says(
    language: str, day_first: bool | None, day: str
) -> None:
    found = find_date("3/4/2022", language=language, day_first=day_first)
    assert found is not None
    assert found.instant.date().isoformat() == day


@pytest.mark.parametrize(
    ("line", "language", "day", "may_be_otherwise"),
    [
        ("3/4/2022", None, "2022-04-03", True),
        ("3/4/2022", "fr", "2022-04-03", True),
        ("3.4.2022", None, "2022-04-03", False),
        ("2022/3/4", "en", "2022-03-04", False),
        ("13/4/2022", None, "2022-04-13", False),
        ("22.11.13", None, "2013-11-22", False),
        ("10.11.12", None, "2012-11-10", True),
        ("10.11.12", "ko", "2010-11-12", False),
        ("10.11.12", "de", "2012-11-10", False),
        ("03/04/88", "fr", "1988-04-03", True),
        ("13. listopada 2022.", None, "2022-11-13", True),
        ("13. listopada 2022.", "hr", "2022-10-13", False),
        ("13 listopada 2022", "pl", "2022-11-13", False),
    ],
)
def test_what_another_language_would_read_otherwise_says_so(
    line: str, language: str | None, day: str, may_be_otherwise: bool
) -> None:
    found = find_date(line, language=language)
    assert found is not None
    assert found.instant.date().isoformat() == day
    assert found.rule.startswith(ORDER_ASSUMED) is may_be_otherwise


@pytest.mark.parametrize(
    ("line", "dated"),
    [
        ("13 Nov 2022, 10:15 Jane Doe", "13 Nov 2022, 10:15"),
        ("13. Nov. 2022 10:15 Uhr Ada Muster", "13. Nov. 2022 10:15 Uhr"),
        ("Jane Doe | 10:15 CST, 13 Nov 2022 | Paper", "10:15 CST, 13 Nov 2022"),
        ("Nov 13, 2022Updated 3 days ago", "Nov 13, 2022"),
        ("10:15, Sun, Nov 13, 2022", "10:15, Sun, Nov 13, 2022"),
        ("13/11/2022 10:15 horas", "13/11/2022 10:15 horas"),
        ("The PaperNovember 13, 20220 comments", "November 13, 2022"),
    ],
)
def test_a_date_spans_its_time_and_no_name(line: str, dated: str) -> None:
    found = find_date(line, language=None)
    assert found is not None
    assert line[found.start : found.end] == dated


def test_every_day_of_solar_hijri_years_follows_the_one_before() -> None:
    day = date(1921, 3, 21)
    for year in range(1300, 1430):
        for month in range(1, 13):
            for number in range(1, 32):
                converted = day_of_solar_hijri(year, month, number)
                if converted is not None:
                    assert converted == day
                    day += timedelta(days=1)
    assert day == date(2051, 3, 21)


@pytest.mark.parametrize(
    "language",
    """
    en en_GB en_IN de de_AT fr fr_CA es pt it nl ca ro sv da nb nn fi et lv lt is pl cs sk sl hr bs
    sr sr_Latn hu bg mk el sq tr az id ms vi fil sw ru uk be kk hy ka he ar ar_EG ar_SY ar_MA fa ur
    ps hi mr bn gu ta te kn ml ne si th lo km my ja ko zh zh_Hant
    """.split(),
)
def test_every_day_that_a_locale_prints_is_found(language: str) -> None:
    locale = Locale.parse(language)
    for number in range(date(1990, 1, 1).toordinal(), date(2036, 1, 1).toordinal(), 61):
        day = date.fromordinal(number)
        for style in ("long", "full"):
            printed = format_date(day, style, locale=locale)
            for told in (language, None) if language not in ("hr", "bs") else (language,):
                found = find_date(printed, language=told)
                assert found is not None, printed
                assert found.instant.date() == day, printed


@given(st.dates(date(1990, 1, 1), date(2035, 12, 31)), st.sampled_from(["en", "de", "fr", "sw"]))
def test_a_printed_day_is_found_whatever_stands_around_it(day: date, language: str) -> None:
    printed = format_date(day, "long", locale=language)
    found = find_dates(f"Paper | {printed} - 10:15 (12 min) no. 7", language=language)
    assert [f.instant.date() for f in found] == [day]


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
