"""What a document is, and what becomes of its entry: new, edited, moved, a copy, gone.

Everything here happens inside one publishing transaction and reads the store as it is there: a
decision never rests on what was known before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from feedsvc.errors import DocumentError
from feedsvc.ingest.discover import Found, ReadDocument
from feedsvc.ingest.identity import (
    fields_of_draft,
    fields_of_entry,
    is_article_address,
    is_same_article,
    is_significant,
    stated_source,
)
from feedsvc.model.document import DocumentOutcome, DocumentPath, Outcome, SourceDocument
from feedsvc.model.entry import BY_PERSON, BY_POLICY, EntryDraft, EntryState, Evidence, Precision
from feedsvc.model.ids import mint_guid
from feedsvc.model.run import RunRequest
from feedsvc.services.gone import first_there, is_confirmed_gone
from feedsvc.store.documents import (
    EntryLink,
    KnownDocument,
    documents_by_id,
    documents_of_entry,
    exchange_documents,
    find_by_fingerprint,
    find_by_path,
    find_by_sha256,
    forget_document,
    forget_entries,
    keep_original,
    link_entry,
    links_of_bytes,
    links_of_document,
    links_of_documents,
    links_of_entry,
    make_primary,
    move_document,
    note_state,
    original_size_bytes,
    quarantine_document,
    save_document,
    unlink_entry,
)
from feedsvc.store.entries import (
    StoredEntry,
    Versions,
    add_entry,
    edit_entry,
    fetch_all_stored,
    fetch_stored,
    find_by_canonical_url,
    note_evidence,
    repeat_departures,
    return_entry,
    withdraw_entry,
)
from feedsvc.store.feeds import with_names_today
from feedsvc.store.publishing import Publishing

# So many documents that have the same bytes, or say the same, are looked at together.
_HOLDERS_AT_ONCE = 16
# Of so many documents that exchanged their bytes what they gave is looked up together.
_SWAPPED_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a decision may know beyond the store.

    is_there: whether a path was found by this sweep; True where its folder could not be read.
    find_bytes: a path, new in this sweep, that now holds bytes of this SHA-256, so many.
    find_rewritten: what a known document, whose bytes one at the given path now holds, was
    rewritten to; None if it was not. Raises PostponedDocument while that cannot be told.
    withdraws: what loses its document is withdrawn (`removal = "withdraw"`).
    vacated: the entry that had these bytes until its document was edited, in this sweep.
    passed: of bytes, or a fingerprint, that many documents have: up to which number this sweep has
    found them to be there. apart: bytes of which it has found that no document with them is part of
    an exchange. holders: a document of an entry that it has found to be there.
    """

    request: RunRequest
    versions: Versions
    is_there: Callable[[DocumentPath], bool]
    find_bytes: Callable[[bytes, int], SourceDocument | None]
    find_rewritten: Callable[[DocumentPath, KnownDocument], SourceDocument | None]
    withdraws: bool
    vacated: dict[bytes, int] = field(default_factory=dict)
    passed: dict[bytes, int] = field(default_factory=dict)
    apart: set[bytes] = field(default_factory=set)
    holders: dict[int, int] = field(default_factory=dict)


class Settling:
    """Settles documents, one after another, in one publishing transaction."""

    def __init__(self, work: Publishing, around: Surroundings) -> None:
        self._work = work
        self._around = around
        self.connection = work.connection
        self.now = work.now

    # A document whose bytes say enough

    def by_bytes(self, read: ReadDocument) -> DocumentOutcome | None:
        """Settle a document whose bytes are known already; None if it must be extracted."""
        path, sha256 = read.source.path, read.source.sha256
        known = find_by_path(self.connection, path)
        links = links_of_document(self.connection, known.id) if known else []
        if known and known.sha256 == sha256 and links:
            if self._around.request.force or known.refused_sha256 == sha256:
                return None
            if any(self._inherits(link) for link in links):
                return None
            save_document(self.connection, read.source, self.now)
            return self._there_again(path, links)
        if links:
            return None
        return self._by_twins(read, known)

    def _by_twins(self, read: ReadDocument, known: KnownDocument | None) -> DocumentOutcome | None:
        source = read.source
        moved = self._by_lost_twin(read, known)
        if moved:
            return moved
        links = links_of_bytes(self.connection, source.sha256, besides=source.path)
        if links:
            keep_original(self.connection, source.sha256, read.raw)
            return self._add_alternate(source, links)
        entry_id = self._around.vacated.get(source.sha256)
        if entry_id is None:
            return None
        link = EntryLink(
            document_id=self._save(read),
            key="",
            entry_id=entry_id,
            is_primary=False,
            fingerprint=None,
            extractor_version=self._around.versions.extractor,
        )
        self._link(link)
        return self._outcome(source.path, Outcome.DUPLICATE, entry_id)

    def _add_alternate(self, source: SourceDocument, links: list[EntryLink]) -> DocumentOutcome:
        document_id = save_document(self.connection, source, self.now)
        for link in links:
            alternate = replace(link, document_id=document_id, is_primary=False)
            self._link(alternate)
        return self._outcome(source.path, Outcome.DUPLICATE, links[0].entry_id)

    def _by_lost_twin(
        self, read: ReadDocument, known: KnownDocument | None
    ) -> DocumentOutcome | None:
        """Follow a rename; whatever `known` gave at this path before has lost its document."""
        source = read.source
        twin = self._find_lost(self._twins, source.sha256, source.path)
        if twin is None:
            return None
        if known:
            if self._around.withdraws:
                self.withdraw(known)
            self._hand_over(known)
            self._forget(known.id)
        links = links_of_document(self.connection, twin.id)
        if twin.held_sha256 == source.sha256:
            self._move(twin.id, source.path)
            note_state(self.connection, twin.id, source.state)
        else:
            self._release(twin)
            document_id = self._save(read)
            for link in links:
                self._link(replace(link, document_id=document_id))
        outcome = self._there_again(source.path, links)
        return replace(outcome, outcome=Outcome.MOVED)

    def _hand_over(self, known: KnownDocument) -> None:
        """Let other documents that give its entries speak for them: such as are there, if any."""
        for link in links_of_document(self.connection, known.id):
            others = links_of_entry(self.connection, link.entry_id)
            heirs = [other for other in others if other.document_id != known.id]
            if link.is_primary and heirs:
                heir = first_there(self.connection, heirs, self._around.is_there)
                make_primary(self.connection, heir or heirs[0])

    def _inherits(self, link: EntryLink) -> bool:
        """Whether an alternate is to speak, since the primary was found gone when it was too."""
        if link.is_primary:
            return False
        primary = links_of_entry(self.connection, link.entry_id)[0]
        if not primary.is_primary:
            return False
        holder = documents_by_id(self.connection, [primary.document_id])[primary.document_id]
        return is_confirmed_gone(holder) and not self._around.is_there(holder.path)

    def _find_lost(
        self, holders: Callable[[bytes, int], list[KnownDocument]], mark: bytes, path: DocumentPath
    ) -> KnownDocument | None:
        """The first document with a mark that gives entries, and does not lie there any more.

        holders: the next of those that have, or had, a mark, behind a number. path: whose own
        document is not meant. What was found to be there is not looked at again in this sweep.
        """
        passed = self._around.passed
        while page := holders(mark, passed.get(mark, 0)):
            for holder in page:
                if (
                    holder.path != path
                    and self._has_lost(holder, mark)
                    and links_of_document(self.connection, holder.id)
                ):
                    return holder
            if len(page) < _HOLDERS_AT_ONCE:
                break
            passed[mark] = page[-1].id
        return None

    def _has_lost(self, holder: KnownDocument, mark: bytes) -> bool:
        """Whether it is gone, or overwritten with what was refused: with other bytes than meant."""
        if holder.held_sha256 not in (holder.sha256, mark):
            return True
        return not self._around.is_there(holder.path)

    def _twins(self, sha256: bytes, after: int) -> list[KnownDocument]:
        return find_by_sha256(self.connection, sha256, after=after, limit=_HOLDERS_AT_ONCE)

    def _same_articles(self, fingerprint: bytes, after: int) -> list[KnownDocument]:
        links = find_by_fingerprint(
            self.connection,
            fingerprint,
            self._around.versions.extractor,
            after=after,
            limit=_HOLDERS_AT_ONCE,
        )
        holders = documents_by_id(self.connection, [link.document_id for link in links])
        return [holders[link.document_id] for link in links]

    def _there_again(self, path: DocumentPath, links: list[EntryLink]) -> DocumentOutcome:
        """Make live again what had been withdrawn because its document was gone."""
        returned = False
        for link in links:
            stored = fetch_stored(self.connection, link.entry_id)
            returned = self._bring_back(stored) or returned
        outcome = Outcome.RETURNED if returned else Outcome.UNCHANGED
        return self._outcome(path, outcome, links[0].entry_id, resurfaces=returned)

    def _bring_back(self, stored: StoredEntry) -> bool:
        # What a person hid or withdrew stays so, whatever the folder holds.
        if stored.state is not EntryState.WITHDRAWN or stored.departed_by != BY_POLICY:
            return False
        return_entry(self._work, stored)
        return True

    # A document that was extracted

    def by_draft(self, read: ReadDocument, draft: EntryDraft) -> DocumentOutcome:
        """Settle a document by what it says."""
        # A feed that was renamed is no edit of what arrived under its old name.
        draft = with_names_today(self.connection, draft)
        known = find_by_path(self.connection, read.source.path)
        if known:
            for link in links_of_document(self.connection, known.id):
                if link.is_primary:
                    return self._known_primary(read, draft, known, link)
                if self._inherits(link):
                    return self._inherit(read, draft, known, link)
                if known.sha256 == read.source.sha256:
                    self._save_with_link(read, draft, link.entry_id, is_primary=False, is_new=False)
                    return self._outcome(read.source.path, Outcome.UNCHANGED, link.entry_id)
                self._touch(link.entry_id)
                unlink_entry(self.connection, known.id, link.key)
        # Its twin may have been published a moment ago, in this very batch.
        return self._by_twins(read, known) or self._new(read, draft)

    def _known_primary(
        self, read: ReadDocument, draft: EntryDraft, known: KnownDocument, link: EntryLink
    ) -> DocumentOutcome:
        stored = fetch_stored(self.connection, link.entry_id)
        if known.sha256 == read.source.sha256:
            self._save_with_link(read, draft, link.entry_id, is_primary=True, is_new=False)
            return self._upgrade(read.source.path, stored, draft)
        self._check_apart(read.source)
        if not is_same_article(draft, stored.entry):
            moved = self._find_moved(known)
            if moved is not None:
                # The old article now lies elsewhere, and another one took its name.
                copy = find_by_path(self.connection, moved.path)
                if copy:  # as which it was settled since this sweep looked
                    self._forget(copy.id)
                self._move(known.id, moved.path)
                save_document(self.connection, moved, self.now)
                return self._by_twins(read, None) or self._new(read, draft)
            overwritten = self._by_lost_twin(read, known)
            if overwritten:
                return overwritten
        if known.sha256:
            self._around.vacated[known.sha256] = stored.id
        self._save_with_link(read, draft, link.entry_id, is_primary=True)
        return self._edit(read.source.path, stored, draft)

    def _inherit(
        self, read: ReadDocument, draft: EntryDraft, known: KnownDocument, link: EntryLink
    ) -> DocumentOutcome:
        make_primary(self.connection, link)
        if known.sha256 != read.source.sha256:
            return self._known_primary(read, draft, known, link)
        self._save_with_link(read, draft, link.entry_id, is_primary=True, is_new=False)
        return self._edit(read.source.path, fetch_stored(self.connection, link.entry_id), draft)

    def _find_moved(self, known: KnownDocument) -> SourceDocument | None:
        """A new path with the bytes that a document gave its entry from."""
        if known.sha256 is None:
            return None
        size_bytes = original_size_bytes(self.connection, known.sha256)
        return None if size_bytes is None else self._around.find_bytes(known.sha256, size_bytes)

    def _check_apart(self, source: SourceDocument) -> None:
        """Raise PostponedDocument while this edit may be part of an exchange.

        It holds what another document held. Where that one was rewritten too, to the bytes of a
        third, and so on, each of them must have been seen.
        """
        followed: set[bytes] = set()
        ahead = [source.sha256]
        while ahead:
            sha256 = ahead.pop()
            if sha256 in followed or sha256 in self._around.apart:
                continue
            for twin in self._all_twins(sha256):
                followed.add(sha256)
                if twin.path == source.path:
                    continue
                rewritten = self._around.find_rewritten(source.path, twin)
                if rewritten:
                    ahead.append(rewritten.sha256)
        self._around.apart.update(followed)

    def _all_twins(self, sha256: bytes) -> Iterator[KnownDocument]:
        """Every document that gives entries and has, or had, these bytes."""
        page = self._twins(sha256, 0)
        while page:
            links = links_of_documents(self.connection, [twin.id for twin in page])
            yield from (twin for twin in page if twin.id in links)
            page = self._twins(sha256, page[-1].id)

    def _new(self, read: ReadDocument, draft: EntryDraft) -> DocumentOutcome:
        return (
            self._by_fingerprint(read, draft)
            or self._by_address(read, draft)
            or self._publish(read, draft, ())
        )

    def _by_fingerprint(self, read: ReadDocument, draft: EntryDraft) -> DocumentOutcome | None:
        if draft.fingerprint is None:
            return None
        path, version = read.source.path, self._around.versions.extractor
        lost = self._find_lost(self._same_articles, draft.fingerprint, path)
        if lost:
            link = links_of_document(self.connection, lost.id)[0]
            self._release(lost)
            self._save_with_link(read, draft, link.entry_id, is_primary=link.is_primary)
            stored = fetch_stored(self.connection, link.entry_id)
            if link.is_primary:
                return replace(self._edit(path, stored, draft), outcome=Outcome.MOVED)
            returned = self._bring_back(stored)
            return self._outcome(path, Outcome.MOVED, link.entry_id, resurfaces=returned)
        links = find_by_fingerprint(self.connection, draft.fingerprint, version, limit=1)
        if not links:
            return None
        self._save_with_link(read, draft, links[0].entry_id, is_primary=False)
        return self._outcome(path, Outcome.DUPLICATE, links[0].entry_id)

    def _by_address(self, read: ReadDocument, draft: EntryDraft) -> DocumentOutcome | None:
        url = draft.canonical_url
        if url is None or not is_article_address(url):
            return None
        path = read.source.path
        others = [
            stored
            for stored in find_by_canonical_url(self.connection, url)
            if _stated_source(stored) == stated_source(draft.source, draft.evidence)
        ]
        for stored in others:
            if not is_same_article(draft, stored.entry):
                continue
            gone = not self._has_documents(stored.id)
            link = self._save_with_link(read, draft, stored.id, is_primary=gone)
            if gone:
                make_primary(self.connection, link)
                return replace(self._edit(path, stored, draft), outcome=Outcome.RECRAWLED)
            return self._outcome(path, Outcome.RECRAWLED, stored.id)
        clashes = tuple(
            Evidence(
                field="identity",
                value=stored.entry.guid,
                rule="another article claims the same canonical URL",
                confidence=1.0,
            )
            for stored in others
        )
        return self._publish(read, draft, clashes) if clashes else None

    def _has_documents(self, entry_id: int, *, besides: int | None = None) -> bool:
        holders = self._around.holders
        if holders.get(entry_id) not in (None, besides):
            return True
        for document in documents_of_entry(self.connection, entry_id):
            if document.id != besides and self._around.is_there(document.path):
                holders[entry_id] = document.id
                return True
        return False

    def _publish(
        self, read: ReadDocument, draft: EntryDraft, clashes: tuple[Evidence, ...]
    ) -> DocumentOutcome:
        recorded = self._work.guids.recall(read.source, draft.key)
        guid = recorded.guid if recorded else mint_guid()
        entry_id = add_entry(
            self._work,
            replace(draft, evidence=draft.evidence + clashes),
            guid=guid,
            versions=self._around.versions,
            place=recorded.place if recorded else None,
        )
        if recorded:
            repeat_departures(self._work)
        self._save_with_link(read, draft, entry_id, is_primary=True)
        return DocumentOutcome(
            path=read.source.path,
            outcome=Outcome.NEW,
            guid=guid,
            title=draft.title,
            resurfaces=recorded is None or recorded.place is None,
        )

    def _edit(self, path: DocumentPath, stored: StoredEntry, draft: EntryDraft) -> DocumentOutcome:
        returned = self._bring_back(stored)
        # An edit keeps `published`; only a re-ingest that was asked for takes another date.
        if not self._around.request.force:
            draft = _dated_like(stored, draft)
        old, new = fields_of_entry(stored.entry), fields_of_draft(draft)
        if old == new:
            note_evidence(self._work, {stored.id: draft.evidence}, self._around.versions)
            outcome = Outcome.RETURNED if returned else Outcome.COSMETIC
            return self._outcome(path, outcome, stored.id, resurfaces=returned)
        moves = is_significant(old, new)
        self._store_edit(stored, draft, moves_updated=moves)
        return self._outcome(path, Outcome.EDITED, stored.id, resurfaces=moves or returned)

    def _upgrade(
        self, path: DocumentPath, stored: StoredEntry, draft: EntryDraft
    ) -> DocumentOutcome:
        old, new = fields_of_entry(stored.entry), fields_of_draft(draft)
        if old == new:
            note_evidence(self._work, {stored.id: draft.evidence}, self._around.versions)
            return self._outcome(path, Outcome.UNCHANGED, stored.id)
        moves = self._around.request.move_updated and is_significant(old, new)
        self._store_edit(stored, draft, moves_updated=moves)
        return self._outcome(path, Outcome.UPGRADED, stored.id, resurfaces=moves)

    def _store_edit(self, stored: StoredEntry, draft: EntryDraft, *, moves_updated: bool) -> None:
        edit_entry(
            self._work,
            stored,
            draft,
            versions=self._around.versions,
            moves_updated=moves_updated,
        )

    # Documents that cannot be published, have exchanged places, or are gone

    def by_refusal(self, source: SourceDocument, error: DocumentError) -> DocumentOutcome:
        """Settle a document that was refused: its bytes may be published under another name."""
        known = find_by_path(self.connection, source.path)
        before = links_of_document(self.connection, known.id) if known else []
        if not any(link.is_primary for link in before):
            links = links_of_bytes(self.connection, source.sha256, besides=source.path)
            if links:
                return self._add_alternate(source, links)
        found = Found(path=source.path, state=source.state)
        return self.quarantine(found, error, source.sha256)

    def quarantine(
        self, found: Found, error: DocumentError, sha256: bytes | None = None
    ) -> DocumentOutcome:
        """Keep why a document was refused; an entry that it gave before stays as it was."""
        versions = self._around.versions
        quarantine_document(
            self.connection,
            found.path,
            found.state,
            sha256,
            error,
            version=versions.policy if error.stage == "sanitize" else versions.extractor,
            now=self.now,
        )
        return DocumentOutcome(
            path=found.path, outcome=Outcome.QUARANTINED, stage=error.stage, reason=error.reason
        )

    def swap(self, places: Sequence[tuple[KnownDocument, SourceDocument]]) -> list[DocumentOutcome]:
        """Re-point known documents that have exchanged their bytes: (document, where they lie).

        Nothing, where one of them is not any more what was known of it.
        """
        known = {document.id: document for document, _ in places}
        if documents_by_id(self.connection, list(known)) != known:
            return []
        exchange_documents(self.connection, places)
        outcomes = []
        for first in range(0, len(places), _SWAPPED_AT_ONCE):
            outcomes += self._swapped(places[first : first + _SWAPPED_AT_ONCE])
        return outcomes

    def _swapped(
        self, places: Sequence[tuple[KnownDocument, SourceDocument]]
    ) -> list[DocumentOutcome]:
        links = links_of_documents(self.connection, [document.id for document, _ in places])
        entry_ids = {link.entry_id for given in links.values() for link in given}
        for entry_id in entry_ids:
            self._touch(entry_id)
        entries = fetch_all_stored(self.connection, list(entry_ids))
        outcomes = []
        for document, source in places:
            given = links.get(document.id)
            entry = entries[given[0].entry_id].entry if given else None
            outcomes.append(
                DocumentOutcome(
                    path=source.path,
                    outcome=Outcome.SWAPPED,
                    guid=entry.guid if entry else None,
                    title=entry.title if entry else None,
                )
            )
        return outcomes

    def promote(self, link: EntryLink, draft: EntryDraft) -> DocumentOutcome:
        """Let an alternate speak for its entry, whose primary document is gone."""
        make_primary(self.connection, link)
        holder = documents_by_id(self.connection, [link.document_id])[link.document_id]
        draft = with_names_today(self.connection, draft)
        return self._edit(holder.path, fetch_stored(self.connection, link.entry_id), draft)

    def withdraw(self, gone: KnownDocument) -> list[DocumentOutcome]:
        """Withdraw what only a document gave that is gone for good."""
        outcomes = []
        for link in links_of_document(self.connection, gone.id):
            stored = fetch_stored(self.connection, link.entry_id)
            # What a person brought back stays, as does what a person withdrew.
            may_go = stored.state is EntryState.LIVE and stored.departed_by != BY_PERSON
            if may_go and not self._has_documents(stored.id, besides=gone.id):
                withdraw_entry(self._work, stored, by=BY_POLICY)
                outcomes.append(self._outcome(gone.path, Outcome.WITHDRAWN, stored.id))
        return outcomes

    # Bookkeeping. Custom feeds may select by path: whatever gains or loses one is decided on again.

    def _touch(self, entry_id: int) -> None:
        self._work.touched.add(entry_id)
        self._around.holders.pop(entry_id, None)

    def _link(self, link: EntryLink) -> None:
        self._touch(link.entry_id)
        link_entry(self.connection, link)

    def _move(self, document_id: int, to: DocumentPath) -> None:
        self._touch_entries_of(document_id)
        move_document(self.connection, document_id, to)

    def _forget(self, document_id: int) -> None:
        self._touch_entries_of(document_id)
        forget_document(self.connection, document_id)

    def _release(self, lost: KnownDocument) -> None:
        """Let a document give nothing more; what was refused at its path may still be there."""
        if lost.refused_sha256 is None:
            self._forget(lost.id)
        else:
            self._touch_entries_of(lost.id)
            forget_entries(self.connection, lost.id)

    def _touch_entries_of(self, document_id: int) -> None:
        for link in links_of_document(self.connection, document_id):
            self._touch(link.entry_id)

    def _save(self, read: ReadDocument) -> int:
        keep_original(self.connection, read.source.sha256, read.raw)
        return save_document(self.connection, read.source, self.now)

    def _save_with_link(
        self,
        read: ReadDocument,
        draft: EntryDraft,
        entry_id: int,
        *,
        is_primary: bool,
        is_new: bool = True,
    ) -> EntryLink:
        """is_new: these bytes have not given this entry before."""
        link = EntryLink(
            document_id=self._save(read),
            key=draft.key,
            entry_id=entry_id,
            is_primary=is_primary,
            fingerprint=draft.fingerprint,
            extractor_version=self._around.versions.extractor,
        )
        self._link(link)
        if is_new:
            self._work.guids.note(entry_id, read.source, draft.key)
        return link

    def _outcome(
        self, path: DocumentPath, outcome: Outcome, entry_id: int, *, resurfaces: bool = False
    ) -> DocumentOutcome:
        entry = fetch_stored(self.connection, entry_id).entry
        return DocumentOutcome(
            path=path,
            outcome=outcome,
            guid=entry.guid,
            title=entry.title,
            resurfaces=resurfaces,
        )


def _stated_source(stored: StoredEntry) -> str:
    source = stored.entry.source
    return stated_source(source.name if source else None, stored.evidence)


def _dated_like(stored: StoredEntry, draft: EntryDraft) -> EntryDraft:
    dated = stored.entry.precision is not Precision.ARRIVAL
    return replace(
        draft,
        published=stored.entry.published if dated else None,
        precision=stored.entry.precision,
    )


def remembered(document: KnownDocument, raw: bytes) -> ReadDocument:
    """A document as the store remembers it, with the bytes that the store kept of it."""
    assert document.sha256 is not None, "bytes were kept of documents that were read"
    source = SourceDocument(path=document.path, state=document.state, sha256=document.sha256)
    return ReadDocument(source=source, raw=raw)
