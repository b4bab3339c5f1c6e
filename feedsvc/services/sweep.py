"""One sweep: every watched folder against what the store knows, and all that follows from it."""

from __future__ import annotations

import logging
import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from threading import Event
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from feedsvc.clock import Clock
from feedsvc.errors import DocumentError, FeedsvcError, Interrupted, UnreadableDocument
from feedsvc.ingest.discover import (
    Found,
    NotAtRest,
    ReadDocument,
    RootUnreadable,
    WatchedRoot,
)
from feedsvc.ingest.globs import PathPattern, matches_any
from feedsvc.ingest.identity import find_swaps
from feedsvc.ingest.looks import Looks
from feedsvc.ingest.pool import Extracted, ExtractionPool, Job
from feedsvc.model.document import DocumentOutcome, DocumentPath, Outcome, SourceDocument
from feedsvc.model.run import RunRequest
from feedsvc.services.recording import Recorder
from feedsvc.services.settling import (
    CONFIRMING_SWEEPS,
    Settling,
    Surroundings,
    is_confirmed_gone,
    may_withdraw,
    remembered,
)
from feedsvc.settings import IngestSettings
from feedsvc.store.documents import (
    EntryLink,
    KnownDocument,
    documents_by_id,
    fetch_original,
    find_by_path,
    forget_document,
    links_of_document,
    links_of_entry,
    list_known,
    make_primary,
    note_missing,
    note_root_device,
    root_device,
    seen_bytes,
)
from feedsvc.store.engine import Store
from feedsvc.store.entries import Versions
from feedsvc.store.leases import Lease
from feedsvc.store.publishing import Publishing, publishing

log = logging.getLogger(__name__)

T = TypeVar("T")
_CHUNK = 64
# Fewer than this may go at once without being taken for a lost mount.
_LOST_MOUNT_MIN = 20


@dataclass(frozen=True, kw_only=True)
class _Step:
    """One document to settle within a publishing transaction."""

    path: DocumentPath
    settle: Callable[[Settling], list[DocumentOutcome]]
    found: Found | None = None


class _DryRunOver(Exception):
    """Takes back the one transaction of a dry run."""


@dataclass(kw_only=True)
class Sweeper:
    """What sweeps need, from one to the next.

    troubles: what is wrong with which root, so that a log tells it once and not at every sweep.
    """

    store: Store
    lease: Lease
    clock: Clock
    roots: Sequence[WatchedRoot]
    pool: ExtractionPool
    settings: IngestSettings
    versions: Versions
    looks: Looks
    stop: Event
    troubles: dict[str, str] = field(default_factory=dict)

    def sweep(self, request: RunRequest, recorder: Recorder) -> float | None:
        """Look once at everything; answers in how many seconds a waiting file may be at rest."""
        self.lease.check()
        sweep = _Sweep(self, request, recorder)
        if not request.dry_run:
            sweep.run()
            return self.looks.next_in_s()
        try:
            with publishing(self.store, self.lease, self.clock) as work:
                sweep.dry_work = work
                sweep.run()
                raise _DryRunOver
        except _DryRunOver:
            return self.looks.next_in_s()


class _Sweep:
    def __init__(self, sweeper: Sweeper, request: RunRequest, recorder: Recorder) -> None:
        self._to = sweeper
        self._request = request
        self._recorder = recorder
        self._patterns = [PathPattern(pattern) for pattern in request.paths]
        self._found: dict[DocumentPath, Found] = {}
        self._known: dict[DocumentPath, KnownDocument] = {}
        self._swept: set[str] = set()
        self._moved_mounts: set[str] = set()
        self._around = Surroundings(
            request=request,
            versions=sweeper.versions,
            is_there=self._is_there,
            find_bytes=self._find_bytes,
            withdraws=sweeper.settings.removal == "withdraw",
        )
        self.dry_work: Publishing | None = None

    def run(self) -> None:
        self._scan()
        self._tell_unmatched()
        wanted = [found for found in self._found.values() if self._wants(found)]
        self._recorder.expect(self._to.store, len(wanted))
        self._publish(self._refusals(wanted))
        at_rest, unsettled = self._split(wanted)
        ready = at_rest + self._to.looks.at_rest(unsettled)
        changed = [found for found in ready if found.path in self._known]
        new = [found for found in ready if found.path not in self._known]
        # Known paths first: whether their old bytes have moved elsewhere decides what new ones are.
        swapped = self._settle_swaps(changed)
        self._settle([found for found in changed if found.path not in swapped])
        self._settle(new)
        self._settle_gone()

    # What there is

    def _scan(self) -> None:
        for root in self._to.roots:
            try:
                device = root.device()
                found = {found.path: found for found in root.scan()}
            except RootUnreadable as error:
                self._note_trouble(root, "root unreadable", reason=error.reason)
                self._tell_failed(DocumentPath(root=root.name, path=b""), error.reason)
                continue
            self._note_no_trouble(root, "root unreadable")
            self._found |= found
            self._swept.add(root.name)
            with self._reading() as connection:
                self._known |= {known.path: known for known in list_known(connection, root.name)}
                before = root_device(connection, root.name)
            if before is not None and before != device:
                self._moved_mounts.add(root.name)

    def _note_trouble(self, root: WatchedRoot, trouble: str, **values: object) -> None:
        if self._to.troubles.get(root.name) != trouble:
            self._to.troubles[root.name] = trouble
            log.warning(trouble, extra={"root": root.name, **values})

    def _note_no_trouble(self, root: WatchedRoot, trouble: str) -> None:
        if self._to.troubles.get(root.name) == trouble:
            del self._to.troubles[root.name]
            log.info("trouble over", extra={"root": root.name, "trouble": trouble})

    # What was asked for and is not there

    def _tell_unmatched(self) -> None:
        """A path or glob that names nothing is a mistake of whoever asked."""
        if len(self._swept) < len(self._to.roots):
            return  # who knows what lies in a folder that cannot be read
        there = self._found.keys() | self._recorder.done
        for pattern in self._patterns:
            if not any(map(pattern.matches, there)):
                path = _named(pattern, self._to.roots)
                self._tell_failed(path, f"no document matches {pattern.pattern}")

    def _tell_failed(self, path: DocumentPath, reason: str) -> None:
        if not self._recorder.asked or path in self._recorder.done:
            return
        outcome = DocumentOutcome(
            path=path, outcome=Outcome.FAILED, stage="discover", reason=reason
        )
        with self._transaction() as work:
            self._recorder.write(work.connection, [outcome])
        self._recorder.tell([outcome])

    def _is_there(self, path: DocumentPath) -> bool:
        if path.root not in self._swept:
            return True
        found = self._found.get(path)
        return found is not None and found.refusal is None

    def _wants(self, found: Found) -> bool:
        if not matches_any(self._patterns, found.path) or found.path in self._recorder.done:
            return False
        known = self._known.get(found.path)
        if known is None:
            return True
        if found.refusal:
            return self._request.force or known.reason != found.refusal.reason
        if known.state != found.state or known.missing_since or self._request.force:
            return True
        return known.stage is not None and known.refused_by_version != self._version(known.stage)

    def _version(self, stage: str) -> int | None:
        versions = self._to.versions
        if stage == "discover":
            return None  # what was refused unread is wanted as soon as it is not refused any more
        return versions.policy if stage == "sanitize" else versions.extractor

    def _split(self, wanted: Sequence[Found]) -> tuple[list[Found], list[Found]]:
        """Files that have not moved since they were last ingested, and those to look at twice."""
        at_rest: list[Found] = []
        unsettled: list[Found] = []
        for found in wanted:
            known = self._known.get(found.path)
            if found.refusal is None:
                rests = known is not None and known.state == found.state
                (at_rest if rests else unsettled).append(found)
        return at_rest, unsettled

    def _refusals(self, wanted: Sequence[Found]) -> list[_Step]:
        return [
            _quarantine_step(found, found.refusal) for found in wanted if found.refusal is not None
        ]

    def _find_bytes(self, known: KnownDocument) -> SourceDocument | None:
        """A new path that now holds what a known document held before it was overwritten."""
        for found in self._newcomers_by_size.get(known.state.size_bytes, ()):
            try:
                source = self._root(found).read(found).source
            except DocumentError:
                continue  # it has its own turn, and its own outcome, later in this sweep
            if source.sha256 == known.sha256:
                return source
        return None

    @cached_property
    def _newcomers_by_size(self) -> dict[int, list[Found]]:
        newcomers: dict[int, list[Found]] = {}
        for found in self._found.values():
            if found.path not in self._known and not found.refusal:
                newcomers.setdefault(found.state.size_bytes, []).append(found)
        return newcomers

    def _root(self, found: Found) -> WatchedRoot:
        return next(root for root in self._to.roots if root.name == found.path.root)

    # Documents that are there

    def _settle_swaps(self, changed: Sequence[Found]) -> set[DocumentPath]:
        """Re-point known documents that have exchanged their bytes; answers their paths."""
        known = {found.path: self._known[found.path] for found in changed}
        rewritten = [found for found in changed if found.state != known[found.path].state]
        old_sizes = Counter(known[found.path].state.size_bytes for found in rewritten)

        def is_size_of_another(found: Found) -> bool:
            now, before = found.state.size_bytes, known[found.path].state.size_bytes
            return old_sizes[now] > (now == before)

        alike = [found for found in rewritten if is_size_of_another(found)]
        sources = {known[read.source.path].id: read.source for read in self._read(alike)}
        by_id = {document.id: document for document in known.values()}
        swaps = find_swaps(
            {
                number: (before, source.sha256)
                for number, source in sources.items()
                if (before := by_id[number].sha256)
            }
        )
        if not swaps:
            return set()
        pairs = [(by_id[owner], sources[holder]) for holder, owner in swaps.items()]
        paths = {source.path for _, source in pairs}
        step = _Step(path=min(paths), settle=lambda settling: settling.swap(pairs))
        self._publish([step])
        return paths

    def _settle(self, files: Sequence[Found]) -> None:
        """Read, extract and publish; what the bytes alone decide is not extracted."""
        by_path = {found.path: found for found in files}
        undecided: list[ReadDocument] = []

        def to_extract() -> Iterator[ReadDocument]:
            for reads in _chunks(self._read(files), _CHUNK):
                seen = self._seen(reads)
                steps = [
                    _bytes_step(read, undecided) for read in reads if read.source.sha256 in seen
                ]
                self._publish(steps)
                yield from (read for read in reads if read.source.sha256 not in seen)

        for extracted in _chunks(self._to.pool.extract(jobs(to_extract())), _CHUNK):
            self._publish(_in_order(extracted, by_path))
        for extracted in _chunks(self._to.pool.extract(jobs(undecided)), _CHUNK):
            self._publish(_in_order(extracted, by_path))

    def _read(self, files: Iterable[Found]) -> Iterator[ReadDocument]:
        for found in files:
            self._check_going_on()
            try:
                yield self._root(found).read(found)
            except NotAtRest:
                self._to.looks.forget(found.path)
            except UnreadableDocument as error:
                if self._request.force or not self._is_told(found, error):
                    self._publish([_quarantine_step(found, error)])

    def _is_told(self, found: Found, error: DocumentError) -> bool:
        known = self._known.get(found.path)
        return known is not None and (known.stage, known.reason) == (error.stage, error.reason)

    def _seen(self, reads: Sequence[ReadDocument]) -> set[bytes]:
        with self._reading() as connection:
            seen = seen_bytes(connection, [read.source.sha256 for read in reads])
        return seen | self._around.vacated.keys()

    # Documents that are gone

    def _settle_gone(self) -> None:
        """Count what is missing; let alternates speak for it; withdraw it where that is asked."""
        if self._request.paths:
            return
        for root in self._to.roots:
            if root.name in self._swept:
                self._settle_gone_of(root)

    def _settle_gone_of(self, root: WatchedRoot) -> None:
        known = [k for k in self._known.values() if k.path.root == root.name]
        gone = [k for k in known if k.path not in self._found]
        fresh = [k for k in gone if not is_confirmed_gone(k)]
        held = root.name in self._moved_mounts or (
            len(gone) >= _LOST_MOUNT_MIN and 2 * len(gone) > len(known)
        )
        if held and gone:
            self._note_trouble(root, "mount may be lost", gone=len(gone), known=len(known))
        else:
            self._note_no_trouble(root, "mount may be lost")
        if (root.name in self._moved_mounts and not gone) or not known or self._request.force:
            self._note_device(root)
        self._publish([self._missing_step(k) for k in fresh])
        confirmed = [k for k in fresh if k.missing_sweeps + 1 >= CONFIRMING_SWEEPS]
        self._promote_alternates(confirmed)
        if self._around.withdraws and not held:
            self._publish([self._withdraw_step(k) for k in gone if is_confirmed_gone(k)])

    def _note_device(self, root: WatchedRoot) -> None:
        with self._transaction() as work:
            note_root_device(work.connection, root.name, root.device())

    def _missing_step(self, known: KnownDocument) -> _Step:
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
            reason = "its file is gone; the entry is kept (ingest.removal)"
            return [DocumentOutcome(path=known.path, outcome=Outcome.REMOVED, reason=reason)]

        return _Step(path=known.path, settle=settle)

    def _withdraw_step(self, known: KnownDocument) -> _Step:
        def settle(settling: Settling) -> list[DocumentOutcome]:
            still = find_by_path(settling.connection, known.path)
            if still is None or still.id != known.id:
                return []
            if not may_withdraw(still, self._to.settings.withdraw_after_s, settling.now):
                return []
            return settling.withdraw(still)

        return _Step(path=known.path, settle=settle)

    def _promote_alternates(self, gone: Sequence[KnownDocument]) -> None:
        alternates = [link for known in gone for link in self._alternates(known)]
        with self._reading() as connection:
            holders = documents_by_id(connection, [link.document_id for link in alternates])
            reads = {}
            for link in alternates:
                holder = holders[link.document_id]
                raw = fetch_original(connection, holder.sha256) if holder.sha256 else None
                if raw is not None:
                    reads[holder.path] = (link, remembered(holder, raw))
        for extracted in self._to.pool.extract(jobs(read for _, read in reads.values())):
            link, _ = reads[extracted.key.source.path]
            self._publish([_promotion_step(link, extracted)])

    def _alternates(self, gone: KnownDocument) -> list[EntryLink]:
        """The first document still there of each entry whose primary document is gone."""
        with self._reading() as connection:
            found = []
            for primary in links_of_document(connection, gone.id):
                if not primary.is_primary:
                    continue
                others = links_of_entry(connection, primary.entry_id)
                holders = documents_by_id(connection, [link.document_id for link in others])
                there = [
                    link
                    for link in others
                    if not link.is_primary and self._is_there(holders[link.document_id].path)
                ]
                found += there[:1]
            return found

    def _check_going_on(self) -> None:
        if self._to.stop.is_set():
            raise Interrupted("asked to stop")

    # Transactions

    @contextmanager
    def _transaction(self) -> Iterator[Publishing]:
        if self.dry_work:
            yield self.dry_work
            return
        with publishing(self._to.store, self._to.lease, self._to.clock) as work:
            yield work

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        if self.dry_work:
            yield self.dry_work.connection
            return
        with self._to.store.reading() as connection:
            yield connection

    def _publish(self, steps: Sequence[_Step]) -> None:
        """Settle documents in transactions of at most `batch_s`, each whole or not at all."""
        pending = deque(steps)
        while pending:
            self._check_going_on()
            outcomes: list[DocumentOutcome] = []
            with self._transaction() as work:
                settling = Settling(work, self._around)
                until = self._to.clock.monotonic() + self._to.settings.batch_s
                while pending:
                    outcomes += _attempt(work, settling, pending.popleft())
                    if self._to.clock.monotonic() >= until:
                        break
                self._recorder.write(work.connection, outcomes)
            self._recorder.tell(outcomes)
            for outcome in outcomes:
                self._to.looks.forget(outcome.path)


def _attempt(work: Publishing, settling: Settling, step: _Step) -> list[DocumentOutcome]:
    """Settle one document; if it fails by itself, it alone is taken out."""
    try:
        with work.one_document():
            return step.settle(settling)
    except (FeedsvcError, OperationalError):
        raise  # the store's trouble, not the document's: the whole batch is tried again later
    except Exception as error:
        log.exception("document failed", extra={"document": str(step.path)})
        reason = f"could not be stored: {type(error).__name__}"
        if step.found is not None and isinstance(error, SQLAlchemyError):
            with work.one_document():
                return [settling.quarantine(step.found, _Unstorable(reason))]
        return [
            DocumentOutcome(path=step.path, outcome=Outcome.FAILED, stage="store", reason=reason)
        ]


def _named(pattern: PathPattern, roots: Sequence[WatchedRoot]) -> DocumentPath:
    """A pattern as if it were a path: below the root it names, else below any."""
    name, _, below = pattern.pattern.partition("/")
    if below and name in {root.name for root in roots}:
        return DocumentPath(root=name, path=os.fsencode(below))
    return DocumentPath(root="*", path=os.fsencode(pattern.pattern))


class _Unstorable(DocumentError):
    stage = "store"


def _quarantine_step(found: Found, error: DocumentError, sha256: bytes | None = None) -> _Step:
    return _Step(
        path=found.path,
        found=found,
        settle=lambda settling: [settling.quarantine(found, error, sha256)],
    )


def _bytes_step(read: ReadDocument, undecided: list[ReadDocument]) -> _Step:
    def settle(settling: Settling) -> list[DocumentOutcome]:
        outcome = settling.by_bytes(read)
        if outcome is None:
            undecided.append(read)
            return []
        return [outcome]

    return _Step(path=read.source.path, settle=settle)


def _promotion_step(link: EntryLink, extracted: Extracted[ReadDocument]) -> _Step:
    outcome = extracted.outcome

    def settle(settling: Settling) -> list[DocumentOutcome]:
        if isinstance(outcome, DocumentError):
            make_primary(settling.connection, link)
            return []
        return [settling.promote(link, outcome)]

    return _Step(path=extracted.key.source.path, settle=settle)


def _in_order(
    extracted: Sequence[Extracted[ReadDocument]], found: Mapping[DocumentPath, Found]
) -> list[_Step]:
    """Drafts that arrive together are published by their dates, so that the newest is on top."""
    return [_extracted_step(e, found[e.key.source.path]) for e in sorted(extracted, key=_date)]


def _date(extracted: Extracted[ReadDocument]) -> tuple[bool, float]:
    published = getattr(extracted.outcome, "published", None)
    return published is None, published.timestamp() if published else 0.0


def _extracted_step(extracted: Extracted[ReadDocument], found: Found) -> _Step:
    read, outcome = extracted.key, extracted.outcome
    if isinstance(outcome, DocumentError):
        return _quarantine_step(found, outcome, read.source.sha256)
    return _Step(
        path=found.path, found=found, settle=lambda settling: [settling.by_draft(read, outcome)]
    )


def jobs(reads: Iterable[ReadDocument]) -> Iterator[Job[ReadDocument]]:
    """Documents as the pool takes them."""
    for read in reads:
        yield Job(key=read, path=read.source.path.path, raw=read.raw)


def _chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
