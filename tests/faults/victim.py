"""A process that ingests on order, each time in a fork of its own that may break.

Orders come as lines of JSON, and each is answered by one. It has one thread and has imported all
there is to import: a fork costs milliseconds, where an interpreter would take a second.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType

from feedsvc.clock import Clock
from feedsvc.errors import DocumentError, FeedsvcError, StoreError
from feedsvc.ingest.pipeline import draft_entry
from feedsvc.ingest.pool import Extracted, ExtractionPool, Job, Key
from feedsvc.model.entry import EntryDraft
from feedsvc.model.run import RunRequest
from feedsvc.runtime import Runtime, open_runtime
from feedsvc.services.ingestion import Ingestion
from feedsvc.settings import Settings
from feedsvc.store.leases import Lease, take_lease
from tests.faults.trouble import EXITED, Kind, Trouble
from tests.service import settings_for

ROOT = Path(__file__).parents[2]
LEASE_WITHIN_S = 60.0
_EPOCH = datetime(2040, 3, 1, 9, 0, tzinfo=UTC)
# So much time passes between two looks at the watch: batches are the same each time.
_TICK_S = 0.004
WITHDRAWING = {"ingest": {"removal": "withdraw", "withdraw_after_s": 0.0}}


@dataclass(frozen=True, kw_only=True)
class Order:
    """Ingest `times` times, from `minute` on. kind: what goes wrong; at: at which operation."""

    folder: str
    database: str
    minute: int
    times: int = 1
    kind: str | None = None
    at: int = 0


@dataclass(frozen=True, kw_only=True)
class Report:
    """How an order ended. error: what was told of it; bug: the traceback of what should not be."""

    operations: int = 0
    exited: bool = False
    error: str | None = None
    bug: str | None = None


class Victim:
    """The process, from outside."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.victim"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Victim:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def carry_out(self, order: Order) -> Report:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asdict(order)) + "\n")
        self._process.stdin.flush()
        return Report(**json.loads(self._process.stdout.readline()))


# From inside


class InlinePool(ExtractionPool):
    """Extraction without processes; nothing is extracted twice."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._known: dict[tuple[bytes, bytes], EntryDraft | DocumentError] = {}

    def begin(self) -> None:
        pass

    def extract(self, jobs: Iterable[Job[Key]]) -> Iterator[Extracted[Key]]:
        for job in jobs:
            if (job.path, job.raw) not in self._known:
                self.learn(job.path, job.raw)
            yield Extracted(key=job.key, outcome=self._known[job.path, job.raw])

    def learn(self, path: bytes, raw: bytes) -> None:
        excerpt_bytes = self._settings.feeds.body_excerpt_bytes
        try:
            draft = draft_entry(path, raw, self._settings.limits, excerpt_bytes)
        except DocumentError as error:
            self._known[path, raw] = error
        else:
            self._known[path, raw] = draft

    def learn_folder(self, folder: Path) -> None:
        for file in folder.rglob("*"):
            if file.is_file() and not file.is_symlink():
                path, raw = bytes(file.relative_to(folder)), file.read_bytes()
                if (path, raw) not in self._known:
                    self.learn(path, raw)


def main() -> None:
    pool: InlinePool | None = None
    for line in sys.stdin:
        order = Order(**json.loads(line))
        pool = pool or InlinePool(_settings(order))
        pool.learn_folder(Path(order.folder))
        report = _in_a_fork(order, pool)
        print(json.dumps(asdict(report)), flush=True)


def _settings(order: Order) -> Settings:
    return settings_for(Path(order.folder), order.database, WITHDRAWING)


def _in_a_fork(order: Order, pool: InlinePool) -> Report:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with os.fdopen(writing, "w") as answer:
            json.dump(asdict(_ingest(order, pool)), answer)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        told = answer.read()
    _, status = os.waitpid(child, 0)
    if os.waitstatus_to_exitcode(status) == EXITED:
        return Report(exited=True)
    return Report(**json.loads(told))


def _ingest(order: Order, pool: InlinePool) -> Report:
    minutes = itertools.count(order.minute)
    ticks = itertools.count()
    now = [_EPOCH]
    clock = Clock(
        now=lambda: now[0], monotonic=lambda: next(ticks) * _TICK_S, sleep=lambda _s: None
    )
    runtime = open_runtime(_settings(order), clock)
    trouble = None
    if order.kind:
        trouble = Trouble(Kind(order.kind), order.at)
        trouble.install(runtime.store)
    error = bug = None
    try:
        lease = _take_lease(runtime)
        for _ in range(order.times):
            now[0] = _EPOCH + timedelta(minutes=next(minutes))
            _ingestion(runtime, lease, pool).run(RunRequest())
    except FeedsvcError as raised:
        error = f"{type(raised).__name__}: {raised}"
    except Exception:
        bug = traceback.format_exc()
    return Report(operations=trouble.count if trouble else 0, error=error, bug=bug)


def _take_lease(runtime: Runtime) -> Lease:
    until = time.monotonic() + LEASE_WITHIN_S
    while (lease := take_lease(runtime.store)) is None:
        if time.monotonic() > until:
            raise StoreError("the lease of one that died is not free")
        time.sleep(0.01)
    return lease


def _ingestion(runtime: Runtime, lease: Lease, pool: ExtractionPool) -> Ingestion:
    return Ingestion(
        store=runtime.store,
        lease=lease,
        settings=runtime.settings,
        clock=runtime.clock,
        pool=pool,
        stop=threading.Event(),
    )


if __name__ == "__main__":
    main()
