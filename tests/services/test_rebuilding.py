"""A database lost, or older than its folder: ids and arrivals come back from guids.jsonl."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from feedsvc.errors import StoreError
from feedsvc.ingest.pool import ExtractionPool
from feedsvc.model.document import Outcome
from feedsvc.model.entry import Entry, EntryState
from feedsvc.model.selection import Selection, SelectionKind
from feedsvc.store import guids
from feedsvc.store.engine import open_store
from feedsvc.store.entries import fetch_stored, return_entry, withdraw_entry
from feedsvc.store.guid_file import GuidFile
from feedsvc.store.migrate import upgrade
from feedsvc.store.publishing import publishing
from feedsvc.store.schema import entries, recorded_guids
from feedsvc.store.verify import verify
from tests.databases import PostgresqlServer
from tests.service import Service, article, open_service


@dataclass
class Site:
    """A folder, a SQLite database beside it that comes and goes, and the service on them."""

    place: Path
    pool: ExtractionPool
    service: Service

    @property
    def database(self) -> Path:
        return self.place / "feedsvc.db"

    @property
    def log(self) -> Path:
        return self.place / "guids.jsonl"

    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.log.read_bytes().splitlines()]

    def stop(self) -> None:
        self.service.lease.release()
        self.service.runtime.close()

    def start(self) -> None:
        """A minute after it stopped."""
        upgrade_at(self.database)
        stopped = self.service.stopped
        self.service = open_service(self.place, f"sqlite:///{self.database}", self.pool)
        self.service.stopped.instant = stopped.instant

    def lose_database(self) -> None:
        self.stop()
        for path in self.place.glob("feedsvc.db*"):
            path.unlink()
        self.start()

    def back_up(self) -> None:
        self.stop()
        shutil.copyfile(self.database, self.place / "older.db")
        self.start()

    def restore(self) -> None:
        """Put the older database in its place."""
        self.stop()
        shutil.copyfile(self.place / "older.db", self.database)
        self.start()

    def seen(self) -> dict[str, tuple[object, ...]]:
        """What readers know an entry by, newest first, by its title."""
        newest = self.service.runtime.publication.latest(500)
        return {entry.title: known_by(entry) for entry in newest}

    def feed_ids(self) -> set[tuple[str, str]]:
        return {(f.guid, f.selection.slug) for f in self.service.runtime.publication.feeds()}


def known_by(entry: Entry) -> tuple[object, ...]:
    return entry.guid, entry.short_id, entry.sequence, entry.arrived_at, entry.updated


def die_before_the_commit(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ingest, until everything is recorded."""
    real = guids.GuidLog.write

    def die(log: guids.GuidLog) -> None:
        real(log)
        raise StoreError("power cut")

    with monkeypatch.context() as patched:
        patched.setattr(guids.GuidLog, "write", die)
        with pytest.raises(StoreError, match="power cut"):
            site.service.ingest()


def upgrade_at(path: Path) -> None:
    store = open_store(f"sqlite:///{path}", busy_timeout_s=5)
    upgrade(store)
    store.close()


@pytest.fixture
def site(tmp_path: Path, pool: ExtractionPool) -> Iterator[Site]:
    upgrade_at(tmp_path / "feedsvc.db")
    service = open_service(tmp_path, f"sqlite:///{tmp_path}/feedsvc.db", pool)
    site = Site(tmp_path, pool, service)
    yield site
    site.stop()


def test_a_lost_database_is_rebuilt_with_the_same_ids_places_and_arrivals(site: Site) -> None:
    folder = site.service.folder
    for name in ("Zebra crosses", "Mill burns down", "Bridge opens"):
        folder.write(f"{name}.txt", article(name))
        site.service.ingest()
    before, feeds = site.seen(), site.feed_ids()
    site.lose_database()
    assert set(site.service.ingest().values()) == {Outcome.NEW}
    assert list(site.seen().items()) == list(before.items())
    assert site.feed_ids() == feeds
    assert not any(outcome.resurfaces for outcome in site.service.outcomes)


def test_after_a_rebuild_what_is_new_comes_on_top(site: Site) -> None:
    site.service.folder.write("a.txt", article("Mill burns down"))
    site.service.folder.write("b.txt", article("Bridge opens"))
    site.service.ingest()
    site.lose_database()
    site.service.folder.write("c.txt", article("Choir sings on"))
    site.service.ingest()
    site.service.folder.write("d.txt", article("Dam holds"))
    site.service.ingest()
    newest = site.service.runtime.publication.latest(4)
    assert [entry.title for entry in newest[:2]] == ["Dam holds", "Choir sings on"]
    assert newest[1].sequence > newest[2].sequence
    assert newest[0].arrived_at == site.service.stopped.instant


def test_an_article_edited_while_the_database_is_lost_keeps_its_id(site: Site) -> None:
    site.service.folder.write("a.txt", article("Mill burns down"))
    site.service.ingest()
    guid = site.service.entry().guid
    site.service.folder.write("a.txt", article("Mill burns down", author="John Roe"))
    site.lose_database()
    site.service.ingest()
    assert site.service.entry().guid == guid


def test_an_article_edited_and_later_moved_keeps_its_id(site: Site) -> None:
    site.service.folder.write("a.txt", article("Mill burns down"))
    site.service.ingest()
    guid = site.service.entry().guid
    site.service.folder.write("a.txt", article("Mill burns down", author="John Roe"))
    assert site.service.ingest() == {"a.txt": Outcome.EDITED}
    site.service.folder.move("a.txt", to="b.txt")
    site.lose_database()
    site.service.ingest()
    assert site.service.entry().guid == guid


def test_an_alternate_that_is_met_first_takes_the_same_id(site: Site) -> None:
    site.service.folder.write("b.txt", article("Mill burns down"))
    site.service.ingest()
    guid = site.service.entry().guid
    site.service.folder.write("a.txt", article("Mill burns down").replace("\n", "\r\n"))
    assert site.service.ingest() == {"a.txt": Outcome.DUPLICATE}
    site.service.folder.remove("b.txt")
    site.lose_database()
    site.service.ingest()
    assert site.service.entry().guid == guid


def test_a_newcomer_under_an_old_name_does_not_take_the_id_of_one_that_moved(site: Site) -> None:
    folder = site.service.folder
    mill = article("Mill burns down", date="March 3, 2020")
    bridge = article("Bridge opens", date="January 1, 2020", body="Other words. " * 60)
    folder.write("z.txt", mill)
    site.service.ingest()
    folder.move("z.txt", to="mill.txt")
    folder.write("z.txt", bridge)
    site.service.ingest()
    before = site.seen()
    folder.move("z.txt", to="bridge.txt")
    folder.write("z.txt", article("Dam holds", date="February 2, 2020", body="New words. " * 60))
    site.lose_database()
    site.service.ingest()
    after = site.seen()
    assert after.pop("Dam holds")[0] not in {known[0] for known in before.values()}
    assert after == before


def test_what_was_recorded_and_not_committed_is_taken_when_it_is_published(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.service.folder.write("a.txt", article("Mill burns down"))
    site.service.ingest()
    site.service.folder.write("b.txt", article("Bridge opens"))
    die_before_the_commit(site, monkeypatch)
    (recorded,) = {line["guid"] for line in site.lines() if "guid" in line} - {
        site.service.entry().guid
    }
    # Another article is public first: nobody has seen the one that was recorded before it.
    site.service.folder.move("b.txt", to="../b.txt")
    site.service.folder.write("c.txt", article("Choir sings on"))
    site.service.ingest()
    site.service.folder.move("../b.txt", to="b.txt")
    site.service.ingest()
    entries = site.service.entries()
    assert entries["Bridge opens"].guid == recorded
    assert entries["Bridge opens"].sequence > entries["Choir sings on"].sequence
    assert entries["Bridge opens"].arrived_at == site.service.stopped.instant
    # And a rebuild believes the last that was said of it.
    before = site.seen()
    site.lose_database()
    site.service.ingest()
    assert site.seen() == before


@pytest.mark.parametrize("names", [("Bridge opens",), ("Bridge opens", "Choir sings on")])
def test_an_older_database_takes_the_ids_that_were_given_since(
    site: Site, names: tuple[str, ...]
) -> None:
    site.service.folder.write("a.txt", article("Mill burns down"))
    site.service.ingest()
    site.back_up()
    for name in names:
        site.service.folder.write(f"{name}.txt", article(name))
        site.service.ingest()
    before, feeds = site.seen(), site.feed_ids()
    site.restore()
    site.service.ingest()
    assert list(site.seen().items()) == list(before.items())
    assert site.feed_ids() == feeds


def test_one_that_was_edited_since_keeps_its_place_in_an_older_database(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.service.folder.write("a.txt", article("Mill burns down"))
    site.service.ingest()
    site.back_up()
    site.service.folder.write("b.txt", article("Bridge opens"))
    site.service.ingest()
    before = site.seen()["Bridge opens"]
    # The edit is recorded and not committed: no reason to forget where the entry was.
    site.service.folder.write("b.txt", article("Bridge opens", author="John Roe"))
    die_before_the_commit(site, monkeypatch)
    site.restore()
    site.service.ingest()
    assert site.seen()["Bridge opens"][:4] == before[:4]


def test_what_was_not_committed_is_not_held_for_public_by_an_older_database(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.service.folder.write("a.txt", article("Mill burns down"))
    site.service.ingest()
    site.back_up()
    site.service.folder.write("b.txt", article("Bridge opens"))
    die_before_the_commit(site, monkeypatch)
    site.service.folder.move("b.txt", to="../b.txt")
    site.service.folder.write("c.txt", article("Choir sings on"))
    site.service.ingest()
    before = site.seen()
    site.restore()
    site.service.folder.move("../b.txt", to="b.txt")
    site.service.folder.move("c.txt", to="../c.txt")
    site.service.ingest()
    site.service.folder.move("../c.txt", to="c.txt")
    site.service.ingest()
    after = site.seen()
    assert after["Choir sings on"] == before["Choir sings on"]
    assert list(after) == ["Bridge opens", "Choir sings on", "Mill burns down"]
    arrived_at = {title: entry.arrived_at for title, entry in site.service.entries().items()}
    assert arrived_at["Bridge opens"] > arrived_at["Choir sings on"]


def test_killed_just_after_a_commit_only_that_one_is_not_known_to_be_public(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.service.folder.write("a.txt", article("Mill burns down"))
    site.service.ingest()
    site.back_up()
    with monkeypatch.context() as patched:
        patched.setattr(guids.GuidLog, "mark_public", lambda _log: None)
        site.service.folder.write("b.txt", article("Bridge opens"))
        site.service.ingest()
    shutil.copyfile(site.log, site.place / "guids.killed")
    site.service.folder.write("c.txt", article("Choir sings on"))
    site.service.ingest()
    before = site.seen()
    site.restore()
    site.service.ingest()
    assert site.seen() == before
    site.service.folder.remove("c.txt")
    site.restore()
    (site.place / "guids.killed").replace(site.log)
    site.service.ingest()
    assert site.service.entries()["Bridge opens"].guid == before["Bridge opens"][0]
    assert site.service.entries()["Bridge opens"].arrived_at == site.service.stopped.instant


def test_what_was_recorded_before_there_were_marks_is_known_to_be_public(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(guids.GuidLog, "mark_public", lambda _log: None)
        site.service.folder.write("a.txt", article("Mill burns down"))
        site.service.ingest()
        site.back_up()
        site.service.folder.write("b.txt", article("Bridge opens"))
        site.service.ingest()
    before = site.seen()
    site.service.ingest(force=True)  # which publishes nothing
    site.restore()
    site.service.ingest()
    assert site.seen() == before


def test_a_mark_that_was_torn_or_cannot_be_written_spoils_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def tear(file: GuidFile, _end: int) -> None:
        with file.path.open("ab") as torn:
            torn.write(b'{"public":1')
        raise StoreError("no room")

    with monkeypatch.context() as patched:
        patched.setattr(GuidFile, "mark_public", tear)
        site.service.folder.write("a.txt", article("Mill burns down"))
        assert site.service.ingest() == {"a.txt": Outcome.NEW}
    assert "guids.jsonl could not be marked" in caplog.messages
    site.service.folder.write("b.txt", article("Bridge opens"))
    site.service.ingest()
    before = site.seen()
    site.lose_database()
    site.service.ingest()
    assert site.seen() == before


def decide(site: Site, title: str, *states: EntryState) -> None:
    """Withdraw, hide or bring back an entry, as a person does."""
    service = site.service
    guid = service.entries()[title].guid
    for state in states:
        with publishing(service.runtime.store, service.lease, service.stopped.clock) as work:
            (entry_id,) = work.connection.scalars(
                select(entries.c.id).where(entries.c.guid == guid)
            )
            stored = fetch_stored(work.connection, entry_id)
            if state is EntryState.LIVE:
                return_entry(work, stored, by="person")
            else:
                withdraw_entry(work, stored, by="person", state=state, reason="a mistake")


def states(site: Site) -> dict[str, tuple[str, str | None, str | None]]:
    with site.service.runtime.store.reading() as connection:
        rows = connection.execute(select(entries)).all()
    return {row.title: (row.state, row.departed_by, row.departed_reason) for row in rows}


@pytest.mark.parametrize("is_lost", [True, False])
def test_what_a_person_withdrew_stays_so_in_a_store_made_anew_or_restored(
    site: Site, is_lost: bool
) -> None:
    for name in ("Mill burns down", "Bridge opens", "Choir sings on", "Dam holds"):
        site.service.folder.write(f"{name}.txt", article(name))
    site.service.ingest()
    decide(site, "Dam holds", EntryState.WITHDRAWN)
    site.back_up()
    decide(site, "Mill burns down", EntryState.WITHDRAWN)
    decide(site, "Bridge opens", EntryState.HIDDEN)
    decide(site, "Choir sings on", EntryState.HIDDEN, EntryState.LIVE)
    before, seen = states(site), site.seen()
    assert list(seen) == ["Choir sings on"]
    if is_lost:
        site.lose_database()
    else:
        site.restore()
    site.service.ingestion().catch_up()
    site.service.ingest()
    after = states(site)
    # Of one that is live again, nothing but that is left to be done.
    assert after.pop("Choir sings on")[0] == before.pop("Choir sings on")[0] == EntryState.LIVE
    assert after == before
    assert site.seen() == seen


def test_a_record_that_is_lost_is_written_anew_with_what_persons_withdrew(site: Site) -> None:
    site.service.folder.write("a.txt", article("Mill burns down"))
    site.service.ingest()
    decide(site, "Mill burns down", EntryState.HIDDEN)
    site.log.unlink()
    site.service.folder.write("b.txt", article("Bridge opens"))
    site.service.ingest()
    site.lose_database()
    site.service.ingest()
    assert list(site.seen()) == ["Bridge opens"]


def test_a_torn_last_line_spoils_nothing(site: Site) -> None:
    site.service.folder.write("a.txt", article("Mill burns down"))
    site.service.ingest()
    guid = site.service.entry().guid
    with site.log.open("ab") as file:
        file.write(b'{"guid":"urn:uuid:0000')
    site.service.folder.write("b.txt", article("Bridge opens"))
    site.service.ingest()
    before = site.seen()
    site.lose_database()
    site.service.ingest()
    assert site.seen() == before
    assert before["Mill burns down"][0] == guid


def test_a_guid_is_on_disk_before_its_entry_is_published(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[bytes] = []
    real = os.fsync

    def note(descriptor: int) -> None:
        real(descriptor)
        synced.append(site.log.read_bytes() if site.log.exists() else b"")
        assert site.seen().keys() <= {"Mill burns down"}

    site.service.folder.write("a.txt", article("Mill burns down"))
    site.service.ingest()
    site.service.folder.write("b.txt", article("Bridge opens"))
    site.service.folder.write("c.txt", article("Choir sings on"))
    monkeypatch.setattr(os, "fsync", note)
    site.service.ingest()
    monkeypatch.undo()
    # One wait for the disk, however many guids.
    assert len(synced) == 1
    for title in ("Bridge opens", "Choir sings on"):
        assert site.service.entries()[title].guid.encode() in synced[0]


def test_a_document_that_fails_leaves_no_line(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    real = guids.GuidLog.note

    def fail(log: guids.GuidLog, *what: Any) -> None:
        real(log, *what)
        raise ValueError("no")

    site.service.folder.write("a.txt", article("Mill burns down"))
    with monkeypatch.context() as patched:
        patched.setattr(guids.GuidLog, "note", fail)
        assert site.service.ingest() == {"a.txt": Outcome.QUARANTINED}
    assert not any("guid" in line for line in site.lines())


def test_a_dry_run_records_nothing_and_takes_nothing(site: Site) -> None:
    site.service.folder.write("a.txt", article("Mill burns down"))
    site.service.ingest()
    guid = site.service.entry().guid
    site.lose_database()
    raw = site.log.read_bytes()
    assert site.service.ingest(dry_run=True) == {"a.txt": Outcome.NEW}
    assert site.log.read_bytes() == raw
    site.service.ingest()
    assert site.service.entry().guid == guid


def test_a_reingest_of_what_is_unchanged_adds_no_line(site: Site) -> None:
    site.service.folder.write("a.txt", article("Mill burns down"))
    site.service.folder.write("b.txt", article("Mill burns down").replace("\n", "\r\n"))
    site.service.ingest()
    raw = site.log.read_bytes()
    site.service.ingest(force=True)
    assert site.log.read_bytes() == raw


def test_names_are_bytes(site: Site) -> None:
    name = b"caf\xe9\n.txt"
    path = site.service.folder.path / os.fsdecode(name)
    path.write_text(article("Mill burns down"))
    site.service.ingest()
    guid = site.service.entry().guid
    path.write_text(article("Mill burns down", author="John Roe"))
    site.lose_database()
    site.service.ingest()
    assert site.service.entry().guid == guid


@pytest.mark.parametrize("left", [b"", b'{"feed":"urn:uuid:1","kind":"all"}\n{"guid":1}\n'])
def test_a_file_that_is_not_this_stores_is_set_aside_and_written_anew(
    site: Site, left: bytes
) -> None:
    site.service.folder.write("a.txt", article("Mill burns down"))
    site.service.ingest()
    site.log.write_bytes(left)
    site.service.folder.write("b.txt", article("Bridge opens"))
    site.service.ingest()
    before = site.seen()
    aside = [path.read_bytes() for path in site.place.glob("guids.jsonl.replaced-*")]
    assert aside == ([left] if left else [])
    site.lose_database()
    site.service.ingest()
    assert site.seen() == before


def test_two_stores_never_agree_on_a_number_that_is_taken(site: Site) -> None:
    """A file that somebody edited: the place is given to one, the other arrives as new."""
    site.service.folder.write("a.txt", article("Mill burns down"))
    site.service.folder.write("b.txt", article("Bridge opens"))
    site.service.ingest()
    site.log.write_bytes(site.log.read_bytes().replace(b'"sequence":2', b'"sequence":1'))
    site.lose_database()
    assert set(site.service.ingest().values()) == {Outcome.NEW}
    assert len({entry.sequence for entry in site.service.entries().values()}) == 2


def test_nothing_is_left_over_once_everything_is_back(site: Site) -> None:
    site.service.folder.write("a.txt", article("Mill burns down"))
    site.service.ingest()
    site.service.folder.write("a.txt", article("Mill burns down", author="John Roe"))
    site.service.ingest()
    site.lose_database()
    site.service.ingest()
    with site.service.runtime.store.reading() as connection:
        assert connection.execute(select(recorded_guids)).all() == []


def test_nothing_is_published_that_cannot_be_recorded(site: Site) -> None:
    site.service.folder.write("a.txt", article("Mill burns down"))
    site.log.mkdir()
    with pytest.raises(StoreError, match=r"guids\.jsonl"):
        site.service.ingest()
    assert site.seen() == {}
    site.log.rmdir()


def test_postgresql_has_no_such_file(
    tmp_path: Path, pool: ExtractionPool, postgresql: PostgresqlServer
) -> None:
    url = postgresql.make_database()
    service = open_service(tmp_path, url, pool)
    service.folder.write("a.txt", article())
    assert service.ingest() == {"a.txt": Outcome.NEW}
    assert not list(tmp_path.rglob("*.jsonl"))
    service.lease.release()
    service.runtime.close()
    postgresql.drop_database(url)


def test_what_lies_beside_a_database_in_the_folder_is_no_document(
    tmp_path: Path, pool: ExtractionPool
) -> None:
    (tmp_path / "seeds").mkdir()
    database = tmp_path / "seeds" / "feedsvc.db"
    upgrade_at(database)
    service = open_service(tmp_path, f"sqlite:///{database}", pool)
    service.folder.write("a.txt", article())
    for ending in ("in-use", "vacuum"):
        service.folder.write(f"feedsvc.db.{ending}", b"")
    service.ingest()
    assert (tmp_path / "seeds" / "guids.jsonl").exists()
    assert service.ingest() == {}
    assert len(service.outcomes) == 0
    service.lease.release()
    service.runtime.close()


def rename(site: Site, slug: str, name: str) -> None:
    wanted = Selection(kind=SelectionKind.AUTHOR, slug=slug)
    site.service.runtime.register.rename(wanted, name, merge=True)


def authors(site: Site) -> dict[str, tuple[str, int, list[str]]]:
    """By slug: what the feed of each author is known by, how many it shows, its former slugs."""
    return {
        r.feed.selection.slug: (r.feed.guid, r.feed.entry_count, list(r.former_slugs))
        for r in site.service.runtime.register.feeds()
        if r.feed.selection.kind is SelectionKind.AUTHOR
    }


def test_renamed_feeds_come_back_with_every_name_they_had(site: Site) -> None:
    for number, author in enumerate(("Jane Doe", "Ada Poe", "Lee Coe")):
        site.service.folder.write(f"{number}.txt", article(f"Number {number}", author=author))
    site.service.ingest()
    rename(site, "jane-doe", "Jane Roe")
    rename(site, "jane-roe", "Jane Low")
    rename(site, "ada-poe", "Lee Coe")
    rename(site, "lee-coe", "Lee Toe")
    before = authors(site)
    assert {slug: names for slug, (_, _, names) in before.items()} == {
        "jane-low": ["jane-doe", "jane-roe"],
        "lee-toe": ["ada-poe", "lee-coe"],
    }
    site.lose_database()
    site.service.ingest()
    assert authors(site) == before


def test_a_file_written_anew_says_what_feeds_were_called(site: Site) -> None:
    site.service.folder.write("a.txt", article(author="Jane Doe"))
    site.service.ingest()
    rename(site, "jane-doe", "Jane Roe")
    before = authors(site)
    site.stop()
    site.log.unlink()
    site.start()
    site.service.folder.write("b.txt", article("Second", author="Jane Roe"))
    site.service.ingest()
    site.lose_database()
    site.service.ingest()
    assert authors(site) == {slug: (guid, 2, former) for slug, (guid, _, former) in before.items()}


def test_a_backup_from_before_a_rename_learns_of_it(site: Site, tmp_path: Path) -> None:
    for number, author in enumerate(("Jane Doe", "Ada Poe", "Ada Poe")):
        site.service.folder.write(f"{number}.txt", article(f"Number {number}", author=author))
    site.service.ingest()
    site.service.runtime.upkeep.back_up(tmp_path / "backup.db")
    rename(site, "jane-doe", "Jane Roe")
    rename(site, "ada-poe", "Jane Roe")
    site.service.folder.write("3.txt", article("Number 3", author="Ada Poe"))
    site.service.ingest()
    before = authors(site)
    site.stop()
    site.service.runtime.upkeep.restore(tmp_path / "backup.db")
    site.start()
    site.service.ingest()
    assert authors(site) == before
    assert [found for found in verify(site.service.runtime.store) if found.offenders] == []


def test_a_feed_made_after_two_became_one_is_recorded_too(site: Site) -> None:
    for number, author in enumerate(("Ada Poe", "Jane Doe")):
        site.service.folder.write(f"{number}.txt", article(f"Number {number}", author=author))
        site.service.ingest()
    rename(site, "jane-doe", "Ada Poe")  # the newest feed ends, and its number is free
    site.service.folder.write("c.txt", article("Third", author="Lee Coe"))
    site.service.ingest()
    before = authors(site)
    site.lose_database()
    site.service.ingest()
    assert authors(site) == before
