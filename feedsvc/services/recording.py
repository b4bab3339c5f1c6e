"""Writing down what a run does, in the very transactions in which it does it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from feedsvc.clock import Clock
from feedsvc.model.document import DocumentOutcome, DocumentPath, Outcome
from feedsvc.model.run import Run, RunRequest, RunState, Trigger
from feedsvc.store.engine import Store
from feedsvc.store.runs import add_outcomes, add_run, end_run, note_total, settled_paths

Listener = Callable[[DocumentOutcome], None]

# What a sweep that nobody asked for does not write down: nothing came of it.
_UNEVENTFUL = frozenset({Outcome.UNCHANGED})


@dataclass(kw_only=True)
class Recorder:
    """Keeps the outcomes of one run. Without a run it makes one when there is something to tell.

    asked: somebody waits for an answer, so that even what names nothing is told. listener: told of
    every outcome once it is certain; expecting: of how many there are to look at. dry: what is
    written goes into the copy in which the run is rehearsed. goes_on: the run was begun before, by
    a process that died over it.
    """

    clock: Clock
    run: Run | None = None
    listener: Listener | None = None
    expecting: Callable[[int], None] | None = None
    asked: bool = False
    dry: bool = False
    goes_on: bool = False
    counts: Counter[Outcome] = field(default_factory=Counter)
    resurfacing: int = 0
    total: int | None = None

    def write(self, connection: Connection, outcomes: Sequence[DocumentOutcome]) -> None:
        """Write outcomes in the transaction that brings them about."""
        if self.run is None:
            if self.dry:
                return
            outcomes = [o for o in outcomes if o.outcome not in _UNEVENTFUL]
            if not outcomes:
                return
            self.run = add_run(
                connection,
                trigger=Trigger.SWEEP,
                requested_by="scheduler",
                request=RunRequest(),
                now=self.clock.now(),
                state=RunState.RUNNING,
            )
        add_outcomes(connection, self.run.id, outcomes)

    def tell(self, outcomes: Sequence[DocumentOutcome]) -> None:
        """Count and announce outcomes, once their transaction is over."""
        for outcome in outcomes:
            self.counts[outcome.outcome] += 1
            self.resurfacing += outcome.resurfaces
            if self.listener:
                self.listener(outcome)

    def expect(self, store: Store, left: int) -> None:
        """Say how many documents there are to look at, besides those that are done."""
        # Forced, a run that goes on looks again at what it has settled already.
        before = 0 if self.run and self.run.request.force else self._settled_before
        self.total = total = before + self.counts.total() + left
        if self.expecting:
            self.expecting(total)
        if self.run:
            with store.writing() as connection:
                note_total(connection, self.run.id, total)

    @property
    def _settled_before(self) -> int:
        return sum(self.run.counts.values()) if self.run and self.goes_on else 0

    def settled_before(
        self, connection: Connection, paths: Sequence[DocumentPath]
    ) -> set[DocumentPath]:
        """Which of these documents this run has settled already, before a crash."""
        if self.run is None or not self.goes_on:
            return set()
        return settled_paths(connection, self.run.id, paths)

    def finish(self, store: Store, *, error: str | None = None) -> None:
        """End the run, if there is one."""
        if self.run is None:
            return
        with store.writing() as connection:
            if self.total is not None:
                note_total(connection, self.run.id, self._settled_before + self.counts.total())
            end_run(connection, self.run.id, self.clock.now(), error=error)
