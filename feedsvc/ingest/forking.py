"""The server that worker processes are forked from.

Next to nothing is imported here, so that the server can be started first, and loads what workers
need while whoever started it loads all else.
"""

from __future__ import annotations

import multiprocessing
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from signal import SIGINT

from feedsvc.signals import never_told

_PRELOADED = ["feedsvc.ingest.warm"]


def warm_up() -> None:
    """Start the server, if it does not run yet; it loads what workers need meanwhile."""
    forking()
    # Ctrl-C is for whoever started it, who ends it and its workers.
    with never_told(SIGINT):
        forkserver.ensure_running()


def forking() -> ForkServerContext:
    """How to start workers: never forked from a process that has threads.

    The server has imported all that they need, so that one that was killed is back at once.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    return context
