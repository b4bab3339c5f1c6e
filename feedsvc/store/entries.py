"""Entries: added, edited, departed and returned; fetched and selected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, delete, func, insert, select, update

from feedsvc.errors import EntryGone, NotFound
from feedsvc.model.entry import (
    Category,
    Enclosure,
    Entry,
    EntryDraft,
    EntryState,
    Evidence,
    Person,
    PersonKind,
    Precision,
    Source,
    Tombstone,
)
from feedsvc.model.feed import Candidate
from feedsvc.model.ids import mint_guid, short_id, slugify
from feedsvc.model.selection import SelectionKind
from feedsvc.store.engine import take_ids
from feedsvc.store.feed_names import feed_rows
from feedsvc.store.feeds import (
    Arrival,
    all_with_names_today,
    count_entry,
    feeds_of_entry,
    memberships,
    place_entry,
    place_new_entries,
    touch_corrections,
    touch_feeds,
)
from feedsvc.store.guids import Place
from feedsvc.store.publishing import Publishing
from feedsvc.store.schema import (
    entries,
    feed_entries,
    recorded_departures,
    revisions,
)
from feedsvc.store.search import (
    CANDIDATE_COLUMNS,
    candidate_of,
    index_terms,
    record_departure,
    remove_from_index,
    terms_of_draft,
    terms_of_entry,
)


@dataclass(frozen=True, kw_only=True)
class Versions:
    """Which extractor and which sanitizing policy made a draft."""

    extractor: int
    policy: int


@dataclass(frozen=True, kw_only=True)
class StoredEntry:
    """An entry with what only the store and ingestion care for."""

    id: int
    state: EntryState
    departed_by: str | None
    departed_reason: str | None
    versions: Versions
    evidence: tuple[Evidence, ...]
    entry: Entry


_ADD = insert(entries)


def add_entry(
    work: Publishing,
    draft: EntryDraft,
    *,
    guid: str,
    versions: Versions,
    place: Place | None = None,
) -> int:
    """Publish a draft as a new entry; answers its number in the store."""
    places = {guid: place} if place else {}
    (entry_id,) = add_entries(work, {guid: draft}, versions=versions, places=places)
    return entry_id


def add_entries(
    work: Publishing,
    drafts: Mapping[str, EntryDraft],
    *,
    versions: Versions,
    places: Mapping[str, Place] | None = None,
) -> Sequence[int]:
    """Publish drafts, by the guids they are given, as new entries, one after another.

    places: where those come back to that had one. Answers their numbers in the store.
    """
    arrivals, rows = [], []
    for entry_id, (guid, draft) in zip(
        take_ids(work.connection, entries, len(drafts)), drafts.items(), strict=True
    ):
        sequence, instant = work.next_sequence(), work.next_instant()
        place = (places or {}).get(guid) or Place(sequence=sequence, arrived_at=instant)
        arrivals.append(
            Arrival(
                entry_id=entry_id,
                sequence=place.sequence,
                instant=instant,
                wanted=memberships(draft),
            )
        )
        rows.append(
            {
                "id": entry_id,
                "guid": guid,
                "short_id": short_id(guid),
                "sequence": place.sequence,
                "state": EntryState.LIVE,
                "arrived_at": place.arrived_at,
                "updated": place.arrived_at,
                **_values(draft, place.arrived_at, versions),
            }
        )
    work.connection.execute(_ADD, rows)
    place_new_entries(work, arrivals)
    named = all_with_names_today(work.connection, drafts.values())
    index_terms(
        work.connection,
        {a.sequence: terms_of_draft(draft) for a, draft in zip(arrivals, named, strict=True)},
    )
    work.touched.update(arrival.entry_id for arrival in arrivals)
    return [arrival.entry_id for arrival in arrivals]


def edit_entry(
    work: Publishing,
    stored: StoredEntry,
    draft: EntryDraft,
    *,
    versions: Versions,
    moves_updated: bool,
) -> None:
    """Let an entry say what a draft says; what it said before is kept as a revision.

    guid, sequence and arrival stay; `published` stays unless the draft found another date.
    """
    connection = work.connection
    entry = stored.entry
    instant = work.next_instant() if moves_updated else entry.updated
    number = connection.scalar(
        select(func.max(revisions.c.number)).where(revisions.c.entry_id == stored.id)
    )
    connection.execute(
        insert(revisions).values(
            entry_id=stored.id,
            number=(number or 0) + 1,
            replaced_at=work.now,
            significant=moves_updated,
            guid=mint_guid() if moves_updated else None,
            corrected_at=instant if moves_updated else None,
            fields=_revision_fields(entry),
            html=entry.html,
        )
    )
    connection.execute(
        update(entries)
        .where(entries.c.id == stored.id)
        .values(updated=instant, **_values(draft, entry.arrived_at, versions))
    )
    # As it is now: it may just have been made live again.
    state = connection.scalar(select(entries.c.state).where(entries.c.id == stored.id))
    is_live = state == EntryState.LIVE
    place_entry(
        work, stored.id, entry.sequence, memberships(draft), updated=instant, is_live=is_live
    )
    if moves_updated and is_live:
        touch_corrections(connection, instant)
    if is_live:
        _index_anew(work, stored, instant if moves_updated else None)
    work.touched.add(stored.id)
    work.changed = True


def _index_anew(work: Publishing, before: StoredEntry, instant: datetime | None) -> None:
    """Let searches find what a live entry says now. instant: of the edit, None for a slight one."""
    old = terms_of_entry(before.entry)
    new = terms_of_entry(fetch_stored(work.connection, before.id).entry)
    if old != new:
        remove_from_index(work.connection, before.entry.sequence)
        index_terms(work.connection, {before.entry.sequence: new})
        record_departure(work.connection, old, instant or work.next_instant())


_NOTE_EVIDENCE = update(entries).where(entries.c.id == bindparam("entry_id"))


def note_evidence(
    work: Publishing, evidence_by_entry: Mapping[int, Iterable[Evidence]], versions: Versions
) -> None:
    """Keep newer evidence and versions beside entries whose published fields stay as they are."""
    work.connection.execute(
        _NOTE_EVIDENCE,
        [
            {
                "entry_id": entry_id,
                "evidence": [_plain(e) for e in evidence],
                "extractor_version": versions.extractor,
                "policy_version": versions.policy,
            }
            for entry_id, evidence in evidence_by_entry.items()
        ],
    )


def withdraw_entry(
    work: Publishing,
    stored: StoredEntry,
    *,
    by: str,
    state: EntryState = EntryState.WITHDRAWN,
    reason: str | None = None,
) -> None:
    """Take an entry out of every feed and page, as withdrawn or hidden; its tombstone stays.

    reason: for whoever runs the service; no reader is shown it.
    """
    instant = work.next_instant()
    work.connection.execute(
        update(entries)
        .where(entries.c.id == stored.id)
        .values(state=state, departed_at=instant, departed_by=by, departed_reason=reason)
    )
    work.guids.note_departure(stored.entry.guid)
    _touch_feeds_of(work, stored, instant)
    if stored.state is EntryState.LIVE:
        count_entry(work.connection, stored.id, -1)
        remove_from_index(work.connection, stored.entry.sequence)
        record_departure(work.connection, terms_of_entry(stored.entry), instant)
    work.departures += 1


def return_entry(work: Publishing, stored: StoredEntry, *, by: str | None = None) -> None:
    """Make an entry that has departed live again, with the guid and the place it had.

    by: kept as `departed_by`; whom a person brought back, no policy withdraws.
    """
    work.connection.execute(
        update(entries)
        .where(entries.c.id == stored.id)
        .values(state=EntryState.LIVE, departed_at=None, departed_by=by, departed_reason=None)
    )
    work.guids.note_departure(stored.entry.guid)
    _touch_feeds_of(work, stored, stored.entry.updated)
    count_entry(work.connection, stored.id, +1)
    index_terms(work.connection, {stored.entry.sequence: terms_of_entry(stored.entry)})


def repeat_departures(work: Publishing) -> None:
    """Do to entries again what persons did according to the record of a store that was lost."""
    connection = work.connection
    for row in connection.execute(
        select(recorded_departures, entries.c.id)
        .join(entries, entries.c.guid == recorded_departures.c.guid)
        .order_by(entries.c.sequence)
    ).all():
        stored, state = fetch_stored(connection, row.id), EntryState(row.state)
        if state is not EntryState.LIVE:
            withdraw_entry(work, stored, by=row.departed_by, state=state, reason=row.reason)
        elif stored.state is not EntryState.LIVE:
            return_entry(work, stored, by=row.departed_by)
        connection.execute(
            delete(recorded_departures).where(recorded_departures.c.guid == row.guid)
        )


def _touch_feeds_of(work: Publishing, stored: StoredEntry, instant: datetime) -> None:
    """Record in all feeds that show an entry, or its corrections, that it came or went."""
    connection = work.connection
    touch_feeds(connection, feeds_of_entry(connection, stored.id), instant)
    corrected = select(revisions.c.number).where(
        revisions.c.entry_id == stored.id, revisions.c.corrected_at.is_not(None)
    )
    if connection.scalar(corrected.limit(1)) is not None:
        touch_corrections(connection, instant)
    work.changed = True


def _values(draft: EntryDraft, arrived_at: datetime, versions: Versions) -> dict[str, Any]:
    # Any: column values of several types, checked by the columns.
    carried = draft.html if draft.excerpt_end is None else draft.html[: draft.excerpt_end]
    return {
        "published": draft.published or arrived_at,
        "precision": draft.precision,
        "title": draft.title,
        "slug": slugify(draft.title),
        "summary": draft.summary,
        "language": draft.language,
        "canonical_url": draft.canonical_url,
        "enclosures": [asdict(e) for e in draft.enclosures],
        "evidence": [_plain(e) for e in draft.evidence],
        "extractor_version": versions.extractor,
        "policy_version": versions.policy,
        "excerpt_end": draft.excerpt_end,
        "feed_bytes": len(carried.encode()),
        "html": draft.html,
    }


def _plain(evidence: Evidence) -> dict[str, Any]:  # Any: JSON
    # Shallow, where `asdict` copies every value: there is evidence for each field of each entry.
    return dict(vars(evidence))


def _revision_fields(entry: Entry) -> dict[str, Any]:  # Any: JSON
    return {
        "title": entry.title,
        "authors": [person.name for person in entry.authors],
        "published": entry.published.isoformat(),
        "precision": entry.precision,
        "updated": entry.updated.isoformat(),
        "language": entry.language,
        "summary": entry.summary,
        "source": entry.source.name if entry.source else None,
        "tags": [category.label for category in entry.categories],
        "canonical_url": entry.canonical_url,
        "enclosures": [asdict(e) for e in entry.enclosures],
    }


def fetch_article(connection: Connection, wanted: str) -> Entry:
    """The live entry of a short id. Raises NotFound, or EntryGone for a withdrawn one."""
    stored = _fetch_one(connection, select(entries).where(entries.c.short_id == wanted))
    if stored is None or stored.state is EntryState.HIDDEN:
        raise NotFound(f"there is no article {wanted!r}")
    if stored.state is EntryState.WITHDRAWN:
        raise EntryGone(f"the article {wanted} has been withdrawn")
    return stored.entry


def fetch_stored(connection: Connection, entry_id: int) -> StoredEntry:
    """The entry of this number, whatever its state."""
    stored = _fetch_one(connection, select(entries).where(entries.c.id == entry_id))
    assert stored is not None, "documents refer to entries that exist"
    return stored


_BY_IDS = select(entries).where(entries.c.id.in_(bindparam("ids", expanding=True)))


def fetch_all_stored(connection: Connection, entry_ids: Sequence[int]) -> dict[int, StoredEntry]:
    """The entries of these numbers, whatever their state."""
    rows = connection.execute(_BY_IDS, {"ids": entry_ids}).all()
    return {stored.id: stored for stored in _stored(connection, rows)}


def find_by_guid(connection: Connection, guid: str) -> list[StoredEntry]:
    """The entry of this guid, whatever its state, if there is one."""
    return _stored(
        connection, connection.execute(select(entries).where(entries.c.guid == guid)).all()
    )


def find_by_short_id(connection: Connection, wanted: str) -> list[StoredEntry]:
    """The entry of this short id, whatever its state, if there is one."""
    return _stored(
        connection, connection.execute(select(entries).where(entries.c.short_id == wanted)).all()
    )


def find_by_canonical_url(connection: Connection, url: str) -> list[StoredEntry]:
    """The entries that say they stand at this address, the oldest first."""
    rows = connection.execute(
        select(entries).where(entries.c.canonical_url == url).order_by(entries.c.sequence)
    ).all()
    return _stored(connection, rows)


_KNOWN_ADDRESSES = (
    select(entries.c.canonical_url)
    .where(entries.c.canonical_url.in_(bindparam("urls", expanding=True)))
    .distinct()
)


def known_addresses(connection: Connection, urls: Sequence[str]) -> set[str]:
    """Which of these addresses entries say they stand at."""
    found = connection.scalars(_KNOWN_ADDRESSES, {"urls": urls})
    return {url for url in found if url is not None}


def select_candidates(
    connection: Connection, feed_id: int, kind: SelectionKind, limit: int
) -> Iterator[Candidate]:
    """The newest live entries of a feed, newest first, without their bodies.

    One after another, so that whoever has enough reads no further.
    """
    columns = select(*CANDIDATE_COLUMNS)
    if kind is SelectionKind.ALL:
        query = columns.order_by(entries.c.sequence.desc())
    else:
        query = (
            columns.join(feed_entries, feed_entries.c.entry_id == entries.c.id)
            .where(feed_entries.c.feed_id == feed_id, feed_entries.c.left_at.is_(None))
            .order_by(feed_entries.c.sequence.desc())
        )
    rows = connection.execute(query.where(entries.c.state == EntryState.LIVE).limit(limit))
    yield from map(candidate_of, rows)


def select_tombstones(
    connection: Connection, feed_id: int, *, since: datetime | None, limit: int
) -> tuple[Tombstone, ...]:
    """What was withdrawn from a feed at an instant or after it, the last first."""
    query = (
        select(entries.c.guid, entries.c.departed_at)
        .join(feed_entries, feed_entries.c.entry_id == entries.c.id)
        .where(feed_entries.c.feed_id == feed_id, feed_entries.c.left_at.is_(None))
        .where(entries.c.state == EntryState.WITHDRAWN)
        .order_by(entries.c.departed_at.desc())
        .limit(limit)
    )
    if since is not None:
        query = query.where(entries.c.departed_at >= since)
    rows = connection.execute(query)
    return tuple(Tombstone(guid=row.guid, departed_at=row.departed_at) for row in rows)


def fetch_at(connection: Connection, sequences: Sequence[int]) -> tuple[Entry, ...]:
    """The live entries with these sequences, the newest arrival first."""
    ids = select(entries.c.id).where(
        entries.c.sequence.in_(sequences), entries.c.state == EntryState.LIVE
    )
    return fetch_entries(connection, connection.scalars(ids).all())


def fetch_entries(connection: Connection, entry_ids: Sequence[int]) -> tuple[Entry, ...]:
    """These entries, the newest arrival first."""
    rows = connection.execute(
        select(*_SHOWN).where(entries.c.id.in_(entry_ids)).order_by(entries.c.sequence.desc())
    ).all()
    names = _names(connection, entry_ids)
    return tuple(_entry(row, names[row.id]) for row in rows)


# What readers are shown of an entry: all but what only its administrators ask for.
_SHOWN = [column for column in entries.c if column is not entries.c.evidence]
AnyRow = Row[tuple[Any, ...]]  # Any: columns of many types


def _fetch_one(connection: Connection, query: Select[tuple[Any, ...]]) -> StoredEntry | None:
    found = _stored(connection, connection.execute(query).all())
    return found[0] if found else None


@dataclass(kw_only=True)
class _Named:
    """What an entry takes its names from: the feeds it lies in."""

    source: Source | None
    authors: list[Person]
    categories: list[Category]


def _stored(connection: Connection, rows: Sequence[AnyRow]) -> list[StoredEntry]:
    names = _names(connection, [row.id for row in rows])
    return [_stored_entry(row, names[row.id]) for row in rows]


def author_names(connection: Connection, entry_ids: Sequence[int]) -> Mapping[int, tuple[str, ...]]:
    """The authors of these entries as they are called now."""
    names = _names(connection, entry_ids)
    return {number: tuple(person.name for person in names[number].authors) for number in entry_ids}


def _names(connection: Connection, entry_ids: Sequence[int]) -> Mapping[int, _Named]:
    names: dict[int, _Named] = defaultdict(lambda: _Named(source=None, authors=[], categories=[]))
    if not entry_ids:
        return names
    placed = connection.execute(
        select(feed_entries.c.entry_id, feed_entries.c.feed_id)
        .where(feed_entries.c.entry_id.in_(entry_ids), feed_entries.c.left_at.is_(None))
        .order_by(feed_entries.c.position, feed_entries.c.feed_id)
    ).all()
    # A few names serve many entries: each is made once.
    name_of = _feed_names(connection, {feed_id for _, feed_id in placed})
    for entry_id, feed_id in placed:
        name = name_of.get(feed_id)
        if isinstance(name, Person):
            names[entry_id].authors.append(name)
        elif isinstance(name, Category):
            names[entry_id].categories.append(name)
        elif name is not None:
            names[entry_id].source = name
    return names


def _feed_names(
    connection: Connection, feed_ids: Collection[int]
) -> Mapping[int, Source | Person | Category]:
    names: dict[int, Source | Person | Category] = {}
    for row in feed_rows(connection, feed_ids):
        if row.kind == SelectionKind.SOURCE:
            names[row.id] = Source(name=row.name, slug=row.slug)
        elif row.kind == SelectionKind.AUTHOR:
            kind = PersonKind(row.person_kind)
            names[row.id] = Person(name=row.name, kind=kind, slug=row.slug)
        elif row.kind == SelectionKind.TAG:
            names[row.id] = Category(term=row.slug, label=row.name)
    return names


def _stored_entry(row: AnyRow, named: _Named) -> StoredEntry:
    return StoredEntry(
        id=row.id,
        state=EntryState(row.state),
        departed_by=row.departed_by,
        departed_reason=row.departed_reason,
        versions=Versions(extractor=row.extractor_version, policy=row.policy_version),
        evidence=tuple(Evidence(**{**e, "lines": tuple(e["lines"])}) for e in row.evidence),
        entry=_entry(row, named),
    )


def _entry(row: AnyRow, named: _Named) -> Entry:
    return Entry(
        guid=row.guid,
        short_id=row.short_id,
        slug=row.slug,
        sequence=row.sequence,
        arrived_at=row.arrived_at,
        published=row.published,
        precision=Precision(row.precision),
        updated=row.updated,
        title=row.title,
        authors=tuple(named.authors),
        source=named.source,
        categories=tuple(named.categories),
        language=row.language,
        summary=row.summary,
        html=row.html,
        excerpt_end=row.excerpt_end,
        enclosures=tuple(Enclosure(**e) for e in row.enclosures),
        canonical_url=row.canonical_url,
    )
