"""The server itself: replaced while it serves, and held up by no slow, greedy or silent client."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.databases import SqliteFiles
from tests.e2e.running import Feedsvc, Serving, wait_until
from tests.service import article

FEED = "/feeds/all.atom"
RELOADS = int(os.environ.get("SOAK_RELOADS", "2"))
# The processes of a server with one web process that is not being reloaded.
AT_REST = dict.fromkeys(("supervisor", "scheduler", "forkserver", "web master", "web process"), 1)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, sqlite_files: SqliteFiles) -> Path:
    """A folder and a database, in which it is published."""
    home = tmp_path_factory.mktemp("published")
    feedsvc = Feedsvc(home, sqlite_files.make_database(home))
    for number in range(20):
        feedsvc.seeds.write(f"{number}.txt", article(f"It is the number {number} of many"))
    assert feedsvc.run("ingest").status == 0
    return home


@pytest.fixture
def site(tmp_path: Path, published: Path) -> Feedsvc:
    home = shutil.copytree(published, tmp_path / "site")
    return Feedsvc(home, f"sqlite:///{home / 'feedsvc.db'}")


def write_settings(site: Feedsvc, *, title: str, server: str = "") -> str:
    path = site.home / "site.toml"
    path.write_text(f'[site]\ntitle = "{title}"\n[server]\n{server}\n')
    return str(path)


class Readers:
    """Readers of a feed, all at once, as long as it is open; `answers` counts what they got."""

    def __init__(self, address: str) -> None:
        self._place = urlsplit(address).netloc
        self._stop = threading.Event()
        ways = [self._each_on_its_own, self._on_one_connection, self._late]
        self._threads = [threading.Thread(target=way) for way in [*ways, *ways]]
        self._lock = threading.Lock()
        self.answers: Counter[str] = Counter()

    def __enter__(self) -> Readers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _count(self, answer: str) -> None:
        with self._lock:
            self.answers[answer] += 1

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self._place, timeout=30)

    def _ask(self, connection: http.client.HTTPConnection) -> bool:
        """Whether the connection may be used again."""
        connection.request("GET", FEED)
        response = connection.getresponse()
        response.read()
        self._count(str(response.status))
        return not response.will_close

    def _each_on_its_own(self) -> None:
        while not self._stop.wait(0.005):
            connection = self._connection()
            try:
                self._ask(connection)
            except (OSError, http.client.HTTPException) as error:
                self._count(repr(error))
            finally:
                connection.close()

    def _late(self) -> None:
        """Connects, and asks a little later: from far away, or through a proxy that prepares."""
        while not self._stop.is_set():
            connection = self._connection()
            try:
                connection.connect()
                time.sleep(0.05)
                self._ask(connection)
            except (OSError, http.client.HTTPException) as error:
                self._count(repr(error))
            finally:
                connection.close()

    def _on_one_connection(self) -> None:
        """A connection that was used before may be closed at any time; then one asks again."""
        connection, uses = self._connection(), 0
        while not self._stop.wait(0.005):
            try:
                uses = uses + 1 if self._ask(connection) else 0
            except (OSError, http.client.HTTPException) as error:
                self._count("asked again" if uses else repr(error))
                uses = 0
            if not uses:
                connection.close()
        connection.close()


def wait_for_log(serving: Serving, line: str, times: int) -> None:
    told = serving.started.told
    wait_until(lambda: told().count(line) >= times, 90, told)


def lasting(serving: Serving) -> dict[str, list[int]]:
    """All processes but extraction workers, which come and go by themselves."""
    return {role: pids for role, pids in serving.roles().items() if role != "extraction worker"}


def counts(serving: Serving) -> dict[str, int]:
    """Of each role how many there are: more of some while those of before a reload end."""
    return {role: len(pids) for role, pids in lasting(serving).items()}


def test_a_reload_reads_the_settings_and_fails_no_request(site: Feedsvc) -> None:
    config = write_settings(site, title="Before")
    with site.serving("--config", config) as serving:
        assert b"<title>Before</title>" in serving.get(FEED).body
        with Readers(serving.address) as readers:
            for number in range(1, RELOADS + 1):
                write_settings(site, title=f"After {number}", server=f"workers = {1 + number % 2}")
                serving.started.process.send_signal(signal.SIGHUP)
                wait_for_log(serving, "reload ended", number)
                title = f"<title>After {number}</title>".encode()
                wait_until(lambda sought=title: sought in serving.get(FEED).body, 60)  # type: ignore
        at_rest = AT_REST | {"web process": 1 + RELOADS % 2}
        wait_until(lambda: counts(serving) == at_rest, 60, lambda: str(serving.roles()))
        before = lasting(serving)
        Path(config).write_text('[site]\ntitel = "Wrong"\n')
        serving.started.process.send_signal(signal.SIGHUP)
        wait_for_log(serving, "reload refused", 1)
        assert "titel" in serving.started.told()
        assert lasting(serving) == before
        site.seeds.write("new.txt", article("It came after all of them"))
        see = "It came after all of them"
        wait_until(lambda: see in serving.guids(), 60, serving.started.told)
    print(f"{RELOADS} reloads: {dict(readers.answers)}")
    assert set(readers.answers) <= {"200", "asked again"}
    assert readers.answers["asked again"] <= 8 * RELOADS


@contextmanager
def connections(serving: Serving, count: int, sent: bytes) -> Iterator[list[socket.socket]]:
    """So many clients, each of which has sent this much, and nothing since."""
    parts = urlsplit(serving.address)
    with ExitStack() as stack:
        there = []
        for _ in range(count):
            client = socket.create_connection((str(parts.hostname), int(parts.port or 0)), 30)
            stack.callback(client.close)
            client.sendall(sent)
            there.append(client)
        yield there


REQUEST = f"GET {FEED} HTTP/1.1\r\nHost: x\r\n".encode()
SLOW = {
    "silent": b"",
    "half a header": REQUEST,
    "no second request": REQUEST + b"\r\n",
    "half a body": b"POST /admin/reingest HTTP/1.1\r\nHost: x\r\nContent-Length: 999\r\n\r\n{",
}


def test_clients_that_are_slow_hold_up_nobody_and_are_let_go(site: Feedsvc) -> None:
    site.settings = {"FEEDSVC_SERVER__WORKERS": "1", "FEEDSVC_SERVER__IDLE_TIMEOUT_S": "4"}
    with site.serving() as serving, ExitStack() as stack:
        etag = serving.get(FEED).headers["etag"]
        slow = {
            name: stack.enter_context(connections(serving, 200, sent))
            for name, sent in SLOW.items()
        }
        began = time.monotonic()
        for _ in range(20):
            assert serving.get(FEED, If_None_Match=etag).status == 304
        print(f"20 polls beside 800 slow clients: {time.monotonic() - began:.2f} s")
        for name in ("half a header", "no second request"):
            for client in slow[name]:
                assert_closed(client)


def assert_closed(client: socket.socket) -> None:
    while client.recv(65_536):
        pass


def test_no_more_connections_are_held_than_configured_and_the_rest_wait(site: Feedsvc) -> None:
    site.settings = {
        "FEEDSVC_SERVER__WORKERS": "1",
        "FEEDSVC_SERVER__CONNECTIONS": "20",
        "FEEDSVC_SERVER__IDLE_TIMEOUT_S": "2",
    }
    with site.serving() as serving, connections(serving, 50, REQUEST):
        assert serving.get(FEED).status == 200


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        pytest.param(REQUEST + b"X: " + b"a" * 12_000 + b"\r\n\r\n", 200, id="a long header"),
        pytest.param(REQUEST + b"X: " + b"a" * 20_000 + b"\r\n\r\n", 431, id="too long a header"),
        pytest.param(b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n", 431, id="too long a URL"),
        pytest.param(REQUEST + b"A: 1\r\n" * 200 + b"\r\n", 431, id="too many headers"),
        pytest.param(
            b"POST /feeds/all.atom HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n",
            405,
            id="a body nobody reads",
        ),
    ],
)
def test_requests_are_bounded(serving_site: Serving, sent: bytes, status: int) -> None:
    with connections(serving_site, 1, sent) as (client,):
        assert client.recv(12) == f"HTTP/1.1 {status}".encode()


@pytest.fixture(scope="module")
def serving_site(
    tmp_path_factory: pytest.TempPathFactory, sqlite_files: SqliteFiles
) -> Iterator[Serving]:
    home = tmp_path_factory.mktemp("site")
    settings = {"FEEDSVC_SERVER__WORKERS": "1", "FEEDSVC_SERVER__ACCESS_LOG": "true"}
    with Feedsvc(home, sqlite_files.make_database(home), settings).serving() as serving:
        yield serving


def test_the_access_log_has_a_line_a_request_and_drives_no_terminal(serving_site: Serving) -> None:
    serving_site.get("/feeds/%1b[2J%0aforged", User_Agent="Reader/1.0", X_Forwarded_For="192.0.2.7")
    printed: Callable[[], str] = serving_site.started.out.read_text
    wait_until(lambda: "forged" in printed(), 60, printed)
    line = next(line for line in printed().splitlines() if "forged" in line)
    assert line.startswith("127.0.0.1 192.0.2.7 [")
    assert r'"GET /feeds/\x1b[2J\nforged HTTP/1.1" 404 ' in line
    assert line.endswith('"Reader/1.0"')
