"""The lease holder's work: sweeps, and the runs that people ask for, one after another."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event

from feedsvc.clock import Clock
from feedsvc.errors import (
    DryRunFailed,
    FeedsvcError,
    Interrupted,
    LeaseLost,
    PostponedDocument,
    StoreError,
)
from feedsvc.ingest.discover import ReadDocument, WatchedRoot
from feedsvc.ingest.pool import ExtractionPool
from feedsvc.ingest.versions import EXTRACTOR_VERSION, POLICY_VERSION
from feedsvc.model.document import DocumentOutcome, DocumentPath, Outcome, RootDefaults
from feedsvc.model.run import Run, RunRequest, RunState
from feedsvc.services.absences import jobs
from feedsvc.services.custom_feeds import CustomFeeds
from feedsvc.services.recording import Listener, Recorder
from feedsvc.services.settling import remembered
from feedsvc.services.survey import Survey
from feedsvc.services.sweep import Sweeper
from feedsvc.settings import RootSettings, Settings
from feedsvc.store.documents import (
    EntryLink,
    documents_by_id,
    fetch_original,
    link_entry,
    list_outdated_links,
)
from feedsvc.store.engine import Store
from feedsvc.store.entries import Versions, repeat_departures
from feedsvc.store.leases import Lease, take_lease
from feedsvc.store.publishing import publishing
from feedsvc.store.rehearsal import copy_store, private_folder
from feedsvc.store.runs import (
    add_outcomes,
    fetch_outcomes,
    fetch_run,
    forget_outcomes,
    next_run,
    start_run,
)

log = logging.getLogger(__name__)

_VERSIONS = Versions(extractor=EXTRACTOR_VERSION, policy=POLICY_VERSION)
# A file that is written to without a pause is left to a later run after so many looks.
_MAX_LOOKS = 4
_REFRESHED_AT_ONCE = 200
_OUTCOMES_AT_ONCE = 1_000
_MOMENT_S = 0.05
# Whoever holds the lease, once the store takes work again, goes on with the run.
_GOES_ON_AFTER = (StoreError, Interrupted)


class Ingestion:
    """Ingests for as long as its lease is held, and until `stop` is set.

    roots: the watched folders, if not those that the settings say. Raises LeaseLost, Interrupted
    once either is over.
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
        roots: Sequence[WatchedRoot] | None = None,
    ) -> None:
        self._store = store
        self._lease = lease
        self._settings = settings
        self._clock = clock
        self._pool = pool
        self._stop = stop
        self._has_outdated_links = False
        self._custom_feeds = CustomFeeds(store, lease, settings, clock)
        self._sweeper = Sweeper(
            store=store,
            lease=lease,
            clock=clock,
            roots=watched_roots(settings, store) if roots is None else roots,
            pool=pool,
            settings=settings.ingest,
            versions=_VERSIONS,
            stop=stop,
        )

    def declare_feeds(self) -> None:
        """Let the custom feeds be those that the settings declare; their members are undecided."""
        self._custom_feeds.declare()

    def decide_members(self) -> Generator[None]:
        """Decide what lies in custom feeds that were declared otherwise; a slice at a time."""
        for _ in self._custom_feeds.decide():
            yield
            if self._stop.is_set():
                raise Interrupted("asked to stop")

    def give_way_when(self, is_called: Callable[[], bool]) -> None:
        """Let a slice of what is settled end soon after something more urgent has come."""
        self._sweeper.is_called = is_called

    def look(self, paths: Collection[DocumentPath] | None = None) -> Survey:
        """Look at every folder, or at some paths alone, and settle nothing yet.

        Only reads: any thread may look while another settles. Raises StoreError.
        """
        return self._sweeper.surveyor.look(RunRequest(), paths)

    def folders_in(self, path: DocumentPath) -> list[bytes]:
        """The folders that documents may lie in, at and below a path. Raises RootUnreadable."""
        return self._root_of(path).folders(path.path)

    def is_excluded(self, path: DocumentPath) -> bool:
        """Whether a path is the database's or the configuration's, and no document's."""
        return self._root_of(path).is_excluded(path.path)

    def _root_of(self, path: DocumentPath) -> WatchedRoot:
        (root,) = (root for root in self._sweeper.roots if root.name == path.root)
        return root

    def settle(self, survey: Survey, restless: set[DocumentPath]) -> Generator[None]:
        """Settle what a look found, once it has rested; a slice at a time, the survey's last use.

        restless: takes the files that have changed since.
        """
        if survey.is_whole and self._has_outdated_links:
            self.refresh_fingerprints()
        recorder = Recorder(clock=self._clock, listener=_log_refusal)
        try:
            with closing(survey), _finishing(recorder, self._store):
                yield from self._sweeper.settle(survey, recorder, restless)
        finally:
            if recorder.run:
                log.info("sweep ended", extra={"counts": dict(recorder.counts)})

    def work_on_next_run(self) -> Generator[None]:
        """Work on the next run that somebody asked for, if there is one; a slice at a time."""
        with self._store.reading() as connection:
            run = next_run(connection)
        if run is not None:
            yield from self.work_on(run.id)

    def work_on(self, run_id: str) -> Generator[None]:
        """Work on a run that waits, or that somebody died over; a slice at a time.

        Whatever makes it fail ends it, with the reason. Raises StoreError, Interrupted, after which
        it is to be gone on with.
        """
        with self._store.reading() as connection:
            run = fetch_run(connection, run_id)
        log.info("run began", extra={"run": run.id, "requested_by": run.requested_by})
        is_dry = run.request.dry_run
        recorder = Recorder(
            clock=self._clock,
            run=run,
            asked=True,
            dry=is_dry,
            goes_on=run.state is RunState.RUNNING and not is_dry,
        )
        with self._store.writing() as connection:
            start_run(connection, run.id, self._clock.now())
        yield
        try:
            with _finishing(recorder, self._store):
                yield from self._go_through(run.request, recorder)
        except _GOES_ON_AFTER:
            raise
        except FeedsvcError as error:
            log.warning("run failed", extra={"run": run.id, "reason": str(error)})
        except Exception:
            log.exception("run failed", extra={"run": run.id})
        else:
            log.info("run ended", extra={"run": run.id, "counts": dict(recorder.counts)})

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
            for _ in self._go_through(request, recorder):
                pass
        return recorder

    def _go_through(self, request: RunRequest, recorder: Recorder) -> Iterator[None]:
        if request.dry_run:
            yield from self._rehearse(request, recorder)
        else:
            yield from self._look_until_settled(request, recorder)

    def _rehearse(self, request: RunRequest, recorder: Recorder) -> Iterator[None]:
        """Do in a private copy of the store what the run would do, while all else goes on."""
        if recorder.run:
            yield from self._forget_outcomes(recorder.run)
        with closing(self._sweeper.surveyor.look(request)) as survey:
            if survey.is_empty:
                recorder.expect(self._store, 0)
                return
        with private_folder(self._store) as folder:
            for copy in self._copied_into(folder):
                if copy is None:
                    yield
                    continue
                with closing(copy):
                    yield from self._rehearse_in(copy, request, recorder)
                    if recorder.run:
                        yield from self._take_outcomes(recorder.run, copy)

    def _forget_outcomes(self, run: Run) -> Iterator[None]:
        """Forget what was written down of a rehearsal over which somebody died."""
        forgotten = _OUTCOMES_AT_ONCE
        while forgotten == _OUTCOMES_AT_ONCE:
            with self._store.writing() as connection:
                forgotten = forget_outcomes(connection, run.id, at_most=_OUTCOMES_AT_ONCE)
            yield

    def _copied_into(self, folder: Path) -> Iterator[Store | None]:
        """A copy of the store; None now and then while it is being made."""
        is_over = Event()
        with ThreadPoolExecutor(1, "copying") as thread:
            try:
                copying = thread.submit(
                    copy_store, self._store, folder, lambda: is_over.is_set() or self._stop.is_set()
                )
                while not copying.done():
                    yield None
                    self._stop.wait(_MOMENT_S)
                yield copying.result()
            finally:
                is_over.set()

    def _rehearse_in(self, copy: Store, request: RunRequest, recorder: Recorder) -> Iterator[None]:
        lease = take_lease(copy)
        assert lease is not None, "nobody else knows of the copy"
        try:
            rehearsal = Ingestion(
                store=copy,
                lease=lease,
                settings=self._settings,
                clock=self._clock,
                pool=self._pool,
                stop=self._stop,
                roots=self._sweeper.roots,
            )
            rehearsal.give_way_when(self._sweeper.is_called)
            rehearsal.catch_up()
            for _ in rehearsal._look_until_settled(request, recorder):
                yield
                self._lease.check()
        except LeaseLost:
            raise
        except StoreError as error:
            # The copy's, which is in no one's way.
            raise DryRunFailed(f"the copy for a dry run failed: {error}") from error
        finally:
            lease.release()

    def _take_outcomes(self, run: Run, copy: Store) -> Iterator[None]:
        """Write down what a rehearsal came to, in short transactions."""
        after: int | None = 0
        while after is not None:
            with copy.reading() as connection:
                page = fetch_outcomes(connection, run.id, after=after, limit=_OUTCOMES_AT_ONCE)
            self._lease.check()
            with self._store.writing() as connection:
                add_outcomes(connection, run.id, page.outcomes)
            after = page.next_after
            yield

    def _look_until_settled(self, request: RunRequest, recorder: Recorder) -> Iterator[None]:
        """Look, and again at the files that were not at rest, a bounded number of times."""
        paths: set[DocumentPath] | None = None
        for _ in range(_MAX_LOOKS):
            # What the workers need is loaded while the look goes on.
            with closing(self._sweeper.surveyor.look(request, paths, self._pool.begin)) as survey:
                restless: set[DocumentPath] = set()
                if survey.unrested:
                    survey.rested_at = self._clock.monotonic() + self._settings.ingest.settle_s
                yield from self._sweeper.settle(survey, recorder, restless)
            if not restless:
                return
            paths = restless
        self._sweeper.give_up(request, recorder, restless)

    def catch_up(self) -> None:
        """Bring the store up to date with its record and with this version, before any sweep."""
        with publishing(self._store, self._lease, self._clock) as work:
            repeat_departures(work)
        self.refresh_fingerprints()

    def refresh_fingerprints(self) -> None:
        """Make anew, from the stored bytes, the fingerprints that another extractor made.

        Before the first sweep of a new version: fingerprints compare within one version only. What
        the machine keeps from being extracted is tried again before the next sweep.
        """
        self._has_outdated_links = False
        last: EntryLink | None = None
        while outdated := self._outdated_links(last):
            last = outdated[-1][0]
            links = {read.source.path: link for link, read in outdated if read}
            # Of what was never read there are no bytes to make one from.
            fingerprints: dict[EntryLink, bytes | None] = {
                link: None for link, read in outdated if read is None
            }
            reads = (read for _, read in outdated if read)
            for extracted in self._pool.extract(jobs(reads, (), self._sweeper.tried)):
                source, outcome = extracted.key.source, extracted.outcome
                if isinstance(outcome, PostponedDocument) and self._sweeper.may_try_again(source):
                    self._has_outdated_links = True
                else:
                    self._sweeper.note_settled(source.path)
                    fingerprints[links[source.path]] = getattr(outcome, "fingerprint", None)
            with publishing(self._store, self._lease, self._clock) as work:
                for link, fingerprint in fingerprints.items():
                    fresh = replace(
                        link, fingerprint=fingerprint, extractor_version=EXTRACTOR_VERSION
                    )
                    link_entry(work.connection, fresh)

    def _outdated_links(
        self, after: EntryLink | None
    ) -> list[tuple[EntryLink, ReadDocument | None]]:
        with self._store.reading() as connection:
            links = list_outdated_links(
                connection, EXTRACTOR_VERSION, after=after, limit=_REFRESHED_AT_ONCE
            )
            holders = documents_by_id(connection, [link.document_id for link in links])
            found = []
            for link in links:
                holder = holders[link.document_id]
                raw = fetch_original(connection, holder.sha256) if holder.sha256 else None
                found.append((link, None if raw is None else remembered(holder, raw)))
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
    except _GOES_ON_AFTER:
        raise
    except FeedsvcError as error:
        recorder.finish(store, error=str(error))
        raise
    except Exception as error:
        what = type(error).__name__
        recorder.finish(store, error=f"stopped by something unforeseen ({what}); see the log")
        raise
    recorder.finish(store)


def watched_roots(settings: Settings, store: Store) -> list[WatchedRoot]:
    """The watched folders; the database and the site's configuration in them are no documents."""
    own_files = (settings.config_file, settings.feeds_file)
    excluded = {os.fsencode(file) for file in own_files if file}
    if store.sqlite_path:
        database = os.fsencode(store.sqlite_path.resolve())
        endings = ("", "-wal", "-shm", ".lease", ".in-use", ".damaged", ".restoring", ".vacuum")
        excluded |= {database + os.fsencode(ending) for ending in endings}
        excluded.add(os.path.join(os.path.dirname(database), b"guids.jsonl"))  # noqa: PTH118, PTH120
    return [
        WatchedRoot(
            name=name,
            directory=root.path,
            max_document_bytes=settings.limits.max_document_bytes,
            excluded=frozenset(excluded),
            defaults=defaults_of(root),
        )
        for name, root in settings.ingest.roots.items()
    ]


def defaults_of(root: RootSettings) -> RootDefaults:
    """What a watched folder says of its documents where they are silent."""
    return RootDefaults(
        source=root.source or None,
        language=root.language or None,
        time_zone=root.time_zone or None,
        tags=root.tags,
    )
