"""A pass of `feedsvc ingest`: here, or by whoever holds the lease; and what is said of it."""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import click
from click._termui_impl import ProgressBar

from feedsvc.cli.shown import shown, shown_json
from feedsvc.collector import spare_the_collector
from feedsvc.ingest.forking import warm_up
from feedsvc.model.document import DocumentOutcome, Outcome
from feedsvc.model.run import Run, RunRequest, RunState, Trigger
from feedsvc.runtime import Runtime, open_runtime
from feedsvc.services.ingestion import Ingestion, open_pool
from feedsvc.settings import Settings
from feedsvc.store.leases import Lease, take_lease
from feedsvc.store.migrate import check_schema, is_new, upgrade

_WORTH_TELLING = (Outcome.QUARANTINED, Outcome.FAILED)
_FOLLOWED_EVERY_S = 0.5


def ingest_once(settings: Settings, request: RunRequest, *, as_json: bool) -> None:
    """Do what is asked and print what it came to; ends the process where something failed."""
    runtime = open_runtime(settings)
    runtime.upkeep.check_start()
    if is_new(runtime.store):
        warm_up()  # if not yet: in PostgreSQL, or a file that somebody made
    upgrade(runtime.store)
    lease = take_lease(runtime.store)
    summary = _Summary(dry_run=request.dry_run, quiet=as_json)
    if lease is None:
        _follow(runtime, request, summary)
    else:
        _ingest_here(runtime, lease, request, summary)
    runtime.close()
    summary.print(as_json=as_json)
    if summary.error or summary.counts.get(Outcome.FAILED):
        sys.exit(1)


@dataclass(kw_only=True)
class _Summary:
    """What a pass came to, for people or programs."""

    dry_run: bool
    quiet: bool
    counts: Mapping[Outcome, int] = field(default_factory=dict)
    resurfacing: int = 0
    told: list[DocumentOutcome] = field(default_factory=list)
    error: str | None = None

    def note(self, outcome: DocumentOutcome) -> None:
        if outcome.outcome in _WORTH_TELLING:
            self.told.append(outcome)

    def print(self, *, as_json: bool) -> None:
        if as_json:
            click.echo(shown_json(self._values()))
            return
        for outcome in self.told:
            click.echo(
                f"{outcome.path}: {outcome.outcome} at {outcome.stage}: {shown(outcome.reason)}"
            )
        counted = ", ".join(f"{count:,} {name}" for name, count in sorted(self.counts.items()))
        click.echo(f"{'Would be: ' if self.dry_run else ''}{counted or 'nothing new'}.")
        if self.dry_run or self.resurfacing:
            will = "would" if self.dry_run else "will"
            click.echo(f"Subscribers {will} see {self.resurfacing:,} entries as new or changed.")
        if self.error:
            click.echo(f"It failed: {shown(self.error)}", err=True)

    def _values(self) -> dict[str, Any]:  # Any: JSON
        return {
            "dry_run": self.dry_run,
            "counts": dict(sorted(self.counts.items())),
            "subscribers_will_see_again": self.resurfacing,
            "error": self.error,
            "refused": [
                {
                    "path": str(o.path),
                    "outcome": o.outcome,
                    "stage": o.stage,
                    "reason": o.reason,
                }
                for o in self.told
            ],
        }


def _ingest_here(runtime: Runtime, lease: Lease, request: RunRequest, summary: _Summary) -> None:
    with (
        _ingesting(runtime, lease, is_dry=request.dry_run) as ingestion,
        _progress(summary) as bar,
    ):

        def listen(outcome: DocumentOutcome) -> None:
            summary.note(outcome)
            bar.advance()

        recorder = ingestion.run(request, listen, bar.expect)
    summary.counts = dict(recorder.counts)
    summary.resurfacing = recorder.resurfacing


@contextmanager
def _ingesting(runtime: Runtime, lease: Lease, *, is_dry: bool) -> Iterator[Ingestion]:
    """Ingest as the holder of a lease, which is released at the end."""
    spare_the_collector()
    pool = open_pool(runtime.settings)
    try:
        check_schema(runtime.store)  # whoever waited for long may find a newer one
        ingestion = Ingestion(
            store=runtime.store,
            lease=lease,
            settings=runtime.settings,
            clock=runtime.clock,
            pool=pool,
            stop=threading.Event(),
        )
        if not is_dry:
            ingestion.declare_feeds()
            ingestion.catch_up()
        yield ingestion
        if not is_dry:
            deque(ingestion.decide_members(), maxlen=0)
    finally:
        pool.close()
        lease.release()


def _follow(runtime: Runtime, request: RunRequest, summary: _Summary) -> None:
    """Ask whoever holds the lease for a run, and wait for it; do it here once nobody holds it."""
    run = runtime.runs.request(request, requested_by="cli", trigger=Trigger.CLI)
    click.echo(f"Another process ingests; asked it for job {run.id}.", err=True)
    lease = _wait(runtime, run, summary)
    if lease:
        _work_on(runtime, lease, run, summary)
    run = runtime.runs.get(run.id)
    after: int | None = 0
    while after is not None:
        page = runtime.runs.outcomes(run.id, after=after, limit=1000)
        for outcome in page.outcomes:
            summary.note(outcome)
        after = page.next_after
    summary.counts = run.counts
    summary.resurfacing = run.resurfacing
    summary.error = run.error


def _wait(runtime: Runtime, run: Run, summary: _Summary) -> Lease | None:
    """Wait until a run has ended, or until its turn is ours: whoever ingests may do so but once."""
    with _progress(summary) as bar:
        while not _has_ended(runtime, run, bar):
            lease = take_lease(runtime.store)
            if lease:
                return lease
            threading.Event().wait(_FOLLOWED_EVERY_S)
    return None


def _work_on(runtime: Runtime, lease: Lease, run: Run, summary: _Summary) -> None:
    with (
        _ingesting(runtime, lease, is_dry=run.request.dry_run) as ingestion,
        _progress(summary) as bar,
    ):
        if _has_ended(runtime, run, bar):
            return  # it was the last thing that the other process did
        click.echo(f"The other process ingests no more; doing job {run.id} here.", err=True)
        for _ in ingestion.work_on(run.id):
            _has_ended(runtime, run, bar)


def _has_ended(runtime: Runtime, run: Run, bar: _Bar) -> bool:
    """Whether a run has ended by now; the bar shows how far it has come."""
    run = runtime.runs.get(run.id)
    if run.total is not None:
        bar.expect(run.total)
    bar.reach(sum(run.counts.values()))
    return run.state in (RunState.DONE, RunState.FAILED)


class _Bar:
    """How far a pass has come, on a terminal."""

    def __init__(self, bar: ProgressBar[int]) -> None:
        self._bar = bar

    def expect(self, total: int) -> None:
        self._bar.length = max(total, self._bar.length or 0)
        self._bar.update(0)

    def advance(self) -> None:
        self._bar.update(1)

    def reach(self, count: int) -> None:
        self._bar.update(count - self._bar.pos)


@contextmanager
def _progress(summary: _Summary) -> Iterator[_Bar]:
    hidden = summary.quiet or not sys.stderr.isatty()
    with click.progressbar(
        length=0, label="Ingesting", show_pos=True, file=sys.stderr, hidden=hidden
    ) as bar:
        yield _Bar(bar)
