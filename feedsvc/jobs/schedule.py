"""The scheduler process: APScheduler decides when; the lease decides who.

All ingestion goes through one thread, so that a sweep and a run that somebody asked for never run
beside each other. Upkeep has a thread of its own, in which it holds nobody up for long.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from watchfiles import watch

from feedsvc.clock import Clock
from feedsvc.errors import FeedsvcError, Interrupted, LeaseLost
from feedsvc.runtime import Runtime
from feedsvc.services.ingestion import Ingestion, open_pool
from feedsvc.services.upkeep import Upkeep
from feedsvc.store.leases import Lease, take_lease

log = logging.getLogger(__name__)

T = TypeVar("T")

_LEASE_TRIED_EVERY_S = 2.0
_RUNS_LOOKED_FOR_EVERY_S = 0.5
# UTC, when few read and fewer publish.
_UPKEEP_AT = {"hour": 3, "minute": 17}
_FILE_CHECKED_AT = {"day_of_week": "sun", "hour": 4, "minute": 17}
# Events that come together wake one sweep; watchfiles' own 1.6 s would use up the whole promise.
_DEBOUNCE_MS = 50
_WATCHED_ANEW_AFTER_S = 5.0
# APScheduler sleeps by the wall clock: once that is set back an hour, nothing runs for an hour.
_CLOCK_JUMP_S = 1.0


def run_scheduler(runtime: Runtime, stop: threading.Event) -> None:
    """Ingest until `stop` is set: whenever this process holds the lease, and it waits for it."""
    while not stop.is_set():
        try:
            lease = take_lease(runtime.store)
            if lease is not None:
                log.info("lease taken", extra={"fence": lease.fence})
                with _releasing(lease), closing(open_pool(runtime.settings)) as pool:
                    ingestion = Ingestion(
                        store=runtime.store,
                        lease=lease,
                        settings=runtime.settings,
                        clock=runtime.clock,
                        pool=pool,
                        stop=stop,
                    )
                    ingestion.refresh_fingerprints()
                    _work(runtime, ingestion, stop)
        except FeedsvcError as error:
            log.warning("ingestion interrupted", extra={"reason": str(error)})
        stop.wait(_LEASE_TRIED_EVERY_S)


@contextmanager
def _releasing(lease: Lease) -> Iterator[None]:
    try:
        yield
    finally:
        lease.release()


def _work(runtime: Runtime, ingestion: Ingestion, stop: threading.Event) -> None:
    """Ingest until `stop` is set or the lease is lost."""
    lost = threading.Event()
    upkeep = Upkeep(
        runtime.store,
        runtime.clock,
        runtime.settings.retention,
        lambda: stop.is_set() or lost.is_set(),
    )
    schedule = _Schedule(
        ingestion, upkeep, lost, runtime.settings.ingest.scan_interval_s, runtime.clock
    )
    with upkeep.marked_in_use() as was_left_well:
        schedule.start(checks_file=not was_left_well)
        try:
            _keep_watch(runtime, schedule, stop, lost)
        finally:
            lost.set()
            schedule.end()


def _keep_watch(
    runtime: Runtime, schedule: _Schedule, stop: threading.Event, lost: threading.Event
) -> None:
    folders = list(runtime.settings.ingest.roots.values())
    watcher = threading.Thread(
        target=_watch, args=(folders, schedule.wake, stop, lost), name="watcher", daemon=True
    )
    watcher.start()
    while not stop.is_set() and not lost.wait(0.2):
        schedule.keep_time()


class _Schedule:
    """What runs when: a sweep every so often and whenever it is woken, and the runs asked for."""

    def __init__(
        self,
        ingestion: Ingestion,
        upkeep: Upkeep,
        lost: threading.Event,
        scan_interval_s: float,
        clock: Clock,
    ) -> None:
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(1), "upkeep": ThreadPoolExecutor(1)},
            # One may wait while another runs: what woke it may have come after that one's look.
            job_defaults={"coalesce": True, "max_instances": 2, "misfire_grace_time": None},
            timezone="UTC",
        )
        self._ingestion = ingestion
        self._upkeep = upkeep
        self._lost = lost
        self._intervals_s = {"sweep": scan_interval_s, "runs": _RUNS_LOOKED_FOR_EVERY_S}
        self._clock = clock
        self._waking = threading.Lock()
        self._working = threading.Lock()
        self._offset_s = self._wall_offset_s()

    def start(self, *, checks_file: bool) -> None:
        """checks_file: read all of the database at once, and not at its next turn."""
        for name, work in (("sweep", self._sweep), ("runs", self._work_on_run)):
            self._scheduler.add_job(work, "interval", seconds=self._intervals_s[name], id=name)
        for name, work, at in (
            ("upkeep", self._upkeep.every_day, _UPKEEP_AT),
            ("file check", self._upkeep.check_file, _FILE_CHECKED_AT),
        ):
            self._scheduler.add_job(
                self._try, "cron", args=[work], id=name, executor="upkeep", **at
            )
        if checks_file:
            self._scheduler.modify_job("file check", next_run_time=self._clock.now())
        self._scheduler.start()
        self.wake()

    def keep_time(self) -> None:
        """Set the alarms anew when the wall clock was set; to be called several times a second."""
        offset_s = self._wall_offset_s()
        jumped_s, self._offset_s = offset_s - self._offset_s, offset_s
        if abs(jumped_s) < _CLOCK_JUMP_S:
            return
        log.warning("clock was set", extra={"by_s": round(jumped_s)})
        for name, interval_s in self._intervals_s.items():
            self._scheduler.reschedule_job(name, trigger="interval", seconds=interval_s)
        self.wake()

    def _wall_offset_s(self) -> float:
        return self._clock.now().timestamp() - self._clock.monotonic()

    def wake(self, in_s: float = 0.0) -> None:
        """Sweep `in_s` from now, unless a sweep comes before that anyway."""
        at = self._clock.now() + timedelta(seconds=in_s)
        with self._waking, suppress(JobLookupError):  # there is none any more after the end
            job = self._scheduler.get_job("sweep")
            if job is not None and at < job.next_run_time:
                job.modify(next_run_time=at)

    def end(self) -> None:
        """Wait for the work that is going on; none begins once `lost` is set."""
        # Not waiting in there: it would hold the lock for which a job waits that calls `wake`.
        self._scheduler.shutdown(wait=False)
        with self._working:
            pass

    def _sweep(self) -> None:
        waiting_s = self._guarded(self._ingestion.sweep)
        if waiting_s is not None:
            self.wake(waiting_s)

    def _work_on_run(self) -> None:
        self._guarded(self._ingestion.work_on_next_run)

    def _guarded(self, work: Callable[[], T]) -> T | None:
        """Do some work; trouble with the store ends it for now, a lost lease for good."""
        with self._working:
            return None if self._lost.is_set() else self._try(work)

    def _try(self, work: Callable[[], T]) -> T | None:
        try:
            return work()
        except (LeaseLost, Interrupted) as error:
            log.info("work stopped", extra={"reason": str(error)})
            self._lost.set()
        except FeedsvcError as error:
            log.warning("work interrupted", extra={"reason": str(error)})
        except Exception:
            log.exception("work failed")
        return None


def _watch(
    folders: Sequence[Path], wake: Callable[[], None], stop: threading.Event, lost: threading.Event
) -> None:
    """Wake the sweep when something happens in a folder; what this misses, the clock finds."""
    while not (stop.is_set() or lost.is_set()):
        there = [folder for folder in folders if folder.is_dir()]
        try:
            # Ends now and then by itself, to see folders that have come and to notice `lost`.
            for changes in watch(
                *there,
                watch_filter=None,
                debounce=_DEBOUNCE_MS,
                step=_DEBOUNCE_MS,
                stop_event=stop,
                rust_timeout=1_000,
                yield_on_timeout=True,
                ignore_permission_denied=True,
            ):
                if changes:
                    wake()
                if lost.is_set() or there != [folder for folder in folders if folder.is_dir()]:
                    break
        except OSError as error:
            # Too many watches, or a folder that went in between: sweeping goes on regardless.
            log.warning("watching failed", extra={"reason": str(error)})
            stop.wait(_WATCHED_ANEW_AFTER_S)
