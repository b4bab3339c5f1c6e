"""What is lost with the documents that are gone, on both databases."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, update

from feedsvc.model.entry import BY_PERSON, BY_POLICY, EntryState
from feedsvc.store.documents import link_entry, note_missing, save_document
from feedsvc.store.losses import Lost, count_lost, count_lost_since
from feedsvc.store.schema import entries
from tests.store.written import NOW, document, link

LATER = NOW + timedelta(seconds=1)


def test_what_is_lost_is_what_no_person_withdrew(connection: Connection) -> None:
    numbers = [save_document(connection, document(path), NOW) for path in (b"a", b"b", b"c")]
    link_entry(connection, link(numbers[0]))
    link_entry(connection, link(numbers[1], is_primary=False))
    assert count_lost(connection, numbers) == Lost(documents=2, at_stake=1)
    assert count_lost_since(connection, "seeds", NOW) == Lost(documents=0, at_stake=0)
    note_missing(connection, numbers, NOW)
    assert count_lost_since(connection, "seeds", NOW) == Lost(documents=2, at_stake=1)
    assert count_lost_since(connection, "seeds", LATER) == Lost(documents=0, at_stake=0)
    assert count_lost_since(connection, "wire", NOW) == Lost(documents=0, at_stake=0)
    for by, lost in ((BY_POLICY, 2), (BY_PERSON, 0)):
        departed = {"state": EntryState.WITHDRAWN, "departed_by": by}
        connection.execute(update(entries).where(entries.c.id == 1).values(departed))
        assert count_lost(connection, numbers) == Lost(documents=lost, at_stake=0)
