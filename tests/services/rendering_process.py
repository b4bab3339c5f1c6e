"""Prints the hash of every document that a store gives: `python -m … URL DAYS`.

DAYS: how far the clock of this process is ahead, wherever Python asks for it.
"""

from __future__ import annotations

import hashlib
import json
import locale
import sys
import time
from datetime import datetime, timedelta, tzinfo
from typing import Self

from feedsvc.feeds import atom, jsonfeed, opml, rss  # noqa: F401  (before the clock is moved)
from feedsvc.model.selection import FeedFormat
from feedsvc.store.engine import open_store
from tests.service import open_publication


def hashes(url: str) -> dict[str, str]:
    """By name, the SHA-256 of each feed in each format, and of the OPML."""
    store = open_store(url, busy_timeout_s=5)
    publication = open_publication(store)
    bodies = {"opml": publication.opml().body}
    for feed in publication.feeds():
        for format in FeedFormat:
            name = f"{feed.selection.kind}/{feed.selection.slug}.{format}"
            bodies[name] = publication.feed(feed.selection, format).body
    store.close()
    return {name: hashlib.sha256(body).hexdigest() for name, body in bodies.items()}


def move_clock(days: float) -> None:
    """For every module that has imported `datetime` or calls `time.time`."""

    class Moved(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return super().now(tz) + timedelta(days=days)

    real = time.time
    time.time = lambda: real() + days * 86_400
    for module in list(sys.modules.values()):
        if vars(module).get("datetime") is datetime and module.__name__ != __name__:
            vars(module)["datetime"] = Moved


def main() -> None:
    url, days = sys.argv[1:]
    try:
        locale.setlocale(locale.LC_ALL, "")
    except locale.Error:
        print("no such locale here", file=sys.stderr)
    time.tzset()
    move_clock(float(days))
    print(json.dumps(hashes(url)))


if __name__ == "__main__":
    main()
