"""Names that last: guids, short ids, slugs, and the fingerprint of an article."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.model.ids import (
    FINGERPRINT_MIN_LETTERS,
    SLUG_MAX_CHARS,
    content_fingerprint,
    fold,
    mint_guid,
    short_id,
    slugify,
)

DAY = datetime(2022, 11, 13, 12, tzinfo=UTC)
BODY = "The harbour master closed both gates, and nobody disagreed. " * 4


def test_a_guid_is_the_urn_of_a_random_uuid() -> None:
    guid = mint_guid()
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", guid)
    assert uuid.UUID(guid).version == 4


def test_no_two_guids_are_alike() -> None:
    assert len({mint_guid() for _ in range(1_000)}) == 1_000


@given(st.uuids())
def test_a_short_id_follows_from_its_guid(number: uuid.UUID) -> None:
    assert short_id(number.urn) == short_id(f"urn:uuid:{number}")
    assert re.fullmatch(r"[0-9a-hjkmnp-tv-z]{10}", short_id(number.urn))


def test_a_short_id_never_changes() -> None:
    assert short_id("urn:uuid:00000000-0000-4000-8000-000000000000") == "0000000000"
    assert short_id("urn:uuid:11111111-1111-4111-8111-111111111111") == "8h248h248h"


def test_guids_that_differ_at_their_end_have_other_short_ids() -> None:
    guids = [f"urn:uuid:00000000-0000-4000-8000-{n:012x}" for n in range(1_000)]
    assert len({short_id(guid) for guid in guids}) == 1_000


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Storm shuts the harbour", "storm-shuts-the-harbour"),
        ("  -- Storm! --  ", "storm"),
        ("Größe", "grösse"),
        ("ＡＦＰ", "afp"),
        ("طوفان نے بندرگاہ", "طوفان-نے-بندرگاہ"),
        ("می\u200cرسد", "می-رسد"),
        ("हिन्दी समाचार", "हिन्दी-समाचार"),
        ("港口关闭", "港口关闭"),
        ("50 % of €3,000", "50-of-3-000"),
        ("a/../b", "a-b"),
        ("", ""),
        ("🌊!?", ""),
    ],
)
def test_a_slug_keeps_the_letters_of_every_script(name: str, slug: str) -> None:
    assert slugify(name) == slug


@given(st.text(max_size=200))
def test_a_slug_is_short_and_safe_in_a_path(name: str) -> None:
    slug = slugify(name)
    assert len(slug) <= SLUG_MAX_CHARS
    assert not slug.startswith("-")
    assert not slug.endswith("-")
    assert not set(slug) & set(" /?#%.&<>\"'\\\n\0")
    assert "--" not in slug


def test_a_long_slug_is_cut_between_words() -> None:
    assert slugify("word " * 40) == "-".join(["word"] * 12)


def test_a_long_word_is_cut_where_it_must() -> None:
    assert slugify("x" * 100) == "x" * SLUG_MAX_CHARS


@given(st.text())
def test_names_in_any_case_and_spacing_fold_alike(name: str) -> None:
    assert fold(f"  {name}\t\n") == fold(name)
    assert fold(name.casefold()) == fold(name.casefold().casefold())


def test_a_fingerprint_knows_an_article_again() -> None:
    first = content_fingerprint("Storm", DAY, BODY)
    assert first == content_fingerprint(" STORM ", DAY, BODY.upper().replace(" ", "\r\n"))


@pytest.mark.parametrize(
    "other",
    [
        content_fingerprint("Rain", DAY, BODY),
        content_fingerprint("Storm", DAY.replace(year=2023), BODY),
        content_fingerprint("Storm", None, BODY),
        content_fingerprint("Storm", DAY, BODY + "More."),
    ],
    ids=["title", "date", "no date", "body"],
)
def test_a_fingerprint_tells_articles_apart(other: bytes) -> None:
    assert other != content_fingerprint("Storm", DAY, BODY)


def test_a_short_text_has_no_fingerprint() -> None:
    assert content_fingerprint("Storm", DAY, "x " * (FINGERPRINT_MIN_LETTERS - 1)) is None
    assert content_fingerprint("Storm", DAY, "x " * FINGERPRINT_MIN_LETTERS) is not None


def test_digits_and_signs_are_no_letters_of_a_text() -> None:
    assert content_fingerprint("Table", DAY, "12.5 % | " * 100) is None
