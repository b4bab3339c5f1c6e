"""Row by row: what is in the folder, what it is, what comes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, event

from feedsvc.errors import EntryGone, Interrupted
from feedsvc.ingest.discover import WatchedRoot
from feedsvc.ingest.pool import ExtractionPool
from feedsvc.ingest.versions import EXTRACTOR_VERSION
from feedsvc.model.document import DocumentOutcome, DocumentPath, Outcome
from feedsvc.model.entry import Precision
from feedsvc.services import ingestion
from feedsvc.services.settling import Settling
from feedsvc.store.documents import find_by_path, links_of_document
from feedsvc.store.entries import fetch_stored, withdraw_entry
from feedsvc.store.publishing import publishing
from feedsvc.store.roots import note_root_device
from feedsvc.store.schema import originals
from feedsvc.store.upkeep import prune_originals
from feedsvc.store.verify import verify
from tests.service import Service, article, open_service

HTML = """<!doctype html><html lang="en"><head><title>{title}</title>
<link rel="canonical" href="{url}"><meta property="og:site_name" content="{site}">
</head><body><article><h1>{title}</h1>{body}</article></body></html>"""


SHORT = "Rain\n\nBy Jane Doe\nMay 3, 2022\n\nIt rained all day, and then it stopped.\n"
RUBBISH = b"-----"


def page(title: str, url: str, body: str, site: str = "The Courier") -> str:
    paragraphs = "".join(f"<p>{p}</p>" for p in body.split("\n\n"))
    return HTML.format(title=title, url=url, site=site, body=paragraphs)


def prose(about: str) -> str:
    """Four paragraphs on a subject that share no four words with those on another."""
    return "\n\n".join(
        " ".join(f"{about} {word} {nth}" for word in ("was", "seen", "from", "afar", "on", "day"))
        + f" by people who told of {about} in {nth} words."
        for nth in ("one", "two", "three", "four")
    )


def link_behind(place: Path) -> None:
    place.symlink_to("moved")


def file_behind(place: Path) -> None:
    place.write_bytes(b"")


def test_a_new_article_is_a_new_entry(service: Service) -> None:
    service.folder.write("a.txt", article("Storm shuts the harbour"))
    assert service.ingest() == {"a.txt": Outcome.NEW}
    entry = service.entry()
    assert entry.title == "Storm shuts the harbour"
    assert entry.guid.startswith("urn:uuid:")
    assert entry.arrived_at == entry.updated == service.stopped.instant
    assert entry.precision is Precision.DAY


def test_an_unchanged_folder_changes_no_byte(service: Service) -> None:
    service.folder.write("a.txt", article())
    service.ingest()
    before = service.documents()
    assert service.ingest() == {}
    assert service.ingest(force=True) == {"a.txt": Outcome.UNCHANGED}
    assert service.documents() == before


def test_an_article_saved_in_another_charset_is_the_same_and_says_so(service: Service) -> None:
    title = "Störung: Fähre fällt aus"
    for charset, raw, outcome in (
        ([], article(title).encode(), Outcome.NEW),
        ([("windows-1252", "guessed")], article(title).encode("cp1252"), Outcome.COSMETIC),
        ([("utf-16le", "byte order mark")], article(title).encode("utf-16"), Outcome.COSMETIC),
        ([], article(title).encode(), Outcome.COSMETIC),
    ):
        service.folder.write("a.txt", raw)
        assert service.ingest() == {"a.txt": outcome}
        assert [(e.value, e.rule) for e in service.evidence(title, "charset")] == charset
    assert len(service.entries()) == 1


def test_a_renamed_file_keeps_its_guid(service: Service) -> None:
    service.folder.write("a.txt", article())
    service.ingest()
    before = service.documents()
    service.folder.move("a.txt", to="deeper/down/b.txt")
    assert service.ingest() == {"deeper/down/b.txt": Outcome.MOVED}
    assert service.documents() == before


@pytest.mark.parametrize("leave", [link_behind, file_behind])
def test_a_folder_that_leaves_something_else_behind_has_moved(
    service: Service, leave: Callable[[Path], None]
) -> None:
    for name in ("mill", "barn"):
        service.folder.write(f"sub/{name}.txt", article(f"The {name} burns down"))
    service.ingest()
    before = service.entries()
    service.folder.move("sub", to="moved")
    leave(service.folder.path / "sub")
    moved = {"moved/mill.txt": Outcome.MOVED, "moved/barn.txt": Outcome.MOVED}
    assert service.ingest() == {"sub": Outcome.QUARANTINED, **moved}
    service.folder.write("moved/mill.txt", article("The mill burns down", author="John Roe"))
    assert service.ingest() == {"moved/mill.txt": Outcome.EDITED}
    after = service.entries()
    assert {t: e.guid for t, e in after.items()} == {t: e.guid for t, e in before.items()}
    assert [p.name for p in after["The mill burns down"].authors] == ["John Roe"]


def test_a_file_renamed_and_saved_anew_with_the_same_text_is_a_move(service: Service) -> None:
    service.folder.write("a.txt", article())
    service.ingest()
    guid = service.entry().guid
    service.folder.remove("a.txt")
    service.folder.write("b.txt", article().replace("\n", "\r\n"))
    assert service.ingest() == {"b.txt": Outcome.MOVED}
    assert service.entry().guid == guid


def test_a_copy_is_an_alternate_and_no_new_entry(service: Service) -> None:
    service.folder.write("a.txt", article())
    service.ingest()
    service.folder.copy("a.txt", to="b.txt")
    service.folder.write("c.txt", article().replace("\n", "\r\n"))
    assert service.ingest() == {"b.txt": Outcome.DUPLICATE, "c.txt": Outcome.DUPLICATE}
    assert len(service.entries()) == 1


def test_copies_that_come_together_are_one_entry(service: Service) -> None:
    for n in range(5):
        service.folder.write(f"{n}.txt", article())
    outcomes = service.ingest()
    assert sorted(outcomes.values()) == [Outcome.DUPLICATE] * 4 + [Outcome.NEW]
    assert len(service.entries()) == 1


def as_saved_by(number: int, text: str) -> str:
    """The same text in other bytes."""
    return text + "\n" * number


def counted_looks(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often it is looked whether a file is there, from now on."""
    costs: Counter[str] = Counter()
    may_hold = WatchedRoot.may_hold

    def look(root: WatchedRoot, path: bytes) -> bool:
        costs["looks"] += 1
        return may_hold(root, path)

    monkeypatch.setattr(WatchedRoot, "may_hold", look)
    return costs


@pytest.mark.parametrize(
    ("text", "saved"),
    [(SHORT, lambda _, text: text), (article(), as_saved_by), (RUBBISH, lambda _, raw: raw)],
    ids=["bytes", "text", "refused"],
)
def test_a_copy_costs_the_same_however_many_there_are(
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
    text: str | bytes,
    saved: Callable[[int, str | bytes], str | bytes],
) -> None:
    costs = counted_looks(monkeypatch)

    def hear(*_: object) -> None:
        costs["statements"] += 1

    event.listen(service.runtime.store.engine, "before_cursor_execute", hear)
    told = []
    for first in (0, 40, 80):
        for number in range(first, first + 40):
            service.folder.write(f"{number}.txt", saved(number, text))
        costs.clear()
        service.ingest()
        told.append(dict(costs))
    assert len(service.entries()) <= 1
    assert told[2].get("statements", 0) < 1.2 * told[1]["statements"]
    assert told[2].get("looks", 0) <= 1.2 * told[1].get("looks", 0)


def test_an_empty_dump_of_another_name_matches_nothing(service: Service) -> None:
    service.folder.write("a.txt", SHORT)
    service.folder.write("b.txt", SHORT.replace("\n", "\r\n"))
    # Under 120 letters of body nothing is matched by what it says, only by its bytes.
    assert service.ingest() == {"a.txt": Outcome.NEW, "b.txt": Outcome.NEW}
    service.folder.copy("a.txt", to="c.txt")
    assert service.ingest() == {"c.txt": Outcome.DUPLICATE}


def test_short_copies_that_come_together_are_one_entry(service: Service) -> None:
    for n in range(3):
        service.folder.write(f"{n}.txt", SHORT)
    outcomes = service.ingest()
    assert sorted(outcomes.values()) == [Outcome.DUPLICATE] * 2 + [Outcome.NEW]


def test_a_reingest_of_copies_changes_nothing(service: Service) -> None:
    for n in range(3):
        service.folder.write(f"short {n}.txt", SHORT)
        service.folder.write(f"long {n}.txt", article())
    service.ingest()
    before = service.documents()
    assert set(service.ingest(force=True).values()) == {Outcome.UNCHANGED}
    assert service.documents() == before


def test_an_edit_keeps_guid_and_published_and_moves_updated(service: Service) -> None:
    service.folder.write("a.txt", article(date="November 13, 2022"))
    service.ingest()
    before = service.entry()
    edited = article(date="November 15, 2022").replace("closed both gates", "closed one gate")
    service.folder.write("a.txt", edited)
    assert service.ingest() == {"a.txt": Outcome.EDITED}
    after = service.entry()
    assert (after.guid, after.published) == (before.guid, before.published)
    assert after.sequence == before.sequence
    assert after.updated == service.stopped.instant > before.updated
    assert "closed one gate" in after.html


def test_an_edit_of_white_space_and_quotes_does_not_move_updated(service: Service) -> None:
    service.folder.write("a.txt", article().replace("the matter", "the 'matter'"))
    service.ingest()
    before = service.entry()
    service.folder.write("a.txt", article().replace("the matter", "the ‘matter’"))
    assert service.ingest() == {"a.txt": Outcome.EDITED}
    after = service.entry()
    assert after.updated == before.updated
    assert "‘matter’" in after.html


def test_new_bytes_with_the_same_article_are_cosmetic(service: Service) -> None:
    service.folder.write("a.txt", article())
    service.ingest()
    before = service.documents()
    service.folder.write("a.txt", article().replace("\n", "\r\n"))
    assert service.ingest() == {"a.txt": Outcome.COSMETIC}
    assert service.documents() == before


def test_files_that_exchange_contents_keep_their_entries(service: Service) -> None:
    service.folder.write("a.txt", article("Storm shuts the harbour"))
    service.folder.write("b.txt", article("Storm ducks the harbour"))
    service.ingest()
    before = service.documents()
    service.folder.move("a.txt", to="x.tmp")
    service.folder.move("b.txt", to="a.txt")
    service.folder.move("x.tmp", to="b.txt")
    assert service.ingest() == {"a.txt": Outcome.SWAPPED, "b.txt": Outcome.SWAPPED}
    assert service.documents() == before
    assert service.ingest() == {}


def test_a_recrawl_is_an_alternate_of_its_entry(service: Service) -> None:
    url = "https://courier.example/storm"
    service.folder.write("a.html", page("Storm", url, prose("the storm")))
    service.ingest()
    before = service.documents()
    service.folder.write("b.html", page("Storm", url, prose("the storm") + "\n\nOne more line."))
    assert service.ingest() == {"b.html": Outcome.RECRAWLED}
    assert service.documents() == before


def test_the_alternate_speaks_once_the_primary_is_gone(service: Service) -> None:
    url = "https://courier.example/storm"
    service.folder.write("a.html", page("Storm", url, prose("the storm")))
    service.ingest()
    guid = service.entry().guid
    service.folder.write("b.html", page("Storm", url, prose("the storm") + "\n\nOne more line."))
    service.ingest()
    service.folder.remove("a.html")
    service.ingest()
    service.ingest()
    assert service.entry().guid == guid
    assert "One more line." in service.entry().html


def test_the_alternate_speaks_also_where_the_run_died_before_it_could(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "https://courier.example/storm"
    service.folder.write("a.html", page("Storm", url, prose("the storm")))
    service.ingest()
    service.folder.write("b.html", page("Storm", url, prose("the storm") + "\n\nOne more line."))
    service.ingest()
    service.folder.remove("a.html")
    service.ingest()

    def die(*_: object) -> DocumentOutcome:
        raise Interrupted("asked to stop")

    with monkeypatch.context() as patched:
        patched.setattr(Settling, "promote", die)
        with pytest.raises(Interrupted):
            service.ingest()
    service.ingest()
    assert "One more line." in service.entry().html
    assert [found.rule for found in verify(service.runtime.store) if found.offenders] == []


def test_another_article_under_the_same_address_is_a_clash(service: Service) -> None:
    url = "https://courier.example/live"
    service.folder.write("a.html", page("Storm", url, prose("the storm")))
    service.ingest()
    first = service.entry()
    service.folder.write("b.html", page("Election", url, prose("an election")))
    assert service.ingest() == {"b.html": Outcome.NEW}
    assert len(service.entries()) == 2
    assert first.guid in service.clashes("Election")


def test_the_front_page_of_a_site_tells_no_articles_apart(service: Service) -> None:
    url = "https://courier.example/"
    service.folder.write("a.html", page("Storm", url, prose("the storm")))
    service.folder.write("b.html", page("Storm", url, prose("another storm")))
    assert set(service.ingest().values()) == {Outcome.NEW}


def test_a_path_that_takes_another_article_leaves_the_old_one_where_it_went(
    service: Service,
) -> None:
    service.folder.write("current.txt", article("Storm shuts the harbour"))
    service.ingest()
    old = service.entry()
    service.folder.move("current.txt", to="yesterday.txt")
    service.folder.write(
        "current.txt", article("Election is called", body=prose("the election of a mayor"))
    )
    assert service.ingest() == {"current.txt": Outcome.NEW, "yesterday.txt": Outcome.UNCHANGED}
    entries = service.entries()
    assert entries["Storm shuts the harbour"].guid == old.guid
    assert len(entries) == 2
    assert service.ingest() == {}


def test_and_so_does_one_of_which_an_event_told_where_it_went_before(service: Service) -> None:
    service.folder.write("a.txt", article())
    service.ingest()
    old = service.entry()
    service.folder.write("b.txt", article())
    service.folder.write("a.txt", article("Election is called", body=prose("the election")))
    ingesting = service.ingestion()
    look = ingesting.look()
    for survey in (ingesting.look([DocumentPath(root="seeds", path=b"b.txt")]), look):
        for _ in ingesting.settle(survey, set()):
            pass
    assert service.entries()[old.title].guid == old.guid
    assert len(service.entries()) == 2
    assert service.ingest() == {}


def test_a_backup_beside_an_edited_file_is_no_new_article(service: Service) -> None:
    service.folder.write("a.txt", article())
    service.ingest()
    service.folder.copy("a.txt", to="a.bak.txt")
    service.folder.write("a.txt", article().replace("closed both gates", "closed one gate"))
    assert service.ingest() == {"a.txt": Outcome.EDITED, "a.bak.txt": Outcome.DUPLICATE}
    assert len(service.entries()) == 1


def test_a_file_moved_over_another_takes_its_entry_along(service: Service) -> None:
    service.folder.write("a.txt", article("Storm shuts the harbour"))
    service.folder.write("b.txt", article("Election is called", body=prose("the election")))
    service.ingest()
    before = {title: entry.guid for title, entry in service.entries().items()}
    service.folder.move("b.txt", to="a.txt")
    assert service.ingest() == {"a.txt": Outcome.MOVED}
    assert {title: entry.guid for title, entry in service.entries().items()} == before


def test_an_entry_whose_file_is_gone_is_kept(service: Service) -> None:
    service.folder.write("a.txt", article())
    service.ingest()
    before = service.documents()
    service.folder.remove("a.txt")
    assert service.ingest() == {}
    assert service.ingest() == {"a.txt": Outcome.REMOVED}
    assert service.ingest() == {}
    assert service.documents() == before


def test_a_file_that_comes_back_is_the_same_entry(service: Service) -> None:
    service.folder.write("a.txt", article())
    service.ingest()
    before = service.documents()
    service.folder.remove("a.txt")
    service.ingest()
    service.ingest()
    service.folder.write("elsewhere.txt", article())
    assert service.ingest() == {"elsewhere.txt": Outcome.MOVED}
    assert service.documents() == before


def test_a_document_that_becomes_unreadable_leaves_its_entry(service: Service) -> None:
    service.folder.write("a.txt", article())
    service.ingest()
    before = service.documents()
    service.folder.write("a.txt", b"")
    assert service.ingest() == {"a.txt": Outcome.QUARANTINED}
    assert service.documents() == before
    service.folder.write("a.txt", article())
    assert service.ingest() == {"a.txt": Outcome.UNCHANGED}
    assert service.ingest() == {}
    assert service.documents() == before


def test_afp_and_afp_in_small_letters_are_one_author(service: Service) -> None:
    service.folder.write("a.txt", article("Storm shuts the harbour", author="Jane Doe"))
    service.folder.write("b.txt", article("Storm opens the harbour", author="JANE DOE"))
    service.ingest()
    slugs = {person.slug for entry in service.entries().values() for person in entry.authors}
    assert slugs == {"jane-doe"}


@pytest.fixture
def withdrawing(tmp_path: Path, database: str, pool: ExtractionPool) -> Iterator[Service]:
    service = open_service(tmp_path, database, pool, {"ingest": {"removal": "withdraw"}})
    yield service
    service.lease.release()
    service.runtime.close()


def test_withdrawal_waits_for_two_sweeps_and_ten_minutes(withdrawing: Service) -> None:
    service = withdrawing
    service.folder.write("a.txt", article())
    service.ingest()
    short_id = service.entry().short_id
    service.folder.remove("a.txt")
    service.ingest()
    service.ingest()
    assert service.entry().short_id == short_id
    service.stopped.move(minutes=10)
    assert service.ingest() == {"a.txt": Outcome.WITHDRAWN}
    assert service.entries() == {}
    with pytest.raises(EntryGone):
        service.runtime.publication.article(short_id)


@pytest.mark.parametrize("leave", [link_behind, file_behind])
def test_what_lay_in_a_folder_that_is_none_any_more_is_withdrawn(
    withdrawing: Service, leave: Callable[[Path], None]
) -> None:
    service = withdrawing
    service.folder.write("sub/a.txt", article())
    service.ingest()
    service.folder.remove("sub/a.txt")
    (service.folder.path / "sub").rmdir()
    leave(service.folder.path / "sub")
    service.ingest()
    service.ingest()
    service.stopped.move(minutes=10)
    assert service.ingest() == {"sub/a.txt": Outcome.WITHDRAWN}
    assert service.entries() == {}


def test_what_policy_withdrew_lives_again_with_its_guid(withdrawing: Service) -> None:
    service = withdrawing
    service.folder.write("a.txt", article())
    service.ingest()
    before = service.entry()
    service.folder.remove("a.txt")
    service.ingest()
    service.ingest()
    service.stopped.move(minutes=10)
    service.ingest()
    service.folder.write("a.txt", article())
    assert service.ingest() == {"a.txt": Outcome.RETURNED}
    assert service.entry() == before


def test_what_a_person_withdrew_stays_so_whatever_is_ingested_later(service: Service) -> None:
    service.folder.write("a.txt", article())
    service.ingest()
    short_id = service.entry().short_id
    runtime = service.runtime
    with runtime.store.reading() as connection:
        document = find_by_path(connection, DocumentPath(root="seeds", path=b"a.txt"))
        assert document is not None
        (link,) = links_of_document(connection, document.id)
        stored = fetch_stored(connection, link.entry_id)
    with publishing(runtime.store, service.lease, runtime.clock) as work:
        withdraw_entry(work, stored, by="person")
    service.ingest(force=True)
    service.folder.write("a.txt", article().replace("closed both gates", "closed one gate"))
    service.ingest()
    service.folder.move("a.txt", to="b.txt")
    service.ingest()
    service.folder.copy("b.txt", to="c.txt")
    service.ingest()
    assert service.entries() == {}
    with pytest.raises(EntryGone):
        runtime.publication.article(short_id)


def test_of_many_copies_that_are_gone_each_is_looked_for_a_few_times(
    withdrawing: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = withdrawing
    for number in range(60):
        service.folder.write(f"{number:02}.txt", article())
    service.ingest()
    for number in range(30):
        service.folder.remove(f"{number:02}.txt")
    service.ingest()
    service.ingest()
    service.stopped.move(minutes=20)
    costs = counted_looks(monkeypatch)
    assert service.ingest() == {}
    assert len(service.entries()) == 1
    assert costs["looks"] <= 3 * 30


def test_half_of_a_folder_gone_at_once_is_a_lost_mount(withdrawing: Service) -> None:
    service = withdrawing
    for n in range(30):
        service.folder.write(f"{n}.txt", article(f"Storm number {n} shuts the harbour"))
    service.ingest()
    for n in range(25):
        service.folder.remove(f"{n}.txt")
    for _ in range(3):
        service.stopped.move(minutes=20)
        service.folder.write("new.txt", article("Arrivals go on"))
        service.ingest()
    assert len(service.entries()) == 31


def test_a_root_on_another_device_withdraws_nothing(withdrawing: Service) -> None:
    service = withdrawing
    service.folder.write("a.txt", article("Storm shuts the harbour"))
    service.folder.write("b.txt", article("Storm opens the harbour"))
    service.ingest()
    with service.runtime.store.writing() as connection:
        note_root_device(connection, "seeds", 12345)
    service.folder.remove("a.txt")
    for _ in range(3):
        service.stopped.move(minutes=20)
        service.folder.write("new.txt", article("Arrivals go on"))
        service.ingest()
    assert len(service.entries()) == 3


def test_a_device_with_every_document_on_it_is_taken_for_the_new_home(
    withdrawing: Service,
) -> None:
    service = withdrawing
    service.folder.write("a.txt", article())
    service.ingest()
    with service.runtime.store.writing() as connection:
        note_root_device(connection, "seeds", 12345)
    service.ingest()
    service.folder.remove("a.txt")
    for _ in range(3):
        service.stopped.move(minutes=20)
        service.ingest()
    assert service.entries() == {}


def test_a_root_that_cannot_be_read_withdraws_nothing(withdrawing: Service) -> None:
    service = withdrawing
    service.folder.write("a.txt", article())
    service.ingest()
    moved = service.folder.path.rename(service.folder.path.with_name("unmounted"))
    for _ in range(3):
        service.stopped.move(minutes=20)
        assert service.ingest() == {"": Outcome.FAILED}
    assert len(service.entries()) == 1
    moved.rename(service.folder.path)
    assert service.ingest() == {}


def test_a_file_that_no_reader_knows_is_a_duplicate_of_the_document_with_its_bytes(
    service: Service,
) -> None:
    service.folder.write("a.png", article())
    service.folder.write("b.txt", article())
    assert service.ingest() == {"a.png": Outcome.DUPLICATE, "b.txt": Outcome.NEW}
    assert service.ingest(force=True) == {"a.png": Outcome.DUPLICATE, "b.txt": Outcome.UNCHANGED}


def test_the_bytes_of_an_edit_that_was_refused_are_no_duplicate(service: Service) -> None:
    service.folder.write("a.txt", article())
    service.ingest()
    service.folder.write("a.txt", b"")
    assert service.ingest() == {"a.txt": Outcome.QUARANTINED}
    service.folder.write("b.txt", b"")
    assert service.ingest() == {"b.txt": Outcome.QUARANTINED}


# Edits that are refused


@pytest.mark.parametrize("text", [SHORT, article()], ids=["short", "long"])
@pytest.mark.parametrize("at_once", [True, False])
def test_a_file_that_moved_away_from_an_edit_that_is_refused_keeps_its_guid(
    service: Service, text: str, at_once: bool
) -> None:
    service.folder.write("a.txt", text)
    service.ingest()
    before = service.documents()
    service.folder.write("a.txt", RUBBISH)
    if not at_once:
        assert service.ingest() == {"a.txt": Outcome.QUARANTINED}
    service.folder.write("b.txt", text)
    refused = {"a.txt": Outcome.QUARANTINED} if at_once else {}
    assert service.ingest() == refused | {"b.txt": Outcome.MOVED}
    assert service.ingest() == {}
    assert service.documents() == before
    service.folder.write("b.txt", text.replace("all day", "all night").replace("both", "the"))
    assert service.ingest() == {"b.txt": Outcome.EDITED}
    service.folder.write("a.txt", article("Election is called", body=prose("the election")))
    assert service.ingest() == {"a.txt": Outcome.NEW}


def test_and_so_does_one_that_was_saved_anew_there(service: Service) -> None:
    service.folder.write("a.txt", article())
    service.ingest()
    before = service.documents()
    service.folder.write("a.txt", RUBBISH)
    service.folder.write("b.txt", article().replace("\n", "\r\n"))
    assert service.ingest() == {"a.txt": Outcome.QUARANTINED, "b.txt": Outcome.MOVED}
    assert service.ingest() == {}
    assert service.documents() == before


def test_an_edit_that_is_refused_keeps_its_entry_wherever_it_is_renamed_to(
    service: Service,
) -> None:
    service.folder.write("a.txt", article())
    service.folder.write("b.txt", article("Election is called", body=prose("the election")))
    service.ingest()
    before = {title: entry.guid for title, entry in service.entries().items()}
    service.folder.write("a.txt", RUBBISH)
    assert service.ingest() == {"a.txt": Outcome.QUARANTINED}
    service.folder.move("a.txt", to="c.txt")
    assert service.ingest() == {"c.txt": Outcome.MOVED}
    service.folder.move("c.txt", to="x.tmp")
    service.folder.move("b.txt", to="c.txt")
    service.folder.move("x.tmp", to="b.txt")
    assert service.ingest() == {"b.txt": Outcome.SWAPPED, "c.txt": Outcome.SWAPPED}
    service.folder.write("b.txt", article().replace("closed both gates", "closed one gate"))
    assert service.ingest() == {"b.txt": Outcome.EDITED}
    assert {title: entry.guid for title, entry in service.entries().items()} == before


def test_a_file_moved_over_one_that_was_refused_takes_its_entry_along(service: Service) -> None:
    service.folder.write("a.txt", article())
    service.folder.write("b.txt", RUBBISH)
    service.ingest()
    before = service.documents()
    service.folder.move("a.txt", to="b.txt")
    assert service.ingest() == {"b.txt": Outcome.MOVED}
    assert service.documents() == before


def test_an_article_mended_under_another_name_is_known_after_an_upgrade_too(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.folder.write("a.txt", article())
    service.ingest()
    before = service.documents()
    service.folder.write("a.txt", RUBBISH)
    assert service.ingest() == {"a.txt": Outcome.QUARANTINED}
    upgraded = replace(ingestion._VERSIONS, extractor=EXTRACTOR_VERSION + 1)
    monkeypatch.setattr(ingestion, "_VERSIONS", upgraded)
    monkeypatch.setattr(ingestion, "EXTRACTOR_VERSION", upgraded.extractor)
    service.ingestion().refresh_fingerprints()
    service.folder.remove("a.txt")
    service.folder.write("b.txt", article().replace("\n", "\r\n"))
    assert service.ingest() == {"b.txt": Outcome.MOVED}
    assert service.documents() == before


def test_a_path_that_takes_another_article_after_an_edit_that_was_refused_leaves_the_old_one(
    service: Service,
) -> None:
    service.folder.write("a.txt", article())
    service.ingest()
    old = service.entry()
    service.folder.write("a.txt", RUBBISH)
    assert service.ingest() == {"a.txt": Outcome.QUARANTINED}
    service.folder.write("b.txt", article())
    service.folder.write("a.txt", article("Election is called", body=prose("the election")))
    assert service.ingest() == {"a.txt": Outcome.NEW, "b.txt": Outcome.UNCHANGED}
    assert service.entries()[old.title].guid == old.guid
    assert service.ingest() == {}


def test_the_bytes_of_an_entry_are_kept_whatever_edit_of_it_is_refused(service: Service) -> None:
    service.folder.write("a.txt", article())
    service.ingest()
    service.folder.write("a.txt", RUBBISH)
    assert service.ingest() == {"a.txt": Outcome.QUARANTINED}
    store = service.runtime.store
    assert prune_originals(store, goes_on=lambda: True) == 0
    assert [found.rule for found in verify(store) if found.offenders] == []
    with store.writing() as connection:
        connection.execute(delete(originals))
    assert [found.rule for found in verify(store) if found.offenders] == [
        "the bytes of every published document are kept"
    ]


def test_an_entry_that_policy_withdrew_lives_again_once_its_refused_edit_is_undone(
    withdrawing: Service,
) -> None:
    service = withdrawing
    service.folder.write("a.txt", article())
    service.ingest()
    service.folder.remove("a.txt")
    service.ingest()
    service.ingest()
    service.stopped.move(minutes=20)
    assert service.ingest() == {"a.txt": Outcome.WITHDRAWN}
    service.folder.write("a.txt", RUBBISH)
    assert service.ingest() == {"a.txt": Outcome.QUARANTINED}
    service.folder.write("a.txt", article())
    assert service.ingest() == {"a.txt": Outcome.RETURNED}


# The one document that speaks for an entry


def test_of_a_file_that_another_was_moved_over_a_copy_speaks(service: Service) -> None:
    for name in ("a.txt", "copy.txt"):
        service.folder.write(name, article("Storm", body=prose("storm")))
        service.ingest()
    service.folder.write("museum.txt", article("Museum", body=prose("museum")))
    service.ingest()
    service.folder.move("museum.txt", "a.txt")
    assert service.ingest() == {"a.txt": Outcome.MOVED}
    with service.runtime.store.reading() as connection:
        copy = find_by_path(connection, DocumentPath(root="seeds", path=b"copy.txt"))
        assert copy is not None
        assert [link.is_primary for link in links_of_document(connection, copy.id)] == [True]


def test_a_file_that_another_was_moved_over_leaves_its_entry_to_a_copy_that_is_there(
    service: Service,
) -> None:
    for name in ("speaks.txt", "gone.txt", "there.txt"):
        service.folder.write(name, article())
        service.ingest()
    service.folder.write("other.txt", article("Museum", body=prose("museum")))
    service.ingest()
    entry = service.entries()["Storm shuts the harbour"]
    service.folder.remove("gone.txt")
    service.ingest()
    service.ingest()
    service.folder.move("other.txt", "speaks.txt")
    assert service.ingest()["speaks.txt"] is Outcome.MOVED
    service.folder.write("there.txt", article(body=prose("the end")))
    assert service.ingest() == {"there.txt": Outcome.EDITED}
    assert service.entries()["Storm shuts the harbour"].guid == entry.guid


@pytest.mark.parametrize("removal", ["keep", "withdraw"])
def test_a_copy_that_comes_back_alone_speaks(
    tmp_path: Path, database: str, pool: ExtractionPool, removal: str
) -> None:
    service = open_service(tmp_path, database, pool, {"ingest": {"removal": removal}})
    for name in ("first.txt", "second.txt"):
        service.folder.write(name, article())
        service.ingest()
    entry = service.entry()
    for name in ("first.txt", "second.txt"):
        service.folder.remove(name)
    for _ in range(3):
        service.stopped.move(minutes=20)
        service.ingest()
    assert len(service.entries()) == (removal == "keep")
    service.folder.write("second.txt", article())
    outcome = Outcome.COSMETIC if removal == "keep" else Outcome.RETURNED
    assert service.ingest() == {"second.txt": outcome}
    assert service.entry() == entry
    service.folder.write("second.txt", article(body=prose("the end")))
    assert service.ingest() == {"second.txt": Outcome.EDITED}
    assert service.entry().guid == entry.guid
    service.lease.release()
    service.runtime.close()


def test_a_copy_that_comes_back_edited_speaks(service: Service) -> None:
    for name in ("first.txt", "second.txt"):
        service.folder.write(name, article())
        service.ingest()
    guid = service.entry().guid
    for name in ("first.txt", "second.txt"):
        service.folder.remove(name)
    for _ in range(3):
        service.ingest()
    service.folder.write("second.txt", article(body=prose("the end")))
    assert service.ingest() == {"second.txt": Outcome.EDITED}
    assert service.entry().guid == guid


def test_a_recrawl_speaks_in_place_of_what_is_gone(service: Service) -> None:
    url = "https://courier.example/storm"
    service.folder.write("a.html", page("Storm", url, prose("storm")))
    service.ingest()
    service.folder.remove("a.html")
    service.ingest()
    service.ingest()
    service.folder.write("b.html", page("Storm", url, prose("storm") + "\n\nIt is over."))
    assert service.ingest() == {"b.html": Outcome.RECRAWLED}
    assert [found.rule for found in verify(service.runtime.store) if found.offenders] == []
