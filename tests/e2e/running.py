"""A feedsvc as people run it: real processes, a real port, and nothing but signals to end it."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select

from feedsvc.store.engine import open_store
from feedsvc.store.schema import documents, entries, leases
from tests.service import WatchedFolder

# Generous: the machine may have much else to do.
UP_WITHIN_S = 90.0
# `make soak` runs on a machine that has nothing else to do, and holds us to what is stated.
IS_SOAK = any(name.startswith("SOAK_") for name in os.environ)
STOPPED_WITHIN_S = 10.0 if IS_SOAK else 60.0
# Every process that one started carries this in its environment, whoever its parent is by then.
_MARK = "TESTED_FEEDSVC"
_ADDRESS = re.compile(r"is at\s+(http://\S+)/\n")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What was answered over HTTP."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:  # Any: JSON
        return json.loads(self.body)


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A command that has ended."""

    status: int
    out: str
    err: str


@dataclass
class Feedsvc:
    """One installation: a folder to watch, a database, settings; processes come and go."""

    home: Path
    database: str
    settings: Mapping[str, str] = field(default_factory=dict)
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)

    def __post_init__(self) -> None:
        self.seeds.path.mkdir(parents=True, exist_ok=True)

    @property
    def seeds(self) -> WatchedFolder:
        return WatchedFolder(self.home / "seeds")

    def run(self, *arguments: str, within_s: float = UP_WITHIN_S) -> Finished:
        """Run a command to its end."""
        done = subprocess.run(
            self._command(arguments),
            cwd=self.home,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=within_s,
        )
        return Finished(status=done.returncode, out=done.stdout, err=done.stderr)

    def start(self, *arguments: str) -> Started:
        """Start a command in a process group of its own, as a terminal would."""
        name = f"{arguments[0]}-{time.monotonic_ns()}"
        out, err = self.home / f"{name}.out", self.home / f"{name}.err"
        with out.open("wb") as out_file, err.open("wb") as err_file:
            process = subprocess.Popen(
                self._command(arguments),
                cwd=self.home,
                env=self.environment(),
                stdout=out_file,
                stderr=err_file,
                stdin=subprocess.DEVNULL,
                process_group=0,
            )
        return Started(feedsvc=self, process=process, out=out, err=err)

    @contextmanager
    def serving(self, *arguments: str) -> Iterator[Serving]:
        """`feedsvc serve`, up and answering; whatever is left of it is killed at the end."""
        started = self.start("serve", "--port", "0", *arguments)
        try:
            yield Serving(started=started, address=started.address())
        finally:
            started.kill()

    def _command(self, arguments: Sequence[str]) -> list[str]:
        return [sys.executable, "-m", "feedsvc", *arguments]

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if "FEEDSVC" not in name}
        kept |= {"FEEDSVC_DATABASE": self.database, "FEEDSVC_SEEDS": str(self.seeds.path)}
        return kept | dict(self.settings) | {_MARK: self.mark}

    def processes(self) -> dict[int, str]:
        """Every process of this installation that lives, with its command line."""
        found = {}
        marked = f"{_MARK}={self.mark}".encode()
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit():
                continue
            try:
                if marked in (folder / "environ").read_bytes().split(b"\0"):
                    command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    if command and _state(int(folder.name)) != "Z":
                        found[int(folder.name)] = command
            except (OSError, ValueError):
                continue  # it ended while we looked
        return found

    def wait_for_silence(self, within_s: float = STOPPED_WITHIN_S) -> float:
        """Wait until no process is left; answers for how long."""
        return wait_until(lambda: not self.processes(), within_s, lambda: str(self.processes()))

    def published(self) -> dict[str, str]:
        """The guid of every entry in the store, by title; no title may be there twice."""
        store = open_store(self.database, busy_timeout_s=10)
        with store.reading() as connection:
            rows = connection.execute(select(entries.c.title, entries.c.guid)).all()
        store.close()
        twice = [title for title, count in Counter(row.title for row in rows).items() if count > 1]
        assert not twice, f"published twice: {twice}"
        return {row.title: row.guid for row in rows}

    def lease_holder(self) -> int:
        """The process that ingests."""
        store = open_store(self.database, busy_timeout_s=10)
        with store.reading() as connection:
            holder = connection.scalar(select(leases.c.holder)) or "nobody:0"
        store.close()
        return int(holder.rpartition(":")[2])

    def documents(self) -> int:
        store = open_store(self.database, busy_timeout_s=10)
        with store.reading() as connection:
            paths = connection.execute(select(documents.c.path)).all()
        store.close()
        return len(paths)


@dataclass
class Started:
    """A command that may still run."""

    feedsvc: Feedsvc
    process: subprocess.Popen[bytes]
    out: Path
    err: Path

    def address(self) -> str:
        """The address that `serve` prints once it answers."""
        wait_until(lambda: bool(self._announced()), UP_WITHIN_S, self.told)
        announced = self._announced()
        assert announced
        return announced.group(1)

    def _announced(self) -> re.Match[str] | None:
        assert self.process.poll() is None, self.told()
        return _ADDRESS.search(self.out.read_text())

    def told(self) -> str:
        return self.out.read_text() + self.err.read_text()

    def stop(self, number: int, *, group: bool = False) -> float:
        """Send a signal as `kill` does, or as Ctrl-C does; answers how long the end took."""
        began = time.monotonic()
        if group:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)
        self.process.wait(STOPPED_WITHIN_S)
        return time.monotonic() - began

    def kill(self) -> None:
        """End what is left of it, by process id."""
        for pid in [self.process.pid, *self.feedsvc.processes()]:
            if pid == self.process.pid and self.process.poll() is not None:
                continue
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait()


@dataclass
class Serving:
    """A `feedsvc serve` that answers at `address`."""

    started: Started
    address: str

    @property
    def feedsvc(self) -> Feedsvc:
        return self.started.feedsvc

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, headers)

    def request(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> Answer:
        return fetch(method, self.address + path, headers, body)

    def is_ready(self) -> bool:
        try:
            return self.get("/readyz").status == 200
        except OSError:
            return False

    def guids(self) -> dict[str, str]:
        """The guid of every entry that the main feed shows, by title; {} while nobody answers."""
        try:
            answer = self.get("/feeds/all.json")
        except (OSError, http.client.HTTPException):
            return {}
        return {item["title"]: item["id"] for item in answer.json()["items"]}

    def roles(self) -> dict[str, list[int]]:
        """The processes by what they are."""
        commands = self.feedsvc.processes()
        parents = {pid: _parent(pid) for pid in commands}
        supervisor, scheduler = self.started.process.pid, self.feedsvc.lease_holder()
        found: dict[str, list[int]] = {"supervisor": [supervisor]}
        for pid, command in commands.items():
            if "forkserver" in command:
                role = "forkserver" if parents[pid] == scheduler else "extraction worker"
            elif "spawn_main" not in command:
                continue
            elif parents[pid] != supervisor:
                role = "web process"
            else:
                role = "scheduler" if pid == scheduler else "web master"
            found.setdefault(role, []).append(pid)
        return found


def fetch(method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
    """One request on a connection of its own; redirects are not followed."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    try:
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, sent)
        response = connection.getresponse()
        return Answer(
            status=response.status,
            headers={name.lower(): value for name, value in response.getheaders()},
            body=response.read(),
        )
    finally:
        connection.close()


def wait_until(
    holds: Callable[[], bool], within_s: float, told: Callable[[], str] = lambda: ""
) -> float:
    """Wait until something holds; answers for how long. told: what to say if it never does."""
    began = time.monotonic()
    while not holds():
        waited_s = time.monotonic() - began
        assert waited_s < within_s, f"not within {within_s:g} s; {told()}"
        # Looking costs time too, and takes it from what is looked at.
        time.sleep(min(0.1, max(0.02, waited_s / 20)))
    return time.monotonic() - began


def _state(pid: int) -> str:
    return _stat(pid)[0]


def _parent(pid: int) -> int:
    try:
        return int(_stat(pid)[1])
    except OSError:
        return 0


def _stat(pid: int) -> list[str]:
    # The name in parentheses may hold anything; what follows the last one does not.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
