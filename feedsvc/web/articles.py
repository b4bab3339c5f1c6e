"""The page of one article, at its permalink."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, render_template, request
from markupsafe import Markup

from feedsvc.model.selection import Selection, SelectionKind
from feedsvc.web.headers import ARTICLE_POLICY
from feedsvc.web.responses import answer, page, page_cache_control

if TYPE_CHECKING:
    from feedsvc.model.entry import Entry
    from feedsvc.runtime import Runtime


def article(runtime: Runtime, short_id: str, slug: str = "") -> Response:
    entry = runtime.publication.article(short_id)
    if slug != entry.slug:
        return _moved(runtime, entry)
    html = render_template(
        "article.html",
        entry=entry,
        body=_trusted(entry),
        permalink=runtime.site.urls.article(entry.short_id, entry.slug),
        followable=_followable(entry),
    )
    response = answer(request, page(html, runtime.settings.feeds), runtime.clock.now())
    response.headers["Content-Security-Policy"] = ARTICLE_POLICY
    return response


def corrections(runtime: Runtime, short_id: str) -> Response:
    """What was corrected in an article, the latest first."""
    entry, found = runtime.publication.corrections(short_id)
    html = render_template(
        "corrections.html",
        entry=entry,
        corrections=[(correction, _trusted(correction)) for correction in found],
    )
    response = answer(request, page(html, runtime.settings.feeds), runtime.clock.now())
    response.headers["Content-Security-Policy"] = ARTICLE_POLICY
    return response


def _trusted(entry: Entry) -> Markup:
    """The one place where HTML is trusted: the sanitizer had the last word on it."""
    return Markup(entry.html)  # noqa: S704


def _moved(runtime: Runtime, entry: Entry) -> Response:
    """A title may change back again, so no browser keeps this redirect without asking."""
    response = Response(status=301, content_type="text/plain; charset=utf-8")
    response.headers["Location"] = runtime.site.urls.article(entry.short_id, entry.slug)
    response.headers["Cache-Control"] = page_cache_control(runtime.settings.feeds)
    return response


def _followable(entry: Entry) -> list[tuple[str, Selection]]:
    """The feeds that carry more of the same: of its source, then of each author."""
    named = [(SelectionKind.AUTHOR, author.name, author.slug) for author in entry.authors]
    if entry.source:
        named.insert(0, (SelectionKind.SOURCE, entry.source.name, entry.source.slug))
    return [(name, Selection(kind=kind, slug=slug)) for kind, name, slug in named]
