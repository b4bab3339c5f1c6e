"""Feeds renamed and made one: their ids stay, and every name they had leads to them."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from feedsvc.errors import ConfigError, FeedRenamed, NotFound
from feedsvc.model.document import Outcome
from feedsvc.model.feed import Feed
from feedsvc.model.selection import FeedFormat, Selection, SelectionKind
from feedsvc.services.feed_register import Renamed
from feedsvc.store.entries import fetch_stored, return_entry, withdraw_entry
from feedsvc.store.publishing import publishing
from feedsvc.store.schema import audit_events
from feedsvc.store.verify import verify
from feedsvc.web.app import create_app
from tests.service import Service, article

AUTHOR = SelectionKind.AUTHOR


@pytest.fixture
def client(service: Service) -> FlaskClient:
    return create_app(service.runtime).test_client()


def rename(service: Service, slug: str, name: str, *, merge: bool = False) -> Renamed:
    service.stopped.move(seconds=60)
    return service.runtime.register.rename(Selection(kind=AUTHOR, slug=slug), name, merge=merge)


def authors(service: Service) -> dict[str, Feed]:
    """The feeds of authors, by slug."""
    feeds = service.runtime.publication.feeds()
    return {f.selection.slug: f for f in feeds if f.selection.kind is AUTHOR}


def body(service: Service, slug: str) -> str:
    selection = Selection(kind=AUTHOR, slug=slug)
    return service.runtime.publication.feed(selection, FeedFormat.ATOM).body.decode()


def in_order(service: Service) -> bool:
    return not [found for found in verify(service.runtime.store) if found.offenders]


def test_a_renamed_feed_keeps_its_id_and_entries(service: Service) -> None:
    service.folder.write("a.txt", article("First", author="Jane Doe"))
    service.ingest()
    before, entry = authors(service)["jane-doe"], service.entry()
    renamed = rename(service, "jane-doe", "Jane  Roe")
    assert renamed == Renamed(selection=Selection(kind=AUTHOR, slug="jane-roe"), merged=False)
    after = authors(service)["jane-roe"]
    assert (after.guid, after.name, after.entry_count) == (before.guid, "Jane Roe", 1)
    assert after.updated > before.updated
    assert [author.name for author in service.entry().authors] == ["Jane Roe"]
    assert service.entry().updated == entry.updated  # nothing floods
    assert "<name>Jane Roe</name>" in body(service, "jane-roe")
    assert in_order(service)


def test_old_addresses_lead_to_the_new_one_in_every_format(
    service: Service, client: FlaskClient
) -> None:
    service.folder.write("a.txt", article(author="Jane Doe"))
    service.ingest()
    rename(service, "jane-doe", "Élodie Roe")
    rename(service, "élodie-roe", "Jane Roe")
    for format in FeedFormat:
        for old in ("jane-doe", "%C3%A9lodie-roe"):
            answer = client.get(f"/feeds/author/{old}.{format}", headers={"Host": "evil.example"})
            assert answer.status_code == 301
            assert (
                answer.headers["Location"]
                == f"https://news.example.org/feeds/author/jane-roe.{format}"
            )
            assert "max-age=0" in answer.headers["Cache-Control"]
    assert client.get("/feeds/author/jane-roe.atom").status_code == 200


def test_old_addresses_of_archive_documents_lead_on_too(
    service: Service, client: FlaskClient
) -> None:
    service.folder.write("a.txt", article(author="Jane Doe"))
    service.ingest()
    rename(service, "jane-doe", "Jane Roe")
    location = client.get("/feeds/author/jane-doe/1-64.json").headers["Location"]
    assert location == "https://news.example.org/feeds/author/jane-roe/1-64.json"


def test_a_redirect_names_a_slug_of_another_script(service: Service, client: FlaskClient) -> None:
    service.folder.write("a.txt", article(author="Jane Doe"))
    service.ingest()
    rename(service, "jane-doe", "李明")
    location = client.get("/feeds/author/jane-doe.atom").headers["Location"]
    assert location == "https://news.example.org/feeds/author/%E6%9D%8E%E6%98%8E.atom"
    assert client.get(location.removeprefix("https://news.example.org")).status_code == 200


def test_what_arrives_under_an_old_name_joins_the_renamed_feed(service: Service) -> None:
    service.folder.write("a.txt", article("First", author="Jane Doe"))
    service.ingest()
    rename(service, "jane-doe", "Jane Roe")
    for name in ("b", "c", "d"):
        service.folder.write(f"{name}.txt", article(f"Next {name}", author="JANE DOE"))
    service.ingest()
    assert {slug: feed.entry_count for slug, feed in authors(service).items()} == {"jane-roe": 4}


def test_a_rename_makes_no_document_an_edit(service: Service) -> None:
    service.folder.write("a.txt", article("First", author="Jane Doe"))
    service.ingest()
    rename(service, "jane-doe", "Jane Roe")
    before = service.documents()
    assert service.ingest(force=True) == {"a.txt": Outcome.UNCHANGED}
    service.folder.write("a.txt", article("First", author="JANE DOE"))
    assert service.ingest() == {"a.txt": Outcome.COSMETIC}
    assert service.documents() == before


def test_an_alternate_that_speaks_for_its_entry_is_no_edit_after_a_rename(
    service: Service,
) -> None:
    service.folder.write("a.txt", article("First", author="Jane Doe"))
    service.folder.copy("a.txt", "b.txt")
    service.ingest()
    rename(service, "jane-doe", "Jane Roe")
    before = service.documents()
    service.folder.remove("a.txt")
    service.ingest()
    service.ingest()
    assert service.documents() == before


def test_a_feed_may_be_called_again_what_it_was(service: Service, client: FlaskClient) -> None:
    service.folder.write("a.txt", article(author="Jane Doe"))
    service.ingest()
    guid = authors(service)["jane-doe"].guid
    rename(service, "jane-doe", "Jane Roe")
    rename(service, "jane-roe", "Jane Doe")
    assert authors(service)["jane-doe"].guid == guid
    assert client.get("/feeds/author/jane-doe.atom").status_code == 200
    assert client.get("/feeds/author/jane-roe.atom").headers["Location"].endswith("/jane-doe.atom")


def test_another_spelling_of_a_name_keeps_its_slug(service: Service) -> None:
    service.folder.write("a.txt", article(author="Jane Doe"))
    service.ingest()
    assert rename(service, "jane-doe", "JANE DOE").selection.slug == "jane-doe"
    assert rename(service, "jane-doe", "Jane-Doe").selection.slug == "jane-doe"
    service.folder.write("b.txt", article("Second", author="Jane Doe"))
    service.ingest()
    assert [(f.name, f.entry_count) for f in authors(service).values()] == [("Jane-Doe", 2)]


def test_a_new_name_does_not_take_a_slug_that_leads_elsewhere(service: Service) -> None:
    service.folder.write("a.txt", article(author="Anne Marie Roe"))
    service.ingest()
    rename(service, "anne-marie-roe", "Jane Roe")
    service.folder.write("b.txt", article("Second", author="Anne-Marie Roe"))
    service.ingest()
    assert set(authors(service)) == {"jane-roe", "anne-marie-roe-2"}


def test_a_name_that_another_feed_has_needs_a_yes(service: Service) -> None:
    service.folder.write("a.txt", article("First", author="Jane Doe"))
    service.folder.write("b.txt", article("Second", author="Ada Poe"))
    service.ingest()
    before = authors(service)
    with pytest.raises(ConfigError, match=r"already, with 1 articles; --merge .* cannot be undone"):
        rename(service, "jane-doe", "ada poe")
    assert authors(service) == before


def test_two_feeds_become_one(service: Service, client: FlaskClient) -> None:
    service.folder.write("a.txt", article("First", author="Jane Doe"))
    service.folder.write("b.txt", article("Second", author="Ada Poe"))
    service.folder.write("c.txt", article("Third", author="Jane Doe and Ada Poe"))
    service.ingest()
    guid = authors(service)["ada-poe"].guid
    assert rename(service, "jane-doe", "Ada Poe", merge=True).merged
    (feed,) = authors(service).values()
    assert (feed.guid, feed.name, feed.entry_count) == (guid, "Ada Poe", 3)
    assert [[a.name for a in e.authors] for e in service.entries().values()] == [["Ada Poe"]] * 3
    assert client.get("/feeds/author/jane-doe.rss").headers["Location"].endswith("/ada-poe.rss")
    service.folder.write("d.txt", article("Fourth", author="Jane Doe and Ada Poe"))
    service.ingest()
    assert authors(service)["ada-poe"].entry_count == 4
    assert service.ingest(force=True) == dict.fromkeys(
        ("a.txt", "b.txt", "c.txt", "d.txt"), Outcome.UNCHANGED
    )
    assert in_order(service)


def test_members_of_a_large_feed_move_slice_by_slice(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedsvc.store.feed_names._MEMBERS_AT_ONCE", 2)
    for number in range(5):
        service.folder.write(f"{number}.txt", article(f"Number {number}", author="Jane Doe"))
    service.folder.write("b.txt", article("Second", author="Ada Poe"))
    service.ingest()
    rename(service, "jane-doe", "Ada Poe", merge=True)
    assert authors(service)["ada-poe"].entry_count == 6
    assert in_order(service)


def test_what_was_withdrawn_is_a_member_when_it_comes_back(service: Service) -> None:
    service.folder.write("a.txt", article("First", author="Jane Doe"))
    service.folder.write("b.txt", article("Second", author="Ada Poe"))
    service.ingest()
    runtime = service.runtime
    with publishing(runtime.store, service.lease, runtime.clock) as work:
        withdraw_entry(work, fetch_stored(work.connection, 1), by="policy")
    rename(service, "jane-doe", "Ada Poe", merge=True)
    assert authors(service)["ada-poe"].entry_count == 1
    with publishing(runtime.store, service.lease, runtime.clock) as work:
        return_entry(work, fetch_stored(work.connection, 1))
    assert authors(service)["ada-poe"].entry_count == 2
    assert in_order(service)


def test_a_name_never_seen_is_not_found_and_the_nearest_named(service: Service) -> None:
    service.folder.write("a.txt", article(author="Jane Doe"))
    service.ingest()
    with pytest.raises(NotFound, match="named 'jane-do'; did you mean 'jane-doe'"):
        rename(service, "jane-do", "Jane Roe")
    rename(service, "jane-doe", "Jane Roe")
    with pytest.raises(NotFound, match="is 'jane-roe' now; name that one"):
        rename(service, "jane-doe", "Ada")
    with pytest.raises(FeedRenamed):
        body(service, "jane-doe")


@pytest.mark.parametrize("name", ["", " ", "a\x07b", "x" * 201])
def test_a_name_that_no_feed_can_have_is_refused(service: Service, name: str) -> None:
    with pytest.raises(ConfigError):
        rename(service, "jane-doe", name)


def test_a_rename_is_written_down(service: Service) -> None:
    service.folder.write("a.txt", article(author="Jane Doe"))
    service.ingest()
    rename(service, "jane-doe", "Jane Roe")
    with service.runtime.store.reading() as connection:
        (event,) = connection.execute(select(audit_events)).all()
    assert (event.actor, event.action) == ("cli", "feed.rename")
    assert event.object == "author/jane-doe author/jane-roe"
    assert [r.former_slugs for r in service.runtime.register.feeds() if r.former_slugs] == [
        ["jane-doe"]
    ]
