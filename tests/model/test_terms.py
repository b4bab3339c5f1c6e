"""The terms of texts in every script, and what queries ask of them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.errors import InvalidRequest
from feedsvc.model.search import MAX_CHARS, parse_query, search_guid
from feedsvc.model.terms import (
    GAP,
    Terms,
    split_runs,
    split_terms,
    terms_of_article,
    terms_of_html,
)

# Letters, marks, digits, signs and formats of every script, with what words are told apart by.
TEXTS = st.text(
    st.one_of(
        st.characters(exclude_categories=("Cs", "Cn", "Co")),
        st.sampled_from("-\"“”'’ʼ_ \u200c\u200d\u00ad\u0301ÀßıİŉﬁǅΣς猫語ไทยक्षि١２½Ⅷ"),
    ),
    max_size=40,
)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Storm shuts the HARBOUR", ["storm", "shuts", "the", "harbour"]),
        ("Müller, Łódź, œuvre, Straße", ["muller", "lodz", "oeuvre", "strasse"]),
        ("l'école de l’été", ["l", "ecole", "de", "l", "ete"]),
        ("п'ять / пʼять / ёлка, йод", ["п", "ять", "п", "ять", "елка", "йод"]),
        ("covid-19, 1,000 x²", ["covid", "19", "1", "000", "x2"]),
        ("snake_case", ["snake", "case"]),
        # Vowel signs are part of an Indic word; the nukta is seldom typed.
        ("हिन्दी में पढ़ाई", ["हिन्दी", "में", "पढाई"]),
        # Points, the tatweel and the hamza above an alef are left out; digits are digits.
        ("أَحْمَد ٢٠٢٢ كتـاب", ["احمد", "2022", "كتاب"]),
        ("שָׁלוֹם", ["שלום"]),
        # A joiner parts no word, and Persian's letters are those of Arabic.
        ("می‌خواهم کتاب", ["ميخواهم", "كتاب"]),
        ("北京大学", ["北京", "京大", "大学"]),
        ("猫", ["猫"]),
        ("食べる。カメラ", ["食べ", "べる", "カメ", "メラ"]),
        ("ｶﾒﾗ", ["カメ", "メラ"]),
        ("ภาษาไทย", ["ภา", "าษ", "ษา", "าไ", "ไท", "ทย"]),
        ("iPhone手机壳", ["iphone", "手机", "机壳"]),
        ("한국어 뉴스", ["한국어", "뉴스"]),
        ("❤️ … — \u0301", []),
    ],
)
def test_a_text_is_parted_as_its_script_asks(text: str, terms: list[str]) -> None:
    assert split_terms(text) == terms


@given(TEXTS)
@settings(max_examples=300)
def test_terms_are_letters_marks_and_digits_and_stay_as_they_are(text: str) -> None:
    assert all(unicodedata.category(c)[0] in "LMN" for term in split_terms(text) for c in term)
    for run in split_runs(text):
        assert split_runs(run) == [run]


@given(st.lists(TEXTS, max_size=4))
@settings(max_examples=300)
def test_a_text_gives_the_same_terms_whatever_stands_around_it(texts: list[str]) -> None:
    together = split_terms(" ".join(texts))
    assert together == [term for text in texts for term in split_terms(text)]


def test_a_body_is_searched_as_it_reads() -> None:
    html = (
        '<p>Har<b>bour</b> &amp; st<a href="x>y" title="<p>not this">orm</a></p><p>gate</p>'
        "<ruby>漢<rt>かん</rt>字</ruby>"
    )
    assert terms_of_html(html) == Terms(ordered="harbour storm gate 漢字", loose="字 漢")


def test_no_phrase_reaches_from_one_field_into_the_next() -> None:
    found = terms_of_article(
        title="Storm",
        summary="",
        source="The Courier",
        names=["Jane Doe", "JANE DOE"],
        tags=["sea"],
        body=terms_of_html("<p>Harbour</p>"),
    )
    fields = ["storm", "the courier", "jane doe", "sea", "harbour"]
    assert found.ordered == f" {GAP} ".join(fields)


def test_a_word_is_placed_only_so_often_and_found_all_the_same() -> None:
    body = terms_of_html(f"<p>{'sea ' * 500}storm</p>")
    assert len(body.places["sea"]) == 200
    assert body.places["storm"] == [501]


def test_a_long_text_is_placed_as_far_as_databases_count_and_found_to_its_end() -> None:
    body = terms_of_html(f"<p>{' '.join(f'word{n}' for n in range(20_000))}</p>")
    assert max(place for places in body.places.values() for place in places) == 14_000
    assert body.loose.split()[-1] == "word19999"


def test_a_huge_text_stays_within_what_databases_take() -> None:
    words = " ".join(f"{n:05}" + "𐐨" * 60 for n in range(20_000))
    body = terms_of_html(f"<p>{words}</p>")
    assert len(body.ordered.encode()) <= 400_000
    assert len(body.loose.encode()) <= 200_000
    assert all(len(term) == 64 for term in [*body.places, *body.loose.split()])


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        ("Storm  HARBOUR storm", "harbour storm"),
        ("“New York” -Cod", '"new york" -cod'),
        ('harbour -"high tide', 'harbour -"high tide"'),
        ("O'Brien covid-19", '"covid 19" "o brien"'),
        ("北京大学 手机", "北京大学 手机"),
        ("iPhone手机", '"iphone 手机"'),
        ('צה"ל', '"צה ל"'),
        ("a - b", "a b"),
        ("NOT this AND that OR more*", "and more not or that this"),
    ],
)
def test_queries_that_ask_the_same_are_the_same(asked: str, canonical: str) -> None:
    assert parse_query(asked).text == canonical
    assert parse_query(canonical) == parse_query(asked)


@given(TEXTS)
@settings(max_examples=300)
def test_the_canonical_form_of_a_query_is_its_own(asked: str) -> None:
    try:
        query = parse_query(asked)
    except InvalidRequest:
        return
    assert parse_query(query.text) == query


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("", "needs a word"),
        (' … "" ', "needs a word"),
        ('-storm -"high tide"', "needs a word that must occur"),
        ("a b c d e f g h i", "8 words or phrases; this one has 9"),
        ("x" * (MAX_CHARS + 1), "200 characters; this one has 201"),
        ("\ufdfa" * 60, "200 characters"),
    ],
)
def test_a_query_that_cannot_be_asked_says_why(asked: str, told: str) -> None:
    with pytest.raises(InvalidRequest, match=told):
        parse_query(asked)


def test_a_query_may_have_eight_terms_and_two_hundred_characters() -> None:
    parse_query("a b c d e f g -h")
    parse_query("x" * MAX_CHARS)


def test_the_id_of_a_search_is_its_own_on_each_site() -> None:
    here, there = "urn:uuid:2b1c3ad0-0d6b-4a52-9a8f-000000000001", "urn:uuid:" + "0" * 32
    ids = {search_guid(site, parse_query(q)) for site in (here, there) for q in ("sea", "SEA", "a")}
    assert len(ids) == 4
    # For ever: readers know the feed by it.
    assert search_guid(here, parse_query("Storm harbour")) == (
        "urn:uuid:9aa8a3c5-0895-5316-8a91-93a4f8cea716"
    )
