"""Settling what a survey found: documents are read, extracted, published; losses are noted."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from threading import Event
from typing import TypeVar

from feedsvc.clock import Clock
from feedsvc.errors import (
    DocumentError,
    Interrupted,
    PostponedDocument,
    RefusedDocument,
    UnreadableDocument,
)
from feedsvc.ingest.discover import Found, NotAtRest, ReadDocument, RootUnreadable, WatchedRoot
from feedsvc.ingest.identity import find_swaps
from feedsvc.ingest.pool import Extracted, ExtractionPool
from feedsvc.model.document import DocumentOutcome, DocumentPath, SourceDocument
from feedsvc.model.entry import EntryDraft
from feedsvc.model.run import RunRequest
from feedsvc.services.absences import Absences, jobs
from feedsvc.services.batches import Batches, Step, draft_step, quarantine_step, refusal_step
from feedsvc.services.recording import Recorder
from feedsvc.services.settling import Settling, Surroundings
from feedsvc.services.survey import RootLook, Survey, Surveyor, Troubles, found_again, is_wanted
from feedsvc.settings import IngestSettings
from feedsvc.store.differences import Kind
from feedsvc.store.documents import (
    KnownDocument,
    find_by_paths,
    original_size_bytes,
    seen_bytes,
)
from feedsvc.store.engine import Store
from feedsvc.store.entries import Versions
from feedsvc.store.leases import Lease
from feedsvc.store.roots import note_root_device
from feedsvc.store.tries import Tries, fetch_tries, forget_tries, save_tries

T = TypeVar("T")

# So many documents are read, asked for or published together.
_CHUNK = 256
# So many exchanges of bytes are published together.
_RINGS_AT_ONCE = 32
# So many are kept in memory until the others of their slice are published.
_MAX_KEPT = 1_024
# A slice ends after so long, also where nothing more urgent waits.
_SLICE_S = 10.0
# A large document counts as several: one more for each so many bytes.
_COUNTS_BYTES = 32_768
# What is extracted waits no longer than this for more to be published with it.
_GATHER_S = 0.25
# While what was found rests, others have their turn so often.
_MOMENT_S = 0.05
# What the machine kept from being extracted (its process killed, no time) is tried so often at
# sweeps; then the document is taken for guilty. It is run once more than that, the first time
# among others.
_MAX_TRIES = 3
# So many looks, a second or more apart, documents that may have exchanged their bytes wait for one
# that cannot be read.
_MAX_HOLDS = 30
_LEFT = "documents left for later"


@dataclass(kw_only=True)
class Sweeper:
    """Looks at folders and settles what it finds there, as the holder of the lease.

    is_called: whether something more urgent waits, so that a slice is to come to its end.
    """

    store: Store
    lease: Lease
    clock: Clock
    roots: Sequence[WatchedRoot]
    pool: ExtractionPool
    settings: IngestSettings
    versions: Versions
    stop: Event
    is_called: Callable[[], bool] = lambda: False
    troubles: Troubles = field(default_factory=Troubles)
    holds: Counter[DocumentPath] = field(default_factory=Counter)
    strikes: Counter[DocumentPath] = field(default_factory=Counter)

    @cached_property
    def surveyor(self) -> Surveyor:
        return Surveyor(
            store=self.store,
            clock=self.clock,
            roots=self.roots,
            versions=self.versions,
            withdraw_after_s=self.withdraw_after_s,
            troubles=self.troubles,
        )

    @property
    def withdraw_after_s(self) -> float | None:
        """How long what documents gave lives on that are gone; None for ever."""
        return self.settings.withdraw_after_s if self.settings.removal == "withdraw" else None

    @cached_property
    def tried(self) -> dict[DocumentPath, Tries]:
        """The documents that the machine kept from being extracted: the holder alone counts."""
        with self.store.reading() as connection:
            return fetch_tries(connection)

    def may_try_again(self, document: SourceDocument) -> bool:
        """Count that the machine kept a document from being extracted; False once it is enough."""
        before = self.tried.get(document.path)
        times = 1 + (before.times if before and before.sha256 == document.sha256 else 0)
        tries = Tries(sha256=document.sha256, times=times)
        with self.store.writing() as connection:
            save_tries(connection, document.path, tries, self.clock.now())
        self.tried[document.path] = tries
        return times < _MAX_TRIES

    def note_settled(self, path: DocumentPath) -> None:
        """Forget how often a document was tried."""
        if path in self.tried:
            with self.store.writing() as connection:
                forget_tries(connection, path)
            del self.tried[path]

    def settle(
        self, survey: Survey, recorder: Recorder, restless: set[DocumentPath]
    ) -> Iterator[None]:
        """Settle all that a survey found, a slice at a time: between two, others have their turn.

        Nothing is before it has rested. restless: takes the files that have changed since, to be
        looked at again. Raises LeaseLost, Interrupted, StoreError.
        """
        self.lease.check()
        yield from _Settlement(self, survey, recorder, restless).run()

    def give_up(
        self, request: RunRequest, recorder: Recorder, restless: Iterable[DocumentPath]
    ) -> None:
        """Say of the files that never came to rest that they are left to a later run."""
        with closing(Survey(request=request, is_whole=False)) as nothing:
            batches = _Settlement(self, nothing, recorder, set()).batches
            for path in sorted(restless):
                batches.tell_failed(
                    path, "is still being written to; ingest it once it is complete"
                )


class _Settlement:
    def __init__(
        self, sweeper: Sweeper, survey: Survey, recorder: Recorder, restless: set[DocumentPath]
    ) -> None:
        self._to = sweeper
        self._survey = survey
        self._request = survey.request
        self._recorder = recorder
        self._restless = restless
        self._left_in: set[str] = set()
        self._awaited: set[DocumentPath] = set()
        self._moved: dict[bytes, SourceDocument | PostponedDocument | None] = {}
        self._ahead: dict[DocumentPath, tuple[SourceDocument, EntryDraft | DocumentError]] = {}
        self._roots = {root.name: root for root in sweeper.roots}
        self._around = Surroundings(
            request=survey.request,
            versions=sweeper.versions,
            is_there=self._is_there,
            find_bytes=self._find_bytes,
            find_rewritten=self._find_rewritten,
            withdraws=sweeper.withdraw_after_s is not None,
        )
        self.batches = Batches(
            store=sweeper.store,
            lease=sweeper.lease,
            clock=sweeper.clock,
            batch_s=sweeper.settings.batch_s,
            stop=sweeper.stop,
            recorder=recorder,
            around=self._around,
            strikes=sweeper.strikes,
        )
        self._absences = Absences(
            batches=self.batches,
            pool=sweeper.pool,
            roots=sweeper.roots,
            is_there=self._is_there,
            withdraw_after_s=sweeper.withdraw_after_s,
        )

    def run(self) -> Iterator[None]:
        for path, reason in self._survey.failed:
            self._tell_failed(path, reason)
        self._recorder.expect(self._to.store, self._survey.wanted)
        if self._is_resting():
            self._extract_ahead()
            yield from self._rest()
        for refused in _chunks(self._of_kind(Kind.REFUSED), _CHUNK):
            self.batches.publish([quarantine_step(f, f.refusal) for f, _ in refused if f.refusal])
            yield
        # Known paths first: whether their old bytes have moved elsewhere decides what new ones are.
        swapped: set[DocumentPath] = set()
        yield from self._settle_swaps(swapped)
        for kind in (Kind.CHANGED, Kind.KEPT, Kind.NEW):
            there = (found for found, _ in self._of_kind(kind) if found.path not in swapped)
            for first in there:
                self._settle(chain((first,), there))
                yield
        for look in self._survey.roots:
            if look.root.name not in self._left_in:
                self._to.troubles.note_over(look.root.name, _LEFT)
        if self._survey.is_whole:
            for look in self._survey.roots:
                yield from self._settle_gone(look)
                yield

    def _of_kind(self, kind: Kind) -> Iterator[tuple[Found, KnownDocument | None]]:
        """What the survey found and what is still to be settled, with what is known of it now."""
        for part in _chunks(self._survey.differences.of_kind(kind), _CHUNK):
            with self._to.store.reading() as connection:
                # Another survey may have settled them since.
                known = find_by_paths(connection, [difference.path for difference in part])
                done = self._recorder.settled_before(connection, [d.path for d in part])
            for difference in part:
                if difference.path in done:
                    continue
                found, before = found_again(difference), known.get(difference.path)
                wanted = is_wanted(found, before, self._request, self._to.versions)
                # Who asked hears of what this very run has settled along with another document.
                if wanted or (kind is Kind.NEW and self._recorder.asked):
                    yield found, before

    def _tell_failed(self, path: DocumentPath, reason: str) -> None:
        if self._recorder.asked:
            self.batches.tell_failed(path, reason)

    # While what was found rests

    def _is_resting(self) -> bool:
        return self._to.clock.monotonic() < self._survey.rested_at

    def _rest(self) -> Iterator[None]:
        while self._is_resting():
            yield
            if self._to.stop.wait(_MOMENT_S):
                raise Interrupted("asked to stop")

    def _extract_ahead(self) -> None:
        """Extract new documents, so many as there is time and room for.

        What became of one counts if its file is the same once it has rested. Whatever else is met
        counts for nothing: each has its turn.
        """
        for extracted in self._to.pool.extract(
            jobs(self._read_ahead(), self._to.roots, self._to.tried)
        ):
            source = extracted.key.source
            self._ahead[source.path] = source, extracted.outcome

    def _read_ahead(self) -> Iterator[ReadDocument]:
        kept = 0
        for found, _ in self._of_kind(Kind.NEW):
            if not self._is_resting() or self._to.is_called() or kept >= _MAX_KEPT:
                return
            self.batches.check_going_on()
            try:
                read = self._roots[found.path.root].read(found)
            except DocumentError:
                continue
            kept += _weight(_size_of(read))
            yield read

    # What is where

    def _is_there(self, path: DocumentPath) -> bool:
        root = self._roots.get(path.root)
        return root is None or root.may_hold(path.path)

    def _find_bytes(self, sha256: bytes, size_bytes: int) -> SourceDocument | None:
        """A new path that now holds what a known document gave before it was overwritten."""
        if sha256 not in self._moved:
            self._look_for({sha256}, size_bytes)
        moved = self._moved[sha256]
        if isinstance(moved, PostponedDocument):
            raise moved  # whether it holds those bytes must be known first
        return moved

    def _look_for_moved(self, reads: Sequence[ReadDocument]) -> None:
        """Look for what known documents gave before they were overwritten.

        Before the transaction that may ask for it: there may be many files to read.
        """
        self._moved.clear()
        counts = self._survey.differences.counts
        if not (counts[Kind.NEW] and counts[Kind.CHANGED]):
            return
        sources = {read.source.path: read.source for read in reads}
        wanted: dict[int, set[bytes]] = {}
        with self._to.store.reading() as connection:
            for known in find_by_paths(connection, list(sources)).values():
                if known.sha256 is None or known.sha256 == sources[known.path].sha256:
                    continue
                size_bytes = original_size_bytes(connection, known.sha256)
                if size_bytes is not None:
                    wanted.setdefault(size_bytes, set()).add(known.sha256)
        for size_bytes, hashes in wanted.items():
            self._look_for(hashes, size_bytes)

    def _look_for(self, hashes: Set[bytes], size_bytes: int) -> None:
        """Find new paths that hold some bytes, so many, or why nobody can tell."""
        moved: dict[bytes, SourceDocument | PostponedDocument | None] = dict.fromkeys(hashes)
        for new in self._survey.differences.of_size(Kind.NEW, size_bytes):
            self.batches.check_going_on()
            found = found_again(new)
            try:
                source = self._roots[found.path.root].read(found).source
            except PostponedDocument as error:
                self._note_left(found.path, error)
                moved |= {sha256: error for sha256, source in moved.items() if source is None}
                break
            except DocumentError:
                continue  # it has its own turn, and its own outcome, later
            if source.sha256 in moved and moved[source.sha256] is None:
                moved[source.sha256] = source
                if all(moved.values()):
                    break
        self._moved |= moved

    def _find_rewritten(self, path: DocumentPath, known: KnownDocument) -> SourceDocument | None:
        """What lies at a known path since it was rewritten; None: what did before, or nothing.

        path: a document that holds what the known one did. Raises PostponedDocument, and has both
        looked at again, while this cannot be told. Nobody waits for ever.
        """
        try:
            rewritten = self._look_again(known)
        except (RootUnreadable, NotAtRest, PostponedDocument) as error:
            if not self._may_wait_for(known.path):
                return None
            self._restless |= {path, known.path}
            postponed = PostponedDocument(
                f"may have taken part in an exchange with {known.path}, and what that holds now"
                " cannot be told yet; try again"
            )
            self._note_left(path, postponed)
            raise postponed from error
        del self._to.holds[known.path]
        return rewritten

    def _look_again(self, known: KnownDocument) -> SourceDocument | None:
        root = self._roots.get(known.path.root)
        if root is None:
            return None
        found = root.find(known.path.path)
        if found is None:
            if root.may_hold(known.path.path):
                raise PostponedDocument("nobody can tell whether it is there")
            return None
        if found.state == known.state:
            return None
        changed = self._survey.differences.of_size(Kind.CHANGED, found.state.size_bytes)
        if all(difference.path != known.path for difference in changed):
            raise NotAtRest("changed after this sweep had looked at it")
        try:
            return root.read(found).source
        except (NotAtRest, PostponedDocument):
            raise
        except DocumentError:
            return None  # it has its own turn, and its own outcome

    def _may_wait_for(self, path: DocumentPath) -> bool:
        """Whether others still wait for a document that cannot be seen: so many looks, no more."""
        if path not in self._awaited:
            if self._to.holds[path] >= _MAX_HOLDS:
                return False
            self._to.holds[path] += 1
            self._awaited.add(path)
        return True

    # Documents that are there

    def _settle_swaps(self, settled: set[DocumentPath]) -> Iterator[None]:
        """Re-point known documents that have exchanged their bytes, as often giving way as asked.

        settled: takes their paths. While one of those that may have cannot be read, the others wait
        for another look: what one alone now holds would be taken for an edit. They do not wait for
        ever.
        """
        places: dict[int, tuple[KnownDocument, SourceDocument]] = {}
        unread: set[DocumentPath] = set()
        yield from self._read_exchanged(places, unread)
        if unread:
            held = unread | {source.path for _, source in places.values()}
            self._restless |= held
            settled |= held
            return
        rings = find_swaps(
            {
                number: (known.held_sha256, source.sha256)
                for number, (known, source) in places.items()
                if known.held_sha256
            }
        )
        for some in _chunks(rings, _RINGS_AT_ONCE):
            exchanges = [
                [(places[owner][0], places[holder][1]) for holder, owner in ring.items()]
                for ring in some
            ]
            settled |= {source.path for exchanged in exchanges for _, source in exchanged}
            self.batches.publish([self._swap_step(exchanged) for exchanged in exchanges])
            if self._to.is_called():
                yield

    def _swap_step(self, exchanged: Sequence[tuple[KnownDocument, SourceDocument]]) -> Step:
        paths = {source.path for _, source in exchanged}

        def settle(settling: Settling) -> list[DocumentOutcome]:
            outcomes = settling.swap(exchanged)
            if not outcomes:
                self._restless |= paths
            return outcomes

        return Step(path=min(paths), settle=settle)

    def _read_exchanged(
        self,
        places: dict[int, tuple[KnownDocument, SourceDocument]],
        unread: set[DocumentPath],
    ) -> Iterator[None]:
        """Read known documents that may have exchanged their bytes, as often giving way as asked.

        places: takes, by its number, each that now holds what some document did. unread: takes
        those for which the others are to wait.
        """
        old_sizes: Counter[int] = Counter()
        new_sizes: Counter[int] = Counter()
        for found, known in self._rewritten():
            old_sizes[known.state.size_bytes] += 1
            new_sizes[found.state.size_bytes] += 1
            if self._to.is_called():
                yield
        for part in _chunks(self._rewritten_like_others(old_sizes, new_sizes), _CHUNK):
            read: dict[int, SourceDocument] = {}
            for found, known in part:
                for each in self._read([found]):
                    read[known.id] = each.source
                if known.id not in read and not known.stage and self._may_wait_for(known.path):
                    unread.add(known.path)
                if self._to.is_called():
                    yield
            with self._to.store.reading() as connection:
                seen = seen_bytes(connection, [source.sha256 for source in read.values()])
            for _, known in part:
                source = read.get(known.id)
                if source and source.sha256 in seen - {known.held_sha256}:
                    places[known.id] = known, source

    def _rewritten(self) -> Iterator[tuple[Found, KnownDocument]]:
        """Known documents whose files are not what they were."""
        for found, known in self._of_kind(Kind.CHANGED):
            if known and found.state != known.state:
                yield found, known

    def _rewritten_like_others(
        self, old_sizes: Counter[int], new_sizes: Counter[int]
    ) -> Iterator[tuple[Found, KnownDocument]]:
        """Those with as many bytes as another had before, where another has as many as they had."""
        for found, known in self._rewritten():
            before, now = known.state.size_bytes, found.state.size_bytes
            own = before == now
            if old_sizes[now] > own and new_sizes[before] > own:
                yield found, known

    def _settle(self, files: Iterable[Found]) -> None:
        """Read, extract and publish; what the bytes alone decide is not extracted.

        As a slice, which goes on while nothing more urgent calls: at its end the cores rest.
        """
        undecided: list[ReadDocument] = []
        refused: list[Step] = []

        def to_extract() -> Iterator[ReadDocument]:
            for reads in _chunks(self._read(self._slice_of(files)), _CHUNK, _size_of):
                seen = self._seen(reads)
                known = [read for read in reads if read.source.path in seen]
                self.batches.publish([_bytes_step(read, undecided) for read in known])
                yield from (read for read in reads if read.source.path not in seen)
                if len(refused) + sum(map(_weight, map(_size_of, undecided))) >= _MAX_KEPT:
                    return

        for extracted in self._extracted(to_extract()):
            self.batches.publish(self._steps(extracted, refused))
        for extracted in self._extracted(undecided):
            self.batches.publish(self._steps(extracted, refused))
        # Last: one may hold the bytes of another, whose name its reader knows.
        self.batches.publish(refused)

    def _slice_of(self, files: Iterable[Found]) -> Iterator[Found]:
        until = self._to.clock.monotonic() + _SLICE_S
        for found in files:
            yield found
            if self._to.is_called() or self._to.clock.monotonic() >= until:
                return

    def _extracted(self, reads: Iterable[ReadDocument]) -> Iterator[list[Extracted[ReadDocument]]]:
        """What becomes of documents, in chunks of what comes within a moment."""
        chunk: list[Extracted[ReadDocument]] = []
        until = 0.0
        for extracted in self._among_those_ahead(reads):
            now = self._to.clock.monotonic()
            if not chunk:
                until = now + _GATHER_S
            chunk.append(extracted)
            if len(chunk) == _CHUNK or now >= until:
                yield chunk
                chunk = []
        if chunk:
            yield chunk

    def _among_those_ahead(
        self, reads: Iterable[ReadDocument]
    ) -> Iterator[Extracted[ReadDocument]]:
        """Extract what was not extracted ahead; with each, one that was: the workers stay busy."""
        ready: deque[Extracted[ReadDocument]] = deque()

        def others() -> Iterator[ReadDocument]:
            for read in reads:
                ahead = self._ahead.pop(read.source.path, None)
                if ahead and ahead[0] == read.source:
                    ready.append(Extracted(key=read, outcome=ahead[1]))
                else:
                    yield read

        for extracted in self._to.pool.extract(jobs(others(), self._to.roots, self._to.tried)):
            yield extracted
            if ready:
                yield ready.popleft()
        yield from ready

    def _steps(
        self, extracted: Sequence[Extracted[ReadDocument]], refused: list[Step]
    ) -> list[Step]:
        """How to settle what was extracted; what its process kept from that is left for later.

        Drafts that arrive together are published by their dates, so that the newest is on top.
        refused: takes what there is no draft of.
        """
        drafts: list[tuple[ReadDocument, EntryDraft]] = []
        for each in extracted:
            read, outcome = each.key, each.outcome
            if isinstance(outcome, PostponedDocument):
                if self._to.may_try_again(read.source):
                    self._postpone(read.source.path, outcome)
                    continue
                outcome = _given_up(outcome)
            self._to.note_settled(read.source.path)
            if isinstance(outcome, DocumentError):
                refused.append(refusal_step(read.source, outcome))
            else:
                drafts.append((read, outcome))
        self._look_for_moved([read for read, _ in drafts])
        drafts.sort(key=lambda pair: _date(pair[1]))
        return [draft_step(read, draft) for read, draft in drafts]

    def _read(self, files: Iterable[Found]) -> Iterator[ReadDocument]:
        for found in files:
            self.batches.check_going_on()
            try:
                read = self._roots[found.path.root].read(found)
            except NotAtRest:
                self._restless.add(found.path)
            except PostponedDocument as error:
                self._postpone(found.path, error)
            except UnreadableDocument as error:
                if self._request.force or not self._is_told(found, error):
                    self.batches.publish([quarantine_step(found, error)])
            else:
                del self._to.holds[found.path]
                yield read

    def _postpone(self, path: DocumentPath, error: PostponedDocument) -> None:
        """Leave a document to the next look at everything; whoever asked for it hears why."""
        self._note_left(path, error)
        self._tell_failed(path, error.reason)

    def _note_left(self, path: DocumentPath, error: PostponedDocument) -> None:
        self._left_in.add(path.root)
        told = {"document": str(path), "reason": error.reason}
        self._to.troubles.note(path.root, _LEFT, **told)

    def _is_told(self, found: Found, error: DocumentError) -> bool:
        with self._to.store.reading() as connection:
            known = find_by_paths(connection, [found.path])
        return any((k.stage, k.reason) == (error.stage, error.reason) for k in known.values())

    def _seen(self, reads: Sequence[ReadDocument]) -> set[DocumentPath]:
        """Where there are bytes that may say enough: some document has them, or had until now.

        Not those of a document that has had them itself, and is to be extracted all the same.
        """
        sources = [read.source for read in reads]
        with self._to.store.reading() as connection:
            seen = seen_bytes(connection, [source.sha256 for source in sources])
            forced = [source.path for source in sources] if self._request.force else []
            known = find_by_paths(connection, forced)
        seen |= self._around.vacated.keys()
        own = {(document.path, document.held_sha256) for document in known.values()}
        return {s.path for s in sources if s.sha256 in seen and (s.path, s.sha256) not in own}

    # Documents that are gone

    def _settle_gone(self, look: RootLook) -> Iterator[None]:
        root = look.root
        held = yield from self._absences.settle(look, lambda: self._gone_from(root.name))
        trouble = "withdrawals held: a mount may be lost"
        if held:
            if_meant = f"feedsvc roots accept {root.name}"
            self._to.troubles.note(root.name, trouble, gone=look.gone, if_meant=if_meant)
        else:
            self._to.troubles.note_over(root.name, trouble)
        if look.device_before != look.device and (not held or self._request.force):
            with self.batches.transaction() as work:
                note_root_device(work.connection, root.name, look.device)

    def _gone_from(self, root: str) -> Iterator[DocumentPath]:
        gone = self._survey.differences.of_kind(Kind.GONE)
        return (difference.path for difference in gone if difference.path.root == root)


def _bytes_step(read: ReadDocument, undecided: list[ReadDocument]) -> Step:
    def settle(settling: Settling) -> list[DocumentOutcome]:
        outcome = settling.by_bytes(read)
        if outcome is None:
            undecided.append(read)
            return []
        return [outcome]

    return Step(path=read.source.path, settle=settle)


def _given_up(error: PostponedDocument) -> DocumentError:
    refused = RefusedDocument(f"{error.reason}, {_MAX_TRIES} times", evidence=error.evidence)
    refused.stage = error.stage
    return refused


def _date(draft: EntryDraft) -> tuple[bool, float]:
    return draft.published is None, draft.published.timestamp() if draft.published else 0.0


def _size_of(read: ReadDocument) -> int:
    return len(read.raw)


def _weight(size_bytes: int) -> int:
    """As how many documents one of so many bytes counts."""
    return 1 + size_bytes // _COUNTS_BYTES


def _chunks(
    items: Iterable[T], size: int, size_bytes: Callable[[T], int] | None = None
) -> Iterator[list[T]]:
    """At most `size` together, by their weight where their bytes are told."""
    chunk: list[T] = []
    counted = 0
    for item in items:
        chunk.append(item)
        counted += _weight(size_bytes(item)) if size_bytes else 1
        if counted >= size:
            yield chunk
            chunk, counted = [], 0
    if chunk:
        yield chunk
