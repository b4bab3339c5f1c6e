"""What a person takes back is gone everywhere at once, and stays so until a person restores it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from feedsvc.errors import EntryGone, InvalidRequest, NotFound
from feedsvc.model.document import Outcome
from feedsvc.model.selection import Selection, SelectionKind
from feedsvc.services.withdrawals import Withdrawals
from feedsvc.store.schema import audit_events, entries
from feedsvc.store.verify import verify
from tests.service import Service, article, open_service

AUTHOR = Selection(kind=SelectionKind.AUTHOR, slug="jane-doe")


@pytest.fixture
def withdrawals(service: Service) -> Withdrawals:
    for name in ("Mill", "Barn"):
        service.folder.write(f"{name}.txt", article(f"{name} burns down"))
    service.ingest()
    return service.runtime.withdrawals


def feeds(service: Service) -> bytes:
    publication = service.runtime.publication
    bodies = [*service.documents().values(), publication.opml().body]
    return b"".join(bodies)


def audited(service: Service) -> list[tuple[Any, ...]]:
    with service.runtime.store.reading() as connection:
        rows = connection.execute(select(audit_events).order_by(audit_events.c.id))
        return [(row.actor, row.action, row.object, row.result) for row in rows]


@pytest.mark.parametrize("hide", [False, True])
def test_what_is_taken_back_is_gone_at_once_and_comes_back_as_it_was(
    service: Service, withdrawals: Withdrawals, hide: bool
) -> None:
    publication = service.runtime.publication
    mill = service.entries()["Mill burns down"]
    before = service.documents()
    assert mill.guid.encode() in feeds(service)
    (told,) = withdrawals.withdraw([mill.guid], hide=hide)
    assert (told.state, told.changed) == ("hidden" if hide else "withdrawn", True)
    assert mill.guid.encode() not in feeds(service)
    assert list(service.entries()) == ["Barn burns down"]
    assert [f.entry_count for f in publication.feeds() if f.selection in (Selection(), AUTHOR)] == [
        1,
        1,
    ]
    with pytest.raises(NotFound) as caught:
        publication.article(mill.short_id)
    assert isinstance(caught.value, EntryGone) != hide
    assert [found for found in verify(service.runtime.store) if found.offenders] == []
    (told,) = withdrawals.restore([mill.short_id])
    assert (told.state, told.changed) == ("live", True)
    assert service.entries()["Mill burns down"] == mill
    for body in service.documents().values():
        assert mill.guid.encode() in body
    assert set(before) == set(service.documents())
    assert [found for found in verify(service.runtime.store) if found.offenders] == []


def test_it_stays_so_whatever_is_ingested(service: Service, withdrawals: Withdrawals) -> None:
    mill = service.entries()["Mill burns down"]
    withdrawals.withdraw([mill.guid])
    service.folder.write("Mill.txt", article("Mill burns down", author="John Roe"))
    assert service.ingest() == {"Mill.txt": Outcome.EDITED}
    service.folder.move("Mill.txt", "Moved.txt")
    service.folder.copy("Moved.txt", "Copy.txt")
    service.ingest()
    service.ingest(force=True)
    assert list(service.entries()) == ["Barn burns down"]


def test_asked_twice_nothing_changes(service: Service, withdrawals: Withdrawals) -> None:
    mill = service.entries()["Mill burns down"]
    withdrawals.withdraw([mill.guid], reason="Wrong.")
    gone = service.documents()
    for reason in (None, "Wrong."):
        (told,) = withdrawals.withdraw([mill.guid, mill.short_id], reason=reason)
        assert not told.changed
    assert service.documents() == gone
    withdrawals.restore([mill.guid])
    back = service.documents()
    assert not withdrawals.restore([mill.guid])[0].changed
    assert service.documents() == back
    assert [(action, result) for _, action, _, result in audited(service)] == [
        ("entry.withdraw", "done"),
        *[("entry.withdraw", "unchanged")] * 2,
        ("entry.restore", "done"),
        ("entry.restore", "unchanged"),
    ]
    assert {(actor, guid) for actor, _, guid, _ in audited(service)} == {("cli", mill.guid)}


def test_hidden_and_withdrawn_are_two_things(service: Service, withdrawals: Withdrawals) -> None:
    mill = service.entries()["Mill burns down"]
    for hide, kind in ((True, NotFound), (False, EntryGone), (True, NotFound)):
        assert withdrawals.withdraw([mill.guid], hide=hide)[0].changed
        with pytest.raises(NotFound) as caught:
            service.runtime.publication.article(mill.short_id)
        assert type(caught.value) is kind
    withdrawals.restore([mill.guid])
    assert len(service.entries()) == 2
    assert [found for found in verify(service.runtime.store) if found.offenders] == []


def test_a_reason_is_kept_and_shown_to_nobody(service: Service, withdrawals: Withdrawals) -> None:
    mill = service.entries()["Mill burns down"]
    withdrawals.withdraw([mill.guid], reason="on the wish of its author")
    reason = select(entries.c.departed_reason).where(entries.c.guid == mill.guid)
    with service.runtime.store.reading() as connection:
        assert connection.scalar(reason) == "on the wish of its author"
    assert b"on the wish" not in feeds(service)
    withdrawals.restore([mill.guid])
    with service.runtime.store.reading() as connection:
        assert connection.scalar(reason) is None


def test_an_article_is_named_in_any_way_it_is_known_by(
    service: Service, withdrawals: Withdrawals
) -> None:
    url = "https://elsewhere.example/2024/mill"
    service.folder.write(
        "page.html",
        f"<title>Kiln cracks</title><link rel=canonical href={url}><article><h1>Kiln cracks</h1>"
        f"<p>{'The kiln has cracked, as everybody expected. ' * 9}</p></article>",
    )
    service.ingest()
    kiln = service.entries()["Kiln cracks"]
    base = f"https://news.example.org/articles/{kiln.short_id}"
    names = [kiln.guid, kiln.guid.upper(), kiln.guid[9:], kiln.short_id, kiln.short_id.upper()]
    for name in [*names, base, f"{base}/any-slug", f" {url} "]:
        assert withdrawals.withdraw([name])[0].guid == kiln.guid, name
        withdrawals.restore([kiln.guid])


@pytest.mark.parametrize(
    "name", ["", "nobody", "https://news.example.org/articles/", "https://a.example/", "urn:uuid:1"]
)
def test_unless_every_name_is_known_nothing_is_changed(
    service: Service, withdrawals: Withdrawals, name: str
) -> None:
    before = service.documents()
    mill = service.entries()["Mill burns down"]
    with pytest.raises(InvalidRequest, match="names no article") as caught:
        withdrawals.withdraw([mill.guid, name])
    assert [p["pointer"] for p in caught.value.problems] == ["#/entries/1"]
    assert service.documents() == before
    assert audited(service) == []


def test_what_a_person_restored_no_policy_withdraws(
    tmp_path: Any, database: str, pool: Any
) -> None:
    removal = {"ingest": {"removal": "withdraw", "withdraw_after_s": 0}}
    service = open_service(tmp_path, database, pool, removal)
    service.folder.write("Mill.txt", article("Mill burns down"))
    service.folder.write("Barn.txt", article("Barn burns down"))
    service.ingest()
    mill = service.entries()["Mill burns down"]
    service.folder.remove("Mill.txt")
    for _ in range(3):
        service.ingest()
    assert list(service.entries()) == ["Barn burns down"]
    assert service.runtime.withdrawals.restore([mill.guid])[0].changed
    for _ in range(3):
        service.ingest()
    assert sorted(service.entries()) == ["Barn burns down", "Mill burns down"]
    service.lease.release()
    service.runtime.close()
