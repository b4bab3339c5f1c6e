"""Probes: alive is not ready, and the reason is for the log alone."""

from __future__ import annotations

import logging

import pytest
from flask.testing import FlaskClient

from feedsvc.errors import StoreError

from .fakes import FakeRuntime


def test_a_live_process_says_so_even_without_its_store(
    runtime: FakeRuntime, client: FlaskClient
) -> None:
    runtime.publication.error = StoreError("the database cannot be opened")
    assert client.get("/healthz").text == "ok\n"


def test_a_process_that_cannot_serve_says_why(runtime: FakeRuntime, client: FlaskClient) -> None:
    assert client.get("/readyz").text == "ready\n"
    runtime.publication.error = StoreError("the database cannot be opened")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.text == "not ready: the store cannot be used; the log says why\n"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_process_that_cannot_publish_is_degraded_and_serves(
    runtime: FakeRuntime, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    runtime.upkeep.trouble = "/srv/feedsvc may not be written to"
    for _ in range(3):
        answer = client.get("/readyz")
        assert answer.status_code == 200
        assert answer.text.startswith("degraded: ")
        assert "/srv" not in answer.text
    assert [vars(r)["reason"] for r in caplog.records] == [runtime.upkeep.trouble]


@pytest.mark.parametrize(
    "path", ["/feeds/all.atom", "/feeds/tag/unheard-of.rss", "/feeds.opml", "/"]
)
def test_what_the_store_cannot_answer_is_asked_for_again_and_told_once(
    runtime: FakeRuntime, client: FlaskClient, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    runtime.publication.error = StoreError("the database cannot be opened")
    for _ in range(3):
        answer = client.get(path)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "30"
        assert answer.headers["Cache-Control"] == "no-store"
    assert len(caplog.records) == 1


def test_everything_may_be_crawled(client: FlaskClient) -> None:
    assert client.get("/robots.txt").text == "User-agent: *\nDisallow:\n"


def test_a_bug_is_logged_whole_and_told_to_nobody(
    runtime: FakeRuntime, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    runtime.publication.error = RuntimeError("inner detail")
    with caplog.at_level(logging.ERROR, "feedsvc"):
        page, feed = client.get("/"), client.get("/feeds/all.atom")
    assert page.status_code == feed.status_code == 500
    assert "inner detail" not in page.text + feed.text
    assert feed.mimetype == "text/plain"
    assert "inner detail" in caplog.text
