"""What runs in a process of the pool: the pipeline, one document after another, within limits.

The kernel keeps the limits, with no handler that busy C code could keep from running: an alarm
for the wall clock, RLIMIT_CPU for processor time (each set anew for every document), RLIMIT_AS for
memory. The first two end the process; its exit status says which it was.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import resource
import signal
import socket
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing import connection

from feedsvc.errors import DocumentError, is_transient
from feedsvc.ingest.line import hear, say
from feedsvc.ingest.memory import give_back_freed
from feedsvc.model.document import RootDefaults
from feedsvc.model.entry import EntryDraft
from feedsvc.settings import LimitSettings

# What documents of more bytes than this took is given back: some need hundreds of MB.
_LARGE_BYTES = 262_144

# Of a path, bytes, limits, the length of an excerpt and the root's defaults.
Draft = Callable[[bytes, bytes, LimitSettings, int, RootDefaults], EntryDraft]


@dataclass(frozen=True, kw_only=True)
class Failure:
    """What a worker met that is no DocumentError: a bug, or a library at its end.

    is_transient: it was the machine's trouble, and no fault of the document.
    """

    reason: str
    evidence: str
    is_transient: bool = False


Answer = EntryDraft | DocumentError | Failure


def serve(pool: socket.socket, limits: LimitSettings, excerpt_bytes: int, draft: Draft) -> None:
    """Say that we are ready, then draft what comes until the other end closes."""
    _prepare(limits)
    with suppress(EOFError, OSError):
        say(pool, None)
        while True:
            documents = hear(pool)
            say(
                pool,
                [
                    _draft_one(limits, partial(draft, path, raw, limits, excerpt_bytes, defaults))
                    for path, raw, defaults in documents
                ],
            )
            took_much = sum(len(raw) for _, raw, _ in documents) > _LARGE_BYTES
            del documents
            if took_much:
                give_back_freed()


def draft_document(
    path: bytes, raw: bytes, limits: LimitSettings, excerpt_bytes: int, defaults: RootDefaults
) -> EntryDraft:
    """The pipeline. Imported here: whoever has documents drafted by others needs none of it."""
    from feedsvc.ingest.pipeline import draft_entry

    return draft_entry(path, raw, limits, excerpt_bytes, defaults)


def _prepare(limits: LimitSettings) -> None:
    threading.Thread(target=_die_with_parent, name="parent-watch", daemon=True).start()
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    allowed = _mapped_bytes() + limits.document_memory_bytes
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        allowed = min(allowed, hard)
    resource.setrlimit(resource.RLIMIT_AS, (allowed, hard))


def _die_with_parent() -> None:
    """A worker that is at work would outlive a parent that was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _mapped_bytes() -> int:
    """What the process has mapped by now: code and models, which no document must answer for."""
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123
            return int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:  # not Linux
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _draft_one(limits: LimitSettings, draft: Callable[[], EntryDraft]) -> Answer:
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu_s = math.ceil(used.ru_utime + used.ru_stime + limits.document_cpu_s)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, hard))
    signal.setitimer(signal.ITIMER_REAL, limits.document_timeout_s)
    try:
        return draft()
    except DocumentError as error:
        return error
    except MemoryError:
        needed = f"needs more than {limits.document_memory_bytes:,} bytes of memory"
        return Failure(reason=f"{needed} (limits.document_memory_bytes)", evidence="")
    except Exception as error:  # noqa: BLE001  # the loop over documents: it must go on
        if isinstance(error, OSError) and is_transient(error):
            reason = f"cannot be extracted just now ({error.strerror}); try again"
            return Failure(reason=reason, evidence="", is_transient=True)
        return Failure(
            reason=f"could not be extracted ({type(error).__name__})",
            evidence="".join(traceback.format_exception(error, limit=-8))[-4_000:],
        )
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
