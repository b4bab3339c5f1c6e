"""Entity tags: one for each document and coding, each the name that nginx gives a file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.model.etag import bare_tag, coded_tag, entity_tag, marker_file


def tags_of(body: bytes) -> list[str]:
    etag = entity_tag(body)
    return [etag, *(coded_tag(etag, coding) for coding in (1, 2, 3))]


@given(st.binary())
def test_a_tag_belongs_to_a_file_from_before_1970_of_less_than_a_megabyte(body: bytes) -> None:
    tags = tags_of(body)
    assert len(set(tags)) == 4
    for tag in tags:
        time, size = marker_file(tag)
        assert -(2**31) <= time <= -(10**6)
        assert 0 <= size < 2**20
        assert tag == f"-{-time:x}-{size:x}"  # as nginx writes them between the quotes
        assert bare_tag(tag) == tags[0]


def test_documents_that_differ_have_tags_that_differ() -> None:
    tags = {tag for number in range(50_000) for tag in tags_of(b"%d" % number)}
    assert len(tags) == 4 * 50_000


@pytest.mark.parametrize("tag", ["", "other", "-1-", "-g-1", "-1-2-3", "--1-2", "0123456789abcdef"])
def test_what_we_did_not_make_stays_as_it_is(tag: str) -> None:
    assert bare_tag(tag) == tag


def test_tags_stay_what_they_are_from_one_release_to_the_next() -> None:
    ours = ["-4e82a0c3-af3dc", "-4e82a0c3-af3dd", "-4e82a0c3-af3de", "-4e82a0c3-af3df"]
    assert tags_of(b"<feed/>") == ours
