"""What a SQLite store and the `guids.jsonl` beside it tell each other: no guid is ever lost.

The store remembers in `guid_log` how much of the file it knows, in the same transaction. Whatever
lies behind that is not in the store: the process died before the commit, an older backup was
restored, or the database was lost. All three are mended in one way: what was recorded is taken in,
and the document of the same bytes, else of the same path, takes its guid again. It takes its place
among what readers know as well, if marks in the file say that it was public. Of a process that died
just between a commit and its mark nobody knows: what it wrote is held for public where the database
is lost, and for never public by an older one that is there.

PostgreSQL has no such file, since no disk is common to its machines: there, entries and documents
themselves are what backups carry.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import Any

from sqlalchemy import Connection, and_, delete, exists, func, insert, or_, select, tuple_, update

from feedsvc.errors import StoreError
from feedsvc.model.document import DocumentPath, SourceDocument
from feedsvc.model.entry import BY_POLICY
from feedsvc.model.selection import SelectionKind
from feedsvc.store.engine import UPSERTING
from feedsvc.store.feed_names import take_former_name, take_name
from feedsvc.store.guid_file import FEED_FIELDS, GuidFile, Line
from feedsvc.store.schema import (
    document_entries,
    documents,
    entries,
    feeds,
    former_names,
    guid_log,
    publication,
    recorded_departures,
    recorded_guids,
)

log = logging.getLogger(__name__)

_IDS_AT_ONCE = 500

_Values = dict[str, Any]  # Any: column values of several types


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where readers see an entry: in which order, and since when."""

    sequence: int
    arrived_at: datetime


@dataclass(frozen=True, kw_only=True)
class GivenGuid:
    """A guid that an entry is to have.

    place: None if it was never public, or another entry lies there by now.
    """

    guid: str
    place: Place | None


@dataclass(frozen=True, kw_only=True)
class NotedGuid:
    """That an entry is given by these bytes, to be recorded before the commit."""

    entry_id: int
    source: SourceDocument
    key: str


class GuidLog:
    """The record of guids within one publishing transaction."""

    def __init__(self, connection: Connection, file: GuidFile | None) -> None:
        self._connection = connection
        self._file = file
        self._written_until = 0
        self._last_feed_id = 0
        self.noted: list[NotedGuid] = []
        self._renamed: set[int] = set()
        self._departed: set[str] = set()

    # What is in the file and not in the store

    def catch_up(self, now: datetime) -> bool:
        """Take in what the file says and the store does not know; answers whether that was any.

        A file that is gone, cut short or of another store is written anew from this one.
        """
        file = self._file
        if file is None:
            return False
        known = self._connection.execute(select(guid_log)).one_or_none()
        self._last_feed_id = known.last_feed_id if known else 0
        size = file.size_bytes()
        if known and known.size_bytes <= size and file.ends_at(known.size_bytes):
            if 0 < known.size_bytes == size:
                self._written_until = size  # whoever wrote it did not live, or know how, to mark it
            return False
        is_ours = size > 0 and file.first_guid() == self._guid_of_all()
        if size > 0 and not is_ours and not self._has_entries():
            # The database was lost, and this one made in its place.
            self._take_in(file, 0, is_lost=True)
            return True
        if not is_ours or (known and known.size_bytes > size):
            if size > 0:
                file.set_aside(now)
            self._write_anew(file)
            return False
        self._take_in(file, known.size_bytes if known else 0, is_lost=False)
        return True

    def _guid_of_all(self) -> str:
        every = select(feeds.c.guid).where(feeds.c.kind == _ALL)
        guid: str = self._connection.execute(every).scalar_one()
        return guid

    def _has_entries(self) -> bool:
        return self._connection.scalar(select(entries.c.id).limit(1)) is not None

    def _take_in(self, file: GuidFile, offset: int, *, is_lost: bool) -> None:
        file.end_last_line()
        sequence, arrived_at, unread, taken = 0, None, 0, Counter[bool]()
        for stretch in file.stretches_from(offset, is_lost=is_lost):
            found = 0
            for read in file.lines_from(stretch.start, stretch.end):
                unread += read.unread
                guids = self._take_lines(read.lines, is_public=stretch.is_public)
                found += len(guids)
                for values in guids:
                    sequence = max(sequence, values["sequence"])
                    arrived_at = max(arrived_at or values["arrived_at"], values["arrived_at"])
            taken[stretch.is_public] += found
            if found and not stretch.is_public:
                file.mark_void(stretch.start, stretch.end)
        self._tidy()
        self._last_feed_id = self._connection.execute(select(func.max(feeds.c.id))).scalar_one()
        if arrived_at is not None:
            self._give_none_of_these_again(sequence, arrived_at)
        self._note_size(file.size_bytes())
        log.warning(
            "guids taken from guids.jsonl",
            extra={"were_public": taken[True], "never_public": taken[False], "unreadable": unread},
        )

    def _take_lines(self, lines: Sequence[Line], *, is_public: bool) -> list[_Values]:
        """Take in some lines; answers the guids among them."""
        self._take_feeds(line for line in lines if not line.keys() & {"guid", "departed"})
        # Whoever asked for one whose commit failed still wants it.
        self._take_departures(line for line in lines if "departed" in line)
        guids = [_guid_values(line) for line in lines if "guid" in line]
        if guids:
            # Of what did not commit nobody has seen anything.
            place = {} if is_public else {"sequence": None, "arrived_at": None}
            self._connection.execute(insert(recorded_guids), [row | place for row in guids])
        return guids

    def _take_departures(self, lines: Iterable[Line]) -> None:
        for line in lines:
            values = {
                "state": line["state"],
                "departed_by": line["by"],
                "reason": line["reason"],
            }
            statement = UPSERTING[self._connection.dialect.name](recorded_departures)
            self._connection.execute(
                statement.values(guid=line["departed"], **values).on_conflict_do_update(
                    index_elements=["guid"], set_=values
                )
            )

    def _take_feeds(self, lines: Iterable[Line]) -> None:
        """Add the feeds that are missing, and give all of them the names they were given last."""
        for line in lines:
            if "former" in line:
                key = line["kind"], line["former"]
                take_former_name(self._connection, line["of"], key, line["slug"])
            elif line["kind"] in _FROM_THE_FIRST:
                self._connection.execute(
                    update(feeds).where(feeds.c.kind == line["kind"]).values(guid=line["feed"])
                )
            elif not self._add_feed(line):
                name, key, slug = line["name"], line["key"], line["slug"]
                take_name(self._connection, line["feed"], name, key, slug)

    def _add_feed(self, line: Line) -> bool:
        values = {name: line[name] for name in FEED_FIELDS}
        updated = datetime.fromisoformat(line["updated"])
        statement = UPSERTING[self._connection.dialect.name](feeds).on_conflict_do_nothing()
        added = self._connection.execute(
            statement, {**values, "guid": line["feed"], "updated": updated, "entry_count": 0}
        )
        return added.rowcount > 0

    def _tidy(self) -> None:
        """Leave what has no entry, and for each path the guid that was recorded last."""
        self._connection.execute(
            delete(recorded_guids).where(exists().where(entries.c.guid == recorded_guids.c.guid))
        )
        later = recorded_guids.alias("later")
        self._connection.execute(
            update(recorded_guids)
            .where(
                exists().where(
                    later.c.root == recorded_guids.c.root,
                    later.c.path == recorded_guids.c.path,
                    later.c.key == recorded_guids.c.key,
                    later.c.id > recorded_guids.c.id,
                    later.c.guid != recorded_guids.c.guid,
                )
            )
            .values(path=None)
        )

    def _give_none_of_these_again(self, sequence: int, instant: datetime) -> None:
        for column, value in ((publication.c.sequence, sequence), (_LAST_INSTANT, instant)):
            self._connection.execute(
                update(publication).where(column < value).values({column: value})
            )

    def _write_anew(self, file: GuidFile) -> None:
        """Record every guid of the store in a new file."""
        all_feeds = self._connection.execute(select(feeds).order_by(feeds.c.id)).all()
        links = self._connection.execute(_EVERY_LINK)
        size = file.write_anew(
            chain(
                (_feed_line(row._mapping) for row in all_feeds),
                self._former_lines(),
                (self._line(row._mapping) for row in links),
                self._departure_lines(),
            )
        )
        self._last_feed_id = max(row.id for row in all_feeds)
        self._note_size(size)

    # What a transaction takes and adds

    def recall(self, source: SourceDocument, key: str) -> GivenGuid | None:
        """The guid that was recorded for these bytes, else for this path; it is taken by that."""
        if not self._has_recorded:
            return None
        row = recorded_guids.c
        same_path = and_(row.root == source.path.root, row.path == source.path.path)
        for told_by in (row.sha256 == source.sha256, same_path):
            guid = self._connection.scalar(
                select(row.guid).where(told_by, row.key == key).order_by(row.id.desc()).limit(1)
            )
            if guid is not None:
                recorded = self._recorded([guid])[guid]
                self.take([guid])
                return recorded
        return None

    def recall_among(
        self, wanted: Sequence[tuple[SourceDocument, str]]
    ) -> dict[DocumentPath, GivenGuid | None]:
        """What `recall` would find for several documents and their keys; nothing is taken yet.

        None where it must be asked one by one: where more than one guid was recorded for a
        document's bytes and path, or one for several documents, or a person did something to its
        entry. Documents for which nothing was recorded are left out.
        """
        claims = self._claims([source for source, _ in wanted]) if self._has_recorded else {}
        if not claims:
            return {}
        of_entries = entries.c.guid == recorded_departures.c.guid
        if self._connection.scalar(select(entries.c.id).join(recorded_departures, of_entries)):
            return dict.fromkeys(claims)  # they are to be repeated as soon as one is recalled
        times = Counter(source.path for source, _ in wanted)
        claimants = Counter(guid for claim in claims.values() for guid in {g for g, _ in claim})
        sure: dict[DocumentPath, str] = {}
        for source, own_key in wanted:
            match list(claims.get(source.path, ())):
                case [(guid, key)] if key == own_key and times[source.path] == claimants[guid] == 1:
                    sure[source.path] = guid
        recorded = self._recorded(list(sure.values()))
        departed = recorded_departures.c.guid
        for guid in self._connection.scalars(select(departed).where(departed.in_(recorded))):
            del recorded[guid]
        return {path: recorded.get(sure.get(path, "")) for path in claims}

    def _claims(
        self, sources: Sequence[SourceDocument]
    ) -> dict[DocumentPath, set[tuple[str, str]]]:
        """By path, the guids with their keys that were recorded for it or for its bytes."""
        row = recorded_guids.c
        columns = select(row.guid, row.key, row.root, row.path, row.sha256)
        paths = [(source.path.root, source.path.path) for source in sources]
        found = chain(
            self._connection.execute(columns.where(row.sha256.in_([s.sha256 for s in sources]))),
            self._connection.execute(columns.where(tuple_(row.root, row.path).in_(paths))),
        )
        by_mark: dict[object, set[tuple[str, str]]] = defaultdict(set)
        for guid, key, root, path, sha256 in found:
            by_mark[sha256].add((guid, key))
            by_mark[root, path].add((guid, key))
        claims: dict[DocumentPath, set[tuple[str, str]]] = {}
        for source in sources:
            path = source.path
            if claim := by_mark[source.sha256] | by_mark[path.root, path.path]:
                claims[path] = claims.get(path, set()) | claim
        return claims

    @cached_property
    def _has_recorded(self) -> bool:
        return self._connection.scalar(select(recorded_guids.c.id).limit(1)) is not None

    def _recorded(self, guids: Sequence[str]) -> dict[str, GivenGuid]:
        """Each guid, with the last of its places that was public."""
        row, entry = recorded_guids.c, entries.c
        last: dict[str, Place | None] = {}
        for guid, sequence, arrived_at in self._connection.execute(
            select(row.guid, row.sequence, row.arrived_at)
            .where(row.guid.in_(guids))
            .order_by(row.id)
        ):
            last.setdefault(guid, None)
            if sequence is not None:
                last[guid] = Place(sequence=sequence, arrived_at=arrived_at)
        places = [place for place in last.values() if place]
        same_sequence = entry.sequence.in_([place.sequence for place in places])
        same_instant = entry.updated.in_([place.arrived_at for place in places])
        sequences = set(self._connection.scalars(select(entry.sequence).where(same_sequence)))
        instants = set(self._connection.scalars(select(entry.updated).where(same_instant)))
        for guid, place in last.items():
            if place and (place.sequence in sequences or place.arrived_at in instants):
                last[guid] = None
        return {guid: GivenGuid(guid=guid, place=place) for guid, place in last.items()}

    def take(self, guids: Sequence[str]) -> None:
        """Have it forgotten what was recorded of guids that have an entry now."""
        self._connection.execute(delete(recorded_guids).where(recorded_guids.c.guid.in_(guids)))

    def note(self, entry_id: int, source: SourceDocument, key: str) -> None:
        """Have it recorded that these bytes give this entry."""
        if self._file is not None:
            self.noted.append(NotedGuid(entry_id=entry_id, source=source, key=key))

    def note_renamed(self, feed_id: int) -> None:
        """Have it recorded what a feed is called by now, and what it was called before."""
        self._renamed.add(feed_id)

    def note_departure(self, guid: str) -> None:
        """Have it recorded that an entry was withdrawn, hidden or brought back."""
        self._departed.add(guid)

    def write(self) -> None:
        """Record what was noted, and the feeds made, on disk; the last thing before the commit.

        Raises StoreError if the file cannot be written: then nothing may be published.
        """
        if self._file is None:
            return
        is_new = feeds.c.id > self._last_feed_id
        if self._renamed:
            # A feed that became one with another is no more, and its number may be given again.
            is_new = or_(is_new, feeds.c.id.in_(self._renamed))
        made = self._connection.execute(select(feeds).where(is_new).order_by(feeds.c.id)).all()
        if not made and not self.noted and not self._departed:
            return
        lines = [_feed_line(row._mapping) for row in made]
        if self._renamed:
            lines += self._former_lines(self._renamed)
            last = self._connection.execute(select(func.max(feeds.c.id))).scalar_one()
            self._last_feed_id = last
        elif made:
            self._last_feed_id = made[-1].id
        lines += self._noted_lines()
        if self._departed:
            lines += self._departure_lines(self._departed)
        self._written_until = self._file.append(lines)
        self._note_size(self._written_until)

    def mark_public(self) -> None:
        """Record that what was written is committed: a store restored from before it will know.

        Called after the commit, which no failure here undoes.
        """
        if self._file is None or not self._written_until:
            return
        try:
            self._file.mark_public(self._written_until)
        except StoreError as error:
            log.warning("guids.jsonl could not be marked", extra={"reason": str(error)})

    def _former_lines(self, feed_ids: Iterable[int] | None = None) -> Iterator[Line]:
        """What feeds were called before: some, or all of them."""
        query = (
            select(former_names, feeds.c.guid)
            .join(feeds, feeds.c.id == former_names.c.feed_id)
            .order_by(former_names.c.kind, former_names.c.key)
        )
        if feed_ids is not None:
            query = query.where(former_names.c.feed_id.in_(list(feed_ids)))
        for row in self._connection.execute(query):
            yield {"former": row.key, "kind": row.kind, "slug": row.slug, "of": row.guid}

    def _departure_lines(self, guids: Iterable[str] | None = None) -> Iterator[Line]:
        """What persons did to entries: some, or all of them. Policy does it again by itself."""
        e = entries.c
        query = select(e.guid, e.state, e.departed_by, e.departed_reason).order_by(e.sequence)
        if guids is not None:
            query = query.where(e.guid.in_(list(guids)))
        for row in self._connection.execute(query.where(e.departed_by != BY_POLICY)):
            yield {
                "departed": row.guid,
                "state": row.state,
                "by": row.departed_by,
                "reason": row.departed_reason,
            }

    def _noted_lines(self) -> Iterator[Line]:
        ids = list({noted.entry_id for noted in self.noted})
        found: dict[int, dict[str, Any]] = {}  # Any: column values
        for first in range(0, len(ids), _IDS_AT_ONCE):
            some = ids[first : first + _IDS_AT_ONCE]
            for row in self._connection.execute(_PLACES.where(entries.c.id.in_(some))):
                found[row.id] = row._asdict()
        for noted in self.noted:
            path = noted.source.path
            yield self._line(
                {
                    **found[noted.entry_id],
                    "root": path.root,
                    "path": path.path,
                    "sha256": noted.source.sha256,
                    "key": noted.key,
                }
            )

    def _line(self, row: Mapping[Any, Any]) -> Line:  # Any: a row, by its columns' names
        return {
            "guid": row["guid"],
            "root": row["root"],
            "path": row["path"].decode("utf-8", "surrogateescape"),
            "sha256": row["sha256"].hex(),
            "key": row["key"],
            "sequence": row["sequence"],
            "arrived_at": row["arrived_at"].isoformat(),
        }

    def _note_size(self, size_bytes: int) -> None:
        values = {"size_bytes": size_bytes, "last_feed_id": self._last_feed_id}
        statement = UPSERTING[self._connection.dialect.name](guid_log).values(id=1, **values)
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["id"], set_=values)
        )


_ALL = SelectionKind.ALL
# Feeds that a new store has already: it takes over the guids that readers know.
_FROM_THE_FIRST = (_ALL, SelectionKind.CORRECTIONS)
_LAST_INSTANT = publication.c.last_instant
_PLACES = select(entries.c.id, entries.c.guid, entries.c.sequence, entries.c.arrived_at)
_EVERY_LINK = (
    select(
        entries.c.guid,
        entries.c.sequence,
        entries.c.arrived_at,
        document_entries.c.key,
        documents.c.root,
        documents.c.path,
        # Of some, an earlier feedsvc kept no other than what was refused.
        func.coalesce(documents.c.sha256, documents.c.refused_sha256).label("sha256"),
    )
    .join(document_entries, document_entries.c.entry_id == entries.c.id)
    .join(documents, documents.c.id == document_entries.c.document_id)
    .order_by(entries.c.sequence, document_entries.c.is_primary)
)


def _feed_line(row: Mapping[Any, Any]) -> Line:  # Any: a row, by its columns' names
    values = {name: row[name] for name in FEED_FIELDS}
    return {"feed": row["guid"], **values, "updated": row["updated"].isoformat()}


def _guid_values(line: Line) -> _Values:
    return {
        "guid": line["guid"],
        "root": line["root"],
        "path": line["path"].encode("utf-8", "surrogateescape"),
        "sha256": bytes.fromhex(line["sha256"]),
        "key": line["key"],
        "sequence": line["sequence"],
        "arrived_at": datetime.fromisoformat(line["arrived_at"]),
    }
