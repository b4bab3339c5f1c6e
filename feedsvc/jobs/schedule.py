"""The scheduler process: APScheduler decides when; the lease decides who."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime, timedelta
from itertools import takewhile
from typing import TypeVar

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from feedsvc.clock import Clock
from feedsvc.collector import spare_the_collector
from feedsvc.errors import FeedsvcError, Interrupted, LeaseLost
from feedsvc.jobs.trouble import Trouble
from feedsvc.jobs.watching import Watcher
from feedsvc.logs import Seldom
from feedsvc.model.document import DocumentPath
from feedsvc.runtime import Runtime
from feedsvc.services.ingestion import Ingestion, open_pool
from feedsvc.services.survey import Survey
from feedsvc.services.upkeep import Upkeep
from feedsvc.settings import IngestSettings
from feedsvc.store.leases import Lease, take_lease

log = logging.getLogger(__name__)

T = TypeVar("T")

_LEASE_TRIED_EVERY_S = 0.5
_RUNS_LOOKED_FOR_EVERY_S = 0.5
_DECIDED_FOR_S = 2.0
# UTC, when few read and fewer publish.
_UPKEEP_AT = {"hour": 3, "minute": 17}
_FILE_CHECKED_AT = {"day_of_week": "sun", "hour": 4, "minute": 17}
# APScheduler sleeps by the wall clock: once that is set back an hour, nothing runs for an hour.
_CLOCK_JUMP_S = 1.0
# More paths than this, and a look at everything costs no more.
_MAX_GLANCED = 1_000
# While so many glances wait, events come faster than what they tell of is settled.
_MAX_WAITING = 100
# So many times as long as a look took, nothing is looked at as a whole.
_REST_BETWEEN_LOOKS = 4
_NONE_LEFT = object()


def run_scheduler(runtime: Runtime, stop: threading.Event) -> None:
    """Ingest until `stop` is set: whenever this process holds the lease, and it waits for it."""
    spare_the_collector()
    trouble = Trouble(runtime.clock, _upkeep(runtime, stop.is_set).check_over)
    while not stop.is_set():
        if trouble.is_over():
            _work_as_holder(runtime, stop, trouble)
        stop.wait(_LEASE_TRIED_EVERY_S)


def _work_as_holder(runtime: Runtime, stop: threading.Event, trouble: Trouble) -> None:
    """Take the lease if it is free, and ingest for as long as it is held."""
    try:
        lease = take_lease(runtime.store)
        if lease is None:
            return
        log.info("lease taken", extra={"fence": lease.fence})
        with _releasing(lease), closing(open_pool(runtime.settings)) as pool:
            pool.begin()
            ingestion = Ingestion(
                store=runtime.store,
                lease=lease,
                settings=runtime.settings,
                clock=runtime.clock,
                pool=pool,
                stop=stop,
            )
            ingestion.declare_feeds()
            ingestion.catch_up()
            _work(runtime, ingestion, stop, trouble)
    except FeedsvcError as error:
        trouble.note(error)


@contextmanager
def _releasing(lease: Lease) -> Iterator[None]:
    try:
        yield
    finally:
        lease.release()


def _work(runtime: Runtime, ingestion: Ingestion, stop: threading.Event, trouble: Trouble) -> None:
    """Ingest until `stop` is set or the lease is lost."""
    lost = threading.Event()
    upkeep = _upkeep(runtime, lambda: stop.is_set() or lost.is_set())
    schedule = _Schedule(ingestion, upkeep, lost, runtime.settings.ingest, runtime.clock, trouble)
    with upkeep.marked_in_use() as was_left_well:
        schedule.start(checks_file=not was_left_well)
        try:
            _keep_watch(runtime, ingestion, schedule, stop, lost)
        finally:
            lost.set()
            schedule.end()


def _upkeep(runtime: Runtime, is_stopped: Callable[[], bool]) -> Upkeep:
    return Upkeep(runtime.store, runtime.clock, runtime.settings.retention, is_stopped)


def _keep_watch(
    runtime: Runtime,
    ingestion: Ingestion,
    schedule: _Schedule,
    stop: threading.Event,
    lost: threading.Event,
) -> None:
    watcher = Watcher(
        roots={n: root.path.absolute() for n, root in runtime.settings.ingest.roots.items()},
        folders_in=ingestion.folders_in,
        is_excluded=ingestion.is_excluded,
        tell=schedule.glance,
        tell_all=schedule.look_soon,
        stop=stop,
        lost=lost,
    )
    threading.Thread(target=watcher.run, name="watcher", daemon=True).start()
    while not stop.is_set() and not lost.wait(0.2):
        schedule.keep_time()


class _Schedule:
    """What runs when: looks at everything, what they find once it has rested, the runs asked for.

    Looks only read, in a thread of their own. All ingestion goes through one other, where what a
    file event told of goes before what takes long. Upkeep has a third, and holds nobody up.
    """

    def __init__(
        self,
        ingestion: Ingestion,
        upkeep: Upkeep,
        lost: threading.Event,
        settings: IngestSettings,
        clock: Clock,
        trouble: Trouble,
    ) -> None:
        self._scheduler = BackgroundScheduler(
            executors={name: ThreadPoolExecutor(1) for name in ("default", "looking", "upkeep")},
            # One may wait while another runs: what woke it may have come after that one's look.
            job_defaults={"coalesce": True, "max_instances": 2, "misfire_grace_time": None},
            timezone="UTC",
        )
        self._ingestion = ingestion
        self._upkeep = upkeep
        self._lost = lost
        self._settings = settings
        self._clock = clock
        self._trouble = trouble
        self._failures = defaultdict[str, Seldom](lambda: Seldom(clock.monotonic))
        self._waking = threading.Lock()
        self._working = threading.Lock()
        self._looking = threading.Lock()
        self._surveys = _Surveys(clock)
        self._gives_way = False
        self._keeps_on_until = 0.0
        ingestion.give_way_when(self._is_called)
        self._next_look_at = 0.0
        self._offset_s = self._wall_offset_s()

    def start(self, *, checks_file: bool) -> None:
        """checks_file: read all of the database at once, and not at its next turn."""
        often_s = self._settings.scan_interval_s
        for name, work, every_s, executor in (
            ("look", self._look, often_s, "looking"),
            ("settle", self._settle, often_s, "default"),
            ("runs", self._work_on_run, _RUNS_LOOKED_FOR_EVERY_S, "default"),
            ("members", self._decide_members, _RUNS_LOOKED_FOR_EVERY_S, "default"),
        ):
            self._scheduler.add_job(work, _Every(every_s), id=name, executor=executor)
        for name, work, at in (
            ("upkeep", self._upkeep.every_day, _UPKEEP_AT),
            ("file check", self._upkeep.check_file, _FILE_CHECKED_AT),
        ):
            self._scheduler.add_job(
                self._try, "cron", args=[name, work], id=name, executor="upkeep", **at
            )
        if checks_file:
            self._scheduler.modify_job("file check", next_run_time=self._clock.now())
        self._scheduler.start()
        self._wake("look")

    def keep_time(self) -> None:
        """Wake what recurs when the wall clock was set back; to be called several times a second.

        What comes at a certain hour then comes at the next one by the clock as it is now. Where it
        was set ahead, APScheduler finds all of it overdue by itself, within half a second.
        """
        offset_s = self._wall_offset_s()
        jumped_s, self._offset_s = offset_s - self._offset_s, offset_s
        if abs(jumped_s) < _CLOCK_JUMP_S:
            return
        log.warning("clock was set", extra={"by_s": round(jumped_s)})
        if jumped_s > 0:
            return
        now = self._clock.now()
        for job in self._scheduler.get_jobs():
            is_woken = isinstance(job.trigger, _Every)
            self._run_by(job.id, now if is_woken else job.trigger.get_next_fire_time(None, now))

    def _wall_offset_s(self) -> float:
        return self._clock.now().timestamp() - self._clock.monotonic()

    def _wake(self, name: str, in_s: float = 0.0) -> None:
        """Let a job run `in_s` from now, unless it runs before that anyway."""
        self._run_by(name, self._clock.now() + timedelta(seconds=in_s))

    def _run_by(self, name: str, at: datetime) -> None:
        with self._waking, suppress(JobLookupError):  # there is none any more after the end
            job = self._scheduler.get_job(name)
            if job is not None and at < job.next_run_time:
                job.modify(next_run_time=at)

    def end(self) -> None:
        """Wait for the work that is going on; none begins once `lost` is set."""
        # Not waiting in there: it would hold the lock for which a job waits that calls `_wake`.
        self._scheduler.shutdown(wait=False)
        with self._looking, self._working:
            self._surveys.close()

    # Looking

    def look_soon(self) -> None:
        """Look at everything, as soon as it may be looked at again."""
        self._wake("look")

    def glance(self, paths: set[DocumentPath]) -> None:
        """Look at some paths alone, of which a file event told; at everything if they are many.

        So, too, if many glances wait: each keeps what it found in memory.
        """
        if len(paths) > _MAX_GLANCED or self._surveys.are_many:
            self.look_soon()
            return
        if self._trouble.stands:
            return  # the next look at everything finds them again
        survey = self._try("glance", lambda: self._ingestion.look(paths))
        if survey is not None:
            self._add_survey(survey, is_urgent=True)

    def _look(self) -> None:
        with self._looking:
            now = self._clock.monotonic()
            if self._lost.is_set() or self._surveys.holds_a_whole_one or now < self._next_look_at:
                return
            if self._trouble.stands:
                return
            survey = self._try("look", self._ingestion.look)
            # A folder that takes long to look at is looked at less often.
            took_s = self._clock.monotonic() - now
            self._next_look_at = now + took_s + _REST_BETWEEN_LOOKS * took_s
            if survey is not None:
                self._add_survey(survey, is_urgent=False)

    def _add_survey(self, survey: Survey, *, is_urgent: bool) -> None:
        in_s = self._settings.settle_s if survey.unrested else 0.0
        self._surveys.add(survey, in_s, is_urgent=is_urgent and survey.wanted <= _MAX_GLANCED)
        self._wake("settle", in_s)

    # Settling

    def _settle(self) -> None:
        with self._working:
            # What ripens meanwhile has another turn: runs that were asked for come between.
            began = self._clock.monotonic()
            while self._may_work() and (survey := self._surveys.take(ripe_by=began)):
                self._go_through(survey)
            next_in_s = self._surveys.next_in_s()
        if next_in_s is not None:
            self._wake("settle", next_in_s)

    def _go_through(self, survey: Survey) -> None:
        restless: set[DocumentPath] = set()
        with closing(survey):
            steps = self._ingestion.settle(survey, restless)
            self._step_through("settle", steps, gives_way=survey.is_whole)
        if survey.is_whole:
            self._surveys.holds_a_whole_one = False
        if restless:
            self.glance(restless)

    def _work_on_run(self) -> None:
        with self._working:
            if self._may_work():
                self._step_through("runs", self._ingestion.work_on_next_run(), gives_way=True)

    def _decide_members(self) -> None:
        """Decide on custom feeds for a while; then whatever else is due has its turn."""
        with self._working:
            if not self._may_work():
                return
            until = self._clock.monotonic() + _DECIDED_FOR_S
            steps = self._ingestion.decide_members()
            some = takewhile(lambda _: self._clock.monotonic() < until, steps)
            self._step_through("members", (None for _ in some), gives_way=True)

    def _may_work(self) -> bool:
        """Whether the store takes work; once it does again, what was missed is looked for."""
        if not self._trouble.stands:
            return True
        if not self._trouble.is_over():
            return False
        self._next_look_at = 0.0
        self._wake("look")
        return True

    def _step_through(self, name: str, steps: Generator[None], *, gives_way: bool) -> None:
        """Do some work slice by slice; what is urgent goes first between two, if it gives way."""
        with closing(steps), self._giving_way(gives_way):
            while not self._lost.is_set() and self._try(name, lambda: _has_next(steps)):
                if gives_way:
                    self._do_urgent()

    def _do_urgent(self) -> None:
        """Go through what is urgent by now. What comes meanwhile waits for as long as that took.

        Files that are written to without end would keep all else from ever being settled.
        """
        began = self._clock.monotonic()
        while urgent := self._surveys.take(ripe_by=began, urgent_only=True):
            self._go_through(urgent)
        now = self._clock.monotonic()
        self._keeps_on_until = now + (now - began)

    def _is_called(self) -> bool:
        """Whether a slice of what gives way is to end."""
        return (
            self._gives_way
            and self._clock.monotonic() >= self._keeps_on_until
            and self._surveys.has_urgent()
        )

    @contextmanager
    def _giving_way(self, gives_way: bool) -> Iterator[None]:
        """What is urgent itself goes on, whatever else comes meanwhile."""
        before, self._gives_way = self._gives_way, gives_way
        try:
            yield
        finally:
            self._gives_way = before

    def _try(self, name: str, work: Callable[[], T]) -> T | None:
        """Do some work; trouble with the store ends it for now, a lost lease for good.

        name: whose failures are told together. Most work comes again within seconds.
        """
        try:
            return work()
        except (LeaseLost, Interrupted) as error:
            log.info("work stopped", extra={"reason": str(error)})
            self._lost.set()
        except FeedsvcError as error:
            self._trouble.note(error)
        except Exception:
            if self._failures[name].again():
                log.exception("work failed", extra={"work": name})
        return None


class _Every(BaseTrigger):  # type: ignore[misc]  # it ships no types
    """Every so many seconds, counted from when it is looked at.

    APScheduler's own goes through every run that was missed, one by one, before it makes them one:
    once a clock was set ahead by a day, nothing would run for seconds, and by years, for hours.
    """

    def __init__(self, seconds: float) -> None:
        self._interval = timedelta(seconds=seconds)

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime:
        return now + self._interval


def _has_next(steps: Iterator[None]) -> bool:
    """Take one step; False once there is none any more."""
    return next(steps, _NONE_LEFT) is not _NONE_LEFT


class _Surveys:
    """What looks found and what waits until it has rested.

    holds_a_whole_one: a look at everything waits here, or is being settled.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: list[tuple[bool, float, Survey]] = []
        self.holds_a_whole_one = False

    def add(self, survey: Survey, in_s: float, *, is_urgent: bool) -> None:
        """Keep a survey until it is ripe, `in_s` from now."""
        with self._lock:
            self._waiting.append((is_urgent, self._clock.monotonic() + in_s, survey))
            self.holds_a_whole_one |= survey.is_whole

    @property
    def are_many(self) -> bool:
        """Whether no more are to be added but a look at everything."""
        return len(self._waiting) >= _MAX_WAITING

    def take(self, *, ripe_by: float, urgent_only: bool = False) -> Survey | None:
        """The next of those that were ripe by then, the urgent ones first; None if none is left."""
        with self._lock:
            ripe = self._ripe(ripe_by, urgent_only=urgent_only)
            if not ripe:
                return None
            first = min(ripe, key=lambda w: (not w[0], w[1]))
            self._waiting.remove(first)
            return first[2]

    def _ripe(self, by: float, *, urgent_only: bool) -> list[tuple[bool, float, Survey]]:
        return [w for w in self._waiting if w[1] <= by and (w[0] or not urgent_only)]

    def has_urgent(self) -> bool:
        """Whether an urgent one is ripe."""
        with self._lock:
            return bool(self._ripe(self._clock.monotonic(), urgent_only=True))

    def next_in_s(self) -> float | None:
        """Seconds until the next is ripe; None if none waits."""
        with self._lock:
            if not self._waiting:
                return None
            return max(0.0, min(at for _, at, _ in self._waiting) - self._clock.monotonic())

    def close(self) -> None:
        with self._lock:
            for _, _, survey in self._waiting:
                survey.close()
            self._waiting.clear()
