"""A document that hangs, crashes or exhausts its process costs that document alone."""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

import pytest

from feedsvc.errors import DocumentError, EmptyDocument, PostponedDocument, RefusedDocument
from feedsvc.ingest.forking import warm_up
from feedsvc.ingest.pool import (
    BATCH_BYTES,
    BATCH_DOCUMENTS,
    Extracted,
    ExtractionPool,
    Job,
)
from feedsvc.ingest.worker import Draft
from feedsvc.model.document import RootDefaults
from feedsvc.model.entry import EntryDraft, Precision
from feedsvc.settings import LimitSettings, load_settings
from tests.benchmarks.measured import resident_mb

LIMITS = load_settings().limits
# A moment's more memory than in the end: measured, it is none.
MOMENTS_MB = 10
LOADED = """
import re, resource
# As if no disk had any room; what is written to a pipe is no file.
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
import feedsvc.ingest.warm
status = open("/proc/self/status").read()
print(*(int(re.search(rf"{name}:\\s+(\\d+)", status)[1]) // 1024 for name in ("VmHWM", "VmRSS")))
"""
TIGHT = LIMITS.model_copy(
    update={
        "document_timeout_s": 2.0,
        "document_cpu_s": 1.0,
        "document_memory_bytes": 300_000_000,
    }
)


def behave(
    path: bytes, raw: bytes, limits: LimitSettings, excerpt_bytes: int, defaults: RootDefaults
) -> EntryDraft:
    """Do in a worker what the document says."""
    match raw:
        case b"hang":
            time.sleep(600)
        case b"spin":
            while True:
                pass
        case b"crash":
            os._exit(3)
        case b"abort":
            os.abort()
        case b"hog":
            bytearray(2_000_000_000)
        case b"recursion":
            raise RecursionError
        case b"killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case b"no descriptors":
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        case b"slow":
            time.sleep(0.02)
        case b"empty":
            raise EmptyDocument("nothing in it", evidence="line 1")
    return EntryDraft(
        title=str(os.getpid()),
        authors=(),
        published=None,
        precision=Precision.ARRIVAL,
        language=None,
        summary="",
        text=raw.decode(),
        html="",
        excerpt_end=None,
        source=defaults.source,
        tags=(),
        enclosures=(),
        canonical_url=None,
        fingerprint=None,
        evidence=(),
    )


STAYS: list[bytes] = []


def swell(
    path: bytes, raw: bytes, limits: LimitSettings, excerpt_bytes: int, defaults: RootDefaults
) -> EntryDraft:
    """Take 100 MB for a large document, and leave something small behind them."""
    if len(raw) > BATCH_BYTES:
        pieces = [bytes(3_000) for _ in range(35_000)]
        STAYS.append(bytes(3_000))
        del pieces
    return behave(path, raw, limits, excerpt_bytes, defaults)


class DeadlyLuggage:
    """Ends the worker that unpacks it."""

    def __reduce__(self) -> tuple[object, ...]:
        return os._exit, (5,)

    def __call__(self, *_: object) -> EntryDraft:
        raise NotImplementedError


def behave_at_second_sight(mark: Path) -> Draft:
    """End the first worker that unpacks it; for the others it is `behave`."""
    if not mark.exists():
        mark.touch()
        os._exit(5)
    return behave


@dataclass(frozen=True)
class OnceDeadlyLuggage:
    mark: Path

    def __reduce__(self) -> tuple[object, ...]:
        return behave_at_second_sight, (self.mark,)

    def __call__(self, *_: object) -> EntryDraft:
        raise NotImplementedError


def jobs(*raws: bytes) -> list[Job[int]]:
    return [Job(key=key, path=b"a.txt", raw=raw) for key, raw in enumerate(raws)]


@pytest.fixture(scope="module")
def pool() -> Iterator[ExtractionPool]:
    with ExtractionPool(2, TIGHT, 131_072, draft=behave) as started:
        yield started


def test_results_come_in_order_with_their_keys(pool: ExtractionPool) -> None:
    raws = [str(number).encode() for number in range(500)]
    found = list(pool.extract(jobs(*raws)))
    assert [extracted.key for extracted in found] == list(range(500))
    drafts = [e.outcome for e in found if isinstance(e.outcome, EntryDraft)]
    assert [draft.text.encode() for draft in drafts] == raws


@pytest.mark.parametrize(
    ("guilty", "reason"),
    [
        (b"crash", "exit status 3"),
        (b"abort", "exhausted or crashed"),
        (b"hog", "limits.document_memory_bytes"),
        (b"recursion", r"could not be extracted \(RecursionError\)"),
    ],
)
def test_only_the_guilty_document_fails(pool: ExtractionPool, guilty: bytes, reason: str) -> None:
    outcomes = {e.key: e.outcome for e in pool.extract(jobs(b"a", b"b", guilty, b"c", b"d"))}
    error = outcomes.pop(2)
    assert isinstance(error, RefusedDocument)
    assert error.stage == "extract"
    with pytest.raises(RefusedDocument, match=reason):
        raise error
    assert len(outcomes) == 4
    assert all(isinstance(outcome, EntryDraft) for outcome in outcomes.values())


def test_what_keeps_the_processor_busy_is_refused_and_not_tried_again() -> None:
    patient = TIGHT.model_copy(update={"document_timeout_s": 60.0})
    with ExtractionPool(1, patient, 131_072, draft=behave) as pool:
        (found,) = pool.extract(jobs(b"spin"))
    assert isinstance(found.outcome, RefusedDocument)
    assert found.outcome.reason == "took more than 1 s of processor (limits.document_cpu_s)"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"killed", "killed by somebody"),
        (b"no descriptors", "just now .Too many open files"),
        (b"hang", r"took longer than 2 s \(limits.document_timeout_s\)"),
    ],
)
def test_what_is_the_machines_trouble_is_no_refusal(
    pool: ExtractionPool, raw: bytes, reason: str
) -> None:
    outcomes = {e.key: e.outcome for e in pool.extract(jobs(b"a", raw, b"b"))}
    error = outcomes.pop(1)
    assert isinstance(error, PostponedDocument)
    assert error.stage == "extract"
    with pytest.raises(PostponedDocument, match=reason):
        raise error
    assert all(isinstance(outcome, EntryDraft) for outcome in outcomes.values())


def test_a_worker_that_somebody_kills_costs_no_document(pool: ExtractionPool) -> None:
    found: list[Extracted[int]] = []
    for extracted in pool.extract(jobs(*[b"a"] * 1_000)):
        # The last long before the end: the pool is to know of it before the next test.
        if isinstance(extracted.outcome, EntryDraft) and len(found) in (0, 300, 600):
            with suppress(ProcessLookupError):
                os.kill(int(extracted.outcome.title), signal.SIGKILL)
        found.append(extracted)
    assert {e.key for e in found if isinstance(e.outcome, EntryDraft)} == set(range(1_000))


def test_a_worker_that_is_stopped_keeps_no_document_but_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("feedsvc.ingest.pool._GRACE_S", 0.5)
    hasty = TIGHT.model_copy(update={"document_timeout_s": 0.5})
    with ExtractionPool(2, hasty, 131_072, draft=behave) as pool:
        (found,) = pool.extract(jobs(b"a"))
        assert isinstance(found.outcome, EntryDraft)
        os.kill(int(found.outcome.title), signal.SIGSTOP)
        # Each is more than fits between two processes that do not attend to one another.
        outcomes = [e.outcome for e in pool.extract(jobs(*[b"x" * 2_000_000] * 6))]
        assert sum(isinstance(outcome, EntryDraft) for outcome in outcomes) == 5
        assert sum(isinstance(outcome, PostponedDocument) for outcome in outcomes) == 1
        again = [e.outcome for e in pool.extract(jobs(*[b"x" * 2_000_000] * 6))]
    assert all(isinstance(outcome, EntryDraft) for outcome in again)


def test_a_worker_that_cannot_start_is_said_so() -> None:
    with (
        ExtractionPool(1, LIMITS, 131_072, draft=DeadlyLuggage()) as pool,
        pytest.raises(RuntimeError, match=r"could not start \(exit status 5\)"),
    ):
        list(pool.extract(jobs(b"a")))


def test_a_worker_that_could_not_start_once_has_a_successor(tmp_path: Path) -> None:
    with ExtractionPool(1, TIGHT, 131_072, draft=OnceDeadlyLuggage(tmp_path / "seen")) as pool:
        (found,) = pool.extract(jobs(b"a"))
    assert isinstance(found.outcome, EntryDraft)


def test_a_closed_pool_says_so_rather_than_give_no_results() -> None:
    pool = ExtractionPool(1, TIGHT, 131_072, draft=behave)
    pool.close()
    with pytest.raises(RuntimeError, match="closed"):
        list(pool.extract(jobs(b"a")))


def test_what_a_root_says_travels_with_its_documents(pool: ExtractionPool) -> None:
    roots = [RootDefaults(source=f"Source {number}") for number in range(3)]
    told = [
        Job(key=number, path=b"a.txt", raw=b"a", defaults=root) for number, root in enumerate(roots)
    ]
    found = {e.key: e.outcome for e in pool.extract(told)}
    assert [getattr(found[number], "source", None) for number in range(3)] == [
        root.source for root in roots
    ]


def test_two_runs_of_one_pool_may_be_interleaved(pool: ExtractionPool) -> None:
    outer = pool.extract(jobs(*[b"a"] * 200))
    first = next(outer)
    assert [e.key for e in pool.extract(jobs(b"b", b"c"))] == [0, 1]
    assert [first.key, *(e.key for e in outer)] == list(range(200))


def test_what_a_stage_refuses_comes_back_as_it_was_raised(pool: ExtractionPool) -> None:
    (found,) = pool.extract(jobs(b"empty"))
    assert isinstance(found.outcome, EmptyDocument)
    assert (found.outcome.stage, found.outcome.reason) == ("extract", "nothing in it")
    assert found.outcome.evidence == "line 1"


def test_documents_behind_a_slow_one_do_not_wait_for_it(pool: ExtractionPool) -> None:
    large = b"x" * BATCH_BYTES
    keys = [e.key for e in pool.extract(jobs(b"hang" + b"", large, large, large))]
    assert sorted(keys) == [0, 1, 2, 3]
    assert keys[0] != 0


def test_workers_go_on_while_nobody_takes_their_results(pool: ExtractionPool) -> None:
    results = pool.extract(jobs(*[b"slow"] * (BATCH_DOCUMENTS * 6)))
    next(results)
    batch_s = BATCH_DOCUMENTS * 0.02
    time.sleep(3.5 * batch_s)  # what two workers need for all that was read ahead
    before = time.monotonic()
    assert len(list(results)) == BATCH_DOCUMENTS * 6 - 1
    assert time.monotonic() - before < batch_s


def test_documents_and_drafts_larger_than_any_pipe_stop_nobody(pool: ExtractionPool) -> None:
    raws = [b"%d" % n + b"x" * 3_000_000 for n in range(40)]
    results = pool.extract(jobs(*raws))
    found = []
    for extracted in results:
        assert isinstance(extracted.outcome, EntryDraft)
        found.append(extracted.outcome.text.encode())
        time.sleep(0.01)  # as long as answers wait, their workers have been given more
    assert found == raws


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="needs glibc")
def test_what_a_large_document_took_is_given_back() -> None:
    with ExtractionPool(1, LIMITS, 131_072, draft=swell) as pool:
        (small,) = pool.extract(jobs(b"small"))
        assert isinstance(small.outcome, EntryDraft)
        worker = int(small.outcome.title)
        before_mb = resident_mb(worker)
        for raw in (b"x" * 2 * BATCH_BYTES, b"small"):
            (extracted,) = pool.extract(jobs(raw))
            assert isinstance(extracted.outcome, EntryDraft)
            assert int(extracted.outcome.title) == worker
        assert resident_mb(worker) < before_mb + 30


def test_no_more_is_read_ahead_than_the_workers_need(pool: ExtractionPool) -> None:
    read = 0

    def endless() -> Iterator[Job[int]]:
        nonlocal read
        while True:
            read += 1
            yield Job(key=read, path=b"a.txt", raw=b"x" * BATCH_BYTES)

    results = pool.extract(endless())
    for _ in range(3):
        next(results)
    results.close()  # type: ignore[attr-defined]
    assert read < 20


def test_the_pool_goes_on_after_a_run_was_abandoned(pool: ExtractionPool) -> None:
    results = pool.extract(jobs(*[b"x"] * 200))
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert len(list(pool.extract(jobs(b"a", b"b")))) == 2


def test_shapes_that_keep_parsers_busy_end_within_their_limits() -> None:
    shapes = {
        b"div.html": b"<div>" * 100_000,
        b"list.md": b"<ul><li>" * 2_400 + b"x",
        b"bold.html": b"<b>" * 100_000,
        b"misnested.md": b"<b><p>" * 20_000,
        b"attributes.md": b"<a " + b" ".join(b"a%d" % i for i in range(100_000)) + b">x",
        b"less.html": b"<" * 1_000_000,
        b"ampersands.html": b"&" * 500_000,
        b"references.html": b"&#" * 400_000,
        b"escaped.md": b"&lt;" * 200_000,
        b"dashes.html": b"<!--" + b"-" * 1_000_000,
        b"comments.html": b"<!--" * 250_000,
        b"scripts.html": b"<script>" * 100_000,
        b"quotes.md": b"<p " + b"x='" * 200_000,
        b"attribute.md": b'<p title="' + b"a" * 1_000_000 + b'">x</p>',
        b"brackets.md": b"[" * 50_000,
        b"quoted.md": b">" * 50_000,
        b"emphasis.md": b"*a_ " * 50_000,
        b"ticks.md": b"`" * 5_000 + b"a" + b"`" * 4_999,
        b"front.md": b"---\na: " + b"[" * 30_000 + b"\n---\n",
        b"lines.txt": b"\n" * 500_000,
        b"words.txt": b"a " * 500_000,
    }
    named = [Job(key=path, path=path, raw=raw) for path, raw in shapes.items()]
    with ExtractionPool(2, LIMITS, 131_072) as pool:
        outcomes = {extracted.key: extracted.outcome for extracted in pool.extract(named)}
    assert set(outcomes) == set(shapes)
    assert not [
        (path, outcome.reason)
        for path, outcome in outcomes.items()
        if isinstance(outcome, DocumentError) and "took" in outcome.reason
    ]


PARENT = """
import os, sys, time
from feedsvc.ingest.pool import ExtractionPool, Job
from tests.ingest.test_pool import LIMITS, behave

if __name__ == "__main__":
    with ExtractionPool(2, LIMITS, 1000, draft=behave) as pool:
        found = list(pool.extract(Job(key=i, path=b"a.txt", raw=b"x" * 200_000) for i in range(20)))
        print(*{e.outcome.title for e in found}, flush=True)
        if sys.argv[1] == "busy":
            list(pool.extract([Job(key=0, path=b"a.txt", raw=b"hang")]))
        time.sleep(600)
"""


@pytest.mark.parametrize("state", ["idle", "busy"])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_no_worker_outlives_its_parent(tmp_path: Path, state: str, how: signal.Signals) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    repository = Path(__file__).parents[2]
    parent = subprocess.Popen(
        [sys.executable, str(script), state],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(repository)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert parent.stdout is not None
    with parent.stdout:
        workers = [int(pid) for pid in parent.stdout.readline().split()]
    assert workers
    parent.send_signal(how)
    parent.wait(timeout=30)
    deadline = time.monotonic() + 30
    while any(map(is_running, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not list(filter(is_running, workers))


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_the_server_of_workers_can_be_started_beforehand() -> None:
    warm_up()
    server: Any = forkserver._forkserver  # Any: its pid is not public
    started = server._forkserver_pid
    assert started is not None
    warm_up()
    assert server._forkserver_pid == started


def test_what_the_server_loads_needs_no_room_on_a_disk_and_no_more_memory_than_it_keeps() -> None:
    loaded = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True)
    assert loaded.returncode == 0, loaded.stderr[-500:]
    most_mb, kept_mb = map(int, loaded.stdout.split())
    assert most_mb < kept_mb + MOMENTS_MB


def test_workers_start_with_the_first_document_or_when_they_are_told_to() -> None:
    with ExtractionPool(1, LIMITS, 1_000) as pool:
        time.sleep(0.1)
        assert not pool._workers
        pool.begin()
        until = time.monotonic() + 30
        while not pool._workers:
            assert time.monotonic() < until
            time.sleep(0.01)
