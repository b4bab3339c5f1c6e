"""What readers get through nginx and Caddy, as shipped: the feed, for almost nothing."""

from __future__ import annotations

import gzip
import http.client
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlsplit

import brotli
import pytest
import zstandard

from tests.e2e.running import Answer, wait_until
from tests.edge.conftest import FEED, KEPT_S, Edge, Site
from tests.service import article

DECODERS = {
    "br": brotli.decompress,
    "zstd": zstandard.ZstdDecompressor().decompress,
    "gzip": gzip.decompress,
    "": bytes,
}


def direct(site: Site, path: str, **headers: str) -> Answer:
    assert site.serving is not None
    return site.serving.get(path, **headers)


def asked(site: Site) -> int:
    """How many requests have come through to feedsvc, once all of them are written down."""
    time.sleep(0.3)
    return len(site.asked())


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate, br;q=0, zstd", "zstd"),
        ("GZIP;q=0.8, deflate", "gzip"),
        ("gzip;q=0", ""),
        ("abr, nobr", ""),
        ("", ""),
    ],
)
def test_each_client_gets_the_coding_it_takes(edge: Edge, accept: str, coding: str) -> None:
    plain = direct(edge.site, FEED, Accept_Encoding="identity")
    made_there = direct(edge.site, FEED, Accept_Encoding=coding or "identity")
    for _ in range(2):
        answer = edge.get(FEED, Accept_Encoding=accept)
        assert answer.status == 200
        assert answer.headers.get("content-encoding", "") == coding
        assert answer.headers["etag"] == made_there.headers["etag"]
        assert answer.headers["vary"] == "Accept-Encoding"
        assert DECODERS[coding](answer.body) == plain.body


def test_no_header_is_changed_lost_or_there_twice(edge: Edge) -> None:
    there = direct(edge.site, FEED, Accept_Encoding="identity")
    connection = http.client.HTTPConnection(urlsplit(edge.address).netloc, timeout=30)
    connection.request("GET", FEED, headers={"Accept-Encoding": "identity"})
    response = connection.getresponse()
    response.read()
    connection.close()
    counts = Counter(name.lower() for name, _ in response.getheaders())
    assert {name for name, count in counts.items() if count > 1} <= {"cache-status"}
    here = {name.lower(): value for name, value in response.getheaders()}
    added = {"cache-status", "connection", "via", "keep-alive"}
    assert {name: here.get(name) for name in there.headers.keys() - {"date"}} == {
        name: value for name, value in there.headers.items() if name != "date"
    }
    assert set(here) - set(there.headers) <= added


def test_head_has_the_headers_of_get(edge: Edge) -> None:
    whole = edge.get(FEED)
    head = edge.request("HEAD", FEED, {})
    assert (head.status, head.body) == (200, b"")
    for name in ("etag", "content-length", "content-type", "cache-control"):
        assert head.headers[name] == whole.headers[name]


@pytest.mark.parametrize("accept", ["br", "gzip", ""])
def test_who_has_the_feed_already_gets_304(edge: Edge, accept: str) -> None:
    etag = edge.get(FEED, Accept_Encoding=accept).headers["etag"]
    for tags in (etag, f'"another", W/{etag}', "*"):
        answer = edge.get(FEED, Accept_Encoding=accept, If_None_Match=tags)
        assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", etag)
    assert edge.get(FEED, Accept_Encoding=accept, If_None_Match='"another"').status == 200


def test_admin_is_never_answered_from_a_cache(edge: Edge) -> None:
    before = asked(edge.site)
    for _ in range(3):
        answer = edge.get("/admin/jobs/nothing")
        assert answer.headers["cache-control"] == "no-store"
        assert "hit" not in answer.headers.get("cache-status", "")
    assert asked(edge.site) == before + 3


def test_the_client_cannot_forge_its_address(edge: Edge) -> None:
    edge.get("/admin/forged", X_Forwarded_For="192.0.2.99")
    wait_until(lambda: any("/admin/forged" in line for line in edge.site.asked()), 10)
    line = [line for line in edge.site.asked() if "/admin/forged" in line][-1]
    assert line.startswith("127.0.0.1 127.0.0.1 [")


def test_too_large_a_request_ends_at_the_edge(edge: Edge) -> None:
    assert edge.get(FEED, X="a" * 40_000).status in (400, 431)


def test_polls_of_a_kept_feed_never_reach_feedsvc(nginx: Edge) -> None:
    fresh_copy(nginx)
    before = asked(nginx.site)
    etag = nginx.get(FEED).headers["etag"]
    answers = [nginx.get(FEED, If_None_Match=etag) for _ in range(20)]
    answers += [nginx.get(f"{FEED}?utm_source={number}") for number in range(20)]
    assert Counter(answer.status for answer in answers) == {304: 20, 200: 20}
    assert answers[-1].headers["cache-status"] == "nginx; hit"
    assert asked(nginx.site) <= before + 2  # once more where the time was just over


def known_to(nginx: Edge, path: str = FEED, **headers: str) -> str:
    """The tag of a feed, once nginx answers for it by itself."""
    etag = nginx.get(path, **headers).headers["etag"]
    direct(nginx.site, path, **headers)
    wait_until(lambda: is_by_itself(nginx.get(path, If_None_Match=etag)), 10)
    return etag


def is_by_itself(answer: Answer) -> bool:
    """Whether nginx made it; what feedsvc once answered has headers for security too."""
    return answer.status == 304 and "x-content-type-options" not in answer.headers


@pytest.mark.parametrize("coding", ["", "gzip", "br"])
def test_an_unchanged_poll_is_answered_as_by_feedsvc(nginx: Edge, coding: str) -> None:
    etag = known_to(nginx, Accept_Encoding=coding)
    asked_for = {"Accept_Encoding": coding, "If_None_Match": etag}
    there = direct(nginx.site, FEED, **asked_for)
    with frozen(nginx.site):
        here = nginx.get(FEED, **asked_for)
    assert (here.status, here.body) == (304, b"") == (there.status, there.body)
    # What RFC 9110 15.4.5 wants in it, and what scripts of other sites need.
    for name in ("etag", "cache-control", "vary", "access-control-allow-origin"):
        assert here.headers[name] == there.headers[name]
    added = {"server", "date", "connection", "cache-status"}
    assert here.headers.keys() - added <= there.headers.keys()


@contextmanager
def frozen(site: Site) -> Iterator[None]:
    """While this lasts, only nginx answers."""
    assert site.serving is not None
    (web,) = site.serving.roles()["web process"]
    os.kill(web, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(web, signal.SIGCONT)


@pytest.mark.parametrize(
    "headers",
    [
        {"If_Modified_Since": "Thu, 01 Jan 2015 00:00:00 GMT"},
        {"If_Modified_Since": "Thu, 01 Jan 2099 00:00:00 GMT"},
        {"If_Modified_Since": "garbage"},
        {"If_Modified_Since": "Thu Jan  1 00:00:00 2015"},
        {"If_Modified_Since": "Sunday, 06-Nov-94 08:49:37 GMT"},
        {"Range": "bytes=0-9"},
        {"Range": "bytes=0-9", "If_Range": '"other"'},
        {"A_IM": "feed"},
        {"Accept_Encoding": "identity"},
    ],
)
def test_nothing_beside_a_tag_that_is_current_changes_the_answer(
    nginx: Edge, headers: dict[str, str]
) -> None:
    etag = known_to(nginx)
    for method in ("GET", "HEAD"):
        for tag in (etag, f"W/{etag}"):
            asked_for = {**headers, "If_None_Match": tag}
            answer = nginx.request(method, FEED, asked_for)
            assert (answer.status, answer.body) == (304, b"")
            assert answer.headers["etag"] == etag
            assert direct(nginx.site, FEED, **asked_for).status == 304


def test_dates_before_all_files_get_the_feed(nginx: Edge) -> None:
    etag = known_to(nginx)
    whole = nginx.get(FEED)
    for year in ("1900", "1969", "0000", "1601", "19001", "1969 1970", "1970"):
        for date in (f"Thu, 00 Jan {year} 00:00:00 GMT", f"Thu Jan  1 00:00:00 {year}"):
            answer = nginx.get(FEED, If_None_Match=etag, If_Modified_Since=date)
            assert (answer.status, answer.body) in ((200, whole.body), (304, b""))


def test_conditions_that_are_not_met_are_told_as_by_feedsvc(nginx: Edge) -> None:
    etag = known_to(nginx)
    for headers in ({"If_Match": '"other"'}, {"If_Match": etag}):
        asked_for = {**headers, "If_None_Match": etag}
        assert nginx.get(FEED, **asked_for).status == direct(nginx.site, FEED, **asked_for).status


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/feeds/all.rss", 200),
        ("/feeds/none.atom", 404),
        ("/feeds", 200),
        ("/feeds/all.atom/", 404),
    ],
)
def test_a_tag_counts_for_its_own_feed_alone(nginx: Edge, path: str, status: int) -> None:
    etag = known_to(nginx)
    assert nginx.get(path, If_None_Match=etag).status == status


@pytest.mark.parametrize(
    "tag",
    [
        *("../all.rss", '"../../../../../../etc/passwd"', '"."', '".."', '""', "none", '"none"'),
        *("current x", 'current "other"', "current;q=1", "x current"),
        *('"-1-1', "-499602d2-3f2a0", '"-499602d2-3f2a0"', '"--"', "x" * 300, '"%2e%2e%2f"'),
    ],
)
def test_what_is_no_current_tag_is_answered_with_the_feed(nginx: Edge, tag: str) -> None:
    tag = tag.replace("current", known_to(nginx))
    whole = nginx.get(FEED)
    answer = nginx.get(FEED, If_None_Match=tag)
    assert (answer.status, answer.body) == (200, whole.body)


def test_a_post_is_refused_as_ever(nginx: Edge) -> None:
    etag = known_to(nginx)
    asked_for = {"If-None-Match": etag}
    answer = nginx.request("POST", FEED, asked_for)
    assert answer.status == 405
    assert nginx.site.serving is not None
    there = nginx.site.serving.request("POST", FEED, asked_for)
    assert answer.headers["allow"] == there.headers["allow"]


def test_tags_in_two_headers_never_get_what_is_no_feed(nginx: Edge) -> None:
    etag = known_to(nginx)
    whole = nginx.get(FEED)
    for tags in ((etag, '"other"'), ('"other"', etag), (etag, etag)):
        connection = http.client.HTTPConnection(urlsplit(nginx.address).netloc, timeout=30)
        connection.putrequest("GET", FEED, skip_accept_encoding=True)
        for tag in tags:
            connection.putheader("If-None-Match", tag)
        connection.endheaders()
        response = connection.getresponse()
        body = response.read()
        assert (response.status, body) == (200, whole.body) or response.status in (304, 400)
        connection.close()


def test_what_was_published_is_seen_where_polls_were_answered_by_nginx(nginx: Edge) -> None:
    etag = known_to(nginx)
    assert nginx.get(FEED, If_None_Match=etag).status == 304
    title = "It ends what nginx answered by itself"
    nginx.site.feedsvc.seeds.write("ending.txt", article(title))
    wait_until(lambda: title.encode() in direct(nginx.site, FEED).body, 60)
    took_s = wait_until(lambda: nginx.get(FEED, If_None_Match=etag).status == 200, 30)
    print(f"seen behind nginx {took_s:.1f} s later, kept for {KEPT_S} s at most")
    assert known_to(nginx) != etag


def test_once_feedsvc_has_stopped_nothing_is_current_any_more(nginx: Edge) -> None:
    etag = known_to(nginx)
    assert nginx.site.serving is not None
    nginx.site.serving.started.stop(signal.SIGTERM)
    assert not (nginx.site.edge_folder / "current").is_symlink()
    nginx.site.start()
    assert known_to(nginx) == etag


def fresh_copy(nginx: Edge) -> None:
    """Let what is kept grow old, and have it fetched anew."""
    time.sleep(KEPT_S + 1)
    assert nginx.get(FEED).status == 200


def test_what_was_fetched_anew_takes_the_place_of_the_file_kept_open(nginx: Edge) -> None:
    before = nginx.get(FEED).headers["etag"]
    nginx.site.feedsvc.seeds.write("anew.txt", article("It takes the place of another"))
    wait_until(lambda: direct(nginx.site, FEED).headers["etag"] != before, 60)
    fresh_copy(nginx)
    answer = nginx.get(FEED, If_None_Match=before)
    assert answer.status == 200
    assert answer.headers["etag"] == direct(nginx.site, FEED).headers["etag"]


def test_few_variants_are_kept_however_clients_write_what_they_take(nginx: Edge) -> None:
    time.sleep(KEPT_S + 1)
    before = asked(nginx.site)
    for number in range(9, 0, -1):
        for accept in (f"br;q=0.{number}", f"gzip;q=0.{number}", f"x{number}", f"zstd, x{number}"):
            assert nginx.get("/feeds/all.rss", Accept_Encoding=accept).status == 200
    assert asked(nginx.site) <= before + 2 * 4


def test_a_search_is_kept_by_its_query(nginx: Edge) -> None:
    many, few = nginx.get("/search?q=number"), nginx.get("/search?q=nowhere")
    assert (many.status, few.status) == (200, 200)
    assert many.body != few.body


def test_other_spellings_of_a_path_are_other_paths(nginx: Edge) -> None:
    for path in (f"/{FEED}", "/feeds/./all.atom", "/feeds/x/../all.atom", f"{FEED}?", f"{FEED}#?"):
        there = direct(nginx.site, path)
        for _ in range(2):
            assert nginx.get(path).status == there.status
    assert nginx.get(FEED).status == 200


@pytest.mark.parametrize("path", [FEED, "/feeds/all.json"])
def test_of_many_who_ask_at_once_few_are_let_through(nginx: Edge, path: str) -> None:
    time.sleep(KEPT_S + 1)  # what is kept, if it is, is too old now
    before = asked(nginx.site)
    with ThreadPoolExecutor(40) as threads:
        with frozen(nginx.site):  # all of them have asked before any is answered
            asking = [threads.submit(nginx.get, path) for _ in range(40)]
            time.sleep(1)
        answers = [future.result() for future in asking]
    assert {answer.status for answer in answers} == {200}
    came_through = asked(nginx.site) - before
    print(f"40 at once for {path}: {came_through} came through")
    assert 1 <= came_through <= 4


def test_while_feedsvc_is_gone_feeds_go_on_and_come_back(nginx: Edge) -> None:
    site = nginx.site
    etag = nginx.get(FEED).headers["etag"]
    site.kill()
    try:
        time.sleep(KEPT_S + 1)
        stale = nginx.get(FEED)
        known = nginx.get(FEED, If_None_Match=etag)
        unknown = nginx.get("/feeds/author/never-asked-for.atom")
    finally:
        site.start()
    assert (stale.status, stale.headers["etag"]) == (200, etag)
    assert "nginx; hit; detail=stale" in stale.headers["cache-status"]
    assert known.status == 304
    assert unknown.status == 503
    assert {"retry-after", "cache-control"} <= unknown.headers.keys()
    wait_until(lambda: "detail=stale" not in nginx.get(FEED).headers["cache-status"], 30)


def test_while_feedsvc_is_gone_caddy_waits_for_it_and_then_says_so(caddy: Edge) -> None:
    caddy.site.kill()
    try:
        answer = caddy.get(FEED)
    finally:
        caddy.site.start()
    assert answer.status == 503
    assert answer.headers["retry-after"] == "10"
    assert answer.headers["cache-control"] == "no-store"
    assert caddy.get(FEED).status == 200


def test_what_is_withdrawn_is_gone_once_the_kept_copy_is_too_old(nginx: Edge) -> None:
    site, title = nginx.site, "It is not to stay for long"
    site.feedsvc.seeds.write("short.txt", article(title))
    wait_until(lambda: title.encode() in nginx.get(FEED).body, 60)
    assert site.serving is not None
    guid = site.serving.guids()[title]
    done = site.feedsvc.run("withdraw", guid)
    assert done.status == 0, done.err
    took_s = wait_until(lambda: title.encode() not in nginx.get(FEED).body, 30)
    print(f"withdrawn: gone behind nginx {took_s:.1f} s later, kept for {KEPT_S:g} s at most")
