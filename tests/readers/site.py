"""The sample site, an article with an enclosure beside it, and what readers must make of both."""

from __future__ import annotations

import html
import os
import re
import shutil
import socket
import subprocess
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from feedsvc.bundled import bundled
from tests.databases import SqliteFiles
from tests.e2e.running import Feedsvc, Serving, wait_until
from tests.readers.recording import Recording, recording

ENTRIES = 19
CAST = """\
---
title: The quay, a recording & a <i>song</i>
authors: [Ada Lovelace, Grace Hopper]
date: 2024-03-04T05:06:07Z
enclosures:
  - url: https://media.example.org/quay.mp3
    type: audio/mpeg
    length: 12345
---

What was said on the quay was recorded, and may be heard by whoever wishes to. It rained all the
while, and **nobody** minded: the gates at the harbour stood open, and 3 < 4 & 5 > 4.
"""


@dataclass(frozen=True, kw_only=True)
class Article:
    """An entry as a reader has it; text: its body without markup and white space.

    enclosures: URL, type and bytes of each; None where a reader keeps none.
    """

    title: str
    link: str
    published: datetime
    authors: str
    text: str
    enclosures: tuple[tuple[str, str, int], ...] | None = None


@dataclass
class Site:
    """The site behind a proxy that records."""

    record: Recording
    articles: dict[str, Article]

    def url(self, ending: str) -> str:
        return f"{self.record.address}/feeds/all.{ending}"

    def check(self, seen: list[Article], *, one_author: bool = False) -> None:
        """one_author: the reader keeps one of several, the first or the last."""
        assert len(seen) == ENTRIES
        by_link = {article.link: article for article in seen}
        for link, wanted in self.articles.items():
            found = by_link[link]
            if one_author and found.authors in wanted.authors.split(", "):
                found = replace(found, authors=wanted.authors)
            if found.enclosures is None:
                found = replace(found, enclosures=wanted.enclosures)
            assert found == wanted

    def check_polled(self, ending: str, *statuses: int) -> None:
        polls = [e for e in self.record.take() if e.path == f"/feeds/all.{ending}"]
        assert [poll.status for poll in polls] == list(statuses)
        assert all(poll.conditions for poll in polls if poll.status == 304)


def serve_site(home: Path, sqlite_files: SqliteFiles) -> Iterator[Site]:
    shutil.copytree(bundled("seeds"), home / "seeds")
    (home / "seeds" / "quay.md").write_text(CAST)
    feedsvc = Feedsvc(home, sqlite_files.make_database(home))
    with recording() as record:
        # One web process: each of several sees what is new for itself.
        port = free_port()
        options = ("--base-url", record.address, "--port", str(port), "--workers", "1")
        record.target = f"http://127.0.0.1:{port}"
        with feedsvc.serving(*options) as serving:
            direct = Serving(started=serving.started, address=record.target)
            wait_until(lambda: _shows_all(direct), 60, serving.started.told)
            articles = [_article(item) for item in direct.get("/feeds/all.json").json()["items"]]
            yield Site(record, {article.link: article for article in articles})


def _shows_all(serving: Serving) -> bool:
    """Whether the feed of every format does: each is rendered for itself, and not at every poll."""
    items = {"atom": b"<entry", "rss": b"<item", "json": b'"date_published"'}
    return all(
        serving.get(f"/feeds/all.{ending}").body.count(item) == ENTRIES
        for ending, item in items.items()
    )


def _article(item: dict[str, Any]) -> Article:  # Any: JSON
    return Article(
        title=item["title"],
        link=item["url"],
        published=datetime.fromisoformat(item["date_published"]).replace(microsecond=0),
        authors=", ".join(author["name"] for author in item.get("authors", [])),
        text=bare(item["content_html"]),
        enclosures=tuple(
            (e["url"], e["mime_type"], e.get("size_in_bytes", 0))
            for e in item.get("attachments", [])
        ),
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def bare(markup: str) -> str:
    """Text as it was meant, whatever a reader makes of markup and white space."""
    text = html.unescape(re.sub(r"<[^>]*>", "", markup))
    return "".join(unicodedata.normalize("NFC", text).split())


def installed(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is not installed; .ci/run says how it is")
    return path


def run(home: Path, *command: str, **environment: str) -> str:
    done = subprocess.run(
        command,
        cwd=home,
        env={"HOME": str(home), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
