"""Readers that people use subscribe to the sample site: each entry arrives whole, each once.

newsboat, sfeed and rss2email are Debian's; where one is not installed its test says so.
"""

from __future__ import annotations

import calendar
import email
import email.policy
import html
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

import feedparser
import pytest

from feedsvc.bundled import bundled
from tests.databases import SqliteFiles
from tests.e2e.running import Feedsvc, Serving, wait_until
from tests.readers.recording import Recording, recording

SAMPLES = 18
XML = pytest.mark.parametrize("ending", ["atom", "rss"])


@dataclass(frozen=True, kw_only=True)
class Article:
    """An entry as a reader has it; text: its body without markup and white space."""

    title: str
    link: str
    published: datetime
    authors: str
    text: str


@dataclass
class Site:
    """The sample site behind a proxy that records."""

    record: Recording
    articles: dict[str, Article]

    def url(self, ending: str) -> str:
        return f"{self.record.address}/feeds/all.{ending}"

    def check(self, seen: list[Article], *, one_author: bool = False) -> None:
        """one_author: the reader keeps one of several, the first or the last."""
        assert len(seen) == SAMPLES
        by_link = {article.link: article for article in seen}
        for link, wanted in self.articles.items():
            found = by_link[link]
            if one_author and found.authors in wanted.authors.split(", "):
                found = replace(found, authors=wanted.authors)
            assert found == wanted

    def check_polled(self, ending: str, *statuses: int) -> None:
        polls = [e for e in self.record.take() if e.path == f"/feeds/all.{ending}"]
        assert [poll.status for poll in polls] == list(statuses)
        assert all(poll.conditions for poll in polls if poll.status == 304)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, sqlite_files: SqliteFiles) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("site")
    shutil.copytree(bundled("seeds"), home / "seeds")
    feedsvc = Feedsvc(home, sqlite_files.make_database(home))
    with recording() as record:
        options = ("--base-url", record.address, "--port", str(port := free_port()))
        record.target = f"http://127.0.0.1:{port}"
        yield from _serve(feedsvc, record, options)


def _serve(feedsvc: Feedsvc, record: Recording, options: tuple[str, ...]) -> Iterator[Site]:
    with feedsvc.serving(*options) as serving:
        direct = Serving(started=serving.started, address=record.target)
        wait_until(lambda: len(direct.guids()) == SAMPLES, 60, serving.started.told)
        items = direct.get("/feeds/all.json").json()["items"]
        articles = {
            item["url"]: Article(
                title=item["title"],
                link=item["url"],
                published=datetime.fromisoformat(item["date_published"]).replace(microsecond=0),
                authors=", ".join(author["name"] for author in item.get("authors", [])),
                text=bare(item["content_html"]),
            )
            for item in items
        }
        yield Site(record, articles)


@pytest.fixture(autouse=True)
def forget(site: Site) -> None:
    site.record.take()


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
        pytest.skip(f"{program} is not installed")
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


@XML
def test_feedparser(site: Site, ending: str) -> None:
    parsed = feedparser.parse(site.url(ending))
    assert not parsed.bozo, parsed.bozo_exception
    site.check([_of_feedparser(entry) for entry in parsed.entries])
    again = feedparser.parse(site.url(ending), etag=parsed.etag)
    assert (again.status, again.entries) == (304, [])
    site.check_polled(ending, 200, 304)


def _of_feedparser(entry: Mapping[str, object]) -> Article:
    authors = entry.get("authors", [])
    content, published = entry["content"], entry["published_parsed"]
    assert isinstance(authors, list)
    assert isinstance(content, list)
    assert isinstance(published, tuple)
    return Article(
        title=str(entry["title"]),
        link=str(entry["link"]),
        published=datetime.fromtimestamp(calendar.timegm(published), UTC),
        authors=", ".join(author["name"] for author in authors if author),
        text=bare(content[0]["value"]),
    )


@XML
def test_newsboat(site: Site, ending: str, tmp_path: Path) -> None:
    newsboat = installed("newsboat")
    (tmp_path / ".newsboat").mkdir()
    (tmp_path / ".newsboat" / "urls").write_text(f"{site.url(ending)}\n")
    # It keeps a feed's validators beside what it knows of the feed: there is nothing at first.
    for _ in range(3):
        run(tmp_path, newsboat, "-x", "reload")
    site.check_polled(ending, 200, 200, 304)
    cache = sqlite3.connect(tmp_path / ".newsboat" / "cache.db")
    rows = cache.execute("SELECT title, url, pubDate, author, content FROM rss_item").fetchall()
    cache.close()
    site.check(
        [
            Article(
                title=title,
                link=url,
                published=datetime.fromtimestamp(published, UTC),
                authors=author,
                text=bare(content),
            )
            for title, url, published, author, content in rows
        ],
        one_author=ending == "rss",
    )


# As sfeed's own manual says it is done with conditions; by itself it asks for everything.
SFEED_CONFIGURATION = """\
feeds() {{ feed 'all' '{url}'; }}
fetch() {{
    curl -s --fail --etag-save etag --etag-compare etag "$2"
}}
"""


@XML
def test_sfeed(site: Site, ending: str, tmp_path: Path) -> None:
    sfeed_update, _ = installed("sfeed_update"), installed("curl")
    configuration = tmp_path / "sfeedrc"
    configuration.write_text(SFEED_CONFIGURATION.format(url=site.url(ending)))
    for _ in range(2):
        run(tmp_path, sfeed_update, str(configuration))
    site.check_polled(ending, 200, 304)
    seen = []
    for line in (tmp_path / ".sfeed" / "feeds" / "all").read_text().splitlines():
        instant, title, link, content, kind, _, author, *_ = line.split("\t")
        assert kind == "html"
        seen.append(
            Article(
                title=title,
                link=link,
                published=datetime.fromtimestamp(int(instant), UTC),
                authors=author,
                text=bare(content.replace("\\n", " ").replace("\\t", " ")),
            )
        )
    site.check(seen, one_author=True)


RSS2EMAIL_CONFIGURATION = """\
[DEFAULT]
from = feeds@example.org
to = reader@example.org
email-protocol = maildir
maildir-path = {home}/mail
maildir-mailbox = inbox
date-header = True
date-header-order = published
html-mail = True
verbose = error
"""


@XML
def test_rss2email(site: Site, ending: str, tmp_path: Path) -> None:
    r2e = installed("r2e")
    configuration, state = tmp_path / "rss2email.cfg", tmp_path / "rss2email.json"
    configuration.write_text(RSS2EMAIL_CONFIGURATION.format(home=tmp_path))
    for folder in ("cur", "new", "tmp"):
        (tmp_path / "mail" / ".inbox" / folder).mkdir(parents=True)
        (tmp_path / "mail" / "inbox" / folder).mkdir(parents=True)
    base = (r2e, "-c", str(configuration), "-d", str(state))
    run(tmp_path, *base, "add", "all", site.url(ending))
    for _ in range(2):
        run(tmp_path, *base, "run")
    site.check_polled(ending, 200, 304)
    mails = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in tmp_path.glob("mail/**/new/*")
    ]
    assert len(mails) == SAMPLES
    for mail in mails:
        assert isinstance(mail, EmailMessage)
        _check_mail(site, mail)


def _check_mail(site: Site, mail: EmailMessage) -> None:
    body = mail.get_body()
    assert body is not None
    markup = body.get_content()
    (link,) = {link for link in site.articles if f'"{html.escape(link)}"' in markup}
    wanted = site.articles[link]
    assert "".join(str(mail["Subject"]).split()) == "".join(wanted.title.split())
    # "-0000" in mail: the instant is known, the author's own zone is not.
    assert parsedate_to_datetime(mail["Date"]).replace(tzinfo=UTC) == wanted.published
    assert wanted.text in bare(markup)
    assert any(author in str(mail["From"]) for author in wanted.authors.split(", "))
