"""`feedsvc serve`: one scheduler process and the web processes, kept alive together."""

from __future__ import annotations

import logging
import multiprocessing
import signal
import socket
import threading
import time
from collections.abc import Callable
from functools import partial
from multiprocessing import resource_tracker
from multiprocessing.process import BaseProcess
from types import FrameType

import click

from feedsvc.cli.options import common_options, with_settings
from feedsvc.errors import ConfigError
from feedsvc.logs import set_up_logging
from feedsvc.model.feed import Site
from feedsvc.model.selection import FeedFormat, Selection
from feedsvc.runtime import Runtime, base_url, open_runtime
from feedsvc.settings import Settings
from feedsvc.store.migrate import upgrade

log = logging.getLogger(__name__)

# A process that dies is started again after this pause, twice as long each time, up to the longest.
_RESTART_PAUSE_S = 0.5
_RESTART_PAUSE_MAX_S = 30.0
_LIVED_WELL_S = 60.0
_STOP_WITHIN_S = 8.0
_READY_WITHIN_S = 60.0


@click.command()
@click.option("--host", help="The address to listen on. [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="0: any free one. [default: 8000]")
@click.option("--base-url", help="Where readers reach the service. [default: the address served]")
@click.option("--workers", type=click.IntRange(min=1), help="Web processes. [default: 2]")
@common_options
def serve(settings: Settings) -> None:
    """Watch the folders and publish their feeds, until stopped."""
    settings = _with_free_port(settings)
    runtime = open_runtime(settings)
    runtime.upkeep.check_start()
    upgrade(runtime.store)
    _check_folders(runtime)
    site = runtime.site
    runtime.close()
    if settings.server.host in ("0.0.0.0", "::") and not settings.site.base_url:  # noqa: S104
        log.warning(
            "no base URL configured: feeds will link to this machine only; set --base-url",
            extra={"base_url": base_url(settings)},
        )
    supervisor = _Supervisor(
        {"scheduler": partial(_be_scheduler, settings), "web": partial(_be_web, settings)}
    )
    supervisor.run(announce=partial(_announce, settings, site))


def _with_free_port(settings: Settings) -> Settings:
    """Refuse a port in use at once: the server shares ports, and would take it silently."""
    host, port = settings.server.host, settings.server.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            problem = f"cannot listen on {host} port {port} ({error.strerror}); choose --port"
            raise ConfigError([problem]) from error
        return with_settings(settings, server={"port": probe.getsockname()[1]})


def _check_folders(runtime: Runtime) -> None:
    """Refuse a folder that never was there: a slip of the pen. One that was may come back."""
    problems = []
    for name, root in runtime.settings.ingest.roots.items():
        folder = root.path
        if folder.is_dir():
            continue
        if runtime.runs.have_seen(name):
            log.warning(
                "folder missing; its feeds are served, and it is watched once it is back",
                extra={"root": name, "folder": str(folder.absolute())},
            )
        else:
            what = "is not a folder" if folder.exists() else "does not exist"
            problems.append(f"{folder.absolute()} {what}; make it, or name another with --seeds")
    if problems:
        raise ConfigError(problems)


def _announce(settings: Settings, site: Site) -> None:
    """Say where everything is, once it answers."""
    address = (settings.server.host, settings.server.port)
    until = time.monotonic() + _READY_WITHIN_S
    while time.monotonic() < until:
        try:
            socket.create_connection(address, timeout=1).close()
            break
        except OSError:
            time.sleep(0.1)
    urls = site.urls
    click.echo(f"\n  {site.title} is at    {urls.home}")
    for format in FeedFormat:
        name = format.label if format is FeedFormat.JSON else f"{format.label} feed"
        click.echo(f"  {name:<20} {urls.feed(Selection(), format)}")
    click.echo(f"  {'All feeds (OPML)':<20} {urls.opml}")
    for name, root in settings.ingest.roots.items():
        click.echo(f"  {'Watching ' + name:<20} {root.path.absolute()}")
    click.echo("\n  Ctrl-C stops it.\n")


class _Supervisor:
    """Starts processes, starts again what dies, and stops all of them together."""

    def __init__(self, roles: dict[str, Callable[[], None]]) -> None:
        # Not forked: the children start threads and databases of their own.
        self._context = multiprocessing.get_context("spawn")
        self._roles = roles
        self._processes: dict[str, BaseProcess] = {}
        self._started: dict[str, float] = {}
        self._pauses = dict.fromkeys(roles, _RESTART_PAUSE_S)
        self._stop = threading.Event()

    def run(self, announce: Callable[[], None]) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        try:
            for role in self._roles:
                self._start(role)
            threading.Thread(target=announce, name="announce", daemon=True).start()
            while not self._stop.wait(0.2):
                self._restart_dead()
        finally:
            self._stop_all()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()

    def _start(self, role: str) -> None:
        process = self._context.Process(target=self._roles[role], name=f"feedsvc {role}")
        # Ctrl-C reaches the whole group: we alone decide, and tell the others by SIGTERM. Held
        # back, not ignored, so that none is lost; the tracker would let it through on its start.
        resource_tracker.ensure_running()
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        self._processes[role] = process
        self._started[role] = time.monotonic()

    def _restart_dead(self) -> None:
        for role, process in list(self._processes.items()):
            if process.is_alive():
                continue
            if time.monotonic() - self._started[role] > _LIVED_WELL_S:
                self._pauses[role] = _RESTART_PAUSE_S
            log.warning(
                "process died; starting it again",
                extra={"role": role, "exit_code": process.exitcode},
            )
            self._stop.wait(self._pauses[role])
            self._pauses[role] = min(2 * self._pauses[role], _RESTART_PAUSE_MAX_S)
            if not self._stop.is_set():
                self._start(role)

    def _stop_all(self) -> None:
        for process in self._processes.values():
            process.terminate()
        until = time.monotonic() + _STOP_WITHIN_S
        for process in self._processes.values():
            process.join(max(0.1, until - time.monotonic()))
            if process.is_alive():
                process.kill()
                process.join()


# Each imports what only it needs: a process is up the sooner.


def _be_scheduler(settings: Settings) -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    from feedsvc.jobs.schedule import run_scheduler
    from feedsvc.web.wsgi import end_with_parent

    set_up_logging(settings.log.level)
    end_with_parent()
    run_scheduler(open_runtime(settings), stop)


def _be_web(settings: Settings) -> None:
    from granian.constants import Interfaces
    from granian.server import Server

    from feedsvc.web.wsgi import end_with_parent, load_application

    end_with_parent()
    server = Server(
        "feedsvc",
        address=settings.server.host,
        port=settings.server.port,
        interface=Interfaces.WSGI,
        workers=settings.server.workers,
        blocking_threads=settings.server.threads,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=int(_STOP_WITHIN_S / 2),
        websockets=False,
        log_enabled=False,
    )
    server.serve(target_loader=partial(load_application, settings), wrap_loader=False)
