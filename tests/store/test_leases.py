"""Who may ingest: one at a time, freed by any death, numbered by a fence that only rises."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text

from feedsvc.errors import LeaseLost, StoreBusy, StoreError
from feedsvc.store import leases as leases_module
from feedsvc.store.engine import Store, open_store
from feedsvc.store.leases import Lease, take_lease
from feedsvc.store.schema import leases

HOLDER = """
import sys, time
from feedsvc.store.engine import open_store
from feedsvc.store.leases import take_lease
lease = take_lease(open_store(sys.argv[1], busy_timeout_s=5))
print(lease.fence, flush=True)
time.sleep(60)
"""


def take(store: Store) -> Lease:
    lease = take_lease(store)
    assert lease is not None
    return lease


def take_within(store: Store, seconds: float) -> Lease | None:
    until = time.monotonic() + seconds
    while (lease := take_lease(store)) is None and time.monotonic() < until:
        time.sleep(0.05)
    return lease


def test_there_is_one_lease(store: Store, database: str) -> None:
    lease = take(store)
    other = open_store(database, busy_timeout_s=2)
    assert take_lease(other) is None
    assert take_lease(store) is None
    lease.release()
    other.close()


def test_a_lease_given_back_can_be_taken(store: Store, database: str) -> None:
    take(store).release()
    other = open_store(database, busy_timeout_s=2)
    lease = take_within(other, 5)
    assert lease is not None
    lease.release()
    other.close()


def test_each_taking_raises_the_fence(store: Store) -> None:
    fences = []
    for _ in range(3):
        lease = take_within(store, 5)
        assert lease is not None
        fences.append(lease.fence)
        lease.release()
    assert fences == [1, 2, 3]


def test_the_store_says_who_holds_the_lease(store: Store) -> None:
    lease = take(store)
    with store.reading() as connection:
        row = connection.execute(select(leases)).one()
    assert (row.name, row.fence) == ("ingest", lease.fence)
    assert ":" in row.holder
    lease.release()


def test_the_lease_of_a_killed_process_is_free(store: Store, database: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, database], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "1\n"
        assert take_lease(store) is None
        holder.send_signal(signal.SIGKILL)
    lease = take_within(store, 5)
    assert lease is not None
    assert lease.fence == 2
    lease.release()


def test_of_many_that_ask_at_once_one_is_given_the_lease(store: Store) -> None:
    with ThreadPoolExecutor(8) as threads:
        taken = [lease for lease in threads.map(take_lease, [store] * 8) if lease]
    assert len(taken) == 1
    taken[0].release()


def test_a_lease_that_cannot_be_numbered_is_given_back(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_store: Store) -> int:
        raise StoreBusy("the store is locked by another process")

    with monkeypatch.context() as patched:
        patched.setattr(leases_module, "_raise_fence", refuse)
        with pytest.raises(StoreBusy):
            take_lease(store)
    lease = take_within(store, 5)
    assert lease is not None
    lease.release()


def test_a_held_lease_passes_its_check(store: Store) -> None:
    lease = take(store)
    lease.check()
    lease.release()


def test_a_lease_whose_session_was_cut_off_is_lost(postgresql_store: Store) -> None:
    lease = take(postgresql_store)
    with postgresql_store.writing() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' "
                "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        )
    with pytest.raises(LeaseLost, match="cut off"):
        lease.check()
    lease.release()
    again = take_within(postgresql_store, 5)
    assert again is not None
    assert again.fence == lease.fence + 1
    again.release()


def test_a_server_that_does_not_answer_is_a_store_error() -> None:
    store = open_store("postgresql://127.0.0.1:1/feedsvc", busy_timeout_s=1)
    with pytest.raises(StoreError, match="the lease cannot be asked for"):
        take_lease(store)


def test_leases_of_two_stores_are_two(store: Store, postgresql_store: Store) -> None:
    first, second = take(store), take(postgresql_store)
    first.release()
    second.release()
