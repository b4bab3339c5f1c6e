"""The pipeline in processes that can be killed: a document that hangs or crashes fails alone.

Documents travel in small batches. One whose worker dies is repeated document by document, so that
only the guilty one fails.
"""

from __future__ import annotations

import math
import pickle
import selectors
import signal
import socket
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Any, Generic, TypeVar

from feedsvc.errors import DocumentError, PostponedDocument, RefusedDocument
from feedsvc.ingest.forking import forking, warm_up
from feedsvc.ingest.line import Line
from feedsvc.ingest.worker import Answer, Draft, Failure, draft_document, serve
from feedsvc.model.document import NO_DEFAULTS, RootDefaults
from feedsvc.model.entry import EntryDraft
from feedsvc.settings import LimitSettings

BATCH_DOCUMENTS = 32
BATCH_BYTES = 262_144
# Batches waiting or at work, for each worker: enough to keep all busy, little enough to hold.
_AHEAD = 3
# Results come in the order of the documents, but none waits longer than this behind a slow one.
_PATIENCE_S = 1.0
_MOMENT_S = 0.25
# Beyond the alarms within a worker: for one that was stopped or is lost altogether.
_GRACE_S = 10.0
# So long a worker may take to load what it needs, and so many in a row may fail to: a machine may
# be short of memory for a moment.
_START_S = 60.0
_MAX_FAILED_STARTS = 5
# Then a worker is replaced, so that no library's caches grow for ever.
_BATCHES_PER_WORKER = 500

Key = TypeVar("Key")


@dataclass(frozen=True, kw_only=True)
class Job(Generic[Key]):
    """A document to extract. key: how the caller knows it; path: relative; raw: all its bytes.

    defaults: what its root says where it is silent. alone: others are not to die with it.
    """

    key: Key
    path: bytes
    raw: bytes
    defaults: RootDefaults = NO_DEFAULTS
    alone: bool = False


@dataclass(frozen=True, kw_only=True)
class Extracted(Generic[Key]):
    """What became of a job: a draft, or the error that says why there is none."""

    key: Key
    outcome: EntryDraft | DocumentError


@dataclass(kw_only=True, eq=False)
class _Batch(Generic[Key]):
    """Jobs that go to a worker together; in the end it has its answer, or its worker's `death`.

    pickled: a list of `Answer`, one a job. is_abandoned: nobody waits for it any more.
    """

    jobs: tuple[Job[Key], ...]
    pickled: bytearray | None = None
    death: Failure | None = None
    is_abandoned: bool = False
    awaited_since: float | None = None

    @property
    def is_done(self) -> bool:
        return self.pickled is not None or self.death is not None


@dataclass(kw_only=True, eq=False)
class _Worker:
    """A process with a line of its own, so that what one leaves half said harms no other.

    It has one batch at a time, and is killed if it has not answered by its `deadline`.
    """

    process: BaseProcess
    line: Line
    deadline: float
    is_ready: bool = False
    batch: _Batch[Any] | None = None  # Any: whichever run it belongs to
    batches_done: int = 0


class ExtractionPool:
    """Worker processes for extraction; a context manager. Used by one thread at a time.

    Batches wait in `_waiting`. A thread of the pool's own hands them to whoever is free and takes
    in the answers, so that the workers go on while the one who asked does something else. That
    thread alone touches the workers; what both touch is guarded by `_changed`.
    draft: what a worker does with one document; anything else than the pipeline is for tests.
    """

    def __init__(
        self, workers: int, limits: LimitSettings, excerpt_bytes: int, draft: Draft = draft_document
    ) -> None:
        self._size = workers
        self._limits = limits
        self._work = (limits, excerpt_bytes, draft)
        self._changed = threading.Condition()
        self._waiting: deque[_Batch[Any]] = deque()  # Any: of whichever run
        self._failure: Exception | None = None
        self._is_begun = False
        self._is_closed = False
        self._context = forking()
        self._workers: list[_Worker] = []
        self._failed_starts = 0
        self._bell, self._ring = self._context.Pipe(duplex=False)
        self._keeper = threading.Thread(target=self._keep, name="extraction-pool", daemon=True)
        self._keeper.start()

    def __enter__(self) -> ExtractionPool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def begin(self) -> None:
        """Start the workers now, and not once there is work."""
        self._is_begun = True
        self._wake()

    def close(self) -> None:
        """End the workers now, whatever they are at."""
        self._is_closed = True
        self._wake()
        self._keeper.join(_GRACE_S)

    # On the side of whoever asks

    def extract(self, jobs: Iterable[Job[Key]]) -> Iterator[Extracted[Key]]:
        """Extract each job, reading ahead no more than the workers need.

        Results come in the order of the jobs, but for those behind one that takes its time.
        """
        batches = _batched(jobs)
        running: deque[_Batch[Key]] = deque()
        try:
            while True:
                while len(running) < self._size * _AHEAD and (ahead := next(batches, ())):
                    running.append(_Batch(jobs=ahead))
                    self._submit([running[-1]])
                if not running:
                    return
                done = self._wait_for_one(running)
                place = running.index(done)
                del running[place]
                if done.death is not None and len(done.jobs) > 1:
                    # Nobody knows at which of them it died.
                    alone = [_Batch(jobs=(job,)) for job in done.jobs]
                    for batch in reversed(alone):
                        running.insert(place, batch)
                    self._submit(alone, first=True)
                else:
                    yield from _extracted(done)
        finally:
            self._abandon(running)

    def _submit(self, batches: Sequence[_Batch[Key]], *, first: bool = False) -> None:
        with self._changed:
            if first:
                self._waiting.extendleft(reversed(batches))
            else:
                self._waiting.extend(batches)
        self._wake()

    def _wait_for_one(self, running: Sequence[_Batch[Key]]) -> _Batch[Key]:
        """The first batch, once it is done; or another that is, where the first takes long."""
        first = running[0]
        if first.awaited_since is None:
            first.awaited_since = time.monotonic()
        while True:
            patience_s = first.awaited_since + _PATIENCE_S - time.monotonic()
            with self._changed:
                if self._is_closed:
                    raise RuntimeError("the pool is closed")
                if self._failure is not None:
                    failure, self._failure = self._failure, None
                    raise failure
                for batch in (first,) if patience_s > 0 else running:
                    if batch.is_done:
                        return batch
                self._changed.wait(patience_s if patience_s > 0 else None)

    def _abandon(self, running: Iterable[_Batch[Key]]) -> None:
        with self._changed:
            for batch in running:
                batch.is_abandoned = True
            self._waiting = deque(batch for batch in self._waiting if not batch.is_abandoned)
        self._wake()

    def _wake(self) -> None:
        self._ring.send_bytes(b"")

    # On the side of the workers

    def _keep(self) -> None:
        """Keep the workers at work until the pool is closed."""
        while not self._is_closed:
            try:
                self._hire()
                self._assign()
                self._collect()
            except Exception as error:  # noqa: BLE001  # raised for whoever waits for results
                with self._changed:
                    self._failure = error
                    self._changed.notify()
                time.sleep(_MOMENT_S)
        for worker in self._workers:
            _end(worker)
        self._workers.clear()

    def _hire(self) -> None:
        """Start workers once they are wanted, and those that could not start once that is told."""
        if (self._waiting or self._is_begun) and self._failure is None:
            while len(self._workers) < self._size:
                self._workers.append(self._start())

    def _assign(self) -> None:
        for worker in list(self._workers):
            if worker.batch is not None and worker.batch.is_abandoned:
                self._replace(worker)
            elif worker.is_ready and worker.batch is None and (batch := self._next_waiting()):
                worker.batch = batch
                allowed_s = len(batch.jobs) * self._limits.document_timeout_s + _GRACE_S
                worker.deadline = time.monotonic() + allowed_s
                worker.line.say([(job.path, job.raw, job.defaults) for job in batch.jobs])

    def _next_waiting(self) -> _Batch[Any] | None:
        with self._changed:
            return self._waiting.popleft() if self._waiting else None

    def _collect(self) -> None:
        """Exchange with workers what can be, for a moment; bury the dead and those out of time."""
        busy = [w for w in self._workers if w.batch is not None or not w.is_ready]
        ready = self._wait_for_any(busy)
        for worker in busy:
            pickled = None
            if worker in ready:
                try:
                    pickled = worker.line.go_on()
                except (EOFError, OSError):
                    self._bury(worker)
                    continue
            if pickled is not None:
                self._take(worker, pickled)
            elif time.monotonic() > worker.deadline:
                worker.process.kill()
                self._bury(worker)

    def _wait_for_any(self, busy: Sequence[_Worker]) -> list[_Worker]:
        """Wait a moment for one that says something, or hears more of what is said to it."""
        with selectors.PollSelector() as selector:
            selector.register(self._bell, selectors.EVENT_READ)
            for worker in busy:
                speaking = worker.line.is_speaking
                event = selectors.EVENT_WRITE if speaking else selectors.EVENT_READ
                selector.register(worker.line, event, worker)
            keys = [key for key, _ in selector.select(_MOMENT_S if busy else None)]
        if any(key.fileobj is self._bell for key in keys):
            self._bell.recv_bytes()
        return [key.data for key in keys if key.data]

    def _take(self, worker: _Worker, pickled: bytearray) -> None:
        if worker.batch is None:
            worker.is_ready = True
            self._failed_starts = 0
            return
        self._finish(worker.batch, pickled=pickled)
        worker.batch = None
        worker.batches_done += 1
        if worker.batches_done == _BATCHES_PER_WORKER:
            self._replace(worker)

    def _finish(
        self, batch: _Batch[Any], *, pickled: bytearray | None = None, death: Failure | None = None
    ) -> None:
        with self._changed:
            batch.pickled, batch.death = pickled, death
            self._changed.notify()

    def _bury(self, worker: _Worker) -> None:
        """Note what a dead worker's batch died of, and put another worker in its place."""
        worker.process.join(_GRACE_S)
        status = worker.process.exitcode
        if not worker.is_ready:
            self._dismiss(worker)
            self._failed_starts += 1
            if self._failed_starts >= _MAX_FAILED_STARTS:
                raise RuntimeError(f"workers for extraction could not start (exit status {status})")
            return
        if batch := worker.batch:
            if status is None or time.monotonic() > worker.deadline:
                status = -signal.SIGALRM
            self._finish(batch, death=_cause_of_death(status, self._limits))
        self._replace(worker)

    def _replace(self, worker: _Worker) -> None:
        self._dismiss(worker)
        self._workers.append(self._start())

    def _dismiss(self, worker: _Worker) -> None:
        _end(worker)
        self._workers.remove(worker)

    def _start(self) -> _Worker:
        warm_up()
        ours, theirs = socket.socketpair()
        process = self._context.Process(
            target=serve, args=(theirs, *self._work), name="feedsvc-extract", daemon=True
        )
        process.start()
        theirs.close()
        deadline = time.monotonic() + _START_S
        return _Worker(process=process, line=Line(ours), deadline=deadline)


def _end(worker: _Worker) -> None:
    worker.process.kill()
    worker.process.join()
    worker.process.close()
    worker.line.close()


def _batched(jobs: Iterable[Job[Key]]) -> Iterator[tuple[Job[Key], ...]]:
    """In order, by number and bytes; a large document goes alone, as does one that is to."""
    batch: list[Job[Key]] = []
    size_bytes = 0.0
    for job in jobs:
        adds_bytes = math.inf if job.alone else len(job.raw)
        if batch and (len(batch) == BATCH_DOCUMENTS or size_bytes + adds_bytes > BATCH_BYTES):
            yield tuple(batch)
            batch, size_bytes = [], 0.0
        batch.append(job)
        size_bytes += adds_bytes
    if batch:
        yield tuple(batch)


def _extracted(batch: _Batch[Key]) -> Iterator[Extracted[Key]]:
    answers: Sequence[Answer] = [batch.death] if batch.death else []
    if batch.pickled is not None:
        answers = pickle.loads(batch.pickled)  # noqa: S301  # from a worker of our own
    for job, answer in zip(batch.jobs, answers, strict=True):
        outcome = _refused(answer) if isinstance(answer, Failure) else answer
        yield Extracted(key=job.key, outcome=outcome)


def _refused(failure: Failure) -> DocumentError:
    kind = PostponedDocument if failure.is_transient else RefusedDocument
    error = kind(failure.reason, evidence=failure.evidence or None)
    error.stage = "extract"
    return error


def _cause_of_death(status: int, limits: LimitSettings) -> Failure:
    if status == -signal.SIGKILL:
        # Nobody else tells: it may be the kernel, for want of memory that others have taken.
        reason = "exhausted the machine's memory, or its process was killed by somebody"
        return Failure(reason=reason, evidence="", is_transient=True)
    if status == -signal.SIGALRM:
        # A document that keeps the processor busy meets the other limit first. This one was
        # waiting: for something that never comes, or for a machine that has too much to do.
        reason = f"took longer than {limits.document_timeout_s:g} s (limits.document_timeout_s)"
        return Failure(reason=reason, evidence="", is_transient=True)
    if status == -signal.SIGXCPU:
        used = f"took more than {limits.document_cpu_s:g} s of processor"
        return Failure(reason=f"{used} (limits.document_cpu_s)", evidence="")
    return Failure(reason=f"exhausted or crashed its process (exit status {status})", evidence="")
