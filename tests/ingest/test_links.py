"""Addresses are plain text for whoever shows them, however often that is decoded as HTML."""

from __future__ import annotations

from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.ingest.links import LINK_SCHEMES, absolute_url

PIECES = st.sampled_from(
    "& amp amp; AMP AMP; lt LT lt; nvlt; # #60; #x3c; 60; x3C; num; semi; < > a = ? / ; %".split()
)


@pytest.mark.parametrize(
    ("written", "rebuilt"),
    [
        ("?a=1&lt=2", "?a=1&%6Ct=2"),
        ("?a&amp;lt;script&gt;", "?a&amp;%6Ct;script&gt;"),
        ("?a&#60;b", "?a&#%360;b"),
        ("?a&AMPLT;b", "?a&AMP%4CT;b"),
        ("/a&num;60;b", "/a&%6Eum;60;b"),
        ("?a=1&b=2&quota=3&amp;c=4#lt", "?a=1&b=2&quota=3&amp;c=4#lt"),
        ("/]]><script>", "/%5D%5D%3E%3Cscript%3E"),
    ],
)
def test_a_sign_of_what_means_a_tag_is_encoded_and_nothing_else(written: str, rebuilt: str) -> None:
    base = "https://example.org"
    assert absolute_url(base + written) == base + rebuilt


@settings(max_examples=2_000)
@given(st.lists(PIECES, max_size=12).map("".join), st.sampled_from(["https://e.org/", "mailto:"]))
def test_no_address_holds_a_tag_however_often_it_is_decoded(text: str, begin: str) -> None:
    url = absolute_url(begin + text, schemes=LINK_SCHEMES)
    if url is not None:
        assert absolute_url(url, schemes=LINK_SCHEMES) == url
        for _ in range(4):
            url = unescape(url)
            assert "<" not in url
