"""Feed documents and the OPML: what readers and aggregators poll."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from flask import Response, request

from feedsvc.errors import FeedRenamed, NotFound
from feedsvc.model.feed import FeedDocument
from feedsvc.model.ids import slugify
from feedsvc.model.selection import FeedFormat, Selection, SelectionKind
from feedsvc.web.errors import plain_failure
from feedsvc.web.responses import Representation, answer, feed_cache_control

if TYPE_CHECKING:
    from feedsvc.runtime import Runtime

_NEAREST_AMONG = 500  # the largest feeds of a kind: comparing with every tag would take too long


def main_feed(runtime: Runtime, format: str) -> Response:
    return _serve(runtime, Selection(), FeedFormat(format))


def selected_feed(runtime: Runtime, kind: str, slug: str, format: str) -> Response:
    selection = Selection(kind=SelectionKind(kind), slug=slug)
    try:
        return _serve(runtime, selection, FeedFormat(format))
    except FeedRenamed:
        raise  # answered by where it is now
    except NotFound:
        nearest = _nearest(runtime, selection)
        known = nearest and runtime.site.urls.feed(nearest, FeedFormat(format))
        return plain_failure(runtime, 404, *([f"Did you mean: {known}"] if known else []))


def opml(runtime: Runtime) -> Response:
    links = f'<{runtime.site.urls.opml}>; rel="self"'
    return _answer(runtime, runtime.publication.opml(), links)


def _serve(runtime: Runtime, selection: Selection, format: FeedFormat) -> Response:
    document = runtime.publication.feed(selection, format)
    return _answer(runtime, document, _links(runtime, selection, format))


def _answer(runtime: Runtime, document: FeedDocument, links: str) -> Response:
    representation = Representation(
        body=document.body,
        media_type=document.media_type,
        etag=document.etag,
        cache_control=feed_cache_control(runtime.settings.feeds, is_stale=document.is_stale),
        last_modified=document.last_modified,
        headers={"Link": links, "Access-Control-Allow-Origin": "*"},
    )
    return answer(request, representation, runtime.clock.now())


def _links(runtime: Runtime, selection: Selection, format: FeedFormat) -> str:
    """RFC 8288: this document, the page for people, the same entries in the other formats."""
    urls = runtime.site.urls
    others = [other for other in FeedFormat if other is not format]
    return ", ".join(
        [
            f'<{urls.feed(selection, format)}>; rel="self"; type="{_bare(format)}"',
            f'<{urls.home}>; rel="alternate"; type="text/html"',
            *(f'<{urls.feed(selection, o)}>; rel="alternate"; type="{_bare(o)}"' for o in others),
        ]
    )


def _bare(format: FeedFormat) -> str:
    return format.media_type.partition(";")[0]


def _nearest(runtime: Runtime, wanted: Selection) -> Selection | None:
    """The known feed that was probably meant: alike in its own kind, or of this name in another."""
    known = [feed.selection for feed in runtime.publication.feeds() if feed.selection.slug]
    slug = slugify(wanted.slug)
    alike = [selection.slug for selection in known if selection.kind is wanted.kind]
    near = difflib.get_close_matches(slug, alike[:_NEAREST_AMONG], n=1)
    if near:
        return Selection(kind=wanted.kind, slug=near[0])
    return next((selection for selection in known if selection.slug == slug), None)
