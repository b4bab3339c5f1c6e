"""Plain text fields are one line, and do nothing to the text around them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.ingest.extract.textual import clean_text


@pytest.mark.parametrize(
    ("value", "clean"),
    [
        ("  two \n\t words\u00a0here ", "two words here"),
        ("cafe\u0301", "café"),
        ("bell\u0007 and \u0085next\u009f", "bell and next"),
        ("evil \u202egnp.exe\u202c", "evil gnp.exe"),
        ("\u2067open only", "open only"),
        ("a \u2067closed\u2069 isolate\u2069", "a \u2067closed\u2069 isolate"),
        ("zero\u200bwidth\u200b\u200d\u200cruns\ufeff", "zerowidthruns"),
        ("می\u200cرود", "می\u200cرود"),
        ("क्\u200dष", "क्\u200dष"),
        ("👩\u200d🚒 arrives", "👩\u200d🚒 arrives"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("lone\u200d", "lone"),
    ],
)
def test_a_field_is_cleaned_and_keeps_what_languages_need(value: str, clean: str) -> None:
    assert clean_text(value) == clean


@pytest.mark.parametrize("last", ["e\u0301\u0302", "👩\u200d🚒", "🇳🇴", "👍🏽", "각"])
def test_a_long_field_is_cut_between_graphemes(last: str) -> None:
    cut = clean_text("x" * 297 + last * 40, 300)
    assert len(cut) <= 300
    kept = cut.removesuffix("…").removeprefix("x" * 297)
    assert kept in ("", *(last * n for n in range(1, 4)), *(_nfc(last) * n for n in range(1, 4)))


def _nfc(text: str) -> str:
    return clean_text(text)


@given(st.text(), st.integers(min_value=2, max_value=40))
def test_cleaning_twice_changes_nothing_and_never_exceeds_the_limit(text: str, limit: int) -> None:
    once = clean_text(text, limit)
    assert len(once) <= limit
    assert clean_text(once, limit) == once
