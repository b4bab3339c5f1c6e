"""One sweep: every watched folder against what the store knows, and all that follows from it."""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from threading import Event
from typing import TypeVar

from feedsvc.clock import Clock
from feedsvc.errors import DocumentError, UnreadableDocument
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
from feedsvc.model.document import DocumentOutcome, DocumentPath, SourceDocument
from feedsvc.model.run import RunRequest
from feedsvc.services.absences import Absences
from feedsvc.services.batches import Batches, Step, draft_step, quarantine_step
from feedsvc.services.recording import Recorder
from feedsvc.services.settling import Settling, Surroundings
from feedsvc.settings import IngestSettings
from feedsvc.store.documents import (
    KnownDocument,
    list_known,
    note_root_device,
    root_device,
    seen_bytes,
)
from feedsvc.store.engine import Store
from feedsvc.store.entries import Versions
from feedsvc.store.leases import Lease

log = logging.getLogger(__name__)

T = TypeVar("T")
_CHUNK = 64


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
        if request.dry_run:
            with sweep.batches.taken_back():
                sweep.run()
        else:
            sweep.run()
        return self.looks.next_in_s()

    def give_up_waiting(self, request: RunRequest, recorder: Recorder) -> None:
        """Say of the files that never came to rest that they are left to a later run."""
        batches = _Sweep(self, request, recorder).batches
        for path in self.looks.waiting():
            batches.tell_failed(path, "is still being written to; ingest it once it is complete")


class _Sweep:
    def __init__(self, sweeper: Sweeper, request: RunRequest, recorder: Recorder) -> None:
        self._to = sweeper
        self._request = request
        self._recorder = recorder
        self._patterns = [PathPattern(pattern) for pattern in request.paths]
        self._found: dict[DocumentPath, Found] = {}
        self._known: dict[DocumentPath, KnownDocument] = {}
        # The device each root that could be read lay on before, None at its first sweep.
        self._devices: dict[str, int | None] = {}
        withdraws = sweeper.settings.removal == "withdraw"
        self._around = Surroundings(
            request=request,
            versions=sweeper.versions,
            is_there=self._is_there,
            find_bytes=self._find_bytes,
            withdraws=withdraws,
        )
        self.batches = Batches(
            store=sweeper.store,
            lease=sweeper.lease,
            clock=sweeper.clock,
            batch_s=sweeper.settings.batch_s,
            stop=sweeper.stop,
            recorder=recorder,
            around=self._around,
        )
        self._absences = Absences(
            batches=self.batches,
            pool=sweeper.pool,
            is_there=self._is_there,
            withdraw_after_s=sweeper.settings.withdraw_after_s if withdraws else None,
        )

    def run(self) -> None:
        self._scan()
        self._tell_unmatched()
        wanted = [found for found in self._found.values() if self._wants(found)]
        self._recorder.expect(self._to.store, len(wanted))
        refused = [found for found in wanted if found.refusal]
        self.batches.publish([quarantine_step(f, f.refusal) for f in refused if f.refusal])
        at_rest, unsettled = self._split(wanted)
        ready = at_rest + self._to.looks.at_rest(unsettled)
        changed = [found for found in ready if found.path in self._known]
        new = [found for found in ready if found.path not in self._known]
        # Known paths first: whether their old bytes have moved elsewhere decides what new ones are.
        swapped = self._settle_swaps(changed)
        self._settle([found for found in changed if found.path not in swapped])
        self._settle(new)
        if not self._patterns:
            for root in self._to.roots:
                if root.name in self._devices:
                    self._settle_gone(root)

    # What there is

    def _scan(self) -> None:
        for root in self._to.roots:
            try:
                found = {found.path: found for found in root.scan()}
            except RootUnreadable as error:
                self._note_trouble(root, "root unreadable", reason=error.reason)
                self._tell_failed(DocumentPath(root=root.name, path=b""), error.reason)
                continue
            self._note_no_trouble(root, "root unreadable")
            self._found |= found
            with self.batches.reading() as connection:
                self._known |= {known.path: known for known in list_known(connection, root.name)}
                self._devices[root.name] = root_device(connection, root.name)

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
        if len(self._devices) < len(self._to.roots):
            return  # who knows what lies in a folder that cannot be read
        there = self._found.keys() | self._recorder.done
        for pattern in self._patterns:
            if not any(map(pattern.matches, there)):
                path = _named(pattern, self._to.roots)
                self._tell_failed(path, f"no document matches {pattern.pattern}")

    def _tell_failed(self, path: DocumentPath, reason: str) -> None:
        if self._recorder.asked and path not in self._recorder.done:
            self.batches.tell_failed(path, reason)

    def _is_there(self, path: DocumentPath) -> bool:
        if path.root not in self._devices:
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
        step = Step(path=min(paths), settle=lambda settling: settling.swap(pairs))
        self.batches.publish([step])
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
                self.batches.publish(steps)
                yield from (read for read in reads if read.source.sha256 not in seen)

        for extracted in _chunks(self._to.pool.extract(jobs(to_extract())), _CHUNK):
            self.batches.publish(_in_order(extracted, by_path))
        for extracted in _chunks(self._to.pool.extract(jobs(undecided)), _CHUNK):
            self.batches.publish(_in_order(extracted, by_path))

    def _read(self, files: Iterable[Found]) -> Iterator[ReadDocument]:
        for found in files:
            self.batches.check_going_on()
            try:
                yield self._root(found).read(found)
            except NotAtRest:
                self._to.looks.begin_anew(found)
            except UnreadableDocument as error:
                if self._request.force or not self._is_told(found, error):
                    self.batches.publish([quarantine_step(found, error)])

    def _is_told(self, found: Found, error: DocumentError) -> bool:
        known = self._known.get(found.path)
        return known is not None and (known.stage, known.reason) == (error.stage, error.reason)

    def _seen(self, reads: Sequence[ReadDocument]) -> set[bytes]:
        with self.batches.reading() as connection:
            seen = seen_bytes(connection, [read.source.sha256 for read in reads])
        return seen | self._around.vacated.keys()

    # Documents that are gone

    def _settle_gone(self, root: WatchedRoot) -> None:
        known = [document for document in self._known.values() if document.path.root == root.name]
        before, device = self._devices[root.name], root.device()
        is_moved = before is not None and before != device
        held = self._absences.settle(root, known, self._found, is_moved=is_moved)
        if held:
            self._note_trouble(root, "withdrawals held: a mount may be lost")
        else:
            self._note_no_trouble(root, "withdrawals held: a mount may be lost")
        if before != device and (not held or self._request.force):
            with self.batches.transaction() as work:
                note_root_device(work.connection, root.name, device)


def _named(pattern: PathPattern, roots: Sequence[WatchedRoot]) -> DocumentPath:
    """A pattern as if it were a path: below the root it names, else below any."""
    name, _, below = pattern.pattern.partition("/")
    if below and name in {root.name for root in roots}:
        return DocumentPath(root=name, path=os.fsencode(below))
    return DocumentPath(root="*", path=os.fsencode(pattern.pattern))


def _bytes_step(read: ReadDocument, undecided: list[ReadDocument]) -> Step:
    def settle(settling: Settling) -> list[DocumentOutcome]:
        outcome = settling.by_bytes(read)
        if outcome is None:
            undecided.append(read)
            return []
        return [outcome]

    return Step(path=read.source.path, settle=settle)


def _in_order(
    extracted: Sequence[Extracted[ReadDocument]], found: Mapping[DocumentPath, Found]
) -> list[Step]:
    """Drafts that arrive together are published by their dates, so that the newest is on top."""
    return [_extracted_step(e, found[e.key.source.path]) for e in sorted(extracted, key=_date)]


def _date(extracted: Extracted[ReadDocument]) -> tuple[bool, float]:
    published = getattr(extracted.outcome, "published", None)
    return published is None, published.timestamp() if published else 0.0


def _extracted_step(extracted: Extracted[ReadDocument], found: Found) -> Step:
    read, outcome = extracted.key, extracted.outcome
    if isinstance(outcome, DocumentError):
        return quarantine_step(found, outcome, read.source.sha256)
    return draft_step(found, read, outcome)


def jobs(reads: Iterable[ReadDocument]) -> Iterator[Job[ReadDocument]]:
    """Documents as the pool takes them."""
    for read in reads:
        yield Job(key=read, path=read.source.path.path, raw=read.raw)


def _chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
