"""Every answer carries the headers of security, whatever its status."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import abort
from flask.testing import FlaskClient
from werkzeug.exceptions import default_exceptions
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from feedsvc.errors import StoreError
from feedsvc.model.urls import SiteUrls
from feedsvc.web.app import create_app
from feedsvc.web.headers import ARTICLE_POLICY, EVERYWHERE, PAGE_POLICY

from .fakes import ADMIN, KHERSON, WITHDRAWN, FakeRuntime

KNOWN = {
    "format": "atom",
    "kind": "author",
    "short_id": KHERSON.short_id,
    "job_id": "job1",
    "name": "style.css",
    "numbers": "65-128",
}
SLUGS = {"/feeds": "afp", "/articles": KHERSON.slug}
REFUSED = (
    *("/nothing", "/articles/none", f"/articles/{WITHDRAWN}", "/articles/%00", "/%ff"),
    *("/feeds/", "/feeds//all.rss", "/feeds/tag/never.rss", "/static/none", "//feeds"),
    *("/admin", "/admin/jobs/none"),
)
BEARER = {"Authorization": f"Bearer {ADMIN.id}"}


def url(rule: Rule) -> str:
    """An address of the route: of something known, where we know what it takes."""
    prefix = "/" + rule.rule.split("/")[1]
    known = {**KNOWN, "slug": SLUGS.get(prefix, "any")}
    built = rule.build({name: known.get(name, "any") for name in rule.arguments})
    assert built
    return built[1]


def policy_of(answer: TestResponse) -> str:
    """The policy word for word: what shows an article's body is an island."""
    if answer.mimetype != "text/html":
        return "default-src 'none'; frame-ancestors 'none'; sandbox"
    shows_a_body = answer.request.path.startswith(("/articles/", "/corrections/"))
    is_island = shows_a_body and answer.status_code in (200, 304)
    form_action = "'none'" if is_island else "'self'"
    sandbox = (
        "; sandbox allow-popups allow-popups-to-escape-sandbox"
        " allow-top-navigation-by-user-activation"
    )
    return (
        "default-src 'none'; img-src https: http:; media-src https:; style-src 'self'; "
        f"font-src 'self'; base-uri 'none'; form-action {form_action}; frame-ancestors 'none'"
        f"{sandbox if is_island else ''}"
    )


def every_answer(runtime: FakeRuntime) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Each route of the map as it should be asked, and each way to be refused."""
    for rule in create_app(runtime.as_runtime()).url_map.iter_rules():
        for method in ("GET", "HEAD", "POST", "DELETE", "OPTIONS"):
            for headers in ({}, BEARER):
                yield method, url(rule), headers
    for path in REFUSED:
        yield "GET", path, BEARER


@pytest.mark.parametrize("error", [None, StoreError("locked"), RuntimeError("a bug")], ids=repr)
@pytest.mark.parametrize("has_tokens", [True, False])
def test_every_route_and_status_is_guarded(
    runtime: FakeRuntime, client: FlaskClient, error: Exception | None, has_tokens: bool
) -> None:
    runtime.publication.error = error
    runtime.access.configured = has_tokens
    client.post("/admin/reingest", headers=BEARER)
    statuses = set()
    for method, path, headers in every_answer(runtime):
        answer = client.open(path, method=method, headers=headers)
        assert answer.status_code != 500 or isinstance(error, RuntimeError), (method, path)
        statuses.add(answer.status_code)
        for name, value in EVERYWHERE.items():
            assert answer.headers[name] == value, (method, path, name)
        is_page = answer.mimetype == "text/html"
        assert answer.headers["Content-Security-Policy"] == policy_of(answer), path
        assert answer.headers.getlist("Content-Security-Policy")[1:] == [], path
        assert answer.headers["Strict-Transport-Security"], path
        assert "Cache-Control" in answer.headers, path
        assert "Set-Cookie" not in answer.headers, path
        # Ours, without a version: the server would put its own name there otherwise.
        assert answer.headers["Server"] == "feedsvc", path
        if not path.startswith("/static") and path != "/favicon.ico":
            assert answer.headers["Content-Type"].endswith("; charset=utf-8"), path
        if path.startswith("/admin"):
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
            assert not is_page, path
    assert {200, 404, 405} <= statuses
    if error is None:
        assert {301, 410} <= statuses
    if has_tokens:
        assert {202, 401} <= statuses
    if isinstance(error, StoreError):
        assert 503 in statuses


@pytest.mark.parametrize("prefix", ["", "/feeds", "/articles", "/static", "/admin"])
@pytest.mark.parametrize("status", sorted(default_exceptions))
def test_every_error_there_is_has_the_same_guards_and_constant_words(
    runtime: FakeRuntime, status: int, prefix: str
) -> None:
    """Those that no route of today answers with too: 409, 414, 429..."""
    app = create_app(runtime.as_runtime())
    app.add_url_rule(f"{prefix}/fails-with/<words>", "fails", lambda words: abort(status, words))
    client = app.test_client()
    answers = [client.get(f"{prefix}/fails-with/{words}") for words in ("one", "two%3Cb%3E")]
    for answer in answers:
        assert answer.status_code == status
        for name, value in EVERYWHERE.items():
            assert answer.headers[name] == value
        assert answer.headers["Content-Security-Policy"] == policy_of(answer)
        assert answer.headers["Content-Type"].endswith("; charset=utf-8")
        assert answer.headers["Strict-Transport-Security"]
        assert answer.headers["Cache-Control"]
    assert answers[0].data == answers[1].data


def test_an_article_page_has_an_opaque_origin_and_other_pages_have_not(client: FlaskClient) -> None:
    article = client.get(f"/articles/{KHERSON.short_id}/{KHERSON.slug}")
    assert article.headers["Content-Security-Policy"] == ARTICLE_POLICY
    for path in ("/", "/feeds", "/nothing"):
        assert client.get(path).headers["Content-Security-Policy"] == PAGE_POLICY


def test_browsers_are_kept_on_https_only_where_the_site_has_it(runtime: FakeRuntime) -> None:
    runtime.site = replace(runtime.site, urls=SiteUrls(base_url="http://127.0.0.1:8000"))
    client = create_app(runtime.as_runtime()).test_client()
    assert "Strict-Transport-Security" not in client.get("/").headers


def test_addresses_come_from_the_base_url_and_never_from_the_host_header(
    client: FlaskClient,
) -> None:
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    for path in (
        "/",
        "/feeds",
        "/feeds/all.atom",
        f"/articles/{KHERSON.short_id}",
        "/feeds//all.atom",
        "//feeds",
    ):
        answer = client.get(path, headers=evil)
        assert "evil.example" not in str(answer.headers) + answer.text
