"""What becomes of an error: its status, and words for whoever asked.

People get a page, readers and probes plain text, the admin endpoint problem+json (RFC 9457).
The words are constant: nothing of a request is repeated to people.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Flask, Response, render_template, request, url_for
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from feedsvc.errors import (
    AccessDenied,
    EntryGone,
    FeedGone,
    FeedRenamed,
    FeedsvcError,
    InvalidRequest,
    NotFound,
    ScopeMissing,
    StoreError,
)
from feedsvc.web.admin_api import is_admin
from feedsvc.web.responses import page_cache_control

if TYPE_CHECKING:
    from feedsvc.runtime import Runtime

log = logging.getLogger(__name__)

STATUSES: Mapping[type[FeedsvcError], int] = {
    InvalidRequest: 400,
    AccessDenied: 401,
    ScopeMissing: 403,
    NotFound: 404,
    EntryGone: 410,
    StoreError: 503,
}
WORDS: Mapping[int, str] = {
    400: "The request could not be understood.",
    401: "This needs an API token, sent as “Authorization: Bearer …”.",
    403: "This token may not do that.",
    404: "There is nothing at this address, and as far as we know there never was.",
    405: "This address does not take that kind of request.",
    410: "This article was published here and has been withdrawn.",
    413: "The request is too large.",
    415: "The request must be JSON, with “Content-Type: application/json”.",
    429: "That was a great many requests in one minute. Please go on a little later.",
    500: "Something went wrong on our side. It has been noted.",
    503: "The articles cannot be reached at the moment. Please try again shortly.",
}
HEADINGS: Mapping[int, str] = {
    404: "Nothing here",
    410: "Withdrawn",
    500: "Our mistake",
    503: "Back shortly",
}
RETRY_AFTER_S = 30
_PLAIN_PATHS = (
    *("/feeds/", "/feeds.opml", "/opensearch.xml", "/static/", "/favicon.ico"),
    *("/robots.txt", "/healthz", "/readyz"),
)


def install_error_handlers(app: Flask, runtime: Runtime) -> None:
    for kind, status in STATUSES.items():
        app.register_error_handler(kind, partial(_expected, runtime, status))
    app.register_error_handler(FeedGone, partial(_ended, runtime))
    app.register_error_handler(FeedRenamed, partial(_moved, runtime))
    app.register_error_handler(HTTPException, partial(_refused, runtime))
    app.register_error_handler(Exception, partial(_unexpected, runtime))


def plain_failure(runtime: Runtime, status: int, *lines: str, words: str | None = None) -> Response:
    """What a reader or a probe is told: never HTML where a feed is expected.

    words: in place of those that the status has everywhere.
    """
    text = "\n".join([words or WORDS.get(status, WORDS[400]), *lines])
    text += f"\nEvery feed: {runtime.site.urls.feeds_page}\n"
    return _finished(runtime, Response(text, status, content_type="text/plain; charset=utf-8"))


def _expected(runtime: Runtime, status: int, error: FeedsvcError) -> Response:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR and runtime.seldom.again():
        log.warning("store unavailable", extra={"reason": str(error), "path": request.path})
    if isinstance(error, InvalidRequest):
        return _problem(runtime, status, detail=str(error), errors=error.problems)
    return _failure(runtime, status)


def _moved(runtime: Runtime, error: FeedRenamed) -> Response:
    """Lead to the same document of a feed under its name of today.

    A feed may be called again what it was, so no browser keeps this redirect without asking.
    """
    path = url_for(request.endpoint or "", **{**(request.view_args or {}), "slug": error.slug})
    response = Response(status=301, content_type="text/plain; charset=utf-8")
    response.headers["Location"] = runtime.site.urls.base_url + path
    return _finished(runtime, response)


def _ended(runtime: Runtime, _error: FeedGone) -> Response:
    words = "This feed has ended, and will not come back. Its articles are in the other feeds."
    return plain_failure(runtime, 410, words=words)


def _refused(runtime: Runtime, error: HTTPException) -> Response:
    response = _failure(runtime, error.code or 500)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _unexpected(runtime: Runtime, error: Exception) -> Response:
    log.error("request failed", extra={"path": request.path}, exc_info=error)
    return _failure(runtime, 500)


def _failure(runtime: Runtime, status: int) -> Response:
    if is_admin(request.path):
        return _problem(runtime, status)
    if request.path.startswith(_PLAIN_PATHS):
        return plain_failure(runtime, status)
    html = render_template(
        "error.html",
        status=status,
        heading=HEADINGS.get(status, HTTPStatus(status).phrase),
        words=WORDS.get(status, WORDS[400]),
    )
    return _finished(runtime, Response(html, status, content_type="text/html; charset=utf-8"))


def _problem(
    runtime: Runtime,
    status: int,
    *,
    detail: str | None = None,
    errors: tuple[Mapping[str, str], ...] = (),
) -> Response:
    told = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or WORDS.get(status, WORDS[400]),
        **({"errors": errors} if errors else {}),
    }
    body = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    media_type = "application/problem+json; charset=utf-8"
    return _finished(runtime, Response(body, status, content_type=media_type))


def _finished(runtime: Runtime, response: Response) -> Response:
    """What a status asks for besides its words (RFC 9110 11.6.1 and 10.2.3)."""
    status = response.status_code
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    if status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS):
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    lasting = status < HTTPStatus.INTERNAL_SERVER_ERROR and status != HTTPStatus.TOO_MANY_REQUESTS
    response.headers["Cache-Control"] = (
        page_cache_control(runtime.settings.feeds) if lasting else "no-store"
    )
    return response
