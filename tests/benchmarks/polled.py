"""The servers whose polls are compared: each on one core, with the same feed."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from tests.benchmarks import naive
from tests.benchmarks.measured import cpu_s_of
from tests.benchmarks.wrk import Load, Wrk, on_core
from tests.e2e.running import UP_WITHIN_S, Feedsvc, fetch, wait_until

FEED = "/feeds/all.atom"
FEEDSVC, EDGE, NGINX = "feedsvc", "feedsvc, nginx", "nginx, a file"
RENDERING, READY = "Flask + feedgen", "Flask, ready"
STOPPED_WITHIN_S = 10.0
_NGINX = """
daemon off;
user {user};
pid {folder}/nginx.pid;
error_log stderr;
worker_processes 1;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  include {folder}/site.conf;
}}
"""
# As one sets it up for nothing but this: files kept open, and their gzip.
_STATIC = """
gzip_static on;
keepalive_requests 1000000000;
open_file_cache max=100 inactive=1h;
open_file_cache_valid 1h;
types {{ application/atom+xml atom; }}
server {{
  listen 127.0.0.1:{port} backlog=4096;
  root {folder};
  add_header Cache-Control "public, max-age=300";
}}
"""
EDGE_CONF = Path(__file__).parents[2] / "config" / "nginx.conf"


@dataclass(frozen=True, kw_only=True)
class Server:
    """One that answers. pid: of its first process; web_pid: of the one that answers, where others
    do other work; etag: as it names the feed now. store_entries: None where there is no store."""

    name: str
    url: str
    etag: str
    pid: int
    web_pid: int | None = None
    has_gzip: bool = False
    store_entries: int | None = None

    def is_answering(self) -> bool:
        """Whether it has got through with what it was asked before."""
        try:
            return fetch("GET", self.url, {}).status == 200
        except OSError:
            return False


@dataclass(frozen=True, kw_only=True)
class Polls:
    """What came of asking a server. cpu_us: processor time a request, of all its processes: what
    else the machine does moves it far less than the rate."""

    load: Load
    cpu_us: float


def poll(server: Server, wrk: Wrk) -> Polls:
    before_s = cpu_s_of(server.pid)
    load = wrk.run()
    used_s = cpu_s_of(server.pid) - before_s
    return Polls(load=load, cpu_us=1e6 * used_s / max(1, load.requests))


@dataclass(frozen=True, kw_only=True)
class Core:
    """On which core the servers run, and on which they are asked."""

    server: int
    asking: int


def cores() -> Core | None:
    """None on a machine that has only one."""
    found = sorted(os.sched_getaffinity(0))
    return Core(server=found[0], asking=found[1]) if len(found) > 1 else None


def feedsvc_of(home: Path, database: str, entries: int) -> Feedsvc:
    """An installation whose feeds show so many entries."""
    limits = {
        "WINDOW_ENTRIES": entries,
        "WINDOW_MAX_ENTRIES": max(entries, 500),
        # All arrived within the hour; and 500 of them are larger than a window may be.
        "WINDOW_HOURS": 1e-9,
        "WINDOW_MAX_BYTES": 64_000_000,
    }
    settings = {f"FEEDSVC_FEEDS__{name}": str(value) for name, value in limits.items()}
    settings["FEEDSVC_SERVER__EDGE_FOLDER"] = str(edge_folder_of(home))
    return Feedsvc(home, database, settings)


def edge_folder_of(home: Path) -> Path:
    """Where an installation says what nginx in front may answer by itself."""
    return home / "run"


@contextmanager
def feedsvc_serving(feedsvc: Feedsvc, store_entries: int, core: int) -> Iterator[Server]:
    """`feedsvc serve` with one web process, scheduler and all."""
    with on_core(core):
        running = feedsvc.serving("--workers", "1")
        serving = running.__enter__()
    try:
        wait_until(serving.is_ready, UP_WITHIN_S)
        yield replace(
            _answering(FEEDSVC, serving.address + FEED, serving.started.process.pid),
            web_pid=serving.roles()["web process"][0],
            store_entries=store_entries,
        )
    finally:
        running.__exit__(None, None, None)


@contextmanager
def nginx_static(folder: Path, core: int) -> Iterator[Server]:
    """nginx with the feed as a file."""
    port = free_port()
    site = folder / "static"
    site.joinpath("feeds").mkdir(parents=True)
    shutil.copyfile(folder / naive.FEED_FILE, site / FEED.lstrip("/"))
    shutil.copyfile(folder / naive.GZIP_FILE, site / f"{FEED.lstrip('/')}.gz")
    with _nginx(NGINX, site, _STATIC.format(folder=site, port=port), port, core) as server:
        yield server


@contextmanager
def behind_nginx(feedsvc: Server, home: Path, folder: Path, core: int) -> Iterator[Server]:
    """The shipped nginx.conf in front of a feedsvc at `home`, but for ports and places."""
    port, edge = free_port(), folder / "edge"
    edge.mkdir()
    conf = EDGE_CONF.read_text(encoding="utf-8")
    for shipped, here in {
        "listen 80;\n    server_name": f"listen 127.0.0.1:{port} backlog=4096;\n    server_name",
        "server 127.0.0.1:8000": f"server {urlsplit(feedsvc.url).netloc}",
        "/var/cache/nginx/feedsvc": f"{edge}/cache",
        "root /run/feedsvc": f"root {edge_folder_of(home)}",
    }.items():
        assert shipped in conf, f"{shipped!r} is not in {EDGE_CONF}"
        conf = conf.replace(shipped, here)
    with _nginx(EDGE, edge, conf, port, core) as server:
        yield server


@contextmanager
def _nginx(name: str, folder: Path, site: str, port: int, core: int) -> Iterator[Server]:
    (folder / "site.conf").write_text(site, encoding="utf-8")
    conf, user = folder / "nginx.conf", pwd.getpwuid(os.geteuid()).pw_name
    conf.write_text(_NGINX.format(folder=folder, user=user), encoding="utf-8")
    with started(name, ["nginx", "-c", str(conf)], port, core) as server:
        yield server


@contextmanager
def flask_serving(name: str, kind: str, folder: Path, core: int) -> Iterator[Server]:
    """Flask as `naive` has it."""
    port = free_port()
    with started(name, naive.command(kind, port, folder), port, core) as server:
        yield server


@contextmanager
def started(name: str, command: Sequence[str], port: int, *cores: int) -> Iterator[Server]:
    """A command that serves the feed at a port of this machine, until it has answered enough."""
    with on_core(*cores):
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, process_group=0)
    try:
        yield _answering(name, f"http://127.0.0.1:{port}{FEED}", process.pid)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(STOPPED_WITHIN_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _answering(name: str, url: str, pid: int) -> Server:
    """Wait until it answers, and learn its tag."""
    server = Server(name=name, url=url, etag="", pid=pid)
    wait_until(server.is_answering, UP_WITHIN_S)
    etag = fetch("GET", url, {}).headers["etag"]
    unchanged = fetch("GET", url, {"If-None-Match": etag})
    assert unchanged.status == 304, f"{name} answers {unchanged.status} to its own {etag}"
    packed = fetch("GET", url, {"Accept-Encoding": "gzip"})
    return replace(server, etag=etag, has_gzip="content-encoding" in packed.headers)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
