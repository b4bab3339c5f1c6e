"""In front of Flask: what was rendered once is answered from memory until the store shows more.

Feeds, the OPML and pages are kept by URL as Flask made them, whole and without a client's
conditions; this layer then answers as Flask would. All else falls through to Flask, of which only
so many requests may be under way that polls of what is kept always find a free thread.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from feedsvc.web.deltas import other_tags, wants_delta
from feedsvc.web.edge import Markers
from feedsvc.web.kept import Kept, KeptAnswers
from feedsvc.web.limits import RENEWING
from feedsvc.web.responses import FOUND, Answer, Prepared, feed_cache_control

if TYPE_CHECKING:
    from feedsvc.runtime import Runtime
    from feedsvc.services.publication import Shown

Environ = dict[str, Any]  # Any: WSGI's own
StartResponse = Callable[..., Any]  # Any: WSGI's own
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

# Always answered, whatever the store does; they ask nothing of it.
_WITHOUT_STORE = ("/healthz", "/static/", "/robots.txt", "/favicon.ico")
_NEVER_KEPT = (*_WITHOUT_STORE, "/readyz", "/admin")
# Those that read their query; of all others it changes nothing, and makes no second copy.
_WITH_QUERY = ("/search", "/feeds/search")
_QUERY_MAX = 2_000
# Answers to what strangers ask for must not push out the feeds that everybody polls.
_QUERIES_SHARE = 8
# What depends on the one who asks, and so is kept out of what is made for all.
_CONDITIONAL = (
    *("HTTP_ACCEPT_ENCODING", "HTTP_RANGE", "HTTP_IF_RANGE", "HTTP_IF_MATCH"),
    *("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE"),
)
_OWN_HEADERS = frozenset(
    ("content-type", "content-length", "content-encoding", "etag", "last-modified", "cache-control")
)
_THREADS_FOR_POLLS = 2
# During a long import the store shows more several times a second: what is polled is rendered only
# so often. A commit is seen after so long and one rendering at the latest.
_RENEW_EVERY_S = 0.2
# As long as others get through, one waits for a place for a moment; behind a database that hangs
# nobody does.
_WAIT_S = 2.0
_HUNG_AFTER_S = 0.5
_RETRY_AFTER_S = "5"
_BUSY = b"The service is busy at the moment. Please try again shortly.\n"


class FastLayer:
    """A WSGI application around Flask's. refusal: headers of an answer that Flask did not make.

    markers: where the tags are left that a server in front may answer polls by.
    """

    def __init__(
        self,
        application: Application,
        runtime: Runtime,
        refusal: list[tuple[str, str]],
        markers: Markers | None = None,
    ) -> None:
        self._application = application
        self._watch = runtime.publication.watch
        self._clock = runtime.clock
        max_bytes = runtime.settings.feeds.cache_bytes
        self._kept = KeptAnswers(max_bytes)
        self._kept_queries = KeptAnswers(max_bytes // _QUERIES_SHARE)
        self._places = _Places(runtime.settings.server.threads)
        self._renderings = _Renderings()
        self._gives_deltas = runtime.settings.feeds.deltas
        self._departures = 0
        self._markers = markers
        feeds = runtime.settings.feeds
        self._polled_cache_control = feed_cache_control(feeds, max_age_s=feeds.max_age_s)
        self._refusal = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(_BUSY))),
            ("Cache-Control", "no-store"),
            ("Retry-After", _RETRY_AFTER_S),
            *refusal,
        ]

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if method not in ("GET", "HEAD") or path.startswith(_NEVER_KEPT):
            if path.startswith(_WITHOUT_STORE):
                return self._application(environ, start_response)
            return self._fall_through(environ, start_response)
        url, answers = path, self._kept
        if path.startswith(_WITH_QUERY) and (query := environ.get("QUERY_STRING")):
            if len(query) > _QUERY_MAX:
                return self._fall_through(environ, start_response)
            url, answers = f"{path}?{query}", self._kept_queries
        shown = self._watch.shown()
        if shown is not None and shown.departures != self._departures:
            self._forget_departed(shown.departures)
        kept = answers.get(url)
        if kept is not None and kept.shown.departures < self._departures:
            kept = None  # begun before somebody departed, and ended after: it may show who did
        if kept is not None and (shown is None or kept.shown == shown):
            if self._wants_changes(kept, environ):
                return self._fall_through(environ, start_response)
            return self._send(kept, environ, start_response, is_stale=shown is None)
        if shown is None:
            return self._fall_through(environ, start_response)
        return self._renew(url, answers, kept, shown, environ, start_response)

    def _renew(
        self,
        url: str,
        answers: KeptAnswers,
        kept: Kept | None,
        shown: Shown,
        environ: Environ,
        start_response: StartResponse,
    ) -> Iterable[bytes]:
        """One thread renders; the others answer with what was last good, where there is such."""
        if kept is not None and time.monotonic() - kept.made_at_s < _RENEW_EVERY_S:
            return self._send(kept, environ, start_response)
        with self._places.taken(must_wait=kept is None) as has_place:
            if not has_place:
                return self._without_place(kept, environ, start_response)
            with self._renderings.claimed(url, must_wait=kept is None) as is_ours:
                if not is_ours and kept is not None:
                    return self._send(kept, environ, start_response)
                again = answers.get(url)  # somebody may have rendered it while we waited
                if again is None or again.shown.version < shown.version:
                    made = self._render(environ, is_known=kept is not None)
                    if isinstance(made, _Other):
                        if kept is not None and made.is_trouble:
                            return self._send(kept, environ, start_response, is_stale=True)
                        answers.drop(url)
                        return made.send(environ, start_response)
                    again = answers.put(url, shown, made)
            if self._wants_changes(again, environ):
                return self._application(environ, start_response)
        return self._send(again, environ, start_response)

    def _render(self, environ: Environ, *, is_known: bool) -> Prepared | _Other:
        """What Flask answers to this URL, whoever asks: to be kept, or something else once."""
        neutral = {name: value for name, value in environ.items() if name not in _CONDITIONAL}
        neutral["REQUEST_METHOD"] = "GET"
        neutral[RENEWING] = is_known
        if not neutral["PATH_INFO"].startswith(_WITH_QUERY):
            neutral["QUERY_STRING"] = ""
        made = _Other()
        result = self._application(neutral, made.start_response)
        try:
            made.body = b"".join(result)
        finally:
            if hasattr(result, "close"):
                result.close()
        found = neutral.get(FOUND)
        if found is None:
            return made
        own = _OWN_HEADERS | {name.lower() for name in found.headers}
        return Prepared(found, [pair for pair in made.headers if pair[0].lower() not in own])

    def _wants_changes(self, kept: Kept, environ: Environ) -> bool:
        """Whether a client has an earlier document of what may be a feed, and asks what changed."""
        if not self._gives_deltas or not wants_delta(environ):
            return False
        return bool(other_tags(environ, kept.prepared.found.etag))

    def _send(
        self,
        kept: Kept,
        environ: Environ,
        start_response: StartResponse,
        *,
        is_stale: bool = False,
    ) -> Iterable[bytes]:
        answer = kept.prepared.answer(environ, self._clock.now(), is_stale=is_stale)
        if self._markers and not is_stale:
            self._leave_tag(self._markers, environ["PATH_INFO"], kept, answer.tag)
        return _send(answer, environ, start_response)

    def _leave_tag(self, markers: Markers, path: str, kept: Kept, tag: str) -> None:
        """Tell the server in front of what subscribers poll, which a path alone names."""
        is_polled = kept.prepared.found.cache_control == self._polled_cache_control
        if is_polled and not path.startswith(_WITH_QUERY):
            markers.leave(path, tag, kept.shown.version)

    def _fall_through(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        with self._places.taken(must_wait=True) as has_place:
            if not has_place:
                return self._without_place(None, environ, start_response)
            return self._application(environ, start_response)

    def _without_place(
        self, kept: Kept | None, environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        if kept is not None:
            return self._send(kept, environ, start_response)
        refused = Answer("503 Service Unavailable", self._refusal, _BUSY)
        return _send(refused, environ, start_response)

    def _forget_departed(self, departures: int) -> None:
        self._kept.drop_before(departures)
        self._kept_queries.drop_before(departures)
        self._departures = departures


def _send(answer: Answer, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    start_response(answer.status, answer.headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.body]


class _Other:
    """An answer of Flask's that is not kept: a redirect, an error."""

    def __init__(self) -> None:
        self.status = ""
        self.headers: list[tuple[str, str]] = []
        self.body = b""

    def start_response(
        self, status: str, headers: list[tuple[str, str]], _exc_info: object = None
    ) -> Callable[[bytes], object]:
        self.status, self.headers = status, headers
        return self._write

    def _write(self, _data: bytes) -> object:
        raise NotImplementedError("Flask does not use WSGI's write()")

    @property
    def is_trouble(self) -> bool:
        """Whether it says nothing of what is asked for, only that it cannot be had just now."""
        return self.status.startswith("5")

    def send(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        return _send(Answer(self.status, self.headers, self.body), environ, start_response)


class _Places:
    """How many requests may be with Flask at once, and how many wait for that.

    Of all threads two neither work nor wait: they are there for polls. While the places are taken
    and nothing moves, the database hangs, and nobody begins to wait.
    """

    def __init__(self, threads: int) -> None:
        others = threads - _THREADS_FOR_POLLS
        count = max(1, others // 2)
        self._free = threading.BoundedSemaphore(count)
        self._may_wait = threading.BoundedSemaphore(max(1, others - count))
        self._last_moved = time.monotonic()

    @contextmanager
    def taken(self, *, must_wait: bool) -> Iterator[bool]:
        """Whether there was a place; it is given back at the end."""
        has_place = self._free.acquire(blocking=False) or (must_wait and self._wait())
        if has_place:
            self._last_moved = time.monotonic()
        try:
            yield has_place
        finally:
            if has_place:
                self._last_moved = time.monotonic()
                self._free.release()

    def _wait(self) -> bool:
        if time.monotonic() - self._last_moved > _HUNG_AFTER_S:
            return False
        if not self._may_wait.acquire(blocking=False):
            return False
        try:
            return self._free.acquire(timeout=_WAIT_S)
        finally:
            self._may_wait.release()


class _Renderings:
    """Which URLs are being rendered, each by one thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: dict[str, threading.Lock] = {}

    @contextmanager
    def claimed(self, url: str, *, must_wait: bool) -> Iterator[bool]:
        """Whether this thread is to render; others wait for it, or learn that it is under way."""
        with self._lock:
            rendering = self._under_way.setdefault(url, threading.Lock())
        is_ours = rendering.acquire(blocking=must_wait)
        try:
            yield is_ours
        finally:
            if is_ours:
                with self._lock:
                    self._under_way.pop(url, None)
                rendering.release()
