"""What feedsvc is measured against: a feed in Flask, as one writes it in an afternoon.

Served by granian with the very settings that `feedsvc serve` gives it.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from multiprocessing.synchronize import Event
from pathlib import Path
from unittest.mock import patch

from feedgen.feed import FeedGenerator
from flask import Flask, Response, request

from feedsvc.cli import webserver
from feedsvc.cli.listener import open_listener, start_listening
from feedsvc.settings import Settings, load_settings

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
FEED_FILE = "feed.atom"
GZIP_FILE = "feed.atom.gz"
_STORE_FILE = "articles.db"
_CACHE_CONTROL = "public, max-age=300"
_FIELDS = "guid, url, title, author, published, updated, html"


def command(kind: str, port: int, folder: Path) -> list[str]:
    """What starts one. kind: `rendering` (each request) or `ready` (bytes of both files)."""
    # Not `-m`: its workers could not find what they are to load.
    code = "import sys; from tests.benchmarks.naive import main; main(*sys.argv[1:])"
    return [sys.executable, "-c", code, kind, str(port), str(folder)]


def keep_articles(folder: Path, feed: bytes) -> None:
    """Put the entries of a JSON Feed into a database of the simplest kind."""
    rows = [
        (
            *(item["id"], item["url"], item["title"], item["authors"][0]["name"]),
            *(item["date_published"], item["date_modified"], item["content_html"]),
        )
        for item in json.loads(feed)["items"]
    ]
    with closing(sqlite3.connect(folder / _STORE_FILE)) as connection:
        connection.execute(f"CREATE TABLE articles ({_FIELDS})")
        connection.execute("CREATE INDEX newest ON articles (updated)")
        connection.executemany(f"INSERT INTO articles VALUES ({','.join('?' * 7)})", rows)
        connection.commit()


def main(kind: str, port: str, folder: str) -> None:
    """Serve until stopped."""
    load = {"rendering": _load_rendering, "ready": _load_ready}[kind]
    settings = load_settings(None, {"server": {"port": int(port), "workers": 1}})
    listener = open_listener(settings.server)
    start_listening(listener)
    ready = multiprocessing.get_context("spawn").Event()
    with patch.object(webserver, "_load", partial(load, Path(folder))):
        webserver.run_web(settings, listener, ready)


def _load_rendering(folder: Path, _settings: Settings, _generation: str, _ready: Event) -> Flask:
    app = Flask("rendering")

    @app.get("/feeds/all.atom")
    def feed() -> Response:
        with closing(sqlite3.connect(folder / _STORE_FILE)) as connection:
            query = f"SELECT {_FIELDS} FROM articles ORDER BY updated DESC"
            response = Response(_render(connection.execute(query).fetchall()))
        return _conditional(response)

    return app


def _load_ready(folder: Path, _settings: Settings, _generation: str, _ready: Event) -> Flask:
    app = Flask("ready")
    plain, packed = (folder / FEED_FILE).read_bytes(), (folder / GZIP_FILE).read_bytes()
    etag = hashlib.sha256(plain).hexdigest()

    @app.get("/feeds/all.atom")
    def feed() -> Response:
        is_packed = request.accept_encodings["gzip"] > 0
        response = Response(packed if is_packed else plain)
        response.set_etag(f"{etag}-gzip" if is_packed else etag)
        response.vary.add("Accept-Encoding")
        if is_packed:
            response.content_encoding = "gzip"
        return _conditional(response)

    return app


def _conditional(response: Response) -> Response:
    response.content_type = MEDIA_TYPE
    response.headers["Cache-Control"] = _CACHE_CONTROL
    response.add_etag()  # of its body, where it has none yet
    response.make_conditional(request)
    return response


def _render(rows: Sequence[Sequence[str]]) -> bytes:
    feed = FeedGenerator()
    feed.id("https://news.example/feeds/all.atom")
    feed.title("Harbour News")
    feed.link(href="https://news.example/", rel="alternate")
    feed.updated(max(row[5] for row in rows))
    for guid, url, title, author, published, updated, html in rows:
        entry = feed.add_entry(order="append")
        entry.id(guid)
        entry.link(href=url)
        entry.title(title)
        entry.author({"name": author})
        entry.published(published)
        entry.updated(updated)
        entry.content(html, type="html")
    rendered: bytes = feed.atom_str()
    return rendered
