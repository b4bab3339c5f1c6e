"""Conditional answers by RFC 9110 and their two codings, identity and gzip."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from flask import Request, Response
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header, parse_date

from feedsvc.settings import FeedSettings

# Never longer, and never immutable: an entry of an archive document may be edited or withdrawn.
ARCHIVE_MAX_AGE_S = 3600
STALE_IF_ERROR_S = 3600
# While the store is down: whoever has a copy keeps it for as long as a repair may take.
STALE_IF_DOWN_S = 86_400
_GZIP_NAMES = ("gzip", "x-gzip", "*")  # RFC 9110 8.4.1.3: the first two are the same coding


@dataclass(frozen=True, kw_only=True)
class Representation:
    """What a URL holds now, before a client's conditions and codings.

    etag: opaque part of the identity coding's strong tag; gzip's is `<etag>-gzip`.
    headers: sent with 200 and 304 alike.
    """

    body: bytes
    media_type: str
    etag: str
    cache_control: str
    last_modified: datetime | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def page(html: str, settings: FeedSettings) -> Representation:
    """A page for people: browsers ask each time, so that a withdrawn article is gone at once."""
    body = html.encode()
    return Representation(
        body=body,
        media_type="text/html; charset=utf-8",
        etag=hashlib.sha256(body).hexdigest()[:32],
        cache_control=page_cache_control(settings),
    )


def feed_cache_control(settings: FeedSettings, *, max_age_s: int, is_stale: bool = False) -> str:
    """Readers poll by max-age; a cache in front of us may spare us one round more, or an outage."""
    stale_if_error_s = STALE_IF_DOWN_S if is_stale else STALE_IF_ERROR_S
    return (
        f"public, max-age={max_age_s}, s-maxage={settings.s_maxage_s}, "
        f"stale-while-revalidate={settings.s_maxage_s}, stale-if-error={stale_if_error_s}"
    )


def page_cache_control(settings: FeedSettings) -> str:
    return f"public, max-age=0, s-maxage={settings.s_maxage_s}, stale-if-error={STALE_IF_ERROR_S}"


def answer(request: Request, found: Representation, now: datetime) -> Response:
    """200 with the body in the coding asked for, or 304 if the client has it already."""
    gzipped = accepts_gzip(request.headers.get("Accept-Encoding", ""))
    plain_tag, gzip_tag = found.etag, f"{found.etag}-gzip"
    tags = (gzip_tag, plain_tag) if gzipped else (plain_tag, gzip_tag)
    date = _settled(found.last_modified, now)
    known = _tag_the_client_has(request, tags, date)
    response = Response(status=304) if known else _whole(found, gzipped)
    response.set_etag(known or tags[0])
    if date:
        response.last_modified = date
    response.headers["Cache-Control"] = found.cache_control
    response.headers.extend(found.headers)
    return response


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether gzip is acceptable, and not liked less than identity (RFC 9110 12.5.3)."""
    accepted = parse_accept_header(accept_encoding, Accept)
    liking = {coding.lower(): quality for coding, quality in accepted}
    wanted = next((liking[name] for name in _GZIP_NAMES if name in liking), 0)
    return 0 < wanted >= liking.get("identity", 0)


def _settled(last_modified: datetime | None, now: datetime) -> datetime | None:
    """The date in whole seconds, once its second is over and no later change can share it."""
    if last_modified is None:
        return None
    second = last_modified.replace(microsecond=0)
    return second if now >= second + timedelta(seconds=1) else None


def _tag_the_client_has(
    request: Request, tags: tuple[str, str], date: datetime | None
) -> str | None:
    """The tag to repeat in a 304, or None for 200.

    A client that has the other coding's bytes has what is current: it is told so by the tag that
    it sent, which names what lies in its cache. Any If-None-Match rules out If-Modified-Since.
    """
    if "If-None-Match" in request.headers:
        return next((tag for tag in tags if request.if_none_match.contains_weak(tag)), None)
    since = _date_of(request.headers.get("If-Modified-Since"))
    return tags[0] if date and since and date <= since else None


def _date_of(value: str | None) -> datetime | None:
    """RFC 1123, RFC 850 and asctime dates; None for anything else."""
    try:
        return parse_date(value)
    except OverflowError:  # parse_date lets it through for a year or a zone of twenty digits
        return None


def _whole(found: Representation, gzipped: bool) -> Response:
    response = Response(_gzip(found.body) if gzipped else found.body)
    response.headers["Content-Type"] = found.media_type
    if gzipped:
        response.headers["Content-Encoding"] = "gzip"
    return response


@lru_cache(maxsize=128)
def _gzip(body: bytes) -> bytes:
    """Without a time stamp: the same bytes always give the same bytes."""
    return gzip.compress(body, compresslevel=6, mtime=0)
