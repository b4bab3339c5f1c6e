"""Searching: the feeds of what is found, the page for people, and how browsers learn of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, render_template, request

from feedsvc.errors import InvalidRequest
from feedsvc.model.search import MAX_CHARS, SearchQuery, parse_query
from feedsvc.model.selection import FeedFormat
from feedsvc.web.errors import plain_failure
from feedsvc.web.feeds import answer_archive, answer_feed, wanted_range
from feedsvc.web.responses import answer, page, page_cache_control

if TYPE_CHECKING:
    from feedsvc.runtime import Runtime

SHOWN = 30
_NAME_MAX_CHARS = 16  # OpenSearch 1.1, ShortName


def search_feed(runtime: Runtime, format: str) -> Response:
    try:
        query = parse_query(request.args.get("q", ""))
    except InvalidRequest as error:
        return plain_failure(runtime, 400, str(error))
    document = runtime.publication.search_feed(query, FeedFormat(format))
    return answer_feed(runtime, document, query.selection, FeedFormat(format))


def search_archive(runtime: Runtime, numbers: str, format: str) -> Response:
    wanted = wanted_range(numbers)
    try:
        query = parse_query(request.args.get("q", ""))
    except InvalidRequest as error:
        return plain_failure(runtime, 400, str(error))
    document = runtime.publication.search_archive(query, wanted, FeedFormat(format))
    return answer_archive(runtime, document, wanted, query.selection, FeedFormat(format))


def search_page(runtime: Runtime) -> Response:
    """The form, and what was found by it; without a question, the form alone."""
    asked = request.args.get("q")
    if asked is None:
        return answer(request, page(_html(""), runtime.settings.feeds), runtime.clock.now())
    try:
        query = parse_query(asked)
    except InvalidRequest as error:
        response = Response(_html(asked, problem=str(error)), status=400)
        response.headers["Cache-Control"] = page_cache_control(runtime.settings.feeds)
        return response
    below = request.args.get("below", type=int)
    found = runtime.publication.search(query, limit=SHOWN, below=below)
    html = _html(asked, query=query, found=found, is_first=below is None)
    return answer(request, page(html, runtime.settings.feeds), runtime.clock.now())


def opensearch(runtime: Runtime) -> Response:
    """An OpenSearch 1.1 description, by which browsers offer to search here."""
    xml = render_template("opensearch.xml", name=runtime.site.title[:_NAME_MAX_CHARS])
    response = Response(xml, content_type="application/opensearchdescription+xml; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def _html(
    asked: str,
    *,
    problem: str | None = None,
    query: SearchQuery | None = None,
    found: object = None,
    is_first: bool = True,
) -> str:
    return render_template(
        "search.html",
        asked=asked,
        problem=problem,
        query=query,
        found=found,
        is_first=is_first,
        max_chars=MAX_CHARS,
    )
