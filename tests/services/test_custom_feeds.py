"""Custom feeds: declared in feeds.toml, and holding just what they select, whatever happens."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest

from feedsvc.errors import ConfigError, FeedGone
from feedsvc.feeds.window import WindowLimits
from feedsvc.ingest.pool import ExtractionPool
from feedsvc.model.feed import Feed, Presentation
from feedsvc.model.selection import FeedFormat, Selection, SelectionKind
from feedsvc.services.publication import limits_of
from feedsvc.store import selecting
from feedsvc.store.entries import fetch_stored, return_entry, withdraw_entry
from feedsvc.store.publishing import publishing
from feedsvc.store.verify import verify
from feedsvc.web.app import create_app
from tests.service import Service, declare, open_service

CUSTOM = SelectionKind.CUSTOM


def decide(service: Service) -> int:
    """Decide on all entries; answers in how many transactions."""
    return sum(1 for _ in service.ingestion().decide_members())


def titles(service: Service, slug: str = "storm") -> list[str]:
    """What a feed shows, newest first."""
    return [entry.title for entry in parsed(service, slug).entries]


def parsed(service: Service, slug: str = "storm", format: FeedFormat = FeedFormat.ATOM) -> Any:
    selection = Selection(kind=CUSTOM, slug=slug)
    return feedparser.parse(service.runtime.publication.feed(selection, format).body)


def feed(service: Service, slug: str = "storm") -> Feed:
    return {f.selection.slug: f for f in service.runtime.publication.feeds()}[slug]


def in_order(service: Service) -> bool:
    return not [found for found in verify(service.runtime.store) if found.offenders]


PAGE = """---
title: {title}
author: {author}
date: {date}
language: {language}
tags: [{tags}]
---

The keeper said that the {word} would be over by noon, and that nobody who had been asked about it
disagreed in the end. The gates stay closed until then, and boats stay in the inner basin.
"""


def write(
    service: Service,
    name: str,
    *,
    title: str | None = None,
    author: str = "Jane Doe",
    date: str = "2022-11-13",
    language: str = "en",
    tags: str = "news",
    word: str = "meeting",
) -> None:
    page = PAGE.format(
        title=title or name, author=author, date=date, language=language, tags=tags, word=word
    )
    service.folder.write(f"{name}.md", page)


def fill(service: Service) -> None:
    """One article that is meant, and others that are not quite."""
    write(service, "meant", tags="Weather, sea", word="storm")
    write(service, "other-author", author="Ada Poe", tags="weather", word="storm")
    write(service, "other-date", date="2021-11-13", tags="weather", word="storm")
    write(service, "other-tag", tags="sport", word="storm")
    write(service, "other-word", tags="weather", word="stormy party")
    service.ingest()


# What is selected


MEANT, AUTHOR, DATE, TAG, WORD = "meant", "other-author", "other-date", "other-tag", "other-word"
YEAR_OF_ADA = {"published_from": date(2022, 1, 1), "published_to": date(2022, 11, 13)}
BEFORE_NOON = datetime(2021, 11, 13, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rule", "selected"),
    [
        ({}, {MEANT, AUTHOR, DATE, TAG, WORD}),
        ({"authors": ["JANE  DOE"]}, {MEANT, DATE, TAG, WORD}),
        ({"authors": ["Ada Poe", "Nobody"]}, {AUTHOR}),
        ({"tags": ["weather", "sport"], "words": ["storm"]}, {MEANT, AUTHOR, DATE, TAG}),
        ({"tags": ["WEATHER"]}, {MEANT, AUTHOR, DATE, WORD}),
        ({"words": ["Storm", "over by noon"]}, {MEANT, AUTHOR, DATE, TAG}),
        ({"words": ["tag"]}, {TAG}),
        ({"words": ["storm would", "party"]}, set()),
        (YEAR_OF_ADA | {"authors": ["ada poe"]}, {AUTHOR}),
        ({"published_to": date(2021, 11, 13)}, {DATE}),
        ({"published_to": BEFORE_NOON}, set()),
        ({"languages": ["de"]}, set()),
        ({"paths": ["seeds/other-*", "nowhere/**"], "words": ["storm"]}, {AUTHOR, DATE, TAG}),
        ({"sources": ["The Courier"]}, set()),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else None,
)
def test_a_feed_holds_what_its_keys_select_together(
    service: Service, rule: dict[str, object], selected: set[str]
) -> None:
    fill(service)
    declare(service, storm=rule)
    decide(service)
    assert set(titles(service)) == selected
    assert feed(service).entry_count == len(selected)
    assert in_order(service)


def test_words_of_scripts_without_spaces_are_found(service: Service) -> None:
    write(service, "北海的风暴今天到达港口", language="zh")
    service.ingest()
    declare(service, storm={"words": ["风暴"]}, other={"words": ["港风"]})
    decide(service)
    assert len(titles(service)) == 1
    assert titles(service, "other") == []


def test_what_arrives_later_is_decided_at_once(service: Service) -> None:
    declare(service, storm={"words": ["storm"]})
    decide(service)
    fill(service)
    assert len(titles(service)) == 4
    assert decide(service) == 0
    assert in_order(service)


def test_an_edit_joins_and_leaves(service: Service) -> None:
    declare(service, storm={"words": ["storm"]})
    write(service, "a", word="meeting")
    write(service, "b", word="storm")
    service.ingest()
    assert titles(service) == ["b"]
    before = feed(service).updated
    write(service, "a", word="storm")
    service.ingest()
    assert sorted(titles(service)) == ["a", "b"]
    write(service, "b", word="party")
    service.ingest()
    assert titles(service) == ["a"]
    assert feed(service).updated > before
    write(service, "b", word="storm")
    service.ingest()
    assert sorted(titles(service)) == ["a", "b"]
    assert in_order(service)


def test_an_entry_that_joins_late_has_its_place_by_arrival(service: Service) -> None:
    declare(service, storm={"words": ["storm"]})
    for name in ("a", "b", "c"):
        write(service, name, word="meeting" if name == "b" else "storm")
        service.ingest()
    write(service, "b", word="storm")
    service.ingest()
    assert titles(service) == ["c", "b", "a"]


def test_a_file_that_moves_joins_and_leaves(service: Service) -> None:
    declare(service, storm={"paths": ["seeds/coast/**"]})
    write(service, "coast/a")
    write(service, "inland/b")
    service.ingest()
    assert titles(service) == ["coast/a"]
    service.folder.move("coast/a.md", "inland/a.md")
    service.folder.move("inland/b.md", "coast/b.md")
    service.ingest()
    assert titles(service) == ["inland/b"]
    service.folder.copy("inland/a.md", "coast/copy.md")
    service.ingest()
    assert sorted(titles(service)) == ["coast/a", "inland/b"]
    assert in_order(service)


def test_what_is_withdrawn_is_a_member_again_when_it_comes_back(service: Service) -> None:
    write(service, "a", word="storm")
    service.ingest()
    declare(service, storm={"words": ["storm"]})
    decide(service)
    runtime = service.runtime
    with publishing(runtime.store, service.lease, runtime.clock) as work:
        withdraw_entry(work, fetch_stored(work.connection, 1), by="policy")
    assert (titles(service), feed(service).entry_count) == ([], 0)
    declare(service, storm={"words": ["storm", "noon"]})
    decide(service)
    with publishing(runtime.store, service.lease, runtime.clock) as work:
        return_entry(work, fetch_stored(work.connection, 1))
    assert (titles(service), feed(service).entry_count) == (["a"], 1)
    assert in_order(service)


# What is declared, and what becomes of it


def test_a_changed_declaration_is_the_same_feed(service: Service) -> None:
    fill(service)
    declare(service, storm={"tags": ["weather"]})
    decide(service)
    before = feed(service)
    declare(
        service, storm={"tags": ["sport"], "title": "Sport watch", "description": "What is up."}
    )
    assert len(titles(service)) == 4  # as it was, until it is decided
    decide(service)
    after = feed(service)
    assert titles(service) == ["other-tag"]
    assert (after.guid, after.name) == (before.guid, "Sport watch")
    assert after.updated > before.updated
    assert parsed(service).feed.title == "Sport watch"
    assert parsed(service).feed.subtitle == "What is up."
    assert in_order(service)


def test_declaring_the_same_again_changes_no_byte(service: Service) -> None:
    fill(service)
    declare(service, storm={"tags": ["weather"], "words": ["storm"]})
    decide(service)
    before = parsed(service), version(service)
    declare(service, storm={"tags": ["weather"], "words": ["storm"]})
    assert decide(service) == 0
    assert (parsed(service), version(service)) == before


def version(service: Service) -> float:
    return service.runtime.publication.feed(Selection(), FeedFormat.ATOM).last_modified.timestamp()


def test_deciding_goes_on_where_it_was_cut_off(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selecting, "_ENTRIES_AT_ONCE", 2)
    service.runtime.settings.ingest.__dict__["batch_s"] = 0.0
    for number in range(7):
        write(service, f"n{number}", word="storm")
        service.ingest()
    declare(service, storm={"words": ["storm"]})
    steps = service.ingestion().decide_members()
    next(steps)
    next(steps)
    steps.close()
    assert titles(service) == ["n6", "n5", "n4", "n3"]  # the newest first
    declare(service, storm={"words": ["storm"]}, party={"words": ["storm"]})
    write(service, "n7", word="storm")
    service.ingest()
    assert decide(service) == 4 + 1
    assert titles(service) == titles(service, "party") == [f"n{n}" for n in reversed(range(8))]
    assert in_order(service)


def test_a_feed_declared_no_more_stays_as_it_is(service: Service) -> None:
    fill(service)
    declare(service, storm={"tags": ["weather"]})
    decide(service)
    guid = feed(service).guid
    declare(service)
    assert len(titles(service)) == 4
    assert all(f.selection.kind is not CUSTOM for f in service.runtime.publication.feeds())
    write(service, "new", tags="weather")
    write(service, "meant", tags="sport", word="storm")
    service.ingest()
    assert len(titles(service)) == 4
    declare(service, storm={"tags": ["weather"]})
    decide(service)
    assert sorted(titles(service)) == ["new", "other-author", "other-date", "other-word"]
    assert feed(service).guid == guid
    assert in_order(service)


def test_a_feed_taken_away_answers_that_it_is_gone(service: Service) -> None:
    client = create_app(service.runtime).test_client()
    register = service.runtime.register
    declare(service, storm={"tags": ["weather"]})
    guid = feed(service).guid
    with pytest.raises(ConfigError, match=r"take it out of feeds\.toml"):
        register.retire("storm")
    assert client.get("/feeds/custom/storm.rss").status_code == 200
    declare(service)
    assert client.get("/feeds/custom/storm.rss").status_code == 200
    register.retire("storm")
    answer = client.get("/feeds/custom/storm.rss")
    assert answer.status_code == 410
    assert answer.text.startswith("This feed has ended")
    assert answer.mimetype == "text/plain"
    with pytest.raises(FeedGone):
        titles(service)
    declare(service, storm={"tags": ["weather"]})
    assert feed(service).guid == guid
    assert client.get("/feeds/custom/storm.rss").status_code == 200


def test_a_declared_feed_without_articles_is_a_valid_empty_feed(service: Service) -> None:
    client = create_app(service.runtime).test_client()
    declare(service, storm={"tags": ["weather"]})
    for format in FeedFormat:
        assert client.get(f"/feeds/custom/storm.{format}").status_code == 200
    assert client.get("/feeds/custom/strom.atom").status_code == 404
    assert "/feeds/custom/storm.atom" in client.get("/feeds/custom/strom.atom").text


def test_a_renamed_author_is_selected_by_either_name(service: Service) -> None:
    fill(service)
    declare(service, storm={"authors": ["Ada Poe"]}, new={"authors": ["Ada Roe"]})
    decide(service)
    assert (titles(service), titles(service, "new")) == (["other-author"], [])
    wanted = Selection(kind=SelectionKind.AUTHOR, slug="ada-poe")
    service.runtime.register.rename(wanted, "Ada Roe", merge=False)
    decide(service)
    write(service, "next", author="Ada Poe")
    service.ingest()
    assert titles(service) == titles(service, "new") == ["next", "other-author"]
    wanted = Selection(kind=SelectionKind.AUTHOR, slug="jane-doe")
    service.runtime.register.rename(wanted, "Ada Roe", merge=True)
    decide(service)
    assert len(titles(service)) == len(titles(service, "new")) == 6
    assert in_order(service)


# How it is shown


def test_a_feed_may_date_its_entries_by_arrival(service: Service) -> None:
    write(service, "old", date="2011-05-05")
    service.ingest()
    declare(service, storm={"entry_dates": "arrival"}, other={})
    decide(service)
    arrived = service.entry().arrived_at
    for format in FeedFormat:
        if format is not FeedFormat.JSON:
            (shown,) = parsed(service, format=format).entries
            assert shown.published_parsed[:6] == arrived.timetuple()[:6]
    body = service.runtime.publication.feed(Selection(kind=CUSTOM, slug="storm"), FeedFormat.JSON)
    assert f'"date_published":"{arrived:%Y-%m-%dT%H:%M:%S}Z"'.encode() in body.body
    assert parsed(service, "other").entries[0].published.startswith("2011-05-05")


def test_a_feed_may_show_summaries_alone(service: Service) -> None:
    write(service, "long", word="storm")
    service.ingest()
    declare(service, storm={"content": "summary"}, other={})
    decide(service)
    entry = service.entry()
    (short,), (full,) = parsed(service).entries, parsed(service, "other").entries
    body = short.content[0].value
    assert re.fullmatch(
        r"<p>(.*)</p><p><a href=\"([^\"]*)\">Continue reading: long</a></p>", body, re.S
    )
    assert entry.summary.split()[0] in body
    assert len(full.content[0].value) > len(entry.html) - 1
    assert short.id == full.id


def test_a_feed_has_an_icon_of_its_own(service: Service) -> None:
    icon = "https://news.example.org/storm.png"
    declare(service, storm={"icon": icon})
    assert parsed(service).feed.icon == icon


def test_a_feed_has_a_window_of_its_own() -> None:
    everywhere = WindowLimits(entries=50, hours=48, max_entries=500, max_bytes=1000)
    own = Presentation(window_entries=5, window_hours=1.5, window_max_bytes=7)
    limits = WindowLimits(entries=5, hours=1.5, max_entries=500, max_bytes=7)
    assert limits_of(everywhere, own) == limits


def test_custom_feeds_are_listed_first(service: Service) -> None:
    fill(service)
    declare(service, storm={"tags": ["weather"], "description": "Wind & water."})
    decide(service)
    kinds = [f.selection.kind for f in service.runtime.publication.feeds()]
    assert kinds[:2] == [SelectionKind.ALL, CUSTOM]
    client = create_app(service.runtime).test_client()
    home, page, opml = (client.get(path).text for path in ("/", "/feeds", "/feeds.opml"))
    for text in (home, page):
        assert text.index("/feeds/custom/storm.atom") < text.index("/feeds/author/")
        assert "Storm watch" in text
    assert "Wind &amp; water." in page
    assert opml.index('text="Selections"') < opml.index('text="Authors"')


def test_feeds_toml_in_a_watched_folder_is_no_document(
    tmp_path: Path, database: str, pool: ExtractionPool
) -> None:
    folder = tmp_path / "seeds"
    folder.mkdir()
    (folder / "feeds.toml").write_text('[feeds.storm]\ntitle = "Storm watch"\n')
    sections = {"feeds": {"file": str(folder / "feeds.toml")}}
    service = open_service(tmp_path, database, pool, sections)
    write(service, "a")
    assert list(service.ingest()) == ["a.md"]
    service.ingestion().declare_feeds()
    decide(service)
    assert titles(service) == ["a"]
    service.lease.release()
    service.runtime.close()
