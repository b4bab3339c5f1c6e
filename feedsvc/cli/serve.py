"""`feedsvc serve`: one scheduler process and the web processes, kept alive together."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event

import click

from feedsvc.cli.listener import open_listener, start_listening
from feedsvc.cli.opened import opened
from feedsvc.cli.options import common_options, reader_of_settings, with_settings
from feedsvc.errors import ConfigError, FeedsvcError
from feedsvc.ingest.forking import warm_up
from feedsvc.loading import loading
from feedsvc.logs import set_up_logging
from feedsvc.model.feed import Site
from feedsvc.model.selection import FeedFormat, Selection
from feedsvc.runtime import Runtime, base_url, open_runtime
from feedsvc.settings import Settings
from feedsvc.signals import act_on, never_told

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
    """Watch the folders and publish their feeds, until stopped. SIGHUP: read the settings anew."""
    listener = open_listener(settings.server)
    settings = _at(listener, settings)
    site = _prepare(settings)
    if settings.server.host in ("0.0.0.0", "::") and not settings.site.base_url:  # noqa: S104
        log.warning(
            "no base URL configured: feeds will link to this machine only; set --base-url",
            extra={"base_url": base_url(settings)},
        )
    start_listening(listener)
    supervisor = _Supervisor(settings, listener, reader_of_settings())
    supervisor.run(announce=partial(_announce, settings, site))


def _at(listener: socket.socket, settings: Settings) -> Settings:
    """The settings with the port that is listened on, which may have been any free one."""
    return with_settings(settings, server={"port": listener.getsockname()[1]})


def _prepare(settings: Settings) -> Site:
    """Make sure that all that the processes need is there and fits; raises FeedsvcError."""
    with opened(settings) as runtime:
        _check_folders(runtime)
        return runtime.site


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
    """Say where everything is."""
    urls = site.urls
    click.echo(f"\n  {site.title} is at    {urls.home}")
    for format in FeedFormat:
        name = format.label if format is FeedFormat.JSON else f"{format.label} feed"
        click.echo(f"  {name:<20} {urls.feed(Selection(), format)}")
    click.echo(f"  {'All feeds (OPML)':<20} {urls.opml}")
    for name, root in settings.ingest.roots.items():
        click.echo(f"  {'Watching ' + name:<20} {root.path.absolute()}")
    click.echo("\n  Ctrl-C stops it.\n")


@dataclass(frozen=True, kw_only=True)
class _Child:
    """A process of ours. ready: set once it answers (the web processes only)."""

    process: BaseProcess
    ready: Event
    started_at: float


class _Supervisor:
    """Starts processes, starts again what dies, and stops all of them together."""

    def __init__(
        self, settings: Settings, listener: socket.socket, reread: Callable[[], Settings]
    ) -> None:
        # Not forked: the children start threads and databases of their own.
        self._context = multiprocessing.get_context("spawn")
        self._settings = settings
        self._listener = listener
        self._reread = reread
        self._children: dict[str, _Child] = {}
        self._retired: list[tuple[_Child, float]] = []
        self._pauses = dict.fromkeys(("scheduler", "web"), _RESTART_PAUSE_S)
        self._stop = threading.Event()
        self._is_reload_wanted = False
        self._has_terminal = os.isatty(0)

    def run(self, announce: Callable[[], None]) -> None:
        act_on((signal.SIGINT, signal.SIGTERM, signal.SIGHUP), self._on_signal)
        try:
            for role in self._pauses:
                self._children[role] = self._start(role, self._settings)
            threading.Thread(
                target=self._announce_once_ready, args=(announce,), name="announce", daemon=True
            ).start()
            while not self._stop.wait(0.2):
                if self._is_reload_wanted:
                    self._reload()
                self._restart_dead()
                self._bury_retired()
        finally:
            self._stop_all()

    def _on_signal(self, number: signal.Signals) -> None:
        # Also sent when the terminal that we were started in is closed: then it means the end.
        has_closed = self._has_terminal and not os.isatty(0)
        if number is signal.SIGHUP and not has_closed:
            self._is_reload_wanted = True
        else:
            self._stop.set()

    def _announce_once_ready(self, announce: Callable[[], None]) -> None:
        while not self._stop.is_set():
            if self._children["web"].ready.wait(0.2):
                announce()
                return

    def _start(self, role: str, settings: Settings) -> _Child:
        ready = self._context.Event()
        targets = {
            "scheduler": partial(_be_scheduler, settings),
            "web": partial(_be_web, settings, self._listener, ready),
        }
        process = self._context.Process(target=targets[role], name=f"feedsvc {role}")
        # Ctrl-C reaches the whole group, and so may SIGHUP: we alone decide, and tell the others by
        # SIGTERM. Held back here, not ignored, so that none is lost.
        with never_told(signal.SIGINT, signal.SIGHUP):
            process.start()
        return _Child(process=process, ready=ready, started_at=time.monotonic())

    def _restart_dead(self) -> None:
        for role, child in list(self._children.items()):
            if child.process.is_alive():
                continue
            if time.monotonic() - child.started_at > _LIVED_WELL_S:
                self._pauses[role] = _RESTART_PAUSE_S
            log.warning(
                "process died; starting it again",
                extra={"role": role, "exit_code": child.process.exitcode},
            )
            self._stop.wait(self._pauses[role])
            self._pauses[role] = min(2 * self._pauses[role], _RESTART_PAUSE_MAX_S)
            if not self._stop.is_set():
                self._children[role] = self._start(role, self._settings)

    def _reload(self) -> None:
        """Go on with the settings as they are now, where they are good.

        New web processes answer before the old ones finish what they have and end.
        """
        self._is_reload_wanted = False
        log.info("reload began")
        try:
            settings = _at(self._listener, self._reread())
            _prepare(settings)
        except FeedsvcError as error:
            log.error("reload refused; going on as before", extra={"reason": str(error)})
            return
        if settings.server.host != self._settings.server.host:
            log.warning("another host is listened on only after a restart")
        web = self._start("web", settings)
        if not self._comes_up(web):
            self._retire(web)
            log.error("reload failed: the new web processes do not answer; going on as before")
            return
        self._settings = settings
        self._retire(self._children["web"])
        self._children["web"] = web
        self._retire(self._children["scheduler"])
        self._children["scheduler"] = self._start("scheduler", settings)
        set_up_logging(settings.log.level)
        log.info("reload ended")

    def _comes_up(self, child: _Child) -> bool:
        while not child.ready.wait(0.1):
            is_late = time.monotonic() - child.started_at > _READY_WITHIN_S
            if is_late or self._stop.is_set() or not child.process.is_alive():
                return False
        return True

    def _retire(self, child: _Child) -> None:
        """Ask it to end; by when it must have ended."""
        child.process.terminate()
        self._retired.append((child, time.monotonic() + _STOP_WITHIN_S))

    def _bury_retired(self) -> None:
        for child, until in list(self._retired):
            if child.process.is_alive() and time.monotonic() > until:
                child.process.kill()
            if not child.process.is_alive():
                child.process.join()
                self._retired.remove((child, until))

    def _stop_all(self) -> None:
        for child in self._children.values():
            self._retire(child)
        until = time.monotonic() + _STOP_WITHIN_S
        for child, _ in self._retired:
            child.process.join(max(0.1, until - time.monotonic()))
            if child.process.is_alive():
                child.process.kill()
                child.process.join()
        self._listener.close()


# Each imports what only it needs: a process is up the sooner.


def _be_scheduler(settings: Settings) -> None:
    stop = threading.Event()
    act_on((signal.SIGTERM,), lambda _: stop.set())
    warm_up()  # here too, so that whoever takes over from one that died is at work at once
    with loading():
        from feedsvc.jobs.schedule import run_scheduler
        from feedsvc.web.wsgi import end_with_parent

    set_up_logging(settings.log.level)
    end_with_parent()
    run_scheduler(open_runtime(settings), stop)


def _be_web(settings: Settings, listener: socket.socket, ready: Event) -> None:
    with loading():
        from feedsvc.cli.webserver import run_web

    run_web(settings, listener, ready)
