"""The web door: every route on one screen, each handed the runtime as its first argument."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, update_wrapper
from typing import TYPE_CHECKING

from flask import Flask, Response, abort, request
from werkzeug.routing import RequestRedirect

from feedsvc.model.selection import NAMED, FeedFormat
from feedsvc.web import (
    admin_api,
    admin_entries,
    articles,
    assets,
    feeds,
    pages,
    probes,
    search,
)
from feedsvc.web.errors import install_error_handlers
from feedsvc.web.headers import install_headers
from feedsvc.web.limits import install_limits
from feedsvc.web.templating import install_templating

if TYPE_CHECKING:
    from feedsvc.runtime import Runtime

_FORMAT = f"<any({', '.join(FeedFormat)}):format>"
_KIND = f"<any({', '.join(NAMED)}):kind>"


@dataclass(frozen=True, kw_only=True)
class Route:
    """A URL and the view that answers it; Flask adds HEAD to every GET."""

    path: str
    view: Callable[..., Response]
    method: str = "GET"


ROUTES = (
    Route(path="/", view=pages.home),
    Route(path="/feeds", view=pages.feeds_page),
    Route(path=f"/feeds/all.{_FORMAT}", view=feeds.main_feed),
    Route(path=f"/feeds/corrections.{_FORMAT}", view=feeds.corrections_feed),
    Route(path=f"/feeds/{_KIND}/<slug>.{_FORMAT}", view=feeds.selected_feed),
    Route(path=f"/feeds/all/<numbers>.{_FORMAT}", view=feeds.main_archive),
    Route(path=f"/feeds/corrections/<numbers>.{_FORMAT}", view=feeds.corrections_archive),
    Route(path=f"/feeds/{_KIND}/<slug>/<numbers>.{_FORMAT}", view=feeds.selected_archive),
    Route(path=f"/feeds/search.{_FORMAT}", view=search.search_feed),
    Route(path=f"/feeds/search/<numbers>.{_FORMAT}", view=search.search_archive),
    Route(path="/feeds.opml", view=feeds.opml),
    Route(path="/search", view=search.search_page),
    Route(path="/opensearch.xml", view=search.opensearch),
    Route(path="/articles/<short_id>", view=articles.article),
    Route(path="/articles/<short_id>/<slug>", view=articles.article),
    Route(path="/corrections/<short_id>", view=articles.corrections),
    Route(path="/static/<name>", view=assets.asset),
    Route(path="/favicon.ico", view=assets.favicon),
    Route(path="/robots.txt", view=probes.robots),
    Route(path="/healthz", view=probes.healthz),
    Route(path="/readyz", view=probes.readyz),
    Route(path="/admin/reingest", view=admin_api.reingest, method="POST"),
    Route(path="/admin/jobs/<job_id>", view=admin_api.job),
    Route(path="/admin/quarantine", view=admin_api.quarantine),
    Route(path="/admin/withdraw", view=admin_entries.withdraw, method="POST"),
    Route(path="/admin/restore", view=admin_entries.restore, method="POST"),
)


def create_app(runtime: Runtime) -> Flask:
    """The WSGI application of one process."""
    app = Flask("feedsvc.web", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = admin_api.MAX_BODY_BYTES
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    for route in ROUTES:
        view = update_wrapper(partial(route.view, runtime), route.view)
        app.add_url_rule(route.path, route.path, view, methods=[route.method])
    app.before_request(partial(_refuse_hopeless_paths, runtime))
    install_limits(app, runtime)
    install_templating(app, runtime)
    install_error_handlers(app, runtime)
    install_headers(app, runtime)
    return app


def _refuse_hopeless_paths(runtime: Runtime) -> None:
    """Answer 404 before any view is asked."""
    # Nothing is named with a NUL, and PostgreSQL refuses to look for one.
    if "\0" in request.path:
        abort(404)
    # For doubled slashes Werkzeug would redirect to an address built from the Host header.
    if isinstance(request.routing_exception, RequestRedirect):
        abort(404)
    # Admin is off until there is a token.
    if admin_api.is_admin(request.path) and not runtime.access.has_tokens():
        abort(404)
