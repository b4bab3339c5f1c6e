"""A store of any size, sooner than documents could be ingested: copies of entries that were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from feedsvc.clock import Clock
from feedsvc.model.archive import BASE_SIZE
from feedsvc.model.ids import mint_guid, short_id
from feedsvc.store.engine import open_store, take_ids
from feedsvc.store.publishing import Publishing, publishing
from feedsvc.store.schema import entries, feed_entries, feeds
from tests.benchmarks.dumps import dumps
from tests.e2e.running import Feedsvc

# Sizes are multiples of this: then the newest archive document ends at the newest entry.
_ARCHIVED = 16 * BASE_SIZE
_COPIED_AT_ONCE = 5_000
_Row = dict[str, Any]  # Any: a table's own


def fill(feedsvc: Feedsvc, size: int) -> None:
    """Ingest some documents, and copy their entries, feeds included, until there are `size`.

    No feed must reach back beyond its window to where archive documents begin. The copies have no
    documents, and stand neither in the record of guids nor in the search index.
    """
    for name, content in dumps(BASE_SIZE):
        feedsvc.seeds.write(name, content)
    done = feedsvc.run("ingest")
    assert done.status == 0, done.err
    wanted = -(-size // _ARCHIVED) * _ARCHIVED
    store = open_store(feedsvc.database, busy_timeout_s=10)
    with store.reading() as connection:
        # Not by arrival, which differs from one ingestion to the next: the newest entries, and with
        # them the length of a feed, are to be the same in stores of all sizes.
        originals = connection.execute(select(entries).order_by(entries.c.title)).all()
        members = connection.execute(select(feed_entries)).all()
    copied = [row._asdict() for row in originals]
    feeds_of: dict[int, list[_Row]] = {row["id"]: [] for row in copied}
    for member in members:
        feeds_of[member.entry_id].append(member._asdict())
    for start in range(len(copied), wanted, _COPIED_AT_ONCE):
        count = min(_COPIED_AT_ONCE, wanted - start)
        with publishing(store, None, Clock()) as work:
            _copy(work, [copied[n % len(copied)] for n in range(start, start + count)], feeds_of)
            work.changed = True
    store.close()


def _copy(
    work: Publishing, originals: Sequence[_Row], feeds_of: Mapping[int, Sequence[_Row]]
) -> None:
    ids = take_ids(work.connection, entries, len(originals))
    new_entries, new_members = [], []
    # Not `next_instant`: it would wait for as many microseconds to pass.
    began = work.last_instant
    for nth, (original, entry_id) in enumerate(zip(originals, ids, strict=True), start=1):
        guid, sequence = mint_guid(), work.next_sequence()
        instant = began + timedelta(microseconds=nth)
        new_entries.append(
            original
            | {
                "id": entry_id,
                "guid": guid,
                "short_id": short_id(guid),
                "sequence": sequence,
                "arrived_at": instant,
                "updated": instant,
            }
        )
        new_members += [
            member | {"entry_id": entry_id, "sequence": sequence}
            for member in feeds_of[original["id"]]
        ]
    work.last_instant = began + timedelta(microseconds=len(originals))
    work.connection.execute(insert(entries), new_entries)
    work.connection.execute(insert(feed_entries), new_members)
    _count(work.connection, Counter(member["feed_id"] for member in new_members))


def _count(connection: Connection, more: Mapping[int, int]) -> None:
    for feed_id, count in more.items():
        connection.execute(
            update(feeds)
            .where(feeds.c.id == feed_id)
            .values(entry_count=feeds.c.entry_count + count)
        )
