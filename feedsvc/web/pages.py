"""The pages for people that are not an article: the newest articles, and every feed explained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, render_template, request

from feedsvc.model.feed import Feed
from feedsvc.model.selection import NAMED, SelectionKind
from feedsvc.web.responses import answer, page

if TYPE_CHECKING:
    from feedsvc.runtime import Runtime

LATEST = 30
DISCOVERABLE_PER_KIND = 50
SHOWN_AT_FIRST = 50
LISTED_PER_KIND = 1000  # more take a second to render, and nobody reads them


def home(runtime: Runtime) -> Response:
    feeds = runtime.publication.feeds()
    groups = _by_kind(feeds)
    return _page(
        runtime,
        "home.html",
        entries=runtime.publication.latest(LATEST),
        feed_count=sum(feed.selection.kind in NAMED for feed in feeds),
        selections=groups.get(SelectionKind.CUSTOM, [])[:DISCOVERABLE_PER_KIND],
        discoverable=[feed for group in groups.values() for feed in group[:DISCOVERABLE_PER_KIND]],
    )


def feeds_page(runtime: Runtime) -> Response:
    feeds = runtime.publication.feeds()
    return _page(
        runtime,
        "feeds.html",
        main=feeds[0],
        groups=_by_kind(feeds),
        shown_at_first=SHOWN_AT_FIRST,
        listed=LISTED_PER_KIND,
    )


def _page(runtime: Runtime, template: str, **values: object) -> Response:
    html = render_template(template, **values)
    return answer(request, page(html, runtime.settings.feeds), runtime.clock.now())


def _by_kind(feeds: tuple[Feed, ...]) -> dict[SelectionKind, list[Feed]]:
    """The feeds that have a name of their own; a kind without any is left out."""
    groups = {kind: [feed for feed in feeds if feed.selection.kind is kind] for kind in NAMED}
    return {kind: group for kind, group in groups.items() if group}
