"""One web process: the application, and an end to it when its parent ends."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import create_environ, run_wsgi_app

from feedsvc.collector import spare_the_collector
from feedsvc.logs import set_up_logging
from feedsvc.runtime import Runtime, open_runtime
from feedsvc.settings import Settings
from feedsvc.web.app import create_app
from feedsvc.web.edge import Markers
from feedsvc.web.fast import FastLayer
from feedsvc.web.headers import DATA_POLICY, headers_everywhere

Application = Callable[..., Any]  # Any: WSGI's iterable


def load_application(settings: Settings, generation: str) -> Application:
    """Open this process's own store, and make its application.

    generation: what this process and those that were started with it call themselves.
    """
    set_up_logging(settings.log.level)
    end_with_parent()
    runtime = open_runtime(settings)
    markers = None
    if settings.server.edge_folder:
        folder = Path(settings.server.edge_folder)
        markers = Markers(folder, runtime.publication.watch.shown, generation)
        markers.start()
    application = make_application(runtime, markers)
    _warm(application)
    spare_the_collector()
    return application


def _warm(application: Application) -> None:
    """Ask for what everybody asks for, before anybody can: none of them finds it missing at once.

    Whatever the answers: where the store is down, they come later.
    """
    for path in ("/feeds/all.atom", "/feeds/all.rss", "/feeds/all.json", "/"):
        environ = create_environ(path, environ_overrides={"REMOTE_ADDR": "127.0.0.1"})
        run_wsgi_app(application, environ)


def make_application(runtime: Runtime, markers: Markers | None = None) -> Application:
    """Flask's application with the fast layer in front of it."""
    refusal = headers_everywhere(runtime) | {"Content-Security-Policy": DATA_POLICY}
    layer = FastLayer(create_app(runtime), runtime, list(refusal.items()), markers)
    proxies = runtime.settings.server.trusted_proxies
    return ProxyFix(layer, x_for=proxies, x_proto=0, x_host=0) if proxies else layer


def end_with_parent() -> None:
    """End this process when the one that started it is gone, however that ended.

    A web process that outlived its supervisor would keep the port and an old version.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, name="parent watch", daemon=True).start()
