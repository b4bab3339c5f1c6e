"""The real application on a real port, with what no document can switch off: headers taken away."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# A page of which each frame is one of the tested.
STAGE = "/stage"
# The same page as it would be without us, for the proof that the tests see what happens.
RAW = "/raw/"
# Without any policy, and with the policy as it is served but for what keeps pages out of frames.
BARE, GUARDED = "/bare", "/guarded"
_FRAMED = ("x-frame-options", "cross-origin-opener-policy")
_POLICY = "content-security-policy"


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # Any: as werkzeug has it
        pass


@contextmanager
def served(application: WSGIApplication | None, raw: Mapping[int, bytes]) -> Iterator[str]:
    """Serve the application below `BARE` and `GUARDED`, and what is raw; answers the address."""
    server = make_server(
        "127.0.0.1", 0, _door(application, raw), threaded=True, request_handler=_Quiet
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _door(application: WSGIApplication | None, raw: Mapping[int, bytes]) -> WSGIApplication:
    def door(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == STAGE:
            start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
            return [b"<!doctype html><title>stage</title>"]
        number = path.removeprefix(RAW)
        if number.isdigit() and int(number) in raw:
            start_response("200 OK", [("Content-Type", "text/html")])
            return [raw[int(number)]]
        change = _as_it_is
        for mode, changed in ((BARE, _without_policy), (GUARDED, _frameable)):
            if path.startswith(f"{mode}/"):
                environ["PATH_INFO"] = path.removeprefix(mode)
                change = changed
        if application is None:
            start_response("404 Not Found", [("Content-Type", "text/plain")])
            return [b""]
        return application(environ, _changing(start_response, change))

    return door


_Headers = list[tuple[str, str]]


def _changing(
    start_response: StartResponse, change: Callable[[_Headers], _Headers]
) -> StartResponse:
    def start(status: str, headers: _Headers, *rest: Any) -> Callable[[bytes], object]:
        return start_response(status, change(headers), *rest)

    return start


def _as_it_is(headers: _Headers) -> _Headers:
    return headers


def _without_policy(headers: _Headers) -> _Headers:
    return [pair for pair in headers if pair[0].lower() not in (*_FRAMED, _POLICY)]


def _frameable(headers: _Headers) -> _Headers:
    return [
        (name, value.replace("frame-ancestors 'none'", "") if name.lower() == _POLICY else value)
        for name, value in headers
        if name.lower() not in _FRAMED
    ]
