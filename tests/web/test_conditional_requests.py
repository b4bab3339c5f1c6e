"""RFC 9110: validators, codings and what each kind of reader sends back."""

from __future__ import annotations

import gzip
from datetime import timedelta

import brotli
import pytest
import zstandard
from flask.testing import FlaskClient

from feedsvc.model.selection import FeedFormat, Selection
from feedsvc.web.codings import Coding, choose_coding
from feedsvc.web.responses import tag_in

from .fakes import KHERSON, PUBLISHED_AT, FakeRuntime

FEED = "/feeds/all.atom"
DECOMPRESS = {"gzip": gzip.decompress, "br": brotli.decompress, "zstd": zstandard.decompress}
PAGES = ("/", "/feeds", f"/articles/{KHERSON.short_id}/{KHERSON.slug}")
# The fake's publication version is from 10:00:00.25.
SAME_SECOND = "Sun, 22 Nov 2026 10:00:00 GMT"


def tag_of(runtime: FakeRuntime) -> str:
    return runtime.publication.feed(Selection(), FeedFormat.ATOM).etag


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ('"{tag}"', 304),
        ('W/"{tag}"', 304),
        ('"{gzip}"', 304),
        ('W/"{gzip}"', 304),
        ('"other", W/"another" , "{tag}"', 304),
        ("*", 304),
        ('"other"', 200),
        ('"{tag}0"', 200),
        ('"{tag}', 200),
        ("garbage", 200),
        ("", 200),
    ],
)
def test_a_reader_that_names_the_current_tag_gets_304(
    runtime: FakeRuntime, client: FlaskClient, sent: str, status: int
) -> None:
    tag = tag_of(runtime)
    sent = sent.format(tag=tag, gzip=tag_in(Coding.GZIP, tag))
    answer = client.get(FEED, headers={"If-None-Match": sent})
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (SAME_SECOND, 304),
        ("Sunday, 22-Nov-26 10:00:00 GMT", 304),
        ("Sun Nov 22 10:00:00 2026", 304),
        ("Mon, 23 Nov 2026 10:00:00 GMT", 304),
        ("Sun, 22 Nov 2026 09:59:59 GMT", 200),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 200),
        ("yesterday", 200),
        ("", 200),
        ("Sun, 99 Nov 2026 10:00:00 GMT", 200),
        ("Sun, 22 Nov 99999999999999999999 10:00:00 GMT", 200),
    ],
)
def test_a_reader_that_sends_a_date_gets_304_from_that_date_on(
    client: FlaskClient, sent: str, status: int
) -> None:
    answer = client.get(FEED, headers={"If-Modified-Since": sent})
    assert answer.status_code == status
    assert client.get(FEED).headers["Last-Modified"] == SAME_SECOND


@pytest.mark.parametrize("tag", ['"other"', "garbage", ""])
def test_a_tag_wins_over_a_date(client: FlaskClient, tag: str) -> None:
    both = {"If-None-Match": tag, "If-Modified-Since": SAME_SECOND}
    assert client.get(FEED, headers=both).status_code == 200


def test_a_date_counts_only_once_its_second_is_over(
    runtime: FakeRuntime, client: FlaskClient
) -> None:
    since = {"If-Modified-Since": SAME_SECOND}
    runtime.now = PUBLISHED_AT + timedelta(seconds=0.7)
    assert "Last-Modified" not in client.get(FEED).headers
    assert client.get(FEED, headers=since).status_code == 200
    runtime.now = PUBLISHED_AT.replace(second=1, microsecond=0)
    assert client.get(FEED).headers["Last-Modified"] == SAME_SECOND
    assert client.get(FEED, headers=since).status_code == 304


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_a_304_has_no_body_and_repeats_what_caches_take_over(
    client: FlaskClient, coding: str
) -> None:
    accept = {"Accept-Encoding": coding}
    full = client.get(FEED, headers=accept)
    short = client.get(FEED, headers={**accept, "If-None-Match": full.headers["ETag"]})
    assert short.status_code == 304
    assert short.data == b""
    assert "Content-Type" not in short.headers
    assert "Content-Encoding" not in short.headers
    for name in ("ETag", "Cache-Control", "Vary", "Link", "Access-Control-Allow-Origin"):
        assert short.headers[name] == full.headers[name]


def test_a_reader_that_kept_the_other_coding_is_told_that_it_is_current(
    runtime: FakeRuntime, client: FlaskClient
) -> None:
    plain = f'"{tag_of(runtime)}"'
    answer = client.get(FEED, headers={"Accept-Encoding": "gzip", "If-None-Match": plain})
    assert answer.status_code == 304
    assert answer.headers["ETag"] == plain


@pytest.mark.parametrize("path", [FEED, "/feeds.opml", *PAGES, "/static/style.css"])
def test_each_coding_has_a_strong_tag_of_its_own_and_the_same_content(
    client: FlaskClient, path: str
) -> None:
    plain = client.get(path)
    assert "Content-Encoding" not in plain.headers
    tags = {plain.headers["ETag"]}
    for coding, decompress in DECOMPRESS.items():
        packed = client.get(path, headers={"Accept-Encoding": coding})
        assert packed.headers["Content-Encoding"] == coding
        assert decompress(packed.data) == plain.data
        tags.add(packed.headers["ETag"])
        assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    assert len(tags) == 1 + len(DECOMPRESS)
    assert all(tag[0] == tag[-1] == '"' for tag in tags)


def test_gzip_says_nothing_of_the_time(client: FlaskClient) -> None:
    packed = client.get(FEED, headers={"Accept-Encoding": "gzip"})
    assert packed.data[4:8] == bytes(4)


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("", "identity"),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("gzip;q=0", "identity"),
        ("gzip; q=0.0", "identity"),
        ("gzip;q=0.001", "gzip"),
        ("*", "gzip"),
        ("*;q=0", "identity"),
        ("*;q=0, gzip", "gzip"),
        ("gzip;q=0, *", "identity"),
        ("identity;q=0, gzip;q=0.1", "gzip"),
        ("gzip;q=0.5, identity", "identity"),
        ("gzip;q=0.5, identity;q=0.5", "gzip"),
        ("deflate", "identity"),
        ("br", "br"),
        ("zstd", "zstd"),
        ("deflate, gzip, br, zstd", "br"),
        ("gzip, zstd", "zstd"),
        ("gzip, br;q=0.9", "gzip"),
        ("br;q=0, zstd;q=0, gzip;q=0", "identity"),
        (",,;;=", "identity"),
    ],
)
def test_accept_encoding_is_obeyed(header: str, coding: str) -> None:
    assert choose_coding(header) is Coding(coding)


@pytest.mark.parametrize("path", [FEED, "/feeds.opml", *PAGES, "/healthz", "/nothing"])
@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_head_says_what_get_would(client: FlaskClient, path: str, coding: str) -> None:
    accept = {"Accept-Encoding": coding}
    got, asked = client.get(path, headers=accept), client.head(path, headers=accept)
    assert asked.status_code == got.status_code
    assert asked.data == b""
    assert dict(asked.headers) == dict(got.headers)
    assert int(asked.headers["Content-Length"]) == len(got.data)


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_conditional_too(client: FlaskClient, path: str) -> None:
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert first.headers["Cache-Control"].startswith("public, max-age=0, s-maxage=10")


def test_a_style_sheet_is_kept_for_ever_only_under_the_address_of_its_content(
    client: FlaskClient,
) -> None:
    page = client.get("/").text
    address = page.partition('<link rel="stylesheet" href="')[2].partition('"')[0]
    assert "immutable" in client.get(address).headers["Cache-Control"]
    assert "immutable" not in client.get("/static/style.css").headers["Cache-Control"]
    assert "immutable" not in client.get("/static/style.css?v=old").headers["Cache-Control"]
