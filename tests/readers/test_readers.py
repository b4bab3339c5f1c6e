"""Readers that people use subscribe to the site: each entry arrives whole, each once.

newsboat, sfeed and rss2email are Debian's; where one is not installed its test says so.
"""

from __future__ import annotations

import calendar
import email
import email.policy
import html
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

import feedparser
import pytest

from tests.readers.site import ENTRIES, Article, Site, bare, installed, run

XML = pytest.mark.parametrize("ending", ["atom", "rss"])


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
    # An item without a summary has its body as the description.
    content, published = entry.get("content"), entry["published_parsed"]
    content = content or [{"value": entry["summary"]}]
    assert isinstance(authors, list)
    assert isinstance(content, list)
    assert isinstance(published, tuple)
    enclosures = entry.get("enclosures", [])
    assert isinstance(enclosures, list)
    return Article(
        title=str(entry["title"]),
        link=str(entry["link"]),
        published=datetime.fromtimestamp(calendar.timegm(published), UTC),
        authors=", ".join(author["name"] for author in authors if author),
        text=bare(content[0]["value"]),
        enclosures=tuple((e.href, e.type, int(e.length)) for e in enclosures),
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
    assert len(mails) == ENTRIES
    for mail in mails:
        assert isinstance(mail, EmailMessage)
        _check_mail(site, mail)


def _check_mail(site: Site, mail: EmailMessage) -> None:
    body = mail.get_body()
    assert body is not None
    markup = body.get_content()
    links = [link for link in site.articles if f'"{html.escape(link)}"' in markup]
    assert len(links) == 1, (links, list(site.articles), markup)
    wanted = site.articles[links[0]]
    assert "".join(str(mail["Subject"]).split()) == "".join(wanted.title.split())
    # "-0000" in mail: the instant is known, the author's own zone is not.
    assert parsedate_to_datetime(mail["Date"]).replace(tzinfo=UTC) == wanted.published
    assert wanted.text in bare(markup)
    assert any(author in str(mail["From"]) for author in wanted.authors.split(", "))
