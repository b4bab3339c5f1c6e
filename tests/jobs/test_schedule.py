"""The scheduler process: when it works, who may, and that trouble does not end it."""

from __future__ import annotations

import datetime as datetimes
import errno
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import apscheduler.schedulers.base
import pytest
from sqlalchemy import insert, select, text

from feedsvc.clock import Clock
from feedsvc.errors import StoreDamaged
from feedsvc.ingest.discover import WatchedRoot
from feedsvc.ingest.pool import ExtractionPool
from feedsvc.jobs import schedule
from feedsvc.jobs.schedule import _Schedule, run_scheduler
from feedsvc.jobs.watching import Watcher
from feedsvc.model.document import DocumentPath
from feedsvc.model.run import RunRequest, RunState
from feedsvc.runtime import Runtime, open_runtime
from feedsvc.services.ingestion import Ingestion
from feedsvc.services.survey import Survey
from feedsvc.store import verify
from feedsvc.store.engine import open_store
from feedsvc.store.schema import originals
from tests.databases import PostgresqlServer, SqliteFiles
from tests.service import WatchedFolder, article, settings_for

SOON_S = 20.0
NEVER_S = 3600.0


class _LastingPool:
    """The shared pool, which a scheduler may close without ending it; one thread at a time."""

    def __init__(self, pool: ExtractionPool) -> None:
        self.extract = pool.extract

    def begin(self) -> None:
        pass

    def close(self) -> None:
        pass


@dataclass
class Schedulers:
    """Starts schedulers on one database and folder, each as if in a process of its own."""

    folder: WatchedFolder
    database: str

    @contextmanager
    def running(self, clock: Clock | None = None, **ingest: Any) -> Iterator[Runtime]:
        settings = settings_for(
            self.folder.path,
            self.database,
            {"ingest": {"scan_interval_s": NEVER_S, **ingest}, "store": {"busy_timeout_s": 0.2}},
        )
        runtime = open_runtime(settings, clock)
        stop = threading.Event()
        thread = threading.Thread(target=run_scheduler, args=(runtime, stop))
        thread.start()
        try:
            yield runtime
        finally:
            stop.set()
            thread.join(SOON_S)
            runtime.close()
            assert not thread.is_alive()


@pytest.fixture
def schedulers(
    tmp_path: Path, database: str, pool: ExtractionPool, monkeypatch: pytest.MonkeyPatch
) -> Schedulers:
    return schedulers_at(tmp_path, database, pool, monkeypatch)


@pytest.fixture
def schedulers_on_sqlite(
    tmp_path: Path, sqlite_files: SqliteFiles, pool: ExtractionPool, monkeypatch: pytest.MonkeyPatch
) -> Schedulers:
    return schedulers_at(tmp_path, sqlite_files.make_database(tmp_path), pool, monkeypatch)


def schedulers_at(
    tmp_path: Path, database: str, pool: ExtractionPool, monkeypatch: pytest.MonkeyPatch
) -> Schedulers:
    monkeypatch.setattr(schedule, "open_pool", lambda _settings: _LastingPool(pool))
    monkeypatch.setattr(schedule, "_LEASE_TRIED_EVERY_S", 0.1)
    monkeypatch.setattr(schedule, "_RUNS_LOOKED_FOR_EVERY_S", 0.05)
    folder = tmp_path / "seeds"
    folder.mkdir()
    return Schedulers(WatchedFolder(folder), database)


def wait_for(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + SOON_S
    while not holds():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.01)


def titles(runtime: Runtime) -> set[str]:
    return {entry.title for entry in runtime.publication.latest(500)}


def wait_for_title(runtime: Runtime, title: str) -> None:
    wait_for(lambda: title in titles(runtime))


def test_what_is_there_at_the_start_is_published(schedulers: Schedulers) -> None:
    schedulers.folder.write("a.txt", article("It was there before"))
    with schedulers.running() as runtime:
        wait_for_title(runtime, "It was there before")


def test_an_event_wakes_the_sweep(schedulers: Schedulers) -> None:
    with schedulers.running() as runtime:
        schedulers.folder.write("a.txt", article("The first to come"))
        wait_for_title(runtime, "The first to come")
        schedulers.folder.write("deep/down/b.txt", article("The second to come"))
        wait_for_title(runtime, "The second to come")


def test_a_folder_that_comes_later_is_watched(schedulers: Schedulers) -> None:
    schedulers.folder.path.rmdir()
    with schedulers.running(scan_interval_s=0.3) as runtime:
        time.sleep(0.2)
        schedulers.folder.write("a.txt", article("It came with its folder"))
        wait_for_title(runtime, "It came with its folder")


def test_without_events_the_clock_finds_what_has_come(
    schedulers: Schedulers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Watcher, "run", lambda _: None)
    with schedulers.running(scan_interval_s=0.2) as runtime:
        for title in ("The first to come", "The second to come"):
            schedulers.folder.write(f"{title}.txt", article(title))
            wait_for_title(runtime, title)


def test_a_run_that_was_asked_for_is_worked_on(schedulers: Schedulers) -> None:
    schedulers.folder.write("a.txt", article())
    with schedulers.running() as runtime:
        wait_for(lambda: len(titles(runtime)) == 1)
        run = runtime.runs.request(RunRequest(force=True), requested_by="test")
        wait_for(lambda: runtime.runs.get(run.id).state is RunState.DONE)
        assert dict(runtime.runs.get(run.id).counts) == {"unchanged": 1}


def test_one_of_two_schedulers_works_and_the_other_takes_over(schedulers: Schedulers) -> None:
    with schedulers.running() as first:
        schedulers.folder.write("a.txt", article("The first to come"))
        wait_for_title(first, "The first to come")
        with schedulers.running() as second:
            schedulers.folder.write("b.txt", article("The second to come"))
            wait_for_title(second, "The second to come")
            assert len(titles(first)) == 2
    with schedulers.running() as second:
        schedulers.folder.write("c.txt", article("The third to come"))
        wait_for_title(second, "The third to come")


def test_a_lease_that_was_lost_ends_the_work_until_it_is_taken_anew(
    schedulers: Schedulers, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "feedsvc")
    with schedulers.running() as runtime:
        schedulers.folder.write("a.txt", article("The first to come"))
        wait_for_title(runtime, "The first to come")
        with runtime.store.writing() as connection:
            # As if another machine had taken it, and been gone at once.
            connection.execute(text("UPDATE leases SET fence = fence + 1, holder = 'other:1'"))
        schedulers.folder.write("b.txt", article("The second to come"))
        wait_for_title(runtime, "The second to come")
    assert any("was taken over" in str(vars(record)) for record in caplog.records)
    assert [r.message for r in caplog.records].count("lease taken") == 2


def test_a_store_that_is_cut_off_is_waited_for(
    schedulers: Schedulers, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    with schedulers.running(scan_interval_s=0.2) as runtime:
        schedulers.folder.write("a.txt", article("The first to come"))
        wait_for_title(runtime, "The first to come")
        with _cut_off(schedulers.database, request):
            schedulers.folder.write("b.txt", article("The second to come"))
            time.sleep(0.8)
        wait_for_title(runtime, "The second to come")
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@contextmanager
def _cut_off(database: str, request: pytest.FixtureRequest) -> Iterator[None]:
    """Lock a SQLite database for good, or end every session of a PostgreSQL one."""
    if database.startswith("sqlite"):
        store = open_store(database, busy_timeout_s=5)
        with store.writing():
            yield
        store.close()
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    with server.closed(database):
        yield


def test_two_works_never_run_at_once(
    schedulers: Schedulers, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work, most = 0, 0
    guard = threading.Lock()

    def watched(work: Callable[..., Iterator[None]]) -> Callable[..., Iterator[None]]:
        def count(*given: Any) -> Iterator[None]:
            nonlocal at_work, most
            steps = work(*given)
            while True:
                with guard:
                    at_work += 1
                    most = max(most, at_work)
                time.sleep(0.01)
                step = next(steps, steps)
                with guard:
                    at_work -= 1
                if step is steps:
                    return
                yield None

        return count

    for name in ("settle", "work_on_next_run"):
        monkeypatch.setattr(Ingestion, name, watched(getattr(Ingestion, name)))
    with schedulers.running(scan_interval_s=0.03) as runtime:
        runs = []
        for number in range(8):
            schedulers.folder.write(f"{number}.txt", article(f"Number {number} has come"))
            runs.append(runtime.runs.request(RunRequest(), requested_by="test"))
            time.sleep(0.03)
        wait_for(lambda: all(runtime.runs.get(r.id).state is RunState.DONE for r in runs))
        wait_for(lambda: len(titles(runtime)) == 8)
    assert most == 1


def test_only_what_gives_way_is_cut_short_by_what_is_urgent() -> None:
    seen: list[tuple[bool, bool]] = []

    class Settling:
        def give_way_when(self, is_called: Callable[[], bool]) -> None:
            self.is_called = is_called

        def settle(self, survey: Survey, _restless: set[DocumentPath]) -> Iterator[None]:
            seen.append((survey.is_whole, self.is_called()))
            yield
            seen.append((survey.is_whole, self.is_called()))

    calm, idle = cast(Any, SimpleNamespace(stands=False)), cast(Any, None)
    schedule = _Schedule(cast(Any, Settling()), idle, threading.Event(), idle, Clock(), calm)
    for _ in range(2):
        urgent = Survey(request=RunRequest(), is_whole=False)
        schedule._surveys.add(urgent, 0.0, is_urgent=True)
    schedule._go_through(Survey(request=RunRequest(), is_whole=True))
    of_urgent = [(False, False)] * 4
    assert seen == [(True, True), *of_urgent, (True, False)]


def test_what_events_tell_of_faster_than_it_is_settled_is_left_to_a_look_at_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Looking:
        def give_way_when(self, is_called: Callable[[], bool]) -> None:
            pass

        def look(self, _paths: set[DocumentPath]) -> Survey:
            return Survey(request=RunRequest(), is_whole=False)

    looks: list[_Schedule] = []
    monkeypatch.setattr(_Schedule, "look_soon", lambda self: looks.append(self))
    monkeypatch.setattr(schedule, "_MAX_WAITING", 3)
    calm, idle = cast(Any, SimpleNamespace(stands=False)), cast(Any, None)
    overrun = _Schedule(cast(Any, Looking()), idle, threading.Event(), idle, Clock(), calm)
    for number in range(5):
        overrun.glance({DocumentPath(root="seeds", path=b"%d.txt" % number)})
    assert (len(overrun._surveys._waiting), len(looks)) == (3, 2)


def test_files_that_are_written_to_without_end_keep_nothing_from_being_settled() -> None:
    steps = 5
    keeps_on: list[bool] = []

    class Settling:
        def give_way_when(self, is_called: Callable[[], bool]) -> None:
            self.is_called = is_called

        def settle(self, survey: Survey, _restless: set[DocumentPath]) -> Iterator[None]:
            if not survey.is_whole:
                time.sleep(0.05)
                add_urgent()  # it was written to again
                return
            for _ in range(steps):
                keeps_on.append(not self.is_called())
                yield

    calm, idle = cast(Any, SimpleNamespace(stands=False)), cast(Any, None)
    schedule = _Schedule(cast(Any, Settling()), idle, threading.Event(), idle, Clock(), calm)

    def add_urgent() -> None:
        urgent = Survey(request=RunRequest(), is_whole=False)
        schedule._surveys.add(urgent, 0.0, is_urgent=True)

    add_urgent()
    schedule._surveys.add(Survey(request=RunRequest(), is_whole=True), 0.0, is_urgent=False)
    thread = threading.Thread(target=schedule._settle, daemon=True)
    thread.start()
    thread.join(10)
    assert not thread.is_alive()
    # After the first, each slice goes on for as long as what was urgent before it took.
    assert keeps_on == [False, *[True] * (steps - 1)]


@pytest.mark.parametrize("by_s", [-3_600, 86_400, 50 * 366 * 86_400])
def test_a_clock_that_is_set_stops_nothing_brings_no_storm_and_changes_no_order(
    schedulers: Schedulers,
    by_s: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    ahead = datetimes.timedelta()

    class Wall(datetimes.datetime):
        @classmethod
        def now(cls, tz: datetimes.tzinfo | None = None) -> Wall:
            return super().now(tz) + ahead

    monkeypatch.setattr(apscheduler.schedulers.base, "datetime", Wall)
    monkeypatch.setattr(Watcher, "run", lambda _: None)
    looks = []
    look = _Schedule._look

    def counted(self: _Schedule) -> None:
        looks.append(self)
        look(self)

    monkeypatch.setattr(_Schedule, "_look", counted)
    clock = replace(Clock(), now=lambda: Wall.now(datetimes.UTC))
    with schedulers.running(clock, scan_interval_s=0.2) as runtime:
        schedulers.folder.write("a.txt", article("Before the clock was set"))
        wait_for_title(runtime, "Before the clock was set")
        before, began = len(looks), time.monotonic()
        ahead = datetimes.timedelta(seconds=by_s)
        schedulers.folder.write("b.txt", article("After the clock was set"))
        wait_for_title(runtime, "After the clock was set")
        run = runtime.runs.request(RunRequest(), requested_by="test")
        wait_for(lambda: runtime.runs.get(run.id).state is RunState.DONE)
        # One more as the clock is set, and those that were due just then.
        assert len(looks) - before <= (time.monotonic() - began) / 0.2 + 3
        second, first = runtime.publication.latest(500)
    assert (first.title, second.title) == ("Before the clock was set", "After the clock was set")
    assert first.updated < second.updated
    (told,) = [record for record in caplog.records if record.message == "clock was set"]
    assert vars(told)["by_s"] == by_s


def test_what_comes_at_an_hour_comes_at_its_next_one_after_a_clock_was_set_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Wall(datetimes.datetime):
        @classmethod
        def now(cls, tz: datetimes.tzinfo | None = None) -> Wall:
            return wall

    wall = Wall(2027, 3, 4, 12, tzinfo=datetimes.UTC)
    monkeypatch.setattr(apscheduler.schedulers.base, "datetime", Wall)
    did: list[str] = []
    upkeep = SimpleNamespace(
        every_day=lambda: did.append("upkeep"), check_file=lambda: did.append("file check")
    )
    idle = SimpleNamespace(give_way_when=lambda _is_called: None)
    trouble = SimpleNamespace(stands=True, is_over=lambda: did.append("runs"))
    often = SimpleNamespace(scan_interval_s=NEVER_S)
    clock = Clock(now=lambda: wall, monotonic=lambda: 0.0)
    made: tuple[Any, ...] = (idle, upkeep, threading.Event(), often, clock, trouble)
    ahead = _Schedule(*made)
    ahead.start(checks_file=False)
    try:
        wall = Wall(2026, 3, 4, 12, tzinfo=datetimes.UTC)  # a Wednesday
        ahead.keep_time()
        wait_for(lambda: "runs" in did)
        jobs = {job.id: job.next_run_time for job in ahead._scheduler.get_jobs()}
    finally:
        ahead.end()
    assert jobs["upkeep"] == Wall(2026, 3, 5, 3, 17, tzinfo=datetimes.UTC)
    assert jobs["file check"] == Wall(2026, 3, 8, 4, 17, tzinfo=datetimes.UTC)
    assert set(did) == {"runs"}


def test_trouble_that_lasts_is_told_once(
    schedulers: Schedulers, caplog: pytest.LogCaptureFixture
) -> None:
    schedulers.folder.path.rmdir()
    with schedulers.running(scan_interval_s=0.05) as runtime:
        wait_for(lambda: "root unreadable" in caplog.messages)
        time.sleep(0.8)
        schedulers.folder.write("a.txt", article())
        wait_for(lambda: len(titles(runtime)) == 1)
    told = [record.message for record in caplog.records if record.levelno >= logging.WARNING]
    assert told.count("root unreadable") == 1


def test_work_that_always_fails_is_told_once_a_minute_and_keeps_nothing_else_from_being_done(
    schedulers: Schedulers, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    failed: Counter[str] = Counter()

    def failing(name: str) -> Callable[..., Iterator[None]]:
        def fail(_ingestion: Ingestion) -> Iterator[None]:
            failed[name] += 1
            raise RuntimeError("nobody thought of this")
            yield

        return fail

    monkeypatch.setattr(Ingestion, "work_on_next_run", failing("runs"))
    monkeypatch.setattr(Ingestion, "decide_members", failing("members"))
    schedulers.folder.write("a.txt", article())
    with schedulers.running() as runtime:
        wait_for(lambda: len(titles(runtime)) == 1)
        wait_for(lambda: min(failed["runs"], failed["members"]) > 2)
    told = [vars(record)["work"] for record in caplog.records if record.message == "work failed"]
    assert sorted(told) == ["members", "runs"]


def test_a_file_closed_to_us_is_told_once(
    schedulers: Schedulers, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_root: WatchedRoot, _path: bytes) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(WatchedRoot, "_open", refuse)
    schedulers.folder.write("a.txt", article())
    with schedulers.running(scan_interval_s=0.05):
        wait_for(lambda: "document refused" in caplog.messages)
        time.sleep(0.5)
    ours = [record for record in caplog.records if record.name.startswith("feedsvc")]
    told = [record.message for record in ours if record.levelno >= logging.WARNING]
    assert told == ["document refused"]


@pytest.mark.parametrize("beside", ["guids.jsonl", "feedsvc.db.lease"])
def test_while_a_file_beside_the_database_is_closed_it_is_told_once_and_then_work_goes_on(
    schedulers_on_sqlite: Schedulers, beside: str, caplog: pytest.LogCaptureFixture
) -> None:
    schedulers = schedulers_on_sqlite
    closed = Path(schedulers.database.removeprefix("sqlite:///")).with_name(beside)
    closed.mkdir()
    schedulers.folder.write("a.txt", article("It waits"))
    caplog.set_level(logging.INFO, "feedsvc")
    with schedulers.running(scan_interval_s=0.1) as runtime:
        wait_for(lambda: "work interrupted" in caplog.messages)
        assert beside in (runtime.upkeep.degradation() or "")
        time.sleep(3)
        assert "work goes on" not in caplog.messages
        assert titles(runtime) == set()
        closed.rmdir()
        wait_for_title(runtime, "It waits")
        assert runtime.upkeep.degradation() is None
    ours = [record for record in caplog.records if record.name.startswith("feedsvc")]
    (told,) = [record for record in ours if record.levelno >= logging.WARNING]
    assert told.message == "work interrupted"
    assert beside in told.__dict__["reason"]


def test_upkeep_comes_every_day(
    schedulers: Schedulers, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(schedule, "_UPKEEP_AT", {"second": "*"})
    with schedulers.running() as runtime:
        with runtime.store.writing() as connection:
            connection.execute(
                insert(originals).values(sha256=b"nobody's", size_bytes=1, zlib_bytes=b"")
            )
        with caplog.at_level(logging.INFO, "feedsvc"):
            wait_for(lambda: any(r.__dict__.get("originals") == 1 for r in caplog.records))
        with runtime.store.reading() as connection:
            assert connection.execute(select(originals)).all() == []


def test_the_database_is_read_through_every_week_and_after_a_stop_that_was_not_clean(
    schedulers_on_sqlite: Schedulers,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    schedulers = schedulers_on_sqlite
    asked = found_by_every_check(monkeypatch, None)
    marker = Path(f"{schedulers.database.removeprefix('sqlite:///')}.in-use")
    with schedulers.running():
        wait_for(marker.exists)
        time.sleep(0.3)
        assert asked == []
    assert not marker.exists()
    marker.touch()
    with schedulers.running():
        wait_for(lambda: asked == [False])
    assert not marker.exists()
    monkeypatch.setattr(schedule, "_FILE_CHECKED_AT", {"second": "*"})
    with schedulers.running():
        wait_for(lambda: len(asked) > 1)
    assert not any("damaged" in record.message for record in caplog.records)


def found_by_every_check(monkeypatch: pytest.MonkeyPatch, found: str | None) -> list[bool]:
    """Whether each check was a quick one, as they come."""
    asked: list[bool] = []

    def find(_store: object, *, is_quick: bool, gives_up: Callable[[], bool]) -> str | None:
        asked.append(is_quick)
        return found

    monkeypatch.setattr(verify, "check_file", find)
    return asked


def test_in_a_database_found_damaged_nothing_is_published_until_it_is_found_whole(
    schedulers_on_sqlite: Schedulers,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    schedulers = schedulers_on_sqlite
    found_by_every_check(monkeypatch, "page 7 is not as it was")
    Path(f"{schedulers.database.removeprefix('sqlite:///')}.in-use").touch()
    with schedulers.running(scan_interval_s=0.1) as runtime:
        wait_for(lambda: any("database is damaged" in r.message for r in caplog.records))
        wait_for(lambda: "page 7" in (runtime.upkeep.degradation() or ""))
        schedulers.folder.write("a.txt", article("Too late"))
        time.sleep(1)
        assert titles(runtime) == set()
    with schedulers.running(scan_interval_s=0.1) as runtime:
        time.sleep(1)
        assert titles(runtime) == set()
        with pytest.raises(StoreDamaged, match=r"page 7.*feedsvc db restore FILE"):
            runtime.upkeep.check_start()
        found_by_every_check(monkeypatch, None)
        list(runtime.upkeep.verify())
        wait_for_title(runtime, "Too late")
        runtime.upkeep.check_start()


def test_damage_met_at_work_ends_the_work_once_the_whole_file_is_read(
    schedulers_on_sqlite: Schedulers, caplog: pytest.LogCaptureFixture
) -> None:
    schedulers = schedulers_on_sqlite
    schedulers.folder.write("a.txt", article("In time"))
    with schedulers.running() as runtime:
        wait_for_title(runtime, "In time")
    damage(Path(schedulers.database.removeprefix("sqlite:///")), "documents")
    schedulers.folder.write("b.txt", article("Too late"))
    with schedulers.running() as runtime:
        wait_for(lambda: "found damaged" in (runtime.upkeep.degradation() or ""))
        assert titles(runtime) == {"In time"}
        with pytest.raises(StoreDamaged, match="feedsvc db restore FILE"):
            runtime.upkeep.check_start()
    assert any("database is damaged" in record.message for record in caplog.records)


def damage(path: Path, table: str) -> None:
    """Overwrite the first page of a table."""
    with closing(open_store(f"sqlite:///{path}", busy_timeout_s=1)) as store:
        query = f"SELECT rootpage FROM sqlite_schema WHERE name = '{table}'"
        with store.reading() as connection:
            page = connection.scalar(text(query))
            size = connection.scalar(text("PRAGMA page_size"))
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)


def test_damage_that_nothing_is_found_of_holds_work_up_for_a_while(
    schedulers_on_sqlite: Schedulers, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedulers = schedulers_on_sqlite
    asked = found_by_every_check(monkeypatch, None)
    look = Ingestion.look
    looks: list[bool] = []

    def look_torn(ingestion: Ingestion, *paths: Any) -> Survey:
        looks.append(True)
        if len(looks) == 1:
            raise StoreDamaged("a page was not read as it was written")
        return look(ingestion, *paths)

    monkeypatch.setattr(Ingestion, "look", look_torn)
    schedulers.folder.write("a.txt", article("After all"))
    with schedulers.running(scan_interval_s=0.1) as runtime:
        wait_for_title(runtime, "After all")
        assert runtime.upkeep.degradation() is None
    assert asked
    assert not any(asked)
