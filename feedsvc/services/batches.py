"""Settling documents in publishing transactions: short ones, each whole or not at all."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from feedsvc.clock import Clock
from feedsvc.errors import DocumentError, FeedsvcError, Interrupted, UnstorableDocument
from feedsvc.ingest.discover import Found
from feedsvc.model.document import DocumentOutcome, DocumentPath, Outcome
from feedsvc.services.recording import Recorder
from feedsvc.services.settling import Settling, Surroundings
from feedsvc.store.engine import Store
from feedsvc.store.leases import Lease
from feedsvc.store.publishing import Publishing, publishing

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One document to settle. found: the file behind it, where there is one to quarantine."""

    path: DocumentPath
    settle: Callable[[Settling], list[DocumentOutcome]]
    found: Found | None = None


class _DryRunOver(Exception):
    """Takes back the one transaction of a dry run."""


@dataclass(kw_only=True)
class Batches:
    """The transactions of one sweep. batch_s: how long one may last. stop: asks to go no further.

    In a dry run all of them are one, which is taken back at the end: what it decides is just what
    the real run decides.
    """

    store: Store
    lease: Lease
    clock: Clock
    batch_s: float
    stop: Event
    recorder: Recorder
    around: Surroundings
    dry_work: Publishing | None = None

    def publish(self, steps: Sequence[Step]) -> None:
        """Settle documents, in as many transactions as it takes. Raises Interrupted, LeaseLost."""
        pending = deque(steps)
        while pending:
            self.check_going_on()
            outcomes: list[DocumentOutcome] = []
            with self.transaction() as work:
                settling = Settling(work, self.around)
                until = self.clock.monotonic() + self.batch_s
                while pending:
                    outcomes += _attempt(work, settling, pending.popleft())
                    if self.clock.monotonic() >= until:
                        break
                self.recorder.write(work.connection, outcomes)
            self.recorder.tell(outcomes)

    def tell_failed(self, path: DocumentPath, reason: str) -> None:
        """Say that something asked for was not there to be settled."""
        outcome = DocumentOutcome(
            path=path, outcome=Outcome.FAILED, stage="discover", reason=reason
        )
        with self.transaction() as work:
            self.recorder.write(work.connection, [outcome])
        self.recorder.tell([outcome])

    def check_going_on(self) -> None:
        """Raise Interrupted once somebody has asked to stop."""
        if self.stop.is_set():
            raise Interrupted("asked to stop")

    @contextmanager
    def transaction(self) -> Iterator[Publishing]:
        """A publishing transaction; in a dry run, the one."""
        if self.dry_work:
            yield self.dry_work
            return
        with publishing(self.store, self.lease, self.clock) as work:
            yield work

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """The store as it is now; in a dry run, as it would be."""
        if self.dry_work:
            yield self.dry_work.connection
            return
        with self.store.reading() as connection:
            yield connection

    @contextmanager
    def taken_back(self) -> Iterator[None]:
        """A dry run: everything inside is decided, and undone at the end."""
        try:
            with publishing(self.store, self.lease, self.clock) as work:
                self.dry_work = work
                yield
                raise _DryRunOver
        except _DryRunOver:
            self.dry_work = None


def quarantine_step(found: Found, error: DocumentError, sha256: bytes | None = None) -> Step:
    """Keep why a file was refused."""
    return Step(
        path=found.path,
        found=found,
        settle=lambda settling: [settling.quarantine(found, error, sha256)],
    )


def _attempt(work: Publishing, settling: Settling, step: Step) -> list[DocumentOutcome]:
    """Settle one document; if it fails by itself, it alone is taken out."""
    try:
        with work.one_document():
            return step.settle(settling)
    except (FeedsvcError, OperationalError):
        raise  # the store's trouble, not the document's: the whole batch is tried again later
    except Exception as error:
        log.exception("document failed", extra={"document": str(step.path)})
        reason = f"could not be stored ({type(error).__name__}); see the log"
    if step.found is None:
        return [
            DocumentOutcome(path=step.path, outcome=Outcome.FAILED, stage="store", reason=reason)
        ]
    # Kept, so that it is not tried again, and does not fill the log, at every sweep.
    with work.one_document():
        return [settling.quarantine(step.found, UnstorableDocument(reason))]
