"""Documents settled together come to just what they come to one by one."""

from __future__ import annotations

import hashlib
import itertools
import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, event, insert, select

from feedsvc.errors import RefusedDocument
from feedsvc.ingest.discover import ReadDocument
from feedsvc.model.document import DocumentOutcome, DocumentPath, FileState, Outcome, SourceDocument
from feedsvc.model.entry import EntryDraft
from feedsvc.model.run import RunRequest
from feedsvc.model.search import parse_query
from feedsvc.services.batches import Batches, Step, draft_step, refusal_step
from feedsvc.services.bulk import find_lanes
from feedsvc.services.recording import Recorder
from feedsvc.services.settling import Surroundings
from feedsvc.store.engine import UPSERTING
from feedsvc.store.publishing import Publishing
from feedsvc.store.schema import (
    document_entries,
    documents,
    entries,
    feed_entries,
    feeds,
    originals,
    recorded_departures,
    recorded_guids,
    revisions,
)
from feedsvc.store.search import find_matches
from tests.store.desk import VERSIONS, Desk, by, make_draft

UNSTORABLE = "\ud800"


@dataclass(frozen=True, kw_only=True)
class File:
    """A file of a made-up folder. draft: None where it is refused."""

    name: str
    raw: bytes
    draft: EntryDraft | None

    @property
    def source(self) -> SourceDocument:
        return SourceDocument(
            path=DocumentPath(root="seeds", path=self.name.encode()),
            state=FileState(
                device=1, inode=len(self.name), size_bytes=len(self.raw), mtime_ns=2, ctime_ns=3
            ),
            sha256=hashlib.sha256(self.raw).digest(),
        )

    def step(self, *, may_be_together: bool) -> Step:
        source = self.source
        if self.draft is None:
            return refusal_step(source, RefusedDocument("is empty"))
        step = draft_step(ReadDocument(source=source, raw=self.raw), self.draft)
        return step if may_be_together else replace(step, drafted=None)


def drafts() -> st.SearchStrategy[EntryDraft]:
    """Drafts of few values, so that they meet."""
    addresses = [f"https://example.com/{name}" for name in ("", "a", "b", "c", "d")]
    return st.builds(
        make_draft,
        st.sampled_from(["Storm", "storm", "Rain", "Snow", "Frost", UNSTORABLE]),
        html=st.sampled_from(["<p>wind</p>", "<p>all is calm at last on the coast</p>"]),
        source=st.sampled_from([None, "Courier", "COURIER", "Gazette"]),
        authors=st.lists(st.sampled_from(["AFP", "Afp", "Jane Doe", "--", "..."]), max_size=2).map(
            lambda names: by(*names)
        ),
        tags=st.lists(st.sampled_from(["Sea", "sea", "sea!", "Sky"]), max_size=3).map(tuple),
        language=st.sampled_from([None, "en", "fi"]),
        fingerprint=st.none() | st.integers(0, 9).map(lambda n: bytes([n]) * 32),
        canonical_url=st.none() | st.sampled_from(addresses),
    )


FILES = st.builds(
    File,
    name=st.integers(0, 20).map(str),
    raw=st.integers(0, 20).map(lambda n: b"bytes %d" % n),
    draft=st.none() | drafts() | drafts() | drafts(),
)
SWEEPS = st.lists(st.lists(FILES, min_size=1, max_size=12), min_size=1, max_size=3)


def again(sweeps: Sequence[Sequence[File]], others: Sequence[File]) -> list[list[File]]:
    """The last files of some sweeps, each with the bytes it had; some are read otherwise now."""
    read_otherwise = dict(enumerate(others))
    return [
        *map(list, sweeps),
        [
            replace(file, draft=read_otherwise[nth].draft) if nth in read_otherwise else file
            for nth, file in enumerate({f.name: f for files in sweeps for f in files}.values())
        ],
    ]


AGAIN = st.builds(again, SWEEPS, st.lists(FILES, max_size=2))


@dataclass(frozen=True, kw_only=True)
class Record:
    """What a store that was lost had recorded of an entry. place: None if it was never public.

    hidden: by a person, "before" or, since, "after" the first sweep.
    """

    entry: int
    name: str
    raw: bytes
    key: str
    place: int | None
    hidden: str = ""

    @property
    def guid(self) -> str:
        return UUID(int=self.entry).urn

    def write(self, desk: Desk, connection: Connection) -> None:
        place: dict[str, object] = {}
        if self.place is not None:
            since = desk.clock.now() - timedelta(days=9, minutes=-self.place)
            place = {"sequence": self.place, "arrived_at": since}
        connection.execute(
            insert(recorded_guids).values(
                guid=self.guid,
                root="seeds",
                path=self.name.encode(),
                sha256=hashlib.sha256(self.raw).digest(),
                key=self.key,
                **place,
            )
        )

    def hide(self, connection: Connection) -> None:
        connection.execute(
            UPSERTING[connection.dialect.name](recorded_departures)
            .values(guid=self.guid, state="hidden", departed_by="editor")
            .on_conflict_do_nothing()
        )


@st.composite
def records(draw: st.DrawFn) -> Record:
    """Mostly each entry's own place, by its own name; of several entries, now and then."""
    entry = draw(st.integers(1, 12))
    return Record(
        entry=entry,
        name=str(draw(st.sampled_from([entry, entry, entry, 3]))),
        raw=b"bytes %d" % draw(st.sampled_from([entry, entry, entry, 5])),
        key=draw(st.sampled_from(["", "", "", "", "other"])),
        place=draw(st.sampled_from([entry, entry, entry, 7, None])),
        hidden=draw(st.sampled_from(["", "", "", "", "before", "after"])),
    )


RECORDS = st.lists(records(), max_size=12)


@pytest.fixture
def desk(desk: Desk) -> Desk:
    with desk.publishing():
        pass  # what the first transaction of a store does, it does for none of the others
    return desk


def batches_of(desk: Desk, recorder: Recorder) -> Batches:
    """Batches that take as long, and as many newcomers at once, as they like."""
    return Batches(
        store=desk.store,
        lease=desk.lease,
        clock=desk.clock,
        batch_s=600,
        together=64,
        stop=threading.Event(),
        recorder=recorder,
        around=Surroundings(
            request=RunRequest(),
            versions=VERSIONS,
            is_there=lambda path: True,
            find_bytes=lambda sha256, size_bytes: None,
            find_rewritten=lambda path, twin: None,
            withdraws=False,
        ),
    )


class TakenBackError(Exception):
    """Undoes a transaction."""


@dataclass(kw_only=True)
class OneTransaction(Batches):
    """Batches that are all one transaction."""

    work: Publishing

    def transaction(self) -> AbstractContextManager[Publishing]:
        return nullcontext(self.work)


def settled(
    desk: Desk,
    sweeps: Sequence[Sequence[File]],
    recorded: Sequence[Record],
    *,
    may_be_together: bool,
) -> dict[str, list[Any]]:
    """What some sweeps come to, in outcomes and in the store; then it is all taken back."""
    told: list[DocumentOutcome] = []
    recorder = Recorder(clock=desk.clock, dry=True, listener=told.append)
    found: dict[str, list[Any]] = {}
    with suppress(TakenBackError), desk.publishing() as work:
        work.sequence += 100  # none of those that were recorded is given again
        for record in recorded:
            record.write(desk, work.connection)
        batches = OneTransaction(work=work, **vars(batches_of(desk, recorder)))
        for nth, files in enumerate(sweeps):
            for record in recorded:
                if (nth, record.hidden) in ((0, "before"), (1, "after")):
                    record.hide(work.connection)
            batches.around = surroundings(batches.around, [file.source for file in files])
            batches.publish([file.step(may_be_together=may_be_together) for file in files])
        found = picture(work.connection)
        sequences = dict(work.connection.execute(select(entries.c.guid, entries.c.sequence)).all())
        found["outcomes"] = [replace(o, guid=sequences.get(o.guid)) for o in told]
        found["numbers"] = [work.sequence, work.last_instant, work.changed]
        found["noted"] = [(n.source, n.key) for n in work.guids.noted]
        guids = {record.guid for record in recorded}
        found["recorded"] = [(guid, s) for guid, s in sorted(sequences.items()) if guid in guids]
        found["found by"] = [
            (word, find_matches(work.connection, parse_query(word), limit=100))
            for word in ("storm", "snow", "calm")
        ]
        raise TakenBackError
    return found


def surroundings(around: Surroundings, files: Sequence[SourceDocument]) -> Surroundings:
    def find_bytes(sha256: bytes, _size_bytes: int) -> SourceDocument | None:
        alike = [file for file in files if file.sha256 == sha256]
        return alike[0] if alike else None

    there = {file.path for file in files}
    return Surroundings(
        request=around.request,
        versions=around.versions,
        is_there=there.__contains__,
        find_bytes=find_bytes,
        find_rewritten=around.find_rewritten,
        withdraws=around.withdraws,
    )


def picture(connection: Connection) -> dict[str, list[Any]]:
    """All that the tables hold, with entries, documents and feeds named by what does not chance."""
    rows = {
        table.name: [dict(row._mapping) for row in connection.execute(select(table))]
        for table in (
            entries,
            feeds,
            feed_entries,
            documents,
            document_entries,
            originals,
            revisions,
            recorded_guids,
            recorded_departures,
        )
    }
    sequences = {row["id"]: row["sequence"] for row in rows["entries"]}
    guids = {row["guid"]: row["sequence"] for row in rows["entries"]}
    paths = {row["id"]: row["path"] for row in rows["documents"]}
    named = {row["id"]: (row["kind"], row["key"]) for row in rows["feeds"]}
    for row in rows["entries"]:
        for evidence in row["evidence"]:
            evidence["value"] = guids[evidence["value"]]
    told = {"entry_id": sequences, "document_id": paths, "feed_id": named}
    return {
        name: sorted(
            repr(
                [
                    (column, told[column][value] if column in told else value)
                    for column, value in row.items()
                    if column not in ("id", "guid", "short_id")
                ]
            )
            for row in found
        )
        for name, found in rows.items()
    }


@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(sweeps=SWEEPS | AGAIN, recorded=st.just([]) | RECORDS)
def test_together_or_one_by_one_comes_to_the_same(
    desk: Desk, sweeps: list[list[File]], recorded: list[Record]
) -> None:
    together = settled(desk, sweeps, recorded, may_be_together=True)
    alone = settled(desk, sweeps, recorded, may_be_together=False)
    assert together == alone


def article(nth: int, **changes: Any) -> File:
    """The nth of articles that have nothing in common. changes: fields of its draft, hence Any."""
    own = {
        "title": f"No. {nth}",
        "fingerprint": bytes([nth]) * 32,
        "canonical_url": f"https://example.com/{nth}",
    }
    return File(name=str(nth), raw=b"%d" % nth, draft=make_draft(**own | changes))


def publish(desk: Desk, *files: File) -> tuple[list[Outcome], int]:
    """What becomes of files, and in how many statements entries were added or changed."""
    recorder = Recorder(clock=desk.clock, listener=lambda o: outcomes.append(o.outcome))
    outcomes: list[Outcome] = []
    written: list[str] = []

    def hear(*args: Any) -> None:  # Any: SQLAlchemy's own argument types
        if args[2].startswith(("INSERT INTO entries", "UPDATE entries")):
            written.append(args[2])

    event.listen(desk.store.engine, "before_cursor_execute", hear)
    batches_of(desk, recorder).publish([file.step(may_be_together=True) for file in files])
    event.remove(desk.store.engine, "before_cursor_execute", hear)
    return outcomes, len(written)


def test_new_documents_are_added_in_one_go(desk: Desk) -> None:
    assert publish(desk, *map(article, range(20))) == ([Outcome.NEW] * 20, 1)


def test_what_comes_back_to_its_place_is_added_in_one_go(desk: Desk) -> None:
    places = [*range(1, 9), None, *range(9, 12)]
    with desk.publishing() as work:
        work.sequence += 100
        work.changed = True
        for nth, place in enumerate(places):
            record = Record(entry=nth, name=str(nth), raw=b"%d" % nth, key="", place=place)
            record.write(desk, work.connection)
    files = list(map(article, range(len(places))))
    files[4] = replace(files[4], raw=b"edited meanwhile")
    files[6] = replace(files[6], name="moved meanwhile")
    assert publish(desk, *files) == ([Outcome.NEW] * len(places), 1)
    with desk.store.reading() as connection:
        found = dict(connection.execute(select(entries.c.guid, entries.c.sequence)).all())
        left = connection.scalars(select(recorded_guids.c.guid)).all()
    assert [found[UUID(int=nth).urn] for nth in range(len(places))] == [
        109 if place is None else place for place in places
    ]
    assert left == []


def test_what_says_what_it_said_is_noted_in_one_go(desk: Desk) -> None:
    files = list(map(article, range(20)))
    publish(desk, *files)
    assert publish(desk, *files) == ([Outcome.UNCHANGED] * 20, 1)


def test_what_says_something_else_goes_to_the_rules(desk: Desk) -> None:
    files = list(map(article, range(6)))
    publish(desk, *files)
    files[2] = replace(files[2], draft=make_draft("No. 2, read better"))
    files[4] = replace(files[4], raw=b"other bytes")
    outcomes, written = publish(desk, *files)
    others = {2: Outcome.UPGRADED, 4: Outcome.COSMETIC}
    assert outcomes == [others.get(nth, Outcome.UNCHANGED) for nth in range(6)]
    assert written == 2 + 3  # the two; and before, between and after them


def test_one_that_cannot_be_stored_costs_itself_alone(desk: Desk) -> None:
    files = [article(1), article(2, title=UNSTORABLE), article(3)]
    outcomes, _ = publish(desk, *files)
    assert outcomes == [Outcome.NEW, Outcome.QUARANTINED, Outcome.NEW]
    assert desk.feed().entry_count == 2


@pytest.mark.parametrize(
    "other",
    [
        replace(article(2), name="1"),
        replace(article(2), raw=b"1"),
        article(2, fingerprint=bytes([1]) * 32),
        article(2, canonical_url="https://example.com/1"),
    ],
    ids=["path", "bytes", "fingerprint", "address"],
)
@pytest.mark.parametrize("is_stored", [True, False])
def test_what_matches_anything_goes_to_the_rules(
    desk: Desk, other: File, *, is_stored: bool
) -> None:
    files = [article(1), other, article(3)]
    if is_stored:
        publish(desk, files.pop(0))
    with desk.publishing() as work:
        batch = [step.drafted for file in files if (step := file.step(may_be_together=True))]
        asked = [drafted for drafted in batch if drafted]
        found = find_lanes(work, asked, VERSIONS, vacated=set())
    assert [drafted.draft.title for drafted in found] == (
        ["No. 3"] if is_stored else ["No. 1", "No. 3"]
    )


def test_bytes_that_an_edit_left_behind_go_to_the_rules(desk: Desk) -> None:
    drafted = article(1).step(may_be_together=True).drafted
    assert drafted is not None
    with desk.publishing() as work:
        assert list(find_lanes(work, [drafted], VERSIONS, vacated=set())) == [drafted]
        assert find_lanes(work, [drafted], VERSIONS, {drafted.read.source.sha256}) == {}


def test_the_front_page_of_a_site_tells_no_articles_apart(desk: Desk) -> None:
    front = "https://example.com/"
    files = [article(nth, canonical_url=front) for nth in range(3)]
    assert publish(desk, *files) == ([Outcome.NEW] * 3, 1)


@pytest.mark.parametrize(
    ("group_s", "before", "after"), [(0.01, 1, 32), (0.01, 256, 256), (0.3, 64, 64), (0.6, 64, 32)]
)
def test_so_many_are_published_at_once_as_a_batch_has_time_for(
    desk: Desk, group_s: float, before: int, after: int
) -> None:
    seconds = itertools.count(0, group_s)
    clock = replace(desk.clock, monotonic=lambda: next(seconds))
    batches = batches_of(desk, Recorder(clock=clock))
    batches.clock, batches.batch_s, batches.together = clock, 1.0, before
    batches.publish([article(nth).step(may_be_together=True) for nth in range(20)])
    assert batches.together == after
