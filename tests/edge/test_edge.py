"""What readers get through nginx and Caddy, as shipped: the feed, for almost nothing."""

from __future__ import annotations

import gzip
import http.client
import os
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import brotli
import pytest
import zstandard

from tests.e2e.running import Answer, wait_until
from tests.edge.conftest import SETTINGS, Edge, Site
from tests.service import article

FEED = "/feeds/all.atom"
KEPT_S = float(SETTINGS["FEEDSVC_FEEDS__S_MAXAGE_S"])
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
    assert nginx.site.serving is not None
    (web,) = nginx.site.serving.roles()["web process"]
    with ThreadPoolExecutor(40) as threads:
        os.kill(web, signal.SIGSTOP)  # all of them have asked before any is answered
        try:
            asking = [threads.submit(nginx.get, path) for _ in range(40)]
            time.sleep(1)
        finally:
            os.kill(web, signal.SIGCONT)
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
