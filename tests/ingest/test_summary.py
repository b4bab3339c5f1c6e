"""A summary is the beginning of the text, cut with care."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from feedsvc.ingest.extract.summary import summarize

LEDE = "The ferry left at noon. It carried forty people, Mr. Berg said, and the post of May."


def test_a_lede_that_fits_is_kept_whole() -> None:
    assert summarize(LEDE + "\n\nSecond paragraph.") == LEDE


def test_whole_sentences_are_kept_where_they_fill_the_space() -> None:
    assert summarize(f"{LEDE} {LEDE}", limit=100) == LEDE


def test_a_long_sentence_is_cut_between_words() -> None:
    assert (
        summarize("The ferry, which had waited for hours, left.", limit=20) == "The ferry, which…"
    )


def test_an_abbreviation_ends_no_sentence() -> None:
    text = "In the small hours of the night Mr. Berg and his crew of nine sailed for the mainland."
    assert not summarize(text, limit=60).endswith("Mr.")


def test_a_text_without_spaces_is_cut_between_signs() -> None:
    text = "今季最後の船が港を出た。" + "乗客は朝から待っていた" * 30
    cut = summarize(text, limit=60)
    assert cut.endswith("…")
    assert text.startswith(cut[:-1])
    assert len(cut) <= 60


def test_sentences_of_scripts_without_spaces_are_kept_whole() -> None:
    assert summarize("船が出た。" * 30, limit=52) == "船が出た。" * 10


def test_a_short_first_block_is_continued() -> None:
    assert summarize("Update:\n\nThe ferry left at noon.") == "Update: The ferry left at noon."


@given(st.text(max_size=500), st.integers(min_value=2, max_value=120))
def test_a_summary_is_never_longer_than_its_limit(text: str, limit: int) -> None:
    summary = summarize(text, limit)
    assert len(summary) <= limit
    assert "\n" not in summary
