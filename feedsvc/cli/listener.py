"""The socket of the whole service, which outlives every web process.

What comes in while a process is replaced, or starts again, waits in it and is answered.
"""

from __future__ import annotations

import socket

from feedsvc.errors import ConfigError
from feedsvc.settings import ServerSettings

# Connections that wait in the system until a web process takes them.
BACKLOG = 1024
# A client that takes nothing of its answer for so long is given up.
_UNREAD_FOR_S = 30


def open_listener(settings: ServerSettings) -> socket.socket:
    """A socket bound to the configured address; ConfigError if the port is taken."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        where = f"{settings.host} port {settings.port}"
        problem = f"cannot listen on {where} ({error.strerror}); choose --port"
        raise ConfigError([problem]) from error
    # Connections inherit these.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNREAD_FOR_S * 1000)
    if hasattr(socket, "TCP_DEFER_ACCEPT"):
        # Whoever sends nothing stays with the system. And a web process that ends has no
        # connection whose request is still on its way: it would close it unread.
        seconds = round(settings.idle_timeout_s)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, seconds)
    return listener


def start_listening(listener: socket.socket) -> None:
    listener.listen(BACKLOG)
