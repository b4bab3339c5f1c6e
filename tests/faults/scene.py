"""The small folder after its changes, a store from before them, and what comes of both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from tests.faults import small
from tests.faults.invariants import (
    History,
    Picture,
    check_folder,
    check_rules,
    check_store_served,
    essence,
    take_picture,
)
from tests.faults.snapshots import Snapshot, opened
from tests.faults.trouble import Kind
from tests.faults.victim import Order, Report, Victim
from tests.service import WatchedFolder

# What is gone is withdrawn after so many more looks, however many the trouble has cost.
LOOKS = 4
FIRST_MINUTE, BROKEN_MINUTE, LATER_MINUTE = 0, 10, 20
NOTHING = Picture(
    version=0,
    sequence=0,
    entries={},
    documents={},
    links=frozenset(),
    feeds=frozenset(),
    revisions={},
)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A folder that has changed since the snapshot, and what comes of it undisturbed."""

    folder: WatchedFolder
    victim: Victim
    snapshot: Snapshot
    before: Picture = NOTHING
    after: Picture = NOTHING

    def ingest(self, database: str, minute: int, times: int = 1) -> None:
        report = self.order(database, minute, times=times)
        assert report == Report(), report.error or report.bug

    def order(
        self, database: str, minute: int, kind: Kind | None = None, at: int = 0, times: int = 1
    ) -> Report:
        order = Order(
            folder=str(self.folder.path),
            database=database,
            minute=minute,
            times=times,
            kind=kind,
            at=at,
        )
        return self.victim.carry_out(order)

    def count(self, kind: Kind) -> int:
        """How many operations of an ingestion there are that can go wrong so."""
        with self.snapshot.copied() as database:
            return self.order(database, BROKEN_MINUTE, kind).operations

    @contextmanager
    def watched(self) -> Iterator[str]:
        """A copy of the store, to break an ingestion of; the next must make all of it good."""
        history = History()
        history.add(self.before)
        with self.snapshot.copied() as database:
            yield database
            self.look(database, history)
            self.ingest(database, LATER_MINUTE, times=LOOKS)
            picture = self.look(database, history)
        check_folder(picture, self.folder.path)
        assert self.essence(picture) == self.essence(self.after)

    def look(self, database: str, history: History) -> Picture:
        """The store and what it serves, by every rule, and beside all that was seen of it."""
        with opened(database) as store:
            picture = take_picture(store)
            history.add(picture)
            check_rules(store)
        check_store_served(database, self.folder.path, picture)
        return picture

    def essence(self, picture: Picture) -> dict[str, object]:
        return essence(picture, self.before.entries, self.folder.path)


def lay_out(folder: WatchedFolder, victim: Victim, snapshot: Snapshot) -> Scene:
    """Make the folder and the snapshot, and see what comes of them undisturbed."""
    scene = Scene(folder=folder, victim=victim, snapshot=snapshot)
    small.settle_before(folder, lambda: scene.ingest(snapshot.database, FIRST_MINUTE))
    with opened(snapshot.database) as store:
        before = take_picture(store)
    small.change(folder)
    with snapshot.copied() as database:
        scene.ingest(database, BROKEN_MINUTE)
        scene.ingest(database, LATER_MINUTE, times=LOOKS)
        with opened(database) as store:
            after = take_picture(store)
    return replace(scene, before=before, after=after)
