"""New documents in bulk: the fast lane for those that match nothing.

What a document is, the rules in `settling.py` alone say; most documents of a first ingestion need
none of them. This room finds, with one query for each way of matching, the drafts of a batch that
match nothing in the store and nothing that comes before them in the batch, and publishes them
together. The result is what the rules would have made of them, one after another. Whatever matches
anything goes to the rules, even where they may find that it is new all the same.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

from feedsvc.ingest.discover import ReadDocument
from feedsvc.ingest.identity import is_article_address
from feedsvc.model.document import DocumentOutcome, Outcome
from feedsvc.model.entry import EntryDraft
from feedsvc.model.ids import mint_guid
from feedsvc.store.documents import (
    EntryLink,
    add_documents,
    keep_originals,
    known_fingerprints,
    known_paths,
    link_entries,
    seen_bytes,
)
from feedsvc.store.entries import Versions, add_entries, known_addresses
from feedsvc.store.publishing import Publishing


@dataclass(frozen=True, kw_only=True, eq=False)
class Drafted:
    """A document and what it says."""

    read: ReadDocument
    draft: EntryDraft


def find_newcomers(
    work: Publishing,
    batch: Sequence[Drafted],
    versions: Versions,
    vacated: Container[bytes],
) -> list[Drafted]:
    """Those of a batch that match nothing, in its order.

    vacated: bytes that some document had until this sweep (`Surroundings`).
    """
    met = _known_marks(work, batch, versions)
    newcomers = []
    for drafted in batch:
        marks = _marks(drafted)
        if met.isdisjoint(marks) and drafted.read.source.sha256 not in vacated:
            newcomers.append(drafted)
        met |= marks
    return newcomers


def _marks(drafted: Drafted) -> set[object]:
    """All by which a document may be known again (DESIGN "Identity"): values of several types."""
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
        *known_paths(connection, [source.path for source in sources]),
        *seen_bytes(connection, [source.sha256 for source in sources]),
        *known_fingerprints(connection, prints, versions.extractor),
        *known_addresses(connection, urls),
        *work.guids.recorded_among(sources),
    }


def publish_newcomers(
    work: Publishing, newcomers: Sequence[Drafted], versions: Versions
) -> list[DocumentOutcome]:
    """Publish documents that match nothing as new entries, in this order.

    What the store refuses in any of them fails them all.
    """
    connection = work.connection
    drafts = {mint_guid(): newcomer.draft for newcomer in newcomers}
    sources = [newcomer.read.source for newcomer in newcomers]
    entry_ids = add_entries(work, drafts, versions=versions)
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
                resurfaces=True,
            )
        )
    return outcomes
