"""A proxy before PostgreSQL that lets a COMMIT through, and loses its answer."""

from __future__ import annotations

import selectors
import socket
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from sqlalchemy.engine import make_url

_COMMIT = b"COMMIT\0"
_DONE = b"COMMIT\0Z"
_CHUNK_BYTES = 65_536


class LosingProxy:
    """Listens on a port of its own. The connection that sends commit number `lost` is cut once
    the server has answered it; all else passes.

    commits: how many were seen so far.
    """

    def __init__(self, database: str, lost: int) -> None:
        self._url = make_url(database)
        self._lost = lost
        self.commits = 0
        self.is_lost = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    @property
    def url(self) -> str:
        """The database, through this proxy."""
        port = self._listener.getsockname()[1]
        url = self._url.set(host="127.0.0.1", port=port, query={})
        return url.render_as_string(hide_password=False)

    def __enter__(self) -> LosingProxy:
        self._threads[0].start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):  # the end of the proxy
            while True:
                client, _ = self._listener.accept()
                thread = threading.Thread(target=self._pass_on, args=(client,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _connect(self) -> socket.socket:
        folder = self._url.query.get("host")
        if folder is None:
            return socket.create_connection((self._url.host or "127.0.0.1", self._url.port or 5432))
        server = socket.socket(socket.AF_UNIX)
        server.connect(str(Path(str(folder)) / f".s.PGSQL.{self._url.port or 5432}"))
        return server

    def _pass_on(self, client: socket.socket) -> None:
        with client, self._connect() as server, selectors.DefaultSelector() as selector:
            selector.register(client, selectors.EVENT_READ, server)
            selector.register(server, selectors.EVENT_READ, client)
            is_awaited = False
            while True:
                for key, _ in selector.select():
                    assert isinstance(key.fileobj, socket.socket)
                    try:
                        raw = key.fileobj.recv(_CHUNK_BYTES)
                        if key.fileobj is client and _COMMIT in raw:
                            self.commits += 1
                            is_awaited = self.commits == self._lost
                        if key.fileobj is server and is_awaited and _DONE in raw:
                            self.is_lost = True
                            return
                        if not raw:
                            return
                        key.data.sendall(raw)
                    except OSError:
                        return
