"""A proxy that writes down what readers ask and are answered, in front of a running feedsvc."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.e2e.running import fetch

_OF_THE_CONNECTION = {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request of a reader, and the status it was answered with."""

    path: str
    agent: str
    conditions: dict[str, str]
    status: int


@dataclass
class Recording:
    """What went through. target: the address of the service, once it is known."""

    address: str = ""
    target: str = ""
    exchanges: list[Exchange] = field(default_factory=list)

    def take(self) -> list[Exchange]:
        """What went through since it was last asked."""
        taken, self.exchanges = self.exchanges, []
        return taken


@contextmanager
def recording() -> Iterator[Recording]:
    record = Recording()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {
                name: value
                for name, value in self.headers.items()
                if name.lower() not in _OF_THE_CONNECTION
            }
            answer = fetch("GET", record.target + self.path, headers)
            record.exchanges.append(
                Exchange(
                    path=self.path,
                    agent=self.headers.get("User-Agent", ""),
                    conditions={n: v for n, v in headers.items() if n.lower().startswith("if-")},
                    status=answer.status,
                )
            )
            self.send_response_only(answer.status)
            for name, value in answer.headers.items():
                if name not in _OF_THE_CONNECTION:
                    self.send_header(name, value)
            if answer.status != 304:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    record.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield record
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
