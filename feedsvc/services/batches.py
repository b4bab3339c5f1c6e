"""Settling documents in publishing transactions: short ones, each whole or not at all."""

from __future__ import annotations

import logging
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import groupby, islice, takewhile
from threading import Event

from sqlalchemy.exc import OperationalError

from feedsvc.clock import Clock
from feedsvc.errors import (
    DocumentError,
    FeedsvcError,
    Interrupted,
    PostponedDocument,
    UnstorableDocument,
)
from feedsvc.ingest.discover import Found, ReadDocument
from feedsvc.model.document import DocumentOutcome, DocumentPath, Outcome, SourceDocument
from feedsvc.model.entry import EntryDraft
from feedsvc.services.bulk import Drafted, Lane, find_lanes
from feedsvc.services.recording import Recorder
from feedsvc.services.settling import Settling, Surroundings
from feedsvc.store.engine import Store
from feedsvc.store.failures import is_trouble_of_store
from feedsvc.store.leases import Lease
from feedsvc.store.publishing import Publishing, publishing

log = logging.getLogger(__name__)


# So often an error that may be the store's is taken for its; then the document is taken out.
_MAX_STRIKES = 3
# Documents settled at once, at most: more gain little, and may have to be repeated one by one.
_MAX_TOGETHER = 256


@dataclass(frozen=True, kw_only=True, eq=False)
class Step:
    """One document to settle. found: the file behind it, where there is one to quarantine.

    drafted: what it says, if it was extracted: most such documents need not be settled alone.
    """

    path: DocumentPath
    settle: Callable[[Settling], list[DocumentOutcome]]
    found: Found | None = None
    drafted: Drafted | None = None


@dataclass(kw_only=True)
class Batches:
    """The transactions of one sweep. batch_s: how long one may last. stop: asks to go no further.

    together: how many documents are settled at once; it grows while that is quick.
    strikes: how often each document met an error that may have been the store's or its own.
    """

    store: Store
    lease: Lease
    clock: Clock
    batch_s: float
    stop: Event
    recorder: Recorder
    around: Surroundings
    strikes: Counter[DocumentPath] = field(default_factory=Counter)
    together: int = 1

    def publish(self, steps: Sequence[Step]) -> None:
        """Settle documents, in as many transactions as it takes. Raises Interrupted, LeaseLost."""
        pending = deque(steps)
        while pending:
            self.check_going_on()
            outcomes: list[DocumentOutcome] = []
            with self.transaction() as work:
                settling = Settling(work, self.around)
                until = self.clock.monotonic() + self.batch_s
                before = self.clock.monotonic()
                for lane, steps in self._in_groups(work, pending):
                    outcomes += self._attempt_all(work, settling, lane, steps)
                    now = self.clock.monotonic()
                    self._adapt(now - before)
                    if now >= until:
                        break
                    before = now
                self.recorder.write(work.connection, outcomes)
            self.recorder.tell(outcomes)

    def _in_groups(
        self, work: Publishing, pending: deque[Step]
    ) -> Iterator[tuple[Lane | None, list[Step]]]:
        """Take steps from the left, each alone, but together what one lane takes in a row."""
        while pending:
            row = list(takewhile(lambda step: step.drafted, islice(pending, self.together)))
            lanes = self._lanes(work, row)
            for lane, steps in groupby(row or [pending[0]], key=lanes.get):
                for group in [list(steps)] if lane else [[step] for step in steps]:
                    for _ in group:
                        pending.popleft()
                    yield lane, group

    def _lanes(self, work: Publishing, row: Sequence[Step]) -> dict[Step, Lane]:
        """Those of a row of drafts that need not be settled alone, with the lane they may take."""
        steps = {step.drafted: step for step in row if step.drafted}
        if len(steps) < 2:
            return {}  # nothing is gained by asking
        found = find_lanes(work, list(steps), self.around.versions, self.around.vacated)
        return {steps[drafted]: lane for drafted, lane in found.items()}

    def _attempt_all(
        self, work: Publishing, settling: Settling, lane: Lane | None, steps: Sequence[Step]
    ) -> list[DocumentOutcome]:
        """Settle documents at once where there is a lane; if that fails, settle each."""
        together = [step.drafted for step in steps if step.drafted]
        if lane and len(together) > 1:
            try:
                with work.part():
                    return lane(together)
            except FeedsvcError:
                raise
            except Exception as error:
                if is_trouble_of_store(error):
                    raise
                log.warning("documents failed together; each is settled alone", exc_info=True)
        return [outcome for step in steps for outcome in self._attempt(work, settling, step)]

    def _attempt(self, work: Publishing, settling: Settling, step: Step) -> list[DocumentOutcome]:
        """Settle one document; if it fails by itself, it alone is taken out."""
        try:
            with work.part():
                return step.settle(settling)
        except PostponedDocument as error:
            return [_failed(step, error.stage, error.reason)] if self.recorder.asked else []
        except FeedsvcError:
            raise  # the store's trouble, not the document's: the batch is tried again later
        except Exception as error:
            if is_trouble_of_store(error) or self._may_be_trouble_of_store(error, step):
                raise
            log.exception("document failed", extra={"document": str(step.path)})
            reason = f"could not be stored ({type(error).__name__}); see the log"
        if step.found is None:
            return [_failed(step, "store", reason)]
        # Kept, so that it is not tried again, and does not fill the log, at every sweep.
        with work.part():
            return [settling.quarantine(step.found, UnstorableDocument(reason))]

    def _may_be_trouble_of_store(self, error: Exception, step: Step) -> bool:
        """Whether to give a document the benefit of the doubt: the others wait for it meanwhile."""
        if not isinstance(error, OperationalError):
            return False
        self.strikes[step.path] += 1
        return self.strikes[step.path] < _MAX_STRIKES

    def _adapt(self, took_s: float) -> None:
        """Settle as many documents at once as this store can in a good part of a batch."""
        if took_s > self.batch_s / 2:
            self.together = max(1, self.together // 2)
        elif took_s < self.batch_s / 4:
            self.together = min(_MAX_TOGETHER, self.together * 2)

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

    def transaction(self) -> AbstractContextManager[Publishing]:
        """One publishing transaction."""
        return publishing(self.store, self.lease, self.clock)


def quarantine_step(found: Found, error: DocumentError) -> Step:
    """Keep why a file was refused unread."""
    return Step(
        path=found.path,
        found=found,
        settle=lambda settling: [settling.quarantine(found, error)],
    )


def refusal_step(source: SourceDocument, error: DocumentError) -> Step:
    """Keep why a document was refused that was read."""
    return Step(
        path=source.path,
        found=Found(path=source.path, state=source.state),
        settle=lambda settling: [settling.by_refusal(source, error)],
    )


def draft_step(read: ReadDocument, draft: EntryDraft) -> Step:
    """Settle a document by what it says."""
    return Step(
        path=read.source.path,
        found=Found(path=read.source.path, state=read.source.state),
        drafted=Drafted(read=read, draft=draft),
        settle=lambda settling: [settling.by_draft(read, draft)],
    )


def _failed(step: Step, stage: str, reason: str) -> DocumentOutcome:
    return DocumentOutcome(path=step.path, outcome=Outcome.FAILED, stage=stage, reason=reason)
