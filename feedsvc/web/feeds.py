"""Feed documents and the OPML: what readers and aggregators poll."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from flask import Response, request

from feedsvc.errors import FeedGone, FeedRenamed, NotFound
from feedsvc.model.archive import ArchiveRange, History, read_range
from feedsvc.model.feed import FeedDocument
from feedsvc.model.ids import slugify
from feedsvc.model.selection import FeedFormat, Selection, SelectionKind
from feedsvc.web.deltas import answer_delta, other_tags, wants_delta
from feedsvc.web.errors import plain_failure
from feedsvc.web.responses import (
    ARCHIVE_MAX_AGE_S,
    Representation,
    answer,
    feed_cache_control,
    page_cache_control,
)

if TYPE_CHECKING:
    from feedsvc.runtime import Runtime

_NEAREST_AMONG = 500  # the largest feeds of a kind: comparing with every tag would take too long


def main_feed(runtime: Runtime, format: str) -> Response:
    return _serve(runtime, Selection(), FeedFormat(format))


def corrections_feed(runtime: Runtime, format: str) -> Response:
    return _serve(runtime, Selection(kind=SelectionKind.CORRECTIONS), FeedFormat(format))


def selected_feed(runtime: Runtime, kind: str, slug: str, format: str) -> Response:
    selection = Selection(kind=SelectionKind(kind), slug=slug)
    try:
        return _serve(runtime, selection, FeedFormat(format))
    except (FeedRenamed, FeedGone):
        raise  # answered by where it is now, or that it is no more
    except NotFound:
        nearest = _nearest(runtime, selection)
        known = nearest and runtime.site.urls.feed(nearest, FeedFormat(format))
        return plain_failure(runtime, 404, *([f"Did you mean: {known}"] if known else []))


def main_archive(runtime: Runtime, numbers: str, format: str) -> Response:
    return _serve_archive(runtime, Selection(), numbers, FeedFormat(format))


def corrections_archive(runtime: Runtime, numbers: str, format: str) -> Response:
    corrections = Selection(kind=SelectionKind.CORRECTIONS)
    return _serve_archive(runtime, corrections, numbers, FeedFormat(format))


def selected_archive(runtime: Runtime, kind: str, slug: str, numbers: str, format: str) -> Response:
    selection = Selection(kind=SelectionKind(kind), slug=slug)
    return _serve_archive(runtime, selection, numbers, FeedFormat(format))


def opml(runtime: Runtime) -> Response:
    links = f'<{runtime.site.urls.opml}>; rel="self"'
    return _answer(runtime, runtime.publication.opml(), links, runtime.settings.feeds.max_age_s)


def _serve(runtime: Runtime, selection: Selection, format: FeedFormat) -> Response:
    return answer_feed(runtime, runtime.publication.feed(selection, format), selection, format)


def answer_feed(
    runtime: Runtime, document: FeedDocument, selection: Selection, format: FeedFormat
) -> Response:
    """The subscription document of a feed, as its URL answers it."""
    links = _links(runtime, selection, format, document.history)
    found = _found(runtime, document, links, runtime.settings.feeds.max_age_s)
    if runtime.settings.feeds.deltas:
        runtime.deltas.note(document)
        if wants_delta(request.environ):
            changed = runtime.deltas.since(document, other_tags(request.environ, document.etag))
            if changed is not None:
                return answer_delta(request, found, changed)
    return answer(request, found, runtime.clock.now())


def _serve_archive(
    runtime: Runtime, selection: Selection, numbers: str, format: FeedFormat
) -> Response:
    wanted = wanted_range(numbers)
    document = runtime.publication.archive(selection, wanted, format)
    return answer_archive(runtime, document, wanted, selection, format)


def wanted_range(numbers: str) -> ArchiveRange:
    """The range that an address names. Raises NotFound."""
    wanted = read_range(numbers)
    if wanted is None:
        raise NotFound(f"no archive document covers {numbers!r}")
    return wanted


def answer_archive(
    runtime: Runtime,
    document: FeedDocument,
    wanted: ArchiveRange,
    selection: Selection,
    format: FeedFormat,
) -> Response:
    """An archive document, as the URL of the range `wanted` answers it."""
    own = document.history.own
    if own != wanted:
        # Halved since: the links of its newest part lead on to the others.
        return _moved(runtime, runtime.site.urls.feed(selection, format, own))
    links = _links(runtime, selection, format, document.history)
    return _answer(runtime, document, links, ARCHIVE_MAX_AGE_S)


def _moved(runtime: Runtime, url: str) -> Response:
    response = Response(status=301, content_type="text/plain; charset=utf-8")
    response.headers["Location"] = url
    response.headers["Cache-Control"] = page_cache_control(runtime.settings.feeds)
    return response


def _answer(runtime: Runtime, document: FeedDocument, links: str, max_age_s: int) -> Response:
    found = _found(runtime, document, links, max_age_s)
    return answer(request, found, runtime.clock.now())


def _found(runtime: Runtime, document: FeedDocument, links: str, max_age_s: int) -> Representation:
    return Representation(
        body=document.body,
        media_type=document.media_type,
        cache_control=feed_cache_control(runtime.settings.feeds, max_age_s=max_age_s),
        stale_cache_control=feed_cache_control(
            runtime.settings.feeds, max_age_s=max_age_s, is_stale=True
        ),
        last_modified=document.last_modified,
        headers={"Link": links, "Access-Control-Allow-Origin": "*"},
    )


def _links(runtime: Runtime, selection: Selection, format: FeedFormat, history: History) -> str:
    """RFC 8288: this document, the page for people, the same entries in the other formats.

    And, after RFC 5005, the documents before and after it.
    """
    urls, own = runtime.site.urls, history.own
    others = [other for other in FeedFormat if other is not format]
    return ", ".join(
        [
            f'<{urls.feed(selection, format, own)}>; rel="self"; type="{_bare(format)}"',
            f'<{urls.home}>; rel="alternate"; type="text/html"',
            *(
                f'<{urls.feed(selection, other, own)}>; rel="alternate"; type="{_bare(other)}"'
                for other in others
            ),
            *(
                f'<{url}>; rel="{relation}"; type="{_bare(format)}"'
                for relation, url in urls.history(selection, format, history).items()
            ),
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
