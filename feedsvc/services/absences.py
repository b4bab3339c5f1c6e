"""Documents that are gone: counted, their alternates asked to speak, withdrawn where wanted."""

from __future__ import annotations

from collections.abc import Callable, Container, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from feedsvc.errors import DocumentError
from feedsvc.ingest.discover import ReadDocument, WatchedRoot
from feedsvc.ingest.pool import Extracted, ExtractionPool, Job
from feedsvc.model.document import NO_DEFAULTS, DocumentOutcome, DocumentPath, Outcome
from feedsvc.services.batches import Batches, Step
from feedsvc.services.gone import (
    CONFIRMING_SWEEPS,
    first_there,
    is_confirmed_gone,
    is_gone_ahead,
    may_withdraw,
)
from feedsvc.services.holds import LOST_MOUNT_MIN, counts_since, is_lost_mount
from feedsvc.services.settling import Settling, remembered
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
from feedsvc.store.losses import count_lost, count_lost_since
from feedsvc.store.roots import Hold, fetch_hold, keep_hold

# A slice: withdrawing so many takes two seconds on a slow machine, and what is urgent waits for it.
_SETTLED_AT_ONCE = 100


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

    def settle(
        self, look: RootLook, gone: Callable[[], Iterable[DocumentPath]]
    ) -> Generator[None, None, bool]:
        """Settle what is gone from a root, some at a time; answers whether withdrawals are held.

        gone: its paths that the look did not find and of which all is not done yet, each time it is
        asked. What is found again between two slices is there by the next one.
        """
        held = yield from self._is_held(look, gone)
        for documents in self._known(gone()):
            now = self.batches.clock.now()
            fresh = [k for k in documents if not is_confirmed_gone(k) or is_gone_ahead(k, now)]
            self._note_missing(self._missed(fresh))
            if not held and self.withdraw_after_s is not None:
                missed = self._missed(k for k in documents if is_confirmed_gone(k))
                self.batches.publish([self._withdraw_step(document) for document in missed])
            yield
        return held

    def _known(self, gone: Iterable[DocumentPath]) -> Iterator[list[KnownDocument]]:
        """The documents at paths that a look did not find, some at a time."""
        for paths in _chunks(gone):
            with self.batches.store.reading() as connection:
                known = find_by_paths(connection, paths)
            yield list(known.values())

    def _missed(self, documents: Iterable[KnownDocument]) -> list[KnownDocument]:
        """Those that are not there now either."""
        return [document for document in documents if not self.is_there(document.path)]

    def _is_held(
        self, look: RootLook, gone: Callable[[], Iterable[DocumentPath]]
    ) -> Generator[None, None, bool]:
        """Whether so many documents went at once that a mount may be lost.

        It stays so until enough of them are back, or there is nothing to lose with them: a person
        has withdrawn what they gave, or other documents give it too; or until a person says that
        they were meant to go. What arrives meanwhile was not there before. It is kept before any is
        noted as missing: by the next look that may have been long ago.
        """
        root = look.root.name
        with self.batches.store.reading() as connection:
            hold = fetch_hold(connection, root)
        gone_before = look.gone_before
        if hold is None and look.gone - gone_before < LOST_MOUNT_MIN and not look.is_moved:
            return False
        since = counts_since(hold, self.batches.clock.now()) if hold else look.since
        with self.batches.store.reading() as connection:
            lost = count_lost_since(connection, root, since)
        for documents in self._known(gone()):
            new = self._missed(k for k in documents if k.missing_since is None)
            with self.batches.store.reading() as connection:
                lost += count_lost(connection, [document.id for document in new])
            gone_before += sum(1 for k in documents if k.missing_since and k.missing_since < since)
            yield
        there = hold.documents if hold else look.known - look.refused - gone_before
        held = lost.at_stake > 0 and (look.is_moved or is_lost_mount(lost.documents, there))
        wanted = Hold(since=since, documents=there) if held else None
        if hold != wanted:
            with self.batches.transaction() as work:
                keep_hold(work.connection, root, wanted)
        return held

    def _note_missing(self, fresh: Sequence[KnownDocument]) -> None:
        # Before they are counted as gone: no look comes back to them after that.
        self._promote_alternates(
            [document for document in fresh if document.missing_sweeps + 1 >= CONFIRMING_SWEEPS]
        )
        self.batches.publish([self._missing_step(document) for document in fresh])

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
            if known.missing_sweeps + 1 != CONFIRMING_SWEEPS:
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
                links = links_of_entry(connection, primary.entry_id)
                others = [link for link in links if not link.is_primary]
                there = first_there(connection, others, self.is_there)
                if there:
                    found.append(there)
        return found


def jobs(
    reads: Iterable[ReadDocument],
    roots: Sequence[WatchedRoot],
    tried: Container[DocumentPath] = (),
) -> Iterator[Job[ReadDocument]]:
    """Documents as the pool takes them, each with what its root says; those tried before alone."""
    defaults = {root.name: root.defaults for root in roots}
    for read in reads:
        path = read.source.path
        told = defaults.get(path.root, NO_DEFAULTS)  # a root may be watched no more
        yield Job(key=read, path=path.path, raw=read.raw, defaults=told, alone=path in tried)


def _chunks(paths: Iterable[DocumentPath]) -> Iterator[list[DocumentPath]]:
    iterator = iter(paths)
    while chunk := list(islice(iterator, _SETTLED_AT_ONCE)):
        yield chunk


def _promotion_step(link: EntryLink, extracted: Extracted[ReadDocument]) -> Step:
    outcome = extracted.outcome

    def settle(settling: Settling) -> list[DocumentOutcome]:
        if isinstance(outcome, DocumentError):
            make_primary(settling.connection, link)
            return []
        return [settling.promote(link, outcome)]

    return Step(path=extracted.key.source.path, settle=settle)
