"""The rules of identity, from values alone: what is an edit, a version, a swap."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.ingest.identity import (
    fields_of_draft,
    fields_of_entry,
    find_swaps,
    is_article_address,
    is_same_article,
    is_significant,
)
from feedsvc.model.entry import Enclosure, EntryDraft, Person, Precision
from tests.feeds.samples import make_entry
from tests.store.desk import make_draft

INSTANT = datetime(2024, 1, 1, tzinfo=UTC)


def draft_of(**changes: Any) -> EntryDraft:
    """The draft that `make_entry` was made from. changes: any field of it, hence Any."""
    entry = make_entry()
    fields: dict[str, Any] = {
        "authors": entry.authors,
        "published": entry.published,
        "precision": entry.precision,
        "language": entry.language,
        "summary": entry.summary,
        "html": entry.html,
        "source": "AFP",
        "tags": ("Floods",),
        "enclosures": entry.enclosures,
        "canonical_url": entry.canonical_url,
    }
    return make_draft(entry.title, **fields | changes)


FIELDS = fields_of_draft(draft_of())


def prose(about: str, sentences: int = 12) -> str:
    return " ".join(
        f"Of {about} sentence {n} says what {about} did {n} days ago." for n in range(sentences)
    )


# What subscribers can see


def test_a_draft_and_its_entry_show_the_same() -> None:
    assert fields_of_draft(draft_of()) == fields_of_entry(make_entry())


def test_a_spelling_of_a_name_is_no_difference() -> None:
    spelt = draft_of(
        authors=(Person(name="ADA  LOVELACE"), Person(name="grace hopper")),
        source="Afp",
        tags=("FLOODS", "floods"),
    )
    assert fields_of_draft(spelt) == FIELDS


def test_a_name_said_twice_is_one() -> None:
    twice = draft_of(authors=(*make_entry().authors, Person(name="Ada Lovelace")))
    assert fields_of_draft(twice) == FIELDS


def test_a_time_of_arrival_is_no_date_of_the_article() -> None:
    entry = make_entry(precision=Precision.ARRIVAL)
    assert fields_of_entry(entry).published is None
    undated = draft_of(published=None, precision=Precision.ARRIVAL)
    assert fields_of_draft(undated) == fields_of_entry(entry)


@pytest.mark.parametrize(
    "change",
    [
        {"title": "x"},
        {"authors": ()},
        {"source": None},
        {"categories": ()},
        {"language": None},
        {"summary": ""},
        {"html": "<p>x</p>"},
        {"enclosures": ()},
        {"canonical_url": None},
        {"published": INSTANT.replace(year=2023)},
        {"precision": Precision.DAY},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_field_that_is_shown_counts(change: dict[str, Any]) -> None:
    assert fields_of_entry(make_entry(**change)) != FIELDS


def test_the_order_of_authors_counts() -> None:
    turned = make_entry(authors=tuple(reversed(make_entry().authors)))
    assert fields_of_entry(turned) != FIELDS


# Whether `updated` moves


@pytest.mark.parametrize(
    "change",
    [
        {"title": "The river falls"},
        {"title": "the river rises, part 1"},
        {"authors": ("ada lovelace",)},
        {"canonical_url": "https://example.com/elsewhere"},
        {"html": "<p>Other words entirely.</p>"},
        {"html": FIELDS.html.replace("town", "Town")},
    ],
    ids=str,
)
def test_a_change_that_readers_should_see_is_significant(change: dict[str, Any]) -> None:
    assert is_significant(FIELDS, replace(FIELDS, **change))


@pytest.mark.parametrize(
    "change",
    [
        {"title": "The  river rises, part １"},
        {"source": "reuters"},
        {"tags": ("rain",)},
        {"language": "de"},
        {"summary": "Another"},
        {
            "enclosures": (
                Enclosure(href="https://x.example/", media_type="audio/mpeg", size_bytes=1),
            )
        },
        {"published": None},
        {"html": FIELDS.html.replace("https://example.com/town", "https://example.com/city")},
        {"html": FIELDS.html.replace("<p>", "<p>\n  ").replace(" beyond", "&nbsp;beyond")},
    ],
    ids=str,
)
def test_a_change_of_signs_or_of_what_is_beside_the_text_is_not(change: dict[str, Any]) -> None:
    assert not is_significant(FIELDS, replace(FIELDS, **change))


@pytest.mark.parametrize(
    ("old", "new"),
    [("“so” it’s", '"so" it\'s'), ("1914–18", "1914-18"), ("a — b", "a - b"), ("ﬁne", "fine")],
)
def test_quotes_dashes_and_ligatures_are_only_signs(old: str, new: str) -> None:
    before, after = (replace(FIELDS, title=t, html=f"<p>{t}</p>") for t in (old, new))
    assert not is_significant(before, after)


def test_what_stays_is_not_significant() -> None:
    assert not is_significant(FIELDS, FIELDS)


# Whether two texts are one article


def test_texts_under_one_title_are_one_article() -> None:
    draft = make_draft("THE RIVER  rises, part 1", text=prose("rain"))
    assert is_same_article(draft, make_entry())


def test_a_text_that_kept_half_of_itself_is_one_article() -> None:
    entry = make_entry(html=f"<p>{prose('the storm')}</p>")
    draft = make_draft("Another title", text=f"{prose('the storm', 7)} {prose('an election', 5)}")
    assert is_same_article(draft, entry)


def test_a_beginning_of_a_text_is_one_article_with_the_whole() -> None:
    entry = make_entry(html=f"<p>{prose('the storm', 40)}</p>")
    assert is_same_article(make_draft("Another title", text=prose("the storm", 4)), entry)


def test_texts_that_share_little_are_two_articles() -> None:
    entry = make_entry(html=f"<p>{prose('the storm')}</p>")
    assert not is_same_article(make_draft("Another title", text=prose("an election")), entry)


def test_texts_without_words_are_two_articles() -> None:
    assert not is_same_article(make_draft("A", text="…"), make_entry(html="<p>…</p>"))


def test_scripts_without_spaces_are_compared_by_their_signs() -> None:
    text = "港口因暴风雨关闭，两座大门都已关上，没有人对此提出异议。"
    entry = make_entry(html=f"<p>{text}</p>")
    assert is_same_article(make_draft("另一个标题", text=text[:14] + "选举结果公布"), entry)
    assert not is_same_article(make_draft("另一个标题", text="市长选举结果今天公布了" * 3), entry)


# Addresses


@pytest.mark.parametrize("url", ["https://example.com", "https://example.com/", "https://e.com/?a"])
def test_the_front_page_is_no_address_of_an_article(url: str) -> None:
    assert not is_article_address(url)


def test_any_other_page_is() -> None:
    assert is_article_address("https://example.com/storm")


# Swaps


def together(swaps: list[dict[int, int]]) -> dict[int, int]:
    return {document: owner for swap in swaps for document, owner in swap.items()}


def test_two_that_exchanged_their_bytes_are_a_swap() -> None:
    assert find_swaps({1: (b"a", b"b"), 2: (b"b", b"a")}) == [{1: 2, 2: 1}]


def test_three_in_a_ring_are_a_swap() -> None:
    changes = {1: (b"a", b"b"), 2: (b"b", b"c"), 3: (b"c", b"a")}
    assert find_swaps(changes) == [{1: 2, 2: 3, 3: 1}]


def test_a_chain_with_an_end_is_no_swap() -> None:
    assert find_swaps({1: (b"a", b"b"), 2: (b"b", b"new")}) == []


def test_what_hangs_on_a_ring_is_not_in_it() -> None:
    changes = {1: (b"a", b"b"), 2: (b"b", b"a"), 3: (b"c", b"a")}
    assert find_swaps(changes) == [{1: 2, 2: 1}]


def test_nothing_changed_is_no_swap() -> None:
    assert find_swaps({}) == []


@given(st.permutations(range(8)))
def test_every_exchange_is_found_whole(order: list[int]) -> None:
    changes = {n: (bytes([n]), bytes([now])) for n, now in enumerate(order) if n != now}
    assert together(find_swaps(changes)) == {n: now for n, now in enumerate(order) if n != now}


def test_exchanges_that_have_nothing_to_do_with_one_another_are_told_apart() -> None:
    pairs = {n: (bytes([n]), bytes([n ^ 1])) for n in range(6)}
    assert find_swaps(pairs) == [{0: 1, 1: 0}, {2: 3, 3: 2}, {4: 5, 5: 4}]


def test_a_ring_of_thousands_is_found_at_once() -> None:
    count = 20_000
    changes = {n: (b"%d" % n, b"%d" % ((n + 1) % count)) for n in range(count)}
    assert [len(ring) for ring in find_swaps(changes)] == [count]


@given(
    st.dictionaries(
        st.integers(0, 9), st.tuples(st.binary(min_size=1, max_size=1), st.binary(max_size=1))
    )
)
def test_a_swap_gives_each_document_to_one_other(
    changes: dict[int, tuple[bytes, bytes]],
) -> None:
    swaps = together(find_swaps(changes))
    assert swaps.keys() == set(swaps.values())
    for document, owner in swaps.items():
        assert changes[document][1] == changes[owner][0]
