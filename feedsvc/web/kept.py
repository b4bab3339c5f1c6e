"""Answers kept in memory by URL, for as long as what the store shows stands."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

from feedsvc.services.publication import Shown
from feedsvc.web.responses import Prepared


@dataclass(frozen=True, kw_only=True)
class Kept:
    """An answer, what the store showed when it was begun, and when it was kept (monotonic)."""

    shown: Shown
    prepared: Prepared
    made_at_s: float


class KeptAnswers:
    """At most `max_bytes` of answers, the least recently asked for going first."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, url: str) -> Kept | None:
        with self._lock:
            kept = self._kept.get(url)
            if kept is not None:
                self._kept.move_to_end(url)
            return kept

    def put(self, url: str, shown: Shown, prepared: Prepared) -> Kept:
        """Keep an answer; the older one with the same bytes and its codings, where there is one."""
        with self._lock:
            before = self._kept.pop(url, None)
            if before is not None and before.prepared.is_same(prepared):
                prepared = before.prepared
            kept = self._kept[url] = Kept(
                shown=shown, prepared=prepared, made_at_s=time.monotonic()
            )
            self._shrink()
            return kept

    def _shrink(self) -> None:
        # Counted anew each time: a coding is added to an answer when it is first asked for.
        size_bytes = sum(kept.prepared.size_bytes for kept in self._kept.values())
        while size_bytes > self._max_bytes and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            size_bytes -= oldest.prepared.size_bytes

    def drop(self, url: str) -> None:
        with self._lock:
            self._kept.pop(url, None)

    def drop_before(self, departures: int) -> None:
        """Let go what is from before a departure: it may hold what has been withdrawn."""
        with self._lock:
            old = [url for url, kept in self._kept.items() if kept.shown.departures < departures]
            for url in old:
                del self._kept[url]
