"""Granian, set up to serve feeds: its limits and time-outs, and the application it loads."""

from __future__ import annotations

import logging
import os
import resource
import socket
from functools import partial
from multiprocessing.synchronize import Event
from pathlib import Path
from secrets import token_hex
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.net import SocketHolder  # type: ignore[attr-defined]
from granian.server.mp import MPServer

from feedsvc.cli.listener import BACKLOG
from feedsvc.logs import OneLineFormatter, set_up_logging
from feedsvc.settings import Settings
from feedsvc.web.edge import remove_markers
from feedsvc.web.wsgi import Application, end_with_parent

log = logging.getLogger(__name__)

# What a web process opens beside connections: libraries, databases, pipes.
_OTHER_FILES = 200
# Requests under way are finished within this, and then cut off.
STOP_WITHIN_S = 4
# glibc, in the processes to come. It gives threads heaps of their own; in time each would hold the
# largest feed rendered. It lets each thread keep some of every size of what it has freed, 2 MB
# in sixteen threads. And it keeps for good what large blocks were made of, once some were freed,
# unless these limits (bytes) are stated: then such blocks lie outside the heap, and are given back.
_MALLOC = {
    "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0",
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "131072",
    "MALLOC_TRIM_THRESHOLD_": "262144",
}
_ACCESS_LOG = (
    '%(addr)s %(header{x-forwarded-for})s [%(time)s] "%(method)s %(path)s %(protocol)s" '
    '%(status)d %(dt_ms).1fms "%(header{user-agent})s"'
)


def run_web(settings: Settings, listener: socket.socket, ready: Event) -> None:
    """Be the parent of the web processes, until SIGTERM. ready: set once one of them answers."""
    set_up_logging(settings.log.level)
    end_with_parent()
    for name, value in _MALLOC.items():
        os.environ.setdefault(name, value)
    server, generation = settings.server, token_hex(4)
    _Server(
        listener,
        address=server.host,
        port=server.port,
        interface=Interfaces.WSGI,
        # Feeds over cleartext HTTP/2 are asked for by nobody, and telling the two apart waits for
        # a client's first bytes without a time-out.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            # Of the first request's header, of each next one's, and of idleness between them.
            header_read_timeout=round(server.idle_timeout_s * 1000),
            max_buffer_size=server.max_header_bytes,
        ),
        workers=server.workers,
        blocking_threads=server.threads,
        backlog=BACKLOG,
        backpressure=_open_files_for(server.connections),
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_WITHIN_S,
        websockets=False,
        log_enabled=False,
        log_access=server.access_log,
        log_access_format=_ACCESS_LOG,
        log_dictconfig={"formatters": {"access": {"()": OneLineFormatter}, "generic": {}}},
    ).serve(target_loader=partial(_load, settings, generation, ready), wrap_loader=False)
    if server.edge_folder:
        remove_markers(Path(server.edge_folder), generation)


def _load(settings: Settings, generation: str, ready: Event) -> Application:
    from feedsvc.web.wsgi import load_application

    application = load_application(settings, generation)
    ready.set()
    return application


def _open_files_for(connections: int) -> int:
    """Raise this process's limit on open files, as far as it may; answers what fits in it.

    At that limit Granian would ask for the next connection over and over.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _OTHER_FILES
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return connections
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    if allowed < wanted:
        log.warning(
            "fewer connections than configured: too few files may be open (ulimit -n)",
            extra={"connections": allowed - _OTHER_FILES, "open_files": allowed},
        )
    return max(1, allowed - _OTHER_FILES)


class _Server(MPServer):
    """Granian on a socket that is there already, as it works where it shares one itself.

    On Linux each of its processes would have a socket of its own; what waits in that of a process
    that ends is reset by the kernel (unless net.ipv4.tcp_migrate_req is set).
    """

    def __init__(self, listener: socket.socket, **options: Any) -> None:  # Any: Granian's own
        super().__init__("feedsvc", **options)
        self._listener = listener

    def _init_shared_socket(self) -> None:
        self._ssp = None
        self._sso: socket.socket | None = self._listener
        descriptor = self._listener.fileno()
        # Granian's stubs do not say what it takes on Linux.
        self._sfd, self._shd = descriptor, SocketHolder(descriptor, False, BACKLOG)  # type: ignore
