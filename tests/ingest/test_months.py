"""The names of the months are those of CLDR."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from feedsvc.ingest.extract.days import months
from feedsvc.ingest.extract.days.months import begins_a_name, fold, month_of
from tests.ingest import month_names

TABLE = Path(months.__file__).with_name("months.txt")


def test_the_table_is_what_cldr_says(request: pytest.FixtureRequest) -> None:
    script = [sys.executable, "-X", "utf8", "-m", month_names.__name__]
    told = subprocess.run(script, check=True, capture_output=True, encoding="utf-8").stdout
    if request.config.getoption("--accept"):
        TABLE.write_text(told, encoding="utf-8")
    assert TABLE.read_text(encoding="utf-8") == told


def test_every_name_of_a_locale_means_its_month() -> None:
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        locale, *columns = line.split("\t")
        for month, names in enumerate(columns, 1):
            for name in filter(None, names.split(",")):
                assert month_of(name, locale.partition("_")[0]) == month


@pytest.mark.parametrize(
    ("name", "language", "month"),
    [
        ("listopada", None, 11),
        ("listopada", "pl", 11),
        ("listopada", "hr", 10),
        ("listopada", "hr-HR", 10),
        ("studenoga", "hr", 11),
        ("kanun", None, None),
        ("september", None, 9),
        ("ספט׳", None, 9),
        ("monday", "en", None),
    ],
)
def test_a_name_means_the_month_of_its_language(
    name: str, language: str | None, month: int | None
) -> None:
    assert month_of(name, language) == month


def test_names_of_two_words_are_known_by_their_first() -> None:
    assert begins_a_name("تشرين")
    assert not begins_a_name("november")


@pytest.mark.parametrize("text", ["Élan\u00a0Çà", "İstanbul", "١٢٣۴५", "ﬁn", "ΆΣ", "", "No 1"])
def test_folding_keeps_lengths(text: str) -> None:
    text = unicodedata.normalize("NFC", text)
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)
