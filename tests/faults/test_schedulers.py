"""Several schedulers on one store, and one of them killed; two that both believe they lead."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select, text

from feedsvc.errors import LeaseLost
from feedsvc.ingest.pool import ExtractionPool
from feedsvc.model.document import DocumentOutcome
from feedsvc.model.run import RunRequest
from feedsvc.services.checks import check_feeds
from feedsvc.store.engine import Store
from feedsvc.store.leases import Lease, take_lease
from feedsvc.store.schema import leases
from tests.databases import PostgresqlServer
from tests.e2e.running import IS_SOAK, wait_until
from tests.faults.amounts import LONG_ROUNDS, seeded
from tests.faults.crowd import count_entries, wait_for, wait_until_settled, write_crowd
from tests.faults.invariants import (
    History,
    check_rules,
    check_store_served,
    take_picture,
)
from tests.faults.snapshots import opened
from tests.faults.victim import ROOT
from tests.service import Service, open_service

CROWD = 100
LEASE_WITHIN_S = 5.0 if IS_SOAK else 60.0


@dataclass
class Group:
    """Schedulers on one store and one folder."""

    database: str
    folder: Path
    jumping: bool
    running: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self) -> None:
        extra = ["jumping"] if self.jumping else []
        with (self.folder.parent / "schedulers.log").open("ab") as told:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "tests.faults.scheduler"),
                    *(self.database, str(self.folder), *extra),
                ],
                cwd=ROOT,
                stderr=told,
            )
        self.running[process.pid] = process

    def kill(self, pid: int) -> None:
        self.running[pid].kill()
        self.running.pop(pid).wait()

    def told(self) -> str:
        return (self.folder.parent / "schedulers.log").read_text()


@contextmanager
def together(number: int, database: str, folder: Path, *, jumping: bool) -> Iterator[Group]:
    group = Group(database=database, folder=folder, jumping=jumping)
    try:
        for _ in range(number):
            group.start()
        yield group
    finally:
        for pid in list(group.running):
            group.kill(pid)


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Who holds the lease."""

    pid: int
    fence: int


def holder(store: Store) -> Holder:
    with store.reading() as connection:
        row = connection.execute(select(leases)).one_or_none()
    if row is None:
        return Holder(pid=0, fence=0)
    return Holder(pid=int(row.holder.rpartition(":")[2]), fence=row.fence)


CASES = [("postgresql", 4, True), ("sqlite", 2, True)]
if LONG_ROUNDS > 1:
    CASES += [("postgresql", 2, False), ("postgresql", 4, False)]


@pytest.mark.parametrize(("kind", "number", "jumping"), CASES)
def test_of_many_schedulers_one_ingests_and_another_goes_on_when_it_is_killed(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str, number: int, jumping: bool
) -> None:
    database = request.getfixturevalue(f"{kind}_database")
    folder = tmp_path / "seeds"
    folder.mkdir()
    chance = seeded()
    history = History()
    count = 0
    with opened(database) as store, together(number, database, folder, jumping=jumping) as group:
        wait_until(lambda: holder(store).fence > 0, 30, group.told)
        for _ in range(LONG_ROUNDS):
            write_crowd(folder, CROWD, first=count)
            wait_for(store, count + 1)
            time.sleep(chance.uniform(0, 0.1))
            before = holder(store)
            group.kill(before.pid)
            there = count_entries(store)
            taken_s = wait_until(
                lambda fence=before.fence: holder(store).fence > fence,  # type: ignore[misc]
                LEASE_WITHIN_S,
                group.told,
            )
            count += CROWD
            resumed_s = wait_for(store, min(count, there + 1))
            group.start()
            picture = wait_until_settled(store, folder)
            history.add(picture)
            check_rules(store)
            check_store_served(database, folder, picture)
            assert len(history.entries) == count
            print(
                f"{number} on {kind}: killed at {there}, lease taken after {taken_s:.1f} s, "
                f"at work {resumed_s:.1f} s later; {count} published once"
            )


@pytest.fixture
def sqlite_database(tmp_path: Path, request: pytest.FixtureRequest) -> str:
    files = request.getfixturevalue("sqlite_files")
    return str(files.make_database(tmp_path))


@pytest.fixture
def postgresql_database(postgresql: PostgresqlServer) -> Iterator[str]:
    url = postgresql.make_database()
    yield url
    postgresql.drop_database(url)


def test_of_two_that_believe_they_lead_the_older_is_stopped(
    tmp_path: Path, database: str, pool: ExtractionPool
) -> None:
    # Each transaction is as short as can be: there is always another to come.
    older = open_service(tmp_path, database, pool, {"ingest": {"batch_s": 1e-6}})
    write_crowd(older.folder.path, 30)
    history = History()
    younger: list[Lease] = []
    with opened(database) as store:

        def take_over(_outcome: DocumentOutcome) -> None:
            if not younger:
                history.add(take_picture(store))
                younger.append(take_in_spite(older, store))

        with pytest.raises(LeaseLost):
            older.ingestion().run(RunRequest(), take_over)
        there = count_entries(store)
        assert 0 < there < 30
        assert len(history.entries) == there, "the older one has gone on"
        history.add(take_picture(store))
        older.lease.release()
        older.lease = younger[0]
        older.ingest()
        picture = take_picture(store)
        history.add(picture)
        check_rules(store)
    assert len(history.entries) == 30
    check_store_served(database, older.folder.path, picture)
    checked = check_feeds(older.runtime.publication, older.runtime.site)
    assert [c.name for c in checked if c.has_errors] == []
    younger[0].release()
    older.runtime.close()


def take_in_spite(service: Service, store: Store) -> Lease:
    """Take the lease while another holds it, by breaking the lock that it holds."""
    path = store.sqlite_path
    if path:
        Path(f"{path}.lease").unlink()
    else:
        with store.writing() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(l.pid) FROM pg_locks l "
                    "JOIN pg_database d ON d.oid = l.database "
                    "WHERE l.locktype = 'advisory' AND d.datname = current_database()"
                )
            )
    until = time.monotonic() + LEASE_WITHIN_S
    while (lease := take_lease(store)) is None:
        assert time.monotonic() < until
        time.sleep(0.01)
    return lease
