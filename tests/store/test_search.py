"""The full-text index: the same on either database, and always what the entries are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from feedsvc.errors import InvalidRequest
from feedsvc.model.search import Phrase, SearchQuery, parse_query
from feedsvc.model.terms import Terms, terms_of_html
from feedsvc.store.engine import Store
from feedsvc.store.indexing import make_index
from feedsvc.store.search import (
    find_matches,
    index_terms,
    indexed_numbers,
    last_departure,
    record_departure,
    remove_from_index,
    select_matching,
)
from feedsvc.store.verify import verify
from tests.store.desk import Desk, by, make_draft


def matches(store: Store, asked: str) -> list[int]:
    with store.reading() as connection:
        return list(find_matches(connection, parse_query(asked), limit=1000))


def found(desk: Desk, asked: str) -> list[str]:
    """The titles of what a search finds, newest first."""
    with desk.store.reading() as connection:
        candidates = select_matching(connection, parse_query(asked), 1000)
        numbers = [candidate.entry_id for candidate in candidates]
    return [desk.entry(number).title for number in numbers]


def broken_rules(store: Store) -> list[str]:
    return [verified.rule for verified in verify(store) if verified.offenders]


# What is found


WORDS = st.sampled_from(
    "sea Sea SEA storm tide été ÉTÉ л ёж еж 北京 北京大学 京大 猫 手 食べる カメラ ไทย ภาษาไทย ดี "
    "हिन्दी हि أَحْمَد احمد كتاب שָׁלוֹם 한국어 x² 2022 ٢٠٢٢ o'brien iPhone手机 ᜋ 𐐨𐐩 ကျော် ខ្មែរ ລາວ".split()
)
TEXTS = st.lists(st.one_of(WORDS, st.text(max_size=4)), max_size=12).map(" ".join)
QUERIES = st.lists(
    st.one_of(
        WORDS,
        WORDS.map("-{}".format),
        st.lists(WORDS, min_size=2, max_size=3).map(lambda words: f'"{" ".join(words)}"'),
        st.text(max_size=4),
    ),
    min_size=1,
    max_size=4,
).map(" ".join)


def stands_in(phrase: Phrase, terms: Terms) -> bool:
    """What a search means, said in the plainest way."""
    ordered = terms.ordered.split()
    if len(phrase) == 1 and phrase[0] in terms.loose.split():
        return True
    length = len(phrase)
    return any(tuple(ordered[n : n + length]) == phrase for n in range(len(ordered)))


def is_found(query: SearchQuery, terms: Terms) -> bool:
    return all(stands_in(phrase, terms) for phrase in query.required) and not any(
        stands_in(phrase, terms) for phrase in query.excluded
    )


@given(bodies=st.lists(TEXTS, min_size=1, max_size=6), queries=st.lists(QUERIES, min_size=4))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_either_database_finds_what_the_terms_say(
    sqlite_store: Store, postgresql_store: Store, bodies: list[str], queries: list[str]
) -> None:
    rows = {n: terms_of_html(body) for n, body in enumerate(bodies, start=1)}
    with indexed(sqlite_store, rows) as sqlite, indexed(postgresql_store, rows) as postgresql:
        for asked in queries:
            try:
                query = parse_query(asked)
            except InvalidRequest:
                continue
            wanted = [
                n for n, terms in sorted(rows.items(), reverse=True) if is_found(query, terms)
            ]
            assert find_matches(sqlite, query, limit=9) == wanted, query
            assert find_matches(postgresql, query, limit=9) == wanted, query


class _Over(Exception):
    """Takes back what was indexed."""


@contextmanager
def indexed(store: Store, rows: Mapping[int, Terms]) -> Iterator[Connection]:
    try:
        with store.writing() as connection:
            index_terms(connection, rows)
            yield connection
            raise _Over
    except _Over:
        pass


def test_the_largest_text_there_can_be_is_indexed(store: Store) -> None:
    words = " ".join(f"{n:05}" + "𐐨" * 60 for n in range(20_000))
    short = " ".join(map(chr, range(0x4E00, 0x9000)))
    rows = {1: terms_of_html(words), 2: terms_of_html(f"{words} {short}"), 3: terms_of_html(short)}
    with indexed(store, rows) as connection:
        for asked, numbers in (("00000" + "𐐨" * 60, [2, 1]), ("一", [3]), ("\u8fff", [3])):
            assert find_matches(connection, parse_query(asked), limit=9) == numbers


def test_ranges_are_found_in_either_order_however_common_a_word_is(store: Store) -> None:
    # More than PostgreSQL looks at without its index; pairs of words that are seldom neighbours.
    rows = {
        n: terms_of_html(
            f"sea {'high tide' if n % 7 == 0 else 'tide high'} {'storm' if n % 401 == 0 else ''}"
        )
        for n in range(1, 1300)
    }
    rows |= {-n: terms_of_html("sea storm high tide") for n in range(1, 600)}
    numbers = {
        "sea": list(range(1, 1300)),
        "storm": [401, 802, 1203],
        '"high tide"': list(range(7, 1300, 7)),
        "storm -sea": [],
        'sea -"tide high"': list(range(7, 1300, 7)),
        "cod": [],
    }
    with indexed(store, rows) as connection:
        for asked, wanted in numbers.items():
            query = parse_query(asked)
            for above, below in ((0, 2000), (0, 900), (7, 1204), (400, 402), (401, 402)):
                inside = [n for n in wanted if above < n < below]
                newest = find_matches(connection, query, above=above, below=below, limit=60)
                assert newest == inside[::-1][:60], (asked, above, below)
                oldest = find_matches(
                    connection, query, above=above, below=below, newest_first=False, limit=60
                )
                assert oldest == inside[:60], (asked, above, below)


# What is published


def test_every_field_of_an_entry_is_searched(desk: Desk) -> None:
    desk.add(
        make_draft(
            "Storm",
            summary="A summary",
            source="The Courier",
            authors=by("Jane Doe", "María Pérez"),
            tags=("Sea", "海事新闻"),
            html="<p>The body<br>of it &amp; more</p>",
        )
    )
    for asked in ("storm", "summary", "courier", '"jane doe"', "maria", "sea", "新闻", "body of"):
        assert found(desk, asked) == ["Storm"], asked
    assert found(desk, '"storm a summary"') == []


def test_an_edit_is_found_by_what_it_says_now(desk: Desk) -> None:
    number = desk.add(make_draft("Storm", tags=("sea",)))
    desk.edit(number, make_draft("Calm", tags=("sea", "sky")))
    assert [found(desk, asked) for asked in ("storm", "calm", "sky")] == [[], ["Calm"], ["Calm"]]
    desk.edit(number, make_draft("Calm", tags=("sea",)), moves_updated=False)
    assert [found(desk, asked) for asked in ("sky", "sea")] == [[], ["Calm"]]
    assert broken_rules(desk.store) == []


def test_what_is_withdrawn_is_not_found_until_it_is_back(desk: Desk) -> None:
    number = desk.add(make_draft("Storm"))
    desk.withdraw(number)
    assert found(desk, "storm") == []
    assert broken_rules(desk.store) == []
    desk.edit(number, make_draft("Calm"))
    assert found(desk, "calm") == []
    desk.bring_back(number)
    assert found(desk, "calm") == ["Calm"]
    assert broken_rules(desk.store) == []


def test_a_search_is_dated_by_what_departed_from_it_and_by_nothing_else(desk: Desk) -> None:
    def departed(asked: str) -> object:
        with desk.store.reading() as connection:
            return last_departure(connection, parse_query(asked))

    storm = desk.add(make_draft("Storm at sea"))
    calm = desk.add(make_draft("Calm"))
    assert departed("storm") is None
    desk.stopped.move(seconds=60)
    desk.edit(storm, make_draft("Wind at sea"))
    first = departed("storm")
    assert first == desk.entry(storm).updated
    assert departed('"storm at sea" -calm') == first
    desk.stopped.move(seconds=60)
    desk.withdraw(calm)
    assert departed("storm") == first
    assert departed("calm") == desk.stopped.instant
    assert departed("wind") is None


def test_an_edit_that_changes_no_word_departs_from_nothing(desk: Desk) -> None:
    number = desk.add(make_draft("Storm"))
    desk.edit(number, make_draft("Storm!"))
    with desk.store.reading() as connection:
        assert last_departure(connection, parse_query("storm")) is None


# Made anew, and verified


def test_an_index_made_anew_is_what_it_was(desk: Desk) -> None:
    for n in range(5):
        desk.add(make_draft(f"Storm {n}", tags=(f"tag {n}",), authors=by("Jane"), source="Courier"))
    desk.edit(2, make_draft("Wind 1"))
    desk.withdraw(3)
    asked = ("storm", "wind", "courier jane", '"tag 4"', "storm -4")
    before = [found(desk, a) for a in asked]
    with desk.store.reading() as connection:
        departed = [last_departure(connection, parse_query(a)) for a in asked]
        numbers = sorted(indexed_numbers(connection))
    with desk.store.writing() as connection:
        connection.execute(text("DELETE FROM entry_terms"))
    assert found(desk, "storm") == []
    with desk.store.writing() as connection:
        make_index(connection)
    assert [found(desk, a) for a in asked] == before
    with desk.store.reading() as connection:
        assert [last_departure(connection, parse_query(a)) for a in asked] == departed
        assert sorted(indexed_numbers(connection)) == numbers
    assert broken_rules(desk.store) == []


@pytest.mark.parametrize("damage", ["lost", "too many", "departure lost", "of another title"])
def test_an_index_that_is_not_of_its_entries_is_noticed(desk: Desk, damage: str) -> None:
    number = desk.add(make_draft("Storm"))
    desk.withdraw(desk.add(make_draft("Calm")))
    sequence, terms = desk.entry(number).sequence, terms_of_html("<p>wind</p>")
    assert broken_rules(desk.store) == []
    with desk.store.writing() as connection:
        if damage == "departure lost":
            connection.execute(text("DELETE FROM departed_terms"))
        elif damage == "too many":
            index_terms(connection, {99: terms})
        else:
            remove_from_index(connection, sequence)
            if damage == "of another title":
                index_terms(connection, {sequence: terms})
    assert any("search" in rule for rule in broken_rules(desk.store))


def test_departures_are_recorded_one_an_instant(desk: Desk) -> None:
    with desk.store.writing() as connection:
        for asked, seconds in (("storm", 1), ("storm", 2), ("wind", 3)):
            desk.stopped.move(seconds=seconds)
            record_departure(connection, terms_of_html(asked), desk.stopped.instant)
            latest = desk.stopped.instant
        assert last_departure(connection, parse_query("wind")) == latest
