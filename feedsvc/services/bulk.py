"""Documents in bulk: the fast lanes for those of which the rules need not be asked one by one.

What a document is, the rules in `settling.py` alone say; most documents need none of them. Those of
a first ingestion match nothing, or, once a store was lost, the record of one guid; nearly all that
are ingested again say what they said. This module finds both in a batch, with one query for each
way of matching, and settles them together. The result is what the rules would have made of them,
one after another. Whatever else a document matches goes to the rules, even where they may find that
it is new, or as it was, all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from feedsvc.ingest.discover import ReadDocument
from feedsvc.ingest.identity import fields_of_draft, fields_of_entry, is_article_address
from feedsvc.model.document import DocumentOutcome, DocumentPath, Outcome
from feedsvc.model.entry import EntryDraft
from feedsvc.model.ids import mint_guid
from feedsvc.store.documents import (
    EntryLink,
    KnownDocument,
    add_documents,
    find_by_paths,
    keep_originals,
    known_fingerprints,
    link_entries,
    links_of_documents,
    save_known_documents,
    seen_bytes,
)
from feedsvc.store.entries import (
    StoredEntry,
    Versions,
    add_entries,
    fetch_all_stored,
    known_addresses,
    note_evidence,
)
from feedsvc.store.feeds import all_with_names_today
from feedsvc.store.guids import GivenGuid
from feedsvc.store.publishing import Publishing


@dataclass(frozen=True, kw_only=True, eq=False)
class Drafted:
    """A document and what it says."""

    read: ReadDocument
    draft: EntryDraft


# Settles documents together that were all found to be of its kind, and still are.
Lane = Callable[[Sequence[Drafted]], list[DocumentOutcome]]


def find_lanes(
    work: Publishing, batch: Sequence[Drafted], versions: Versions, vacated: Container[bytes]
) -> dict[Drafted, Lane]:
    """Those of a batch that a lane may take, whatever the rules make of the others.

    vacated: bytes that some document had until this sweep (`Surroundings`).
    """
    known = find_by_paths(work.connection, [drafted.read.source.path for drafted in batch])
    recorded = work.guids.recall_among([(d.read.source, d.draft.key) for d in batch])
    unsure = {path for path, guid in recorded.items() if guid is None}
    new = _find_newcomers(work, batch, known.keys() | unsure, versions, vacated)
    publish: Lane = partial(_publish_newcomers, work, recorded, versions=versions)
    before = _find_unchanged(work, batch, known) if known else {}
    confirm: Lane = partial(_confirm_unchanged, work, before, versions=versions)
    return dict.fromkeys(new, publish) | dict.fromkeys(before, confirm)


# Newcomers


def _find_newcomers(
    work: Publishing,
    batch: Sequence[Drafted],
    known: Container[DocumentPath],
    versions: Versions,
    vacated: Container[bytes],
) -> list[Drafted]:
    """Those of a batch that match no entry and no document, in its order.

    known: paths that are for the rules.
    """
    met = _known_marks(work, batch, versions)
    newcomers = []
    for drafted in batch:
        marks = _marks(drafted)
        source = drafted.read.source
        if met.isdisjoint(marks) and source.path not in known and source.sha256 not in vacated:
            newcomers.append(drafted)
        met |= marks
    return newcomers


def _marks(drafted: Drafted) -> set[object]:
    """All by which a document may be known again: values of several types."""
    source, draft = drafted.read.source, drafted.draft
    marks: set[object] = {source.path, source.sha256}
    if draft.fingerprint is not None:
        marks.add(draft.fingerprint)
    if draft.canonical_url is not None and is_article_address(draft.canonical_url):
        marks.add(draft.canonical_url)
    return marks


def _known_marks(work: Publishing, batch: Sequence[Drafted], versions: Versions) -> set[object]:
    """The marks of a batch that the store knows already."""
    connection = work.connection
    sources = [drafted.read.source for drafted in batch]
    prints = [fingerprint for d in batch if (fingerprint := d.draft.fingerprint)]
    urls = [url for d in batch if (url := d.draft.canonical_url)]
    return {
        *seen_bytes(connection, [source.sha256 for source in sources]),
        *known_fingerprints(connection, prints, versions.extractor),
        *known_addresses(connection, urls),
    }


def _publish_newcomers(
    work: Publishing,
    recorded: Mapping[DocumentPath, GivenGuid | None],
    newcomers: Sequence[Drafted],
    *,
    versions: Versions,
) -> list[DocumentOutcome]:
    """Publish documents that match no other as new entries, in this order.

    recorded: by path, the guids of those that were published before the store was lost. What the
    store refuses in any of them fails them all.
    """
    connection = work.connection
    sources = [newcomer.read.source for newcomer in newcomers]
    recalled = [recorded.get(source.path) for source in sources]
    given = [known or GivenGuid(guid=mint_guid(), place=None) for known in recalled]
    drafts = {g.guid: n.draft for g, n in zip(given, newcomers, strict=True)}
    places = {g.guid: g.place for g in given if g.place}
    entry_ids = add_entries(work, drafts, versions=versions, places=places)
    if any(recalled):
        work.guids.take([known.guid for known in recalled if known])
    keep_originals(connection, {n.read.source.sha256: n.read.raw for n in newcomers})
    document_ids = add_documents(connection, sources, work.now)
    links = [
        EntryLink(
            document_id=document_id,
            key=draft.key,
            entry_id=entry_id,
            is_primary=True,
            fingerprint=draft.fingerprint,
            extractor_version=versions.extractor,
        )
        for document_id, entry_id, draft in zip(
            document_ids, entry_ids, drafts.values(), strict=True
        )
    ]
    link_entries(connection, links)
    outcomes = []
    for link, source, (guid, draft) in zip(links, sources, drafts.items(), strict=True):
        work.guids.note(link.entry_id, source, link.key)
        outcomes.append(
            DocumentOutcome(
                path=source.path,
                outcome=Outcome.NEW,
                guid=guid,
                title=draft.title,
                resurfaces=guid not in places,
            )
        )
    return outcomes


# What says what it said


@dataclass(frozen=True, kw_only=True)
class _Before:
    """What the store holds of a document: the one entry it gives, and as which document."""

    document_id: int
    stored: StoredEntry


def _find_unchanged(
    work: Publishing, batch: Sequence[Drafted], known: Mapping[DocumentPath, KnownDocument]
) -> dict[Drafted, _Before]:
    """Those of a batch with the bytes that they had, which say what their one entry says."""
    connection = work.connection
    links = links_of_documents(connection, [document.id for document in known.values()])
    candidates: dict[Drafted, EntryLink] = {}
    met: set[DocumentPath] = set()
    for drafted in batch:
        source = drafted.read.source
        document = known.get(source.path)
        is_first = source.path not in met
        met.add(source.path)
        if not is_first or document is None or document.sha256 != source.sha256:
            continue
        match links.get(document.id):
            case [link] if link.is_primary and link.key == drafted.draft.key:
                candidates[drafted] = link
    entries = fetch_all_stored(connection, [link.entry_id for link in candidates.values()])
    # A feed that was renamed is no edit of what arrived under its old name.
    named = all_with_names_today(connection, [drafted.draft for drafted in candidates])
    found = {}
    for (drafted, link), draft in zip(candidates.items(), named, strict=True):
        stored = entries[link.entry_id]
        if fields_of_draft(draft) == fields_of_entry(stored.entry):
            found[drafted] = _Before(document_id=link.document_id, stored=stored)
    return found


def _confirm_unchanged(
    work: Publishing,
    before: Mapping[Drafted, _Before],
    unchanged: Sequence[Drafted],
    *,
    versions: Versions,
) -> list[DocumentOutcome]:
    """Note that documents were ingested again, which extractor read them, and on what grounds."""
    connection = work.connection
    keep_originals(connection, {d.read.source.sha256: d.read.raw for d in unchanged})
    sources = {before[drafted].document_id: drafted.read.source for drafted in unchanged}
    save_known_documents(connection, sources, work.now)
    links = [
        EntryLink(
            document_id=before[drafted].document_id,
            key=drafted.draft.key,
            entry_id=before[drafted].stored.id,
            is_primary=True,
            fingerprint=drafted.draft.fingerprint,
            extractor_version=versions.extractor,
        )
        for drafted in unchanged
    ]
    link_entries(connection, links)
    evidence = {before[drafted].stored.id: drafted.draft.evidence for drafted in unchanged}
    note_evidence(work, evidence, versions)
    return [
        DocumentOutcome(
            path=drafted.read.source.path,
            outcome=Outcome.UNCHANGED,
            guid=before[drafted].stored.entry.guid,
            title=before[drafted].stored.entry.title,
        )
        for drafted in unchanged
    ]
