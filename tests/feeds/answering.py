"""A server of one feed that does everything right, but for what it is told to break."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from feedsvc.model.selection import FeedFormat

from .samples import make_entry, make_site, render

MODIFIED = "Thu, 01 Jan 2026 12:00:00 GMT"
# By rule, what its server does: a header that stands in the place of the right one (None: left
# out), or a word that `Shop` knows.
BROKEN_ANSWERS: Mapping[str, Mapping[str, str | None]] = {
    "http-moved": {"do": "move"},
    "http-validators-missing": {"ETag": None, "Last-Modified": None},
    "http-etag-missing": {"ETag": None},
    "http-etag-form": {"ETag": "abc"},
    "http-last-modified-missing": {"Last-Modified": None},
    "http-last-modified-future": {"Last-Modified": "Sun, 01 Jan 2040 12:00:00 GMT"},
    "http-date-form": {"Last-Modified": "2026-01-01"},
    "http-not-modified": {"do": "ignore-tags"},
    "http-not-modified-list": {"do": "compare-whole"},
    "http-not-modified-since": {"do": "ignore-dates"},
    "http-unstable": {"do": "count"},
    "http-304-headers": {"do": "bare-304"},
    "http-precedence": {"do": "prefer-dates"},
    "http-vary": {"Vary": None},
    "http-shared-etag": {"ETag": '"same"'},
    "http-coding-forced": {"do": "always-gzip"},
    "http-accept": {"do": "negotiate"},
    "http-cache-refused": {"Cache-Control": "no-store"},
    "http-cache-missing": {"Cache-Control": None},
    "http-max-age": {"Cache-Control": "max-age=1"},
    "http-uncompressed": {"do": "never-gzip"},
    "http-gzip-time": {"do": "gzip-time"},
    "http-link-self": {"Link": '<https://hub.example/>; title="a, b"; rel="hub"'},
    "http-head": {"do": "head-differs"},
    "http-nosniff": {"X-Content-Type-Options": None},
    "http-cors": {"Access-Control-Allow-Origin": None},
}


@dataclass
class Shop:
    """broken: as in BROKEN_ANSWERS. asked: how many requests came."""

    address: str = ""
    broken: Mapping[str, str | None] = field(default_factory=dict)
    asked: int = 0

    def does(self, what: str) -> bool:
        return self.broken.get("do") == what

    def feed(self) -> bytes:
        site = make_site()
        body = render(FeedFormat.ATOM, [make_entry(1)], site=site)
        return body.replace(site.urls.base_url.encode(), self.address.encode())

    def answer(self, method: str, path: str, asked: Mapping[str, str]) -> Answered:
        self.asked += 1
        if path != "/feeds/all.atom":
            return self._elsewhere(path)
        if self.does("negotiate") and "text/html" in asked.get("Accept", ""):
            return Answered(200, {"Content-Type": "text/html"}, b"<html><p>Hello</html>")
        body = self.feed()
        if self.does("count"):
            body += b"<!-- %d -->" % self.asked
        is_gzip = "gzip" in asked.get("Accept-Encoding", "") or self.does("always-gzip")
        if is_gzip and not self.does("never-gzip"):
            body = gzip.compress(body, mtime=17 if self.does("gzip-time") else 0)
        headers = {
            "Content-Type": "application/atom+xml; charset=utf-8",
            "ETag": '"as-gzip"' if is_gzip else '"as-is"',
            "Last-Modified": MODIFIED,
            "Cache-Control": "public, max-age=300",
            "Vary": "Accept-Encoding",
            "X-Content-Type-Options": "nosniff",
            "Access-Control-Allow-Origin": "*",
        }
        for name, value in self.broken.items():
            if name != "do":
                headers.pop(name, None)
                headers |= {name: value} if value else {}
        if self._is_unchanged(asked, headers):
            return Answered(304, {} if self.does("bare-304") else headers, b"")
        if body[:2] == b"\x1f\x8b":
            headers["Content-Encoding"] = "gzip"
        if method == "HEAD" and self.does("head-differs"):
            headers["Content-Type"] = "text/plain"
        return Answered(200, headers, body)

    def _elsewhere(self, path: str) -> Answered:
        if path == "/loop":
            return Answered(302, {"Location": "loop"}, b"")
        if path == "/away":
            return Answered(302, {"Location": "https://[::1/"}, b"")
        if path == "/other":
            return Answered(302, {"Location": "ftp://example.org/a"}, b"")
        if path in ("/old", "/here"):
            status = 308 if path == "/old" else 307
            return Answered(status, {"Location": f"{self.address}/feeds/all.atom#top"}, b"")
        if path == "/bomb":
            body = gzip.compress(b"\0" * 11_000_000)
            return Answered(200, {"Content-Encoding": "gzip"}, body)
        if path == "/cut":
            return Answered(200, {"Content-Encoding": "gzip"}, gzip.compress(b"abc" * 99)[:-9])
        if path == "/brotli":
            return Answered(200, {"Content-Encoding": "br"}, b"abc")
        if path == "/short":
            return Answered(200, {"Content-Length": "99"}, b"abc")
        if path == "/page":
            page = b"<!doctype html><link rel=alternate type=application/atom+xml href=/feeds/a>"
            return Answered(200, {"Content-Type": "text/html"}, page)
        return Answered(404, {}, b"")

    def _is_unchanged(self, asked: Mapping[str, str], headers: Mapping[str, str]) -> bool:
        tags, since = asked.get("If-None-Match"), asked.get("If-Modified-Since")
        if since and (tags is None or self.does("prefer-dates")):
            return not self.does("ignore-dates")
        if tags is None or self.does("ignore-tags"):
            return False
        if self.does("compare-whole"):
            return tags == headers.get("ETag")
        own = headers.get("ETag", "")
        return own in [tag.strip().removeprefix("W/") for tag in tags.split(",")]


@dataclass(frozen=True)
class Answered:
    status: int
    headers: Mapping[str, str]
    body: bytes


@contextmanager
def open_shop() -> Iterator[Shop]:
    shop = Shop()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answered = shop.answer(self.command, self.path, dict(self.headers))
            self.send_response(answered.status)
            for name, value in answered.headers.items():
                self.send_header(name, value)
            if "Content-Length" not in answered.headers and answered.status != 304:
                self.send_header("Content-Length", str(len(answered.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answered.body)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    shop.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield shop
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
