"""The pipeline in processes that can be killed: a document that hangs or crashes fails alone.

The kernel keeps the limits, with no handler that busy C code could keep from running: an alarm
for the wall clock, RLIMIT_CPU for processor time (each set anew for every document), RLIMIT_AS for
memory. All end the process; its exit status says which it was. Documents travel in small batches.
One that dies is repeated document by document, so that only the guilty one fails.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import resource
import signal
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, TimeoutError, wait
from dataclasses import dataclass
from multiprocessing import connection
from types import TracebackType
from typing import Generic, TypeVar

from pebble import ProcessExpired, ProcessPool

from feedsvc.errors import DocumentError, RefusedDocument
from feedsvc.ingest.pipeline import draft_entry
from feedsvc.model.entry import EntryDraft
from feedsvc.settings import LimitSettings

BATCH_DOCUMENTS = 32
BATCH_BYTES = 262_144
# Batches waiting or at work, for each worker: enough to keep all busy, little enough to hold.
_AHEAD = 3
# Results come in the order of the documents, but none waits longer than this behind a slow one.
_PATIENCE_S = 1.0
# Beyond the alarms within a worker: for one that was stopped or is lost altogether.
_GRACE_S = 10.0
_PRELOADED = ["feedsvc.ingest.pipeline", "trafilatura", "py3langid"]
_WARMING = b"<!doctype html><title>A page to warm up on</title><article><p>It has one sentence."

Key = TypeVar("Key")
Draft = Callable[[bytes, bytes, LimitSettings, int], EntryDraft]


@dataclass(frozen=True, kw_only=True)
class Job(Generic[Key]):
    """A document to extract. key: how the caller knows it; path: relative; raw: all its bytes."""

    key: Key
    path: bytes
    raw: bytes


@dataclass(frozen=True, kw_only=True)
class Extracted(Generic[Key]):
    """What became of a job: a draft, or the error that says why there is none."""

    key: Key
    outcome: EntryDraft | DocumentError


@dataclass(frozen=True, kw_only=True)
class _Failure:
    """What a worker met that is no DocumentError: a bug, or a library at its end."""

    reason: str
    evidence: str


@dataclass(frozen=True, kw_only=True, eq=False)
class _Batch(Generic[Key]):
    jobs: tuple[Job[Key], ...]
    future: Future[list[EntryDraft | DocumentError | _Failure]]


class ExtractionPool:
    """Worker processes for extraction; a context manager. Used by one thread at a time.

    draft: what a worker does with one document; anything else than `draft_entry` is for tests.
    """

    def __init__(
        self, workers: int, limits: LimitSettings, excerpt_bytes: int, draft: Draft = draft_entry
    ) -> None:
        self._workers = workers
        self._limits = limits
        self._excerpt_bytes = excerpt_bytes
        self._draft = draft
        # Never fork: this process has threads. The server it forks from has imported all it needs,
        # so that a worker that was killed is back at once.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(_PRELOADED)
        self._pool = ProcessPool(
            max_workers=workers,
            initializer=_start_worker,
            initargs=(limits, draft is draft_entry),
            context=context,
        )

    def __enter__(self) -> ExtractionPool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the workers now, whatever they are at."""
        self._pool.stop()  # type: ignore[no-untyped-call]  # pebble forgot to type it
        self._pool.join()

    def extract(self, jobs: Iterable[Job[Key]]) -> Iterator[Extracted[Key]]:
        """Extract each job, reading ahead no more than the workers need.

        Results come in the order of the jobs, but for those behind one that takes its time.
        """
        batches = _batched(jobs)
        running: deque[_Batch[Key]] = deque()
        slow: _Batch[Key] | None = None
        try:
            while True:
                while len(running) < self._workers * _AHEAD and (jobs_ahead := next(batches, ())):
                    running.append(self._schedule(jobs_ahead))
                if not running:
                    return
                if running[0] is not slow:
                    wait([running[0].future], timeout=_PATIENCE_S)
                if not running[0].future.done():
                    slow = running[0]
                    wait([batch.future for batch in running], return_when=FIRST_COMPLETED)
                done = next(batch for batch in running if batch.future.done())
                place = running.index(done)
                del running[place]
                drafted = _drafted(done, self._limits)
                if drafted is None:
                    for job in reversed(done.jobs):
                        running.insert(place, self._schedule((job,)))
                else:
                    yield from drafted
        finally:
            for batch in running:
                batch.future.cancel()

    def _schedule(self, jobs: tuple[Job[Key], ...]) -> _Batch[Key]:
        documents = [(job.path, job.raw) for job in jobs]
        future = self._pool.schedule(
            _draft_all,
            args=(documents, self._limits, self._excerpt_bytes, self._draft),
            timeout=len(jobs) * self._limits.document_timeout_s + _GRACE_S,
        )
        return _Batch(jobs=jobs, future=future)


def _batched(jobs: Iterable[Job[Key]]) -> Iterator[tuple[Job[Key], ...]]:
    """In order, by number and bytes; a large document goes alone."""
    batch: list[Job[Key]] = []
    size_bytes = 0
    for job in jobs:
        if batch and (len(batch) == BATCH_DOCUMENTS or size_bytes + len(job.raw) > BATCH_BYTES):
            yield tuple(batch)
            batch, size_bytes = [], 0
        batch.append(job)
        size_bytes += len(job.raw)
    if batch:
        yield tuple(batch)


def _drafted(batch: _Batch[Key], limits: LimitSettings) -> list[Extracted[Key]] | None:
    """The batch's outcomes; None where its process died and nobody knows at which document."""
    try:
        outcomes = batch.future.result()
    except (ProcessExpired, TimeoutError) as error:
        if len(batch.jobs) > 1:
            return None
        outcomes = [_refused(_cause_of_death(error, limits), None)]
    return [
        Extracted(
            key=job.key,
            outcome=_refused(outcome.reason, outcome.evidence)
            if isinstance(outcome, _Failure)
            else outcome,
        )
        for job, outcome in zip(batch.jobs, outcomes, strict=True)
    ]


def _refused(reason: str, evidence: str | None) -> RefusedDocument:
    error = RefusedDocument(reason, evidence=evidence)
    error.stage = "extract"
    return error


def _cause_of_death(error: ProcessExpired | TimeoutError, limits: LimitSettings) -> str:
    status = error.exitcode if isinstance(error, ProcessExpired) else -signal.SIGALRM
    if status == -signal.SIGALRM:
        return f"took longer than {limits.document_timeout_s:g} s (limits.document_timeout_s)"
    if status == -signal.SIGXCPU:
        return f"took more than {limits.document_cpu_s:g} s of processor (limits.document_cpu_s)"
    if status == -signal.SIGKILL:
        return "exhausted the machine's memory, or its process was killed by somebody"
    return f"exhausted or crashed its process (exit status {status})"


# --- in the worker ---------------------------------------------------------------------------


def _start_worker(limits: LimitSettings, is_warmed: bool) -> None:
    threading.Thread(target=_die_with_parent, name="parent-watch", daemon=True).start()
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if is_warmed:
        draft_entry(b"warm.html", _WARMING, limits, BATCH_BYTES)
    allowed = _mapped_bytes() + limits.document_memory_bytes
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        allowed = min(allowed, hard)
    resource.setrlimit(resource.RLIMIT_AS, (allowed, hard))


def _die_with_parent() -> None:
    """A worker that waits for work would outlive a parent that was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _mapped_bytes() -> int:
    """What the process has mapped by now: code and models, which no document must answer for."""
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123
            return int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:  # not Linux
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _draft_all(
    documents: list[tuple[bytes, bytes]], limits: LimitSettings, excerpt_bytes: int, draft: Draft
) -> list[EntryDraft | DocumentError | _Failure]:
    return [_draft_one(path, raw, limits, excerpt_bytes, draft) for path, raw in documents]


def _draft_one(
    path: bytes, raw: bytes, limits: LimitSettings, excerpt_bytes: int, draft: Draft
) -> EntryDraft | DocumentError | _Failure:
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu_s = math.ceil(used.ru_utime + used.ru_stime + limits.document_cpu_s)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, hard))
    signal.setitimer(signal.ITIMER_REAL, limits.document_timeout_s)
    try:
        return draft(path, raw, limits, excerpt_bytes)
    except DocumentError as error:
        return error
    except MemoryError:
        needed = f"needs more than {limits.document_memory_bytes:,} bytes of memory"
        return _Failure(reason=f"{needed} (limits.document_memory_bytes)", evidence="")
    except Exception as error:  # noqa: BLE001  # the loop over documents: it must go on
        return _Failure(
            reason=f"could not be extracted ({type(error).__name__})",
            evidence="".join(traceback.format_exception(error, limit=-8))[-4_000:],
        )
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
