"""What machines ask about the service itself: is it alive, is it ready, what may be crawled."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from flask import Response

from feedsvc.errors import StoreError
from feedsvc.web.errors import RETRY_AFTER_S

if TYPE_CHECKING:
    from feedsvc.runtime import Runtime

log = logging.getLogger(__name__)


def healthz(_runtime: Runtime) -> Response:
    """The process is alive; asks nothing of the store, so that its trouble restarts nobody."""
    return _told("ok\n")


def readyz(runtime: Runtime) -> Response:
    """Whether the store can be served from. The reason is for the log: it may name hosts and paths.

    A process that serves and cannot publish what is new is ready all the same: taken out of
    service, it would be missed, and no other could do more.
    """
    try:
        runtime.publication.check_ready()
        degradation = runtime.upkeep.degradation()
    except StoreError as error:
        if runtime.seldom.again():
            log.warning("not ready", extra={"reason": str(error)})
        response = _told("not ready: the store cannot be used; the log says why\n", status=503)
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
        return response
    if degradation is None:
        return _told("ready\n")
    if runtime.seldom.again():
        log.warning("degraded", extra={"reason": degradation})
    return _told("degraded: all is served, and nothing new is published; the log says why\n")


def robots(_runtime: Runtime) -> Response:
    response = _told("User-agent: *\nDisallow:\n")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def _told(text: str, status: int = 200) -> Response:
    response = Response(text, status=status, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
