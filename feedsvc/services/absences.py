"""Documents that are gone: counted, their alternates asked to speak, withdrawn where wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from feedsvc.errors import DocumentError
from feedsvc.ingest.discover import ReadDocument, WatchedRoot
from feedsvc.ingest.pool import Extracted, ExtractionPool, Job
from feedsvc.model.document import NO_DEFAULTS, DocumentOutcome, DocumentPath, Outcome
from feedsvc.services.batches import Batches, Step
from feedsvc.services.settling import (
    CONFIRMING_SWEEPS,
    Settling,
    is_confirmed_gone,
    may_withdraw,
    remembered,
)
from feedsvc.services.survey import RootLook
from feedsvc.store.documents import (
    EntryLink,
    KnownDocument,
    documents_by_id,
    fetch_original,
    find_by_path,
    find_by_paths,
    forget_document,
    links_of_document,
    links_of_entry,
    make_primary,
    note_missing,
)

# Fewer than this may go at once without being taken for a lost mount.
_LOST_MOUNT_MIN = 20
_SETTLED_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Absences:
    """What one sweep makes of the documents of a root that it did not find.

    is_there: whether a path was found. withdraw_after_s: how long what they gave lives on, None
    for ever.
    """

    batches: Batches
    pool: ExtractionPool
    roots: Sequence[WatchedRoot]
    is_there: Callable[[DocumentPath], bool]
    withdraw_after_s: float | None

    def settle(self, look: RootLook, gone: Iterable[DocumentPath]) -> bool:
        """Settle what is gone from a root; answers whether withdrawals are held."""
        held = bool(look.gone) and (look.is_moved or _is_lost_mount(look.gone, look.known))
        for paths in _chunks(gone):
            with self.batches.store.reading() as connection:
                known = find_by_paths(connection, paths)
            missed = [k for k in known.values() if not self.is_there(k.path)]
            self._note_missing([k for k in missed if not is_confirmed_gone(k)])
            if not held and self.withdraw_after_s is not None:
                confirmed = [k for k in missed if is_confirmed_gone(k)]
                self.batches.publish([self._withdraw_step(document) for document in confirmed])
        return held

    def _note_missing(self, fresh: Sequence[KnownDocument]) -> None:
        self.batches.publish([self._missing_step(document) for document in fresh])
        self._promote_alternates(
            [document for document in fresh if document.missing_sweeps + 1 >= CONFIRMING_SWEEPS]
        )

    def _missing_step(self, known: KnownDocument) -> Step:
        def settle(settling: Settling) -> list[DocumentOutcome]:
            connection = settling.connection
            still = find_by_path(connection, known.path)
            if still is None or still.id != known.id:
                return []  # it was found again at another path
            if not links_of_document(connection, known.id):
                forget_document(connection, known.id)
                return []
            note_missing(connection, [known.id], settling.now)
            if known.missing_sweeps + 1 < CONFIRMING_SWEEPS:
                return []
            lives = "for ever" if self.withdraw_after_s is None else f"{self.withdraw_after_s:g} s"
            reason = f"its file is gone; the entry lives on {lives} (ingest.removal)"
            return [DocumentOutcome(path=known.path, outcome=Outcome.REMOVED, reason=reason)]

        return Step(path=known.path, settle=settle)

    def _withdraw_step(self, known: KnownDocument) -> Step:
        after_s = self.withdraw_after_s or 0.0

        def settle(settling: Settling) -> list[DocumentOutcome]:
            still = find_by_path(settling.connection, known.path)
            if still is None or still.id != known.id:
                return []
            return settling.withdraw(still) if may_withdraw(still, after_s, settling.now) else []

        return Step(path=known.path, settle=settle)

    def _promote_alternates(self, gone: Sequence[KnownDocument]) -> None:
        alternates = [link for document in gone for link in self._alternates(document)]
        reads: dict[DocumentPath, tuple[EntryLink, ReadDocument]] = {}
        with self.batches.store.reading() as connection:
            holders = documents_by_id(connection, [link.document_id for link in alternates])
            for link in alternates:
                holder = holders[link.document_id]
                raw = fetch_original(connection, holder.sha256) if holder.sha256 else None
                if raw is not None:
                    reads[holder.path] = (link, remembered(holder, raw))
        remembered_reads = [read for _, read in reads.values()]
        for extracted in self.pool.extract(jobs(remembered_reads, self.roots)):
            link, _ = reads[extracted.key.source.path]
            self.batches.publish([_promotion_step(link, extracted)])

    def _alternates(self, gone: KnownDocument) -> list[EntryLink]:
        """The first document still there of each entry whose primary document is gone."""
        found = []
        with self.batches.store.reading() as connection:
            for primary in links_of_document(connection, gone.id):
                if not primary.is_primary:
                    continue
                others = links_of_entry(connection, primary.entry_id)
                holders = documents_by_id(connection, [link.document_id for link in others])
                there = [
                    link
                    for link in others
                    if not link.is_primary and self.is_there(holders[link.document_id].path)
                ]
                found += there[:1]
        return found


def jobs(
    reads: Iterable[ReadDocument], roots: Sequence[WatchedRoot]
) -> Iterator[Job[ReadDocument]]:
    """Documents as the pool takes them, each with what its root says."""
    defaults = {root.name: root.defaults for root in roots}
    for read in reads:
        path = read.source.path
        told = defaults.get(path.root, NO_DEFAULTS)  # a root may be watched no more
        yield Job(key=read, path=path.path, raw=read.raw, defaults=told)


def _chunks(paths: Iterable[DocumentPath]) -> Iterator[list[DocumentPath]]:
    iterator = iter(paths)
    while chunk := list(islice(iterator, _SETTLED_AT_ONCE)):
        yield chunk


def _is_lost_mount(gone: int, known: int) -> bool:
    return gone >= _LOST_MOUNT_MIN and 2 * gone > known


def _promotion_step(link: EntryLink, extracted: Extracted[ReadDocument]) -> Step:
    outcome = extracted.outcome

    def settle(settling: Settling) -> list[DocumentOutcome]:
        if isinstance(outcome, DocumentError):
            make_primary(settling.connection, link)
            return []
        return [settling.promote(link, outcome)]

    return Step(path=extracted.key.source.path, settle=settle)
