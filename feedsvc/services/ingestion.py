"""The lease holder's work: sweeps, and the runs that people ask for, one after another."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Event

from feedsvc.clock import Clock
from feedsvc.errors import FeedsvcError, Interrupted, LeaseLost
from feedsvc.ingest.discover import ReadDocument, WatchedRoot
from feedsvc.ingest.looks import Looks
from feedsvc.ingest.pipeline import EXTRACTOR_VERSION
from feedsvc.ingest.pool import ExtractionPool
from feedsvc.ingest.sanitize import POLICY_VERSION
from feedsvc.model.document import DocumentOutcome, DocumentPath, Outcome
from feedsvc.model.run import Run, RunRequest, RunState
from feedsvc.services.recording import Listener, Recorder
from feedsvc.services.settling import remembered
from feedsvc.services.sweep import Sweeper, jobs
from feedsvc.settings import Settings
from feedsvc.store.documents import (
    EntryLink,
    documents_by_id,
    fetch_original,
    link_entry,
    list_outdated_links,
)
from feedsvc.store.engine import Store
from feedsvc.store.entries import Versions
from feedsvc.store.leases import Lease
from feedsvc.store.publishing import publishing
from feedsvc.store.runs import fetch_outcomes, next_run, start_run

log = logging.getLogger(__name__)

_VERSIONS = Versions(extractor=EXTRACTOR_VERSION, policy=POLICY_VERSION)
# A file that is written to without a pause is left to a later run after so many looks.
_MAX_LOOKS = 4
_REFRESHED_AT_ONCE = 200


class Ingestion:
    """Ingests for as long as its lease is held, and until `stop` is set.

    Raises LeaseLost, Interrupted once either is over.
    """

    def __init__(
        self,
        *,
        store: Store,
        lease: Lease,
        settings: Settings,
        clock: Clock,
        pool: ExtractionPool,
        stop: Event,
    ) -> None:
        self._store = store
        self._lease = lease
        self._settings = settings
        self._clock = clock
        self._pool = pool
        self._stop = stop
        self._sweeper = self._new_sweeper()

    def _new_sweeper(self) -> Sweeper:
        ingest = self._settings.ingest
        return Sweeper(
            store=self._store,
            lease=self._lease,
            clock=self._clock,
            roots=watched_roots(self._settings, self._store),
            pool=self._pool,
            settings=ingest,
            versions=_VERSIONS,
            looks=Looks(ingest.settle_s, self._clock.monotonic),
            stop=self._stop,
        )

    def sweep(self) -> float | None:
        """Look once at every folder; answers in how many seconds to look again, if files wait."""
        recorder = Recorder(clock=self._clock, listener=_log_refusal)
        try:
            with _finishing(recorder, self._store):
                return self._sweeper.sweep(RunRequest(), recorder)
        finally:
            if recorder.run:
                log.info("sweep ended", extra={"counts": dict(recorder.counts)})

    def work_on_next_run(self) -> bool:
        """Work on the next run that somebody asked for; answers whether there was one."""
        with self._store.reading() as connection:
            run = next_run(connection)
        if run is None:
            return False
        log.info("run began", extra={"run": run.id, "requested_by": run.requested_by})
        recorder = Recorder(
            clock=self._clock,
            run=run,
            asked=True,
            dry=run.request.dry_run,
            done=self._settled_before(run),
        )
        with self._store.writing() as connection:
            start_run(connection, run.id, self._clock.now())
        try:
            with _finishing(recorder, self._store):
                self._look_until_settled(run.request, recorder)
        except FeedsvcError as error:
            log.warning("run failed", extra={"run": run.id, "reason": str(error)})
            raise
        log.info("run ended", extra={"run": run.id, "counts": dict(recorder.counts)})
        return True

    def run(
        self,
        request: RunRequest,
        listener: Listener | None = None,
        expect: Callable[[int], None] | None = None,
    ) -> Recorder:
        """One pass, here and now; answers what was counted.

        listener: told of each outcome; expect: told how many documents there are to look at.
        """
        recorder = Recorder(
            clock=self._clock,
            listener=listener,
            expecting=expect,
            asked=True,
            dry=request.dry_run,
        )
        with _finishing(recorder, self._store):
            self._look_until_settled(request, recorder)
        return recorder

    def _look_until_settled(self, request: RunRequest, recorder: Recorder) -> None:
        """Sweep, and again for the files that were not at rest, a bounded number of times."""
        sweeper = self._new_sweeper()
        for _ in range(_MAX_LOOKS):
            waiting_s = sweeper.sweep(request, recorder)
            if waiting_s is None:
                return
            self._stop.wait(waiting_s)
        sweeper.give_up_waiting(request, recorder)

    def _settled_before(self, run: Run) -> set[DocumentPath]:
        """What a run that died had settled already: it is not done, or counted, twice."""
        done: set[DocumentPath] = set()
        if run.state is not RunState.RUNNING:
            return done
        after: int | None = 0
        with self._store.reading() as connection:
            while after is not None:
                page = fetch_outcomes(connection, run.id, after=after, limit=1000)
                done |= {outcome.path for outcome in page.outcomes}
                after = page.next_after
        return done

    def refresh_fingerprints(self) -> None:
        """Make anew, from the stored bytes, the fingerprints that another extractor made.

        Before the first sweep of a new version: fingerprints compare within one version only.
        """
        while outdated := self._outdated_links():
            links = {read.source.path: link for link, read in outdated}
            fresh = [
                replace(
                    links[extracted.key.source.path],
                    fingerprint=getattr(extracted.outcome, "fingerprint", None),
                    extractor_version=EXTRACTOR_VERSION,
                )
                for extracted in self._pool.extract(jobs(read for _, read in outdated))
            ]
            with publishing(self._store, self._lease, self._clock) as work:
                for link in fresh:
                    link_entry(work.connection, link)

    def _outdated_links(self) -> list[tuple[EntryLink, ReadDocument]]:
        with self._store.reading() as connection:
            links = list_outdated_links(connection, EXTRACTOR_VERSION, _REFRESHED_AT_ONCE)
            holders = documents_by_id(connection, [link.document_id for link in links])
            found = []
            for link in links:
                holder = holders[link.document_id]
                raw = fetch_original(connection, holder.sha256) if holder.sha256 else None
                found.append((link, remembered(holder, raw or b"")))
        return found


def open_pool(settings: Settings) -> ExtractionPool:
    """The worker processes that the settings ask for."""
    return ExtractionPool(
        settings.ingest.workers or os.cpu_count() or 1,
        settings.limits,
        settings.feeds.body_excerpt_bytes,
    )


def _log_refusal(outcome: DocumentOutcome) -> None:
    if outcome.outcome in (Outcome.QUARANTINED, Outcome.FAILED):
        log.warning(
            "document refused",
            extra={
                "document": str(outcome.path),
                "stage": outcome.stage,
                "reason": outcome.reason,
            },
        )


@contextmanager
def _finishing(recorder: Recorder, store: Store) -> Iterator[None]:
    """End the run that was recorded; one that failed says why."""
    try:
        yield
    except (LeaseLost, Interrupted):
        raise  # whoever holds the lease next goes on with the run
    except FeedsvcError as error:
        recorder.finish(store, error=str(error))
        raise
    recorder.finish(store)


def watched_roots(settings: Settings, store: Store) -> list[WatchedRoot]:
    """The watched folders; the database and the site's configuration in them are no documents."""
    excluded = {os.fsencode(settings.config_file)} if settings.config_file else set()
    if store.sqlite_path:
        database = os.fsencode(store.sqlite_path.resolve())
        endings = (b"", b"-wal", b"-shm", b".lease", b".in-use", b".restoring")
        excluded |= {database + ending for ending in endings}
        excluded.add(os.path.join(os.path.dirname(database), b"guids.jsonl"))  # noqa: PTH118, PTH120
    return [
        WatchedRoot(
            name=name,
            directory=directory,
            max_document_bytes=settings.limits.max_document_bytes,
            excluded=frozenset(excluded),
        )
        for name, directory in settings.ingest.roots.items()
    ]
