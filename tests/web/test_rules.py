"""What readers need of HTTP (RFC 9110, 9111): each rule, asked of the application that is served.

As in tests/feeds/test_rules.py: a rule that a test holds elsewhere is named by the tables alone.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from lxml import etree
from werkzeug.http import parse_date
from werkzeug.test import Client, TestResponse

from feedsvc.ingest.pool import ExtractionPool
from feedsvc.model.selection import FeedFormat
from feedsvc.web.wsgi import make_application
from tests.databases import SqliteFiles
from tests.rulebook import Rulebook, forgotten_tests, missing_tests
from tests.service import Service, article, open_service

FEED = "/feeds/all.atom"
FEEDS = (*(f"/feeds/all.{format}" for format in FeedFormat), "/feeds.opml")
CODINGS = ("identity", "gzip", "br", "zstd")
# What readers are known to send.
ACCEPTS = (
    *("*/*", "text/html", "application/json", "text/html,application/xhtml+xml,*/*;q=0.8"),
    *("application/atom+xml, application/rdf+xml;q=0.8, application/rss+xml", "image/png", ""),
    "application/rss+xml;q=1.0, application/feed+json, text/html;q=0.7, */*;q=0.5",
)
AGENTS = (
    *("feedparser/6.0.14", "python-reader/3.26", "newsboat/2.21.0 (Linux x86_64)"),
    *("rss2email/3.14", "feed2exec/0.23.0", "FreshRSS/1.25.0-dev (Linux)", "Yarr/0.0"),
    *("Mozilla/5.0 (compatible; Miniflux/2.3; +https://miniflux.app)", "FeedValidator/1.3", ""),
)

HTTP: Rulebook = {
    "a strong tag for each coding; 304 for it, its weak form, a list, a star": [
        ":test_each_coding_has_a_strong_tag_of_its_own",
        ":test_a_tag_is_known_again_in_every_form_that_readers_send",
    ],
    "Last-Modified is the newest change, never in the future, later after each change": [
        ":test_last_modified_is_of_the_newest_change_and_later_after_each",
        "web.test_conditional_requests:test_a_date_counts_only_once_its_second_is_over",
    ],
    "If-None-Match beats If-Modified-Since; every form of date is read, garbage is not": [
        ":test_a_tag_beats_a_date",
        ":test_a_date_in_any_form_is_read_and_garbage_is_not",
    ],
    "304 repeats what caches take over, and has no body": [
        ":test_a_304_repeats_the_headers_that_readers_take_over_and_has_no_body",
    ],
    "HEAD is GET without its body": [":test_head_has_the_fields_and_the_length_of_get"],
    "gzip, br and zstd; Vary everywhere; q=0 is obeyed; gzip has no time": [
        ":test_vary_is_told_whatever_the_answer",
        ":test_gzip_has_no_time_stamp",
        "web.test_conditional_requests:test_accept_encoding_is_obeyed",
    ],
    "Cache-Control is public with a max-age of minutes; nothing forbids to keep a feed": [
        ":test_a_feed_may_be_kept_for_minutes_and_nothing_forbids_it",
    ],
    "exact media types; nosniff; any site may read": [
        ":test_a_feed_has_its_exact_media_type_is_not_sniffed_and_any_site_may_read_it",
    ],
    "the same bytes for every Accept, and for every agent": [
        ":test_a_feed_is_the_same_bytes_whatever_a_reader_accepts_or_is_called",
        "web.test_feeds:test_a_reader_never_gets_html_where_it_looks_for_a_feed",
    ],
    "405 with Allow, 404 for unknown": [
        ":test_what_is_unknown_is_404_and_what_is_not_allowed_405_with_allow",
    ],
    "301 only for a permanent move": [
        "services.test_feed_register:test_old_addresses_lead_to_the_new_one_in_every_format",
        "web.test_archives:test_an_archive_document_that_was_halved_leads_to_its_newest_part",
        ":test_no_feed_moves_or_is_gone_by_itself",
    ],
    "410 only for good": [
        "services.test_custom_feeds:test_a_feed_taken_away_answers_that_it_is_gone",
        ":test_no_feed_moves_or_is_gone_by_itself",
    ],
    "503 with Retry-After": [
        "web.test_feeds:test_without_a_store_a_reader_is_asked_to_come_back",
    ],
    "the home page declares each format, under distinct titles, JSON by both types": [
        ":test_the_home_page_declares_each_format_under_a_title_of_its_own",
    ],
    "OPML: text, title, type, xmlUrl, htmlUrl; text/x-opml": [
        "feeds.test_opml:test_a_feed_is_an_outline_with_all_that_readers_look_for",
        ":test_every_address_of_the_opml_is_answered",
    ],
}

DELTAS: Rulebook = {
    "A-IM: feed is answered 200: rss2email never recovers from 226": [
        ":test_a_reader_that_asks_for_changes_alone_is_sent_the_whole_feed",
    ],
}

BROWSERS: Rulebook = {
    "a feed is never text/xml, and the icon that readers ask for is there": [
        ":test_no_feed_is_text_xml",
        ":test_the_icon_is_where_readers_look_for_it",
    ],
}

RULES: Rulebook = {**HTTP, **DELTAS, **BROWSERS}


def test_every_rule_has_its_tests() -> None:
    here = sys.modules[__name__]
    assert missing_tests(RULES, here) == []
    assert forgotten_tests(RULES, here) == {"test_every_rule_has_its_tests"}


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, sqlite_files: SqliteFiles, pool: ExtractionPool
) -> Iterator[Service]:
    """A site with two articles, which none of these tests changes."""
    folder = tmp_path_factory.mktemp("served")
    service = open_service(folder, sqlite_files.make_database(folder), pool)
    for name in ("Storm shuts the harbour", "Bridge opens"):
        service.folder.write(f"{name}.txt", article(name))
    service.ingest()
    service.stopped.move(seconds=5)
    yield service
    service.lease.release()
    service.runtime.close()


@pytest.fixture(scope="module")
def client(served: Service) -> Client:
    return Client(make_application(served.runtime))


def get(client: Client, path: str = FEED, **headers: str) -> TestResponse:
    """Header names with `_` for `-`."""
    return client.get(path, headers={n.replace("_", "-"): value for n, value in headers.items()})


@pytest.mark.parametrize("path", FEEDS)
def test_each_coding_has_a_strong_tag_of_its_own(client: Client, path: str) -> None:
    tags = {get(client, path, Accept_Encoding=coding).headers["ETag"] for coding in CODINGS}
    assert len(tags) == len(CODINGS)
    assert all(tag.startswith('"') and tag.endswith('"') for tag in tags)


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("path", FEEDS)
def test_a_tag_is_known_again_in_every_form_that_readers_send(
    client: Client, path: str, coding: str
) -> None:
    tag = get(client, path, Accept_Encoding=coding).headers["ETag"]
    # The last as sloppy readers send it, without its quotes.
    for sent in (tag, f"W/{tag}", f'"other", W/"more" ,{tag}', "*", tag.strip('"')):
        assert get(client, path, Accept_Encoding=coding, If_None_Match=sent).status_code == 304
    for sent in ('"other"', "garbage", f'{tag[:-2]}"', tag.upper()):
        assert get(client, path, Accept_Encoding=coding, If_None_Match=sent).status_code == 200


def test_last_modified_is_of_the_newest_change_and_later_after_each(
    tmp_path_factory: pytest.TempPathFactory, sqlite_files: SqliteFiles, pool: ExtractionPool
) -> None:
    folder = tmp_path_factory.mktemp("changing")
    service = open_service(folder, sqlite_files.make_database(folder), pool)
    client = Client(make_application(service.runtime))
    dates, tags = [], []
    for number in range(3):
        service.folder.write(f"{number}.txt", article(f"Article number {number}"))
        service.ingest()
        changed_at = service.stopped.instant
        service.stopped.move(seconds=2)
        headers = get(client).headers
        dates.append(parse_date(headers["Last-Modified"]))
        tags.append(headers["ETag"])
        assert dates[-1] is not None
        assert timedelta(0) <= changed_at - dates[-1] < timedelta(seconds=61)
    assert dates == sorted(set(dates), key=str)
    assert len(set(tags)) == 3
    service.lease.release()
    service.runtime.close()


def test_a_tag_beats_a_date(client: Client) -> None:
    known = get(client).headers
    date, tag = known["Last-Modified"], known["ETag"]
    assert get(client, If_None_Match='"other"', If_Modified_Since=date).status_code == 200
    old = "Thu, 01 Jan 2015 00:00:00 GMT"
    assert get(client, If_None_Match=tag, If_Modified_Since=old).status_code == 304


def test_a_date_in_any_form_is_read_and_garbage_is_not(client: Client) -> None:
    date = parse_date(get(client).headers["Last-Modified"])
    assert date is not None
    forms = ("%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y")
    for form in forms:
        for later in (timedelta(0), timedelta(days=1)):
            since = (date + later).strftime(form)
            assert get(client, If_Modified_Since=since).status_code == 304
        before = (date - timedelta(seconds=1)).strftime(form)
        assert get(client, If_Modified_Since=before).status_code == 200
    for garbage in ("yesterday", "", "0", date.isoformat(), "Thu, 99 Mar 2040 09:10:00 GMT"):
        assert get(client, If_Modified_Since=garbage).status_code == 200


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("path", FEEDS)
def test_a_304_repeats_the_headers_that_readers_take_over_and_has_no_body(
    client: Client, path: str, coding: str
) -> None:
    full = get(client, path, Accept_Encoding=coding)
    short = get(client, path, Accept_Encoding=coding, If_None_Match=full.headers["ETag"])
    assert (short.status_code, short.data) == (304, b"")
    for name in ("ETag", "Cache-Control", "Vary", "Link", "Access-Control-Allow-Origin"):
        assert short.headers[name] == full.headers[name]
    assert "Expires" not in full.headers
    assert not {"Content-Type", "Content-Encoding", "Content-Length"} & set(short.headers.keys())


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("path", [*FEEDS, "/", "/feeds", "/nothing"])
def test_head_has_the_fields_and_the_length_of_get(client: Client, path: str, coding: str) -> None:
    got = get(client, path, Accept_Encoding=coding)
    asked = client.head(path, headers={"Accept-Encoding": coding})
    assert (asked.status_code, asked.data) == (got.status_code, b"")
    assert sorted(asked.headers) == sorted(got.headers)
    assert int(asked.headers["Content-Length"]) == len(got.data)


@pytest.mark.parametrize("coding", [*CODINGS, "gzip;q=0", "nonsense"])
def test_vary_is_told_whatever_the_answer(client: Client, coding: str) -> None:
    tag = get(client, Accept_Encoding=coding).headers["ETag"]
    for path in (*FEEDS, "/feeds/tag/never.atom", "/nothing"):
        for condition in ({}, {"If_None_Match": tag}):
            answer = get(client, path, Accept_Encoding=coding, **condition)
            assert answer.headers.getlist("Vary") == ["Accept-Encoding"]


def test_gzip_has_no_time_stamp(client: Client) -> None:
    """RFC 1952 2.3.1: MTIME is bytes 4 to 7."""
    packed = get(client, Accept_Encoding="gzip").data
    assert packed[4:8] == bytes(4)
    assert gzip.decompress(packed) == get(client).data


@pytest.mark.parametrize("path", FEEDS)
def test_a_feed_may_be_kept_for_minutes_and_nothing_forbids_it(client: Client, path: str) -> None:
    headers = get(client, path).headers
    told = dict(part.strip().partition("=")[::2] for part in headers["Cache-Control"].split(","))
    assert "public" in told
    assert 300 <= int(told["max-age"]) <= 3600
    assert not {"no-store", "no-cache", "private", "must-revalidate"} & set(told)
    assert not {"Set-Cookie", "Expires", "Pragma", "Age"} & set(headers.keys())


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/feeds/all.atom", "application/atom+xml; charset=utf-8"),
        ("/feeds/all.rss", "application/rss+xml; charset=utf-8"),
        ("/feeds/all.json", "application/feed+json; charset=utf-8"),
        ("/feeds.opml", "text/x-opml; charset=utf-8"),
    ],
)
def test_a_feed_has_its_exact_media_type_is_not_sniffed_and_any_site_may_read_it(
    client: Client, path: str, media_type: str
) -> None:
    headers = get(client, path).headers
    assert headers["Content-Type"] == media_type
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", FEEDS)
def test_a_feed_is_the_same_bytes_whatever_a_reader_accepts_or_is_called(
    client: Client, path: str
) -> None:
    plain = get(client, path)
    for accept in ACCEPTS:
        for agent in AGENTS:
            answer = get(client, path, Accept=accept, User_Agent=agent)
            assert (answer.status_code, answer.data) == (200, plain.data)
            assert sorted(answer.headers) == sorted(plain.headers)


def test_what_is_unknown_is_404_and_what_is_not_allowed_405_with_allow(client: Client) -> None:
    for path in ("/feeds/none.atom", "/feeds/tag/never.rss", "/feeds/all.xml", "/feed", "/rss"):
        answer = get(client, path)
        assert answer.status_code == 404
        assert b"<html" not in answer.data or not path.startswith("/feeds/")
    for path in FEEDS:
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            answer = client.open(path, method=method)
            assert answer.status_code == 405
            assert {"GET", "HEAD"} <= set(answer.headers["Allow"].split(", "))


def test_no_feed_moves_or_is_gone_by_itself(client: Client) -> None:
    """FreshRSS rewrites its address of a feed at 301, and never asks again at 410."""
    opml = etree.fromstring(get(client, "/feeds.opml").data)
    for outline in opml.iter("outline"):
        if url := outline.get("xmlUrl"):
            for path in (path_of(url), path_of(url) + "?utm_source=reader", path_of(url) + "?"):
                assert get(client, path).status_code == 200


def test_the_home_page_declares_each_format_under_a_title_of_its_own(client: Client) -> None:
    declared = alternates(get(client, "/", Accept="text/html").text)
    types = {link["type"] for link in declared}
    feeds = {"application/atom+xml", "application/rss+xml", "application/feed+json"}
    assert types == {*feeds, "application/json"}  # the last: what yarr looks for
    titles = [link["title"] for link in declared]
    assert len(set(titles)) == len(titles)
    assert [link["type"] for link in declared[:3]] == [
        "application/atom+xml",
        "application/rss+xml",
        "application/feed+json",
    ]
    for link in declared:
        assert get(client, path_of(link["href"])).status_code == 200


def test_every_address_of_the_opml_is_answered(client: Client) -> None:
    outlines = list(etree.fromstring(get(client, "/feeds.opml").data).iter("outline"))
    feeds = [o for o in outlines if o.get("type") == "rss"]
    assert feeds
    for outline in feeds:
        assert outline.get("text") == outline.get("title") != ""
        for name in ("xmlUrl", "htmlUrl"):
            assert get(client, path_of(outline.get(name))).status_code == 200


@pytest.mark.parametrize("path", FEEDS)
def test_a_reader_that_asks_for_changes_alone_is_sent_the_whole_feed(
    client: Client, path: str
) -> None:
    plain = get(client, path)
    asked = get(client, path, A_IM="feed", If_None_Match='"older"')
    assert (asked.status_code, asked.data) == (200, plain.data)
    assert "IM" not in asked.headers


@pytest.mark.parametrize("path", FEEDS)
def test_no_feed_is_text_xml(client: Client, path: str) -> None:
    assert get(client, path, Accept="text/xml").mimetype not in ("text/xml", "application/xml")


def test_the_icon_is_where_readers_look_for_it(client: Client) -> None:
    answer = get(client, "/favicon.ico")
    assert answer.status_code == 200
    assert answer.mimetype in ("image/x-icon", "image/vnd.microsoft.icon")
    icon = json.loads(get(client, "/feeds/all.json").data)["icon"]
    assert get(client, path_of(icon)).mimetype == "image/png"


def path_of(url: str) -> str:
    base = "https://news.example.org"
    assert url.startswith(f"{base}/")
    return url.removeprefix(base)


class _Alternates(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "link" and told.get("rel") == "alternate":
            self.found.append(told)


def alternates(html: str) -> list[dict[str, str]]:
    """The feeds that a page declares, in its order."""
    parser = _Alternates()
    parser.feed(html)
    return parser.found
