"""Asks a server about one feed as readers do: politely, one question after the other."""

from __future__ import annotations

import gzip
import http.client
import time
import zlib
from collections.abc import Mapping
from email.message import Message
from io import BytesIO
from typing import Any
from urllib.error import URLError
from urllib.parse import urldefrag, urljoin, urlsplit, urlunsplit
from urllib.request import (
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    UnknownHandler,
)

import feedsvc
from feedsvc.errors import CannotCheck
from feedsvc.feeds.check.answers import Answer, Answers, Redirect
from feedsvc.feeds.clean import web_url

MAX_BYTES = 10_000_000
_TIMEOUT_S = 20
_DEADLINE_S = 60
_MAX_REDIRECTS = 5
_CHUNK_BYTES = 65_536
_REDIRECTS = (301, 302, 303, 307, 308)
_OTHER_TAG = '"feedsvc-check"'
_FEEDS_FIRST = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, "
    "*/*;q=0.5"
)
_PAGES_FIRST = "text/html, application/xhtml+xml, */*;q=0.1"


def ask(url: str) -> Answers:
    """Fetch a feed, and then again with the conditions that readers send.

    Raises CannotCheck if it cannot be had whole: with the reason, in plain words.
    """
    url = _ascii(urldefrag(url).url)
    whole, redirects = _follow(url)
    if whole.status != 200:
        raise CannotCheck(url, f"the server answered {whole.status}{_reason(whole.status)}")
    final = redirects[-1].url if redirects else url
    etag, modified = whole.header("ETag"), whole.header("Last-Modified")
    tag, since = {"If-None-Match": etag}, {"If-Modified-Since": modified}
    weak = {"If-None-Match": f"{_OTHER_TAG}, {etag if etag.startswith('W/') else f'W/{etag}'}"}
    other = {"If-None-Match": _OTHER_TAG}
    return Answers(
        url=url,
        redirects=tuple(redirects),
        whole=whole,
        again=_fetch(final, tag) if etag else None,
        listed=_fetch(final, weak) if etag else None,
        dated=_fetch(final, since) if modified else None,
        contrary=_fetch(final, {**other, **since}) if etag and modified else None,
        plain=_fetch(final, {"Accept": _PAGES_FIRST, "Accept-Encoding": "identity"}),
        head=_fetch(final, {}, method="HEAD"),
    )


def _follow(url: str) -> tuple[Answer, list[Redirect]]:
    redirects: list[Redirect] = []
    while True:
        answer = _fetch(redirects[-1].url if redirects else url, {})
        target = answer.header("Location")
        if answer.status not in _REDIRECTS or not target:
            return answer, redirects
        if len(redirects) == _MAX_REDIRECTS:
            raise CannotCheck(url, f"it redirects more than {_MAX_REDIRECTS} times")
        try:
            joined = urljoin(redirects[-1].url if redirects else url, target)
        except ValueError as error:
            raise CannotCheck(url, f"it redirects to what is no address: {target!r}") from error
        redirects.append(Redirect(status=answer.status, url=_ascii(urldefrag(joined).url)))


def _ascii(url: str) -> str:
    """An http(s) address as it is sent."""
    try:
        parts = urlsplit(url)
        # A host in other letters is Punycode on the wire; labels of ASCII stay as they are.
        netloc = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode()
        sent = web_url(urlunsplit((parts.scheme, netloc, parts.path or "/", parts.query, "")))
    except ValueError:
        sent = None
    if sent is None:
        raise CannotCheck(url, "this is no http or https address")
    if "@" in netloc:
        raise CannotCheck(url, "addresses with a user name are not asked")
    return sent


def _fetch(url: str, headers: Mapping[str, str], method: str = "GET") -> Answer:
    """One question; redirects are answers. Raises CannotCheck."""
    request = Request(  # noqa: S310  (only HTTP's handlers are there)
        url,
        headers={
            "User-Agent": f"feedsvc/{feedsvc.__version__} (feedsvc check)",
            "Accept": _FEEDS_FIRST,
            "Accept-Encoding": "gzip",
            **headers,
        },
        method=method,
    )
    try:
        with _opener().open(request, timeout=_TIMEOUT_S) as response:
            return _read(url, response)
    except URLError as error:
        raise CannotCheck(url, f"the server cannot be reached: {error.reason}") from error
    except TimeoutError as error:
        raise CannotCheck(url, f"the server did not answer in {_TIMEOUT_S} seconds") from error
    except (OSError, http.client.HTTPException, ValueError, zlib.error) as error:
        told = str(error) or type(error).__name__
        raise CannotCheck(url, f"the answer cannot be read: {told}") from error


def _opener() -> OpenerDirector:
    """Knows http and https and the environment's proxies; no files, no ftp, no exceptions."""
    opener = OpenerDirector()
    for handler in (ProxyHandler(), UnknownHandler(), HTTPHandler(), HTTPSHandler()):
        opener.add_handler(handler)
    return opener


def _read(
    url: str, response: Any
) -> Answer:  # Any: urllib's answers are http.client's, or wrap one
    ends_at = time.monotonic() + _DEADLINE_S
    chunks = []
    size = 0
    while chunk := response.read1(_CHUNK_BYTES):
        chunks.append(chunk)
        size += len(chunk)
        if size > MAX_BYTES:
            raise CannotCheck(url, f"it is larger than {MAX_BYTES} bytes")
        if time.monotonic() > ends_at:
            raise CannotCheck(url, f"it was not there after {_DEADLINE_S} seconds")
    if response.length:  # of HEAD and 304 http.client makes it 0
        raise CannotCheck(url, f"the connection ended {response.length} bytes too early")
    wire = b"".join(chunks)
    headers: Message = response.headers
    coding = (headers.get("Content-Encoding") or "identity").strip().lower()
    return Answer(
        status=response.status,
        headers=headers,
        body=_decoded(url, wire, coding),
        wire=wire,
        coding=coding,
    )


def _decoded(url: str, wire: bytes, coding: str) -> bytes:
    if coding == "identity" or not wire:
        return wire
    if coding not in ("gzip", "x-gzip"):
        raise CannotCheck(url, f"it was sent as {coding!r}, which was not asked for")
    try:
        with gzip.GzipFile(fileobj=BytesIO(wire)) as file:
            body = file.read(MAX_BYTES + 1)
    except EOFError as error:
        raise CannotCheck(url, "its gzip ends too early") from error
    if len(body) > MAX_BYTES:
        raise CannotCheck(url, f"it is larger than {MAX_BYTES} bytes")
    return body


def _reason(status: int) -> str:
    phrase = http.client.responses.get(status)
    return f" ({phrase})" if phrase else ""
