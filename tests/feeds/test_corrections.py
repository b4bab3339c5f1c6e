"""What a correction changed: readable, bounded, and HTML that the sanitizer leaves as it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from difflib import SequenceMatcher
from html import unescape
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.feeds.clean import xml_safe
from feedsvc.feeds.corrections import (
    ELLIPSIS,
    changed_text,
    changed_wording,
    correction_entry,
    shortened,
)
from feedsvc.ingest.sanitize import check_safe, sanitize_html
from feedsvc.model.correction import Correction, Wording
from feedsvc.settings import load_settings

LIMITS = load_settings().limits
EDITED_AT = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
STORM = Wording(title="Storm shuts harbour", authors=("Ada",), link=None, language="en")
CORRECTION = Correction(
    guid="urn:uuid:33333333-3333-4333-8333-333333333333",
    corrected_at=EDITED_AT,
    entry_id=1,
    number=1,
    short_id="0000000001",
    slug="storm",
    before=STORM,
    after=STORM,
)


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (
            "The first gate is shut.",
            "The second gate is shut.",
            "<p>The <del>first</del> <ins>second</ins> gate is shut.</p>",
        ),
        ("Two ships sank.", "Two big ships sank.", "<p>Two <ins>big</ins> ships sank.</p>"),
        ("Two big ships sank.", "Two ships sank.", "<p>Two <del>big</del> ships sank.</p>"),
        (
            "It sank at noon.",
            "It sank at noon, they said.",
            "<p>It sank at noon<ins>, they said</ins>.</p>",
        ),
        ("Same.\n\nOld words.\n\nSame too.", "Same.\n\nSame too.", None),
        (
            "港口今天关闭了。",
            "港口昨天关闭了。",
            "<p>港口<del>今</del> <ins>昨</ins>天关闭了。</p>",
        ),
        ("one\ntwo", "one\nthree", "<p>one<br>\n<del>two</del> <ins>three</ins></p>"),
        ("a < b & c", "a < b & d", "<p>a &lt; b &amp; <del>c</del> <ins>d</ins></p>"),
        ("gone", "", "<p><del>gone</del></p>"),
        ("", "new", "<p><ins>new</ins></p>"),
        ("Apples are red.", "Nobody knew it.", None),
    ],
)
def test_a_text_is_shown_as_it_was_and_as_it_is(before: str, after: str, shown: str | None) -> None:
    told = changed_text(before, after)
    if shown is not None:
        assert told == shown
    elif "Same" in before:
        assert told == f"{ELLIPSIS}\n<p><del>Old words.</del></p>\n{ELLIPSIS}"
    else:
        assert told == "<p><del>Apples are red.</del></p>\n<p><ins>Nobody knew it.</ins></p>"


def test_nothing_is_told_of_a_text_that_stayed() -> None:
    assert changed_text("One.\n\nTwo.", "One.\n\nTwo.") == ""


def test_a_single_word_between_two_changes_is_no_reason_to_part_them() -> None:
    told = changed_text("It was hot and dry in the town.", "It was cold and wet in the town.")
    assert told == "<p>It was <del>hot and dry</del> <ins>cold and wet</ins> in the town.</p>"


def test_an_edited_paragraph_is_found_among_new_ones() -> None:
    told = changed_text(
        "The harbour master closed both gates.",
        "Nobody had expected such waves.\n\nThe harbour master closed all gates.",
    )
    assert told.split("\n") == [
        "<p><ins>Nobody had expected such waves.</ins></p>",
        "<p>The harbour master closed <del>both</del> <ins>all</ins> gates.</p>",
    ]


def test_long_stretches_of_a_paragraph_that_stayed_are_left_out() -> None:
    words = " ".join(f"word{n}" for n in range(500))
    told = changed_text(f"{words} old {words}", f"{words} new {words}")
    assert "<del>old</del> <ins>new</ins>" in told
    assert "word0 " in told
    assert "word250" not in told
    assert told.count(" … ") == 2


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({"title": "Storm opens harbour"}, "Title:</strong> Storm <del>shuts</del> <ins>opens"),
        ({"authors": ("Ada", "Grace")}, "Authors:</strong> Ada<ins>, Grace</ins>"),
        ({"authors": ()}, "Authors:</strong> <del>Ada</del>"),
        ({"link": "https://a.example/"}, "Link:</strong> <ins>https://a.example/</ins>"),
        ({"language": "de"}, ""),
    ],
)
def test_title_authors_and_link_are_told_where_they_changed(
    change: dict[str, object], shown: str
) -> None:
    told = changed_wording(STORM, replace(STORM, **change))  # type: ignore[arg-type]
    assert shown in told
    assert told.count("<p>") == (1 if shown else 0)


def test_a_correction_is_an_entry_at_the_permalink_of_the_article() -> None:
    after = replace(STORM, title="Storm <b>", language="ur")
    entry = correction_entry(replace(CORRECTION, after=after), "<p><ins>x</ins></p>", 1000)
    assert entry.title == "Corrected: Storm ‹b›"
    assert (entry.guid, entry.short_id, entry.slug) == (CORRECTION.guid, "0000000001", "storm")
    assert entry.published == entry.updated == entry.arrived_at == EDITED_AT
    assert [author.name for author in entry.authors] == ["Ada"]
    assert entry.language == "ur"
    assert "‹b›" in entry.html
    assert entry.html.endswith("\n<p><ins>x</ins></p>")


def test_changes_that_are_too_long_end_with_an_ellipsis_between_two_paragraphs() -> None:
    paragraphs = [f"<p><ins>Paragraph {n}.</ins></p>" for n in range(9)]
    html = "\n".join(paragraphs)
    assert shortened(html, len(html)) == html
    for limit in range(50, len(html)):
        cut = shortened(html, limit)
        assert len(cut.encode()) <= limit
        *kept, last = cut.split("\n")
        assert last == ELLIPSIS
        assert kept == paragraphs[: len(kept)]


# Bounds


class Spy(SequenceMatcher[str]):
    """Counts the pairs of equal words that difflib is given to look at."""

    pairs: ClassVar[list[int]] = []

    def __init__(
        self, junk: None, a: Sequence[str], b: Sequence[str], autojunk: bool = True
    ) -> None:
        counts = Counter(b)
        self.pairs.append(sum(counts[word] for word in a))
        super().__init__(junk, a, b, autojunk)


@pytest.fixture
def pairs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    monkeypatch.setattr("feedsvc.feeds.corrections.SequenceMatcher", Spy)
    Spy.pairs = []
    return Spy.pairs


def test_what_would_take_long_to_compare_is_shown_whole(pairs: list[int]) -> None:
    same = "tick tock " * 400
    told = changed_text(f"start {same}end", f"begin {same} tock finish")
    assert sum(pairs) == 0
    assert told.startswith("<p><del>start tick tock")


def test_all_comparisons_of_a_correction_together_are_bounded(pairs: list[int]) -> None:
    old = "\n\n".join(f"{n} " + "tick tock " * 60 + f"{n}" for n in range(200))
    told = changed_text(old, old.replace("0 tick", "0 tack").replace("tock 1", "tuck 1"))
    assert len(pairs) > 5
    assert sum(pairs) <= 100_000
    assert "<p><del>190 tick tock" in told


def test_thousands_of_paragraphs_are_compared_within_bounds() -> None:
    old = "\n\n".join(["again", "and"] * 5000)
    told = changed_text(f"a\n\n{old}\n\nb", f"c\n\n{old}\n\nd\n\ne")
    assert len(shortened(told, 131_072).encode()) <= 131_072


def test_a_paragraph_without_an_end_is_cut() -> None:
    told = changed_text("x" * 2_000_000, "y" * 2_000_000)
    assert len(told) < 20_000
    assert told.count(" …<") == 2


# Safety

WORDS = st.text(
    st.sampled_from("ab <>&\"'\u00a0\n\t,.") | st.characters(codec="utf-8"), max_size=60
)
TEXTS = st.lists(WORDS, max_size=6).map("\n\n".join)
WORDINGS = st.builds(
    Wording,
    title=WORDS,
    authors=st.lists(WORDS, max_size=3).map(tuple),
    link=st.none() | WORDS,
    language=st.none(),
)


@settings(max_examples=200, deadline=None)
@given(TEXTS, TEXTS, WORDINGS, WORDINGS)
def test_the_html_of_a_correction_is_what_the_sanitizer_would_make_of_it(
    old: str, new: str, before: Wording, after: Wording
) -> None:
    html = correction_entry(
        replace(CORRECTION, before=before, after=after), changed_text(old, new), 131_072
    ).html
    check_safe(html)
    assert sanitize_html(html, base_url=None, limits=LIMITS) == html


@settings(max_examples=200, deadline=None)
@given(TEXTS, TEXTS)
def test_nothing_of_the_words_before_and_after_is_lost(old: str, new: str) -> None:
    told = changed_text(old, new)
    if ELLIPSIS in told or not told:
        return
    for kept, dropped, text in (("del", "ins", old), ("ins", "del", new)):
        side = re.sub(f"<{dropped}>.*?</{dropped}>", "", told, flags=re.DOTALL)
        words = unescape(re.sub("<[^>]*>", "", side)).split()
        assert "".join(words) == "".join(xml_safe(text).split()), kept
