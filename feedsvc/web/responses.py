"""What a URL holds, and the answers that it gives: whole or 304, in the coding asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from http import HTTPStatus
from typing import NamedTuple

from flask import Request, Response
from werkzeug.http import http_date

from feedsvc.model.etag import coded_tag, entity_tag
from feedsvc.settings import FeedSettings
from feedsvc.web.codings import Coding, choose_coding, encode
from feedsvc.web.conditions import Environ, evaluate

# Never longer, and never immutable: an entry of an archive document may be edited or withdrawn.
ARCHIVE_MAX_AGE_S = 3600
STALE_IF_ERROR_S = 3600
# While the store is down: whoever has a copy keeps it for as long as a repair may take.
STALE_IF_DOWN_S = 86_400
# Codings as they are told apart by tags.
_CODING_NUMBERS = {Coding.GZIP: 1, Coding.BROTLI: 2, Coding.ZSTD: 3}
# Where `answer` leaves what it was given, for the layer in front (`web/fast.py`).
FOUND = "feedsvc.found"
_STATUS_LINES = {
    status: f"{status.value} {status.phrase}"
    for status in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED, HTTPStatus.PRECONDITION_FAILED)
}
# Said of an answer from before the store went down (RFC 9211; RFC 7234 5.5 for older caches).
_STALE = (
    ("Cache-Status", "feedsvc; hit; detail=store-down"),
    ("Warning", '110 feedsvc "Response is Stale"'),
)


@dataclass(frozen=True, kw_only=True)
class Representation:
    """What a URL holds now, before a client's conditions and codings.

    stale_cache_control: in place of the other while the store is down.
    headers: sent with 200 and 304 alike.
    """

    body: bytes
    media_type: str
    cache_control: str
    stale_cache_control: str = ""
    last_modified: datetime | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def etag(self) -> str:
        """The opaque part of the identity coding's strong tag."""
        return entity_tag(self.body)


class Answer(NamedTuple):
    """One answer as WSGI wants it; `body` also for HEAD, whose sender leaves it out.

    tag: the opaque tag of what a representation answers with.
    """

    status: str
    headers: list[tuple[str, str]]
    body: bytes
    tag: str = ""


def tag_in(coding: Coding, etag: str) -> str:
    """The opaque tag of a coding: each has other bytes, and so a strong tag of its own."""
    number = _CODING_NUMBERS.get(coding)
    return coded_tag(etag, number) if number else etag


class Prepared:
    """A representation that is ready to be sent: each coding and each set of headers made once.

    also: headers of every answer, beside those of the representation.
    """

    def __init__(self, found: Representation, also: Sequence[tuple[str, str]] = ()) -> None:
        self.found = found
        self._tags = {coding: tag_in(coding, found.etag) for coding in Coding}
        self._also = [*found.headers.items(), *also]
        self._bodies = {Coding.IDENTITY: found.body}
        self._headers: dict[tuple[HTTPStatus, str, bool, bool], list[tuple[str, str]]] = {}
        self._date = found.last_modified and found.last_modified.replace(microsecond=0)
        self._unchanged = {f'"{tag}"': self._make_unchanged(tag) for tag in self._tags.values()}

    def is_same(self, other: Prepared) -> bool:
        """Whether nobody could tell their answers apart but by Last-Modified."""
        return (
            self.found.etag == other.found.etag
            and self.found.body == other.found.body
            and self._also == other._also
        )

    @property
    def size_bytes(self) -> int:
        """What its bodies take in memory."""
        return sum(map(len, self._bodies.values()))

    def answer(self, environ: Environ, now: datetime, *, is_stale: bool = False) -> Answer:
        """What a GET or HEAD is answered. is_stale: the store is down, this is from before."""
        none_match = environ.get("HTTP_IF_NONE_MATCH")
        if none_match in self._unchanged and not is_stale and "HTTP_IF_MATCH" not in environ:
            return self._unchanged[none_match]  # nearly every poll, told by the shortest way
        coding = choose_coding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        tag = self._tags[coding]
        # Once its second is over, and no later change can share it.
        date = self._date if self._date and now >= self._date + timedelta(seconds=1) else None
        others = [other for other in self._tags.values() if other != tag]
        status, tag = evaluate(environ, [tag, *others], date)
        body = self.body(coding) if status is HTTPStatus.OK else b""
        key = (status, tag, date is not None, is_stale)
        headers = self._headers.get(key)
        if headers is None:
            headers = self._headers[key] = self._make_headers(
                status, tag, date, is_stale, len(body)
            )
            if status is HTTPStatus.OK and coding is not Coding.IDENTITY:
                headers.append(("Content-Encoding", coding.value))
        return Answer(_STATUS_LINES[status], headers, body, tag)

    def body(self, coding: Coding) -> bytes:
        """The body in a coding, which is made when it is first asked for."""
        body = self._bodies.get(coding)
        if body is None:
            body = self._bodies[coding] = encode(coding, self.found.body)
        return body

    def _make_unchanged(self, tag: str) -> Answer:
        status = HTTPStatus.NOT_MODIFIED
        headers = self._make_headers(status, tag, date=None, is_stale=False, length=0)
        return Answer(_STATUS_LINES[status], headers, b"", tag)

    def _make_headers(
        self, status: HTTPStatus, tag: str, date: datetime | None, is_stale: bool, length: int
    ) -> list[tuple[str, str]]:
        found = self.found
        cache_control = found.stale_cache_control if is_stale else ""
        headers = [("ETag", f'"{tag}"'), ("Cache-Control", cache_control or found.cache_control)]
        if is_stale:
            headers += _STALE
        if status is not HTTPStatus.NOT_MODIFIED:
            headers += [("Content-Length", str(length)), ("Content-Type", found.media_type)]
        if status is HTTPStatus.OK and date:  # a 304 leaves it out (RFC 9110 15.4.5)
            headers.append(("Last-Modified", http_date(date)))
        return headers + self._also


def page(html: str, settings: FeedSettings) -> Representation:
    """A page for people: browsers ask each time, so that a withdrawn article is gone at once."""
    body = html.encode()
    return Representation(
        body=body,
        media_type="text/html; charset=utf-8",
        cache_control=page_cache_control(settings),
        stale_cache_control=page_cache_control(settings, is_stale=True),
    )


def feed_cache_control(settings: FeedSettings, *, max_age_s: int, is_stale: bool = False) -> str:
    """Readers poll by max-age; a cache in front of us may spare us one round more, or an outage."""
    return (
        f"public, max-age={max_age_s}, s-maxage={settings.s_maxage_s}, "
        f"stale-while-revalidate={settings.s_maxage_s}, {_stale_if_error(is_stale)}"
    )


def page_cache_control(settings: FeedSettings, *, is_stale: bool = False) -> str:
    return f"public, max-age=0, s-maxage={settings.s_maxage_s}, {_stale_if_error(is_stale)}"


def _stale_if_error(is_stale: bool) -> str:
    return f"stale-if-error={STALE_IF_DOWN_S if is_stale else STALE_IF_ERROR_S}"


def answer(request: Request, found: Representation, now: datetime) -> Response:
    """Flask's answer: 200 with the body in the coding asked for, or 304 if the client has it."""
    request.environ[FOUND] = found
    made = Prepared(found).answer(request.environ, now)
    # The type also where it is not sent: the policy of a page depends on it.
    return Response(made.body, made.status, made.headers, content_type=found.media_type)
