"""Rendered feeds kept in memory, for as long as the publication version stands."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

from feedsvc.model.feed import FeedDocument


@dataclass(frozen=True, kw_only=True)
class _Kept:
    version: int
    document: FeedDocument


class RenderedFeeds:
    """At most `max_bytes` of documents, the least recently asked for going first."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, version: int) -> FeedDocument | None:
        """The document rendered from this very version, if there is one."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or kept.version != version:
                return None
            self._kept.move_to_end(key)
            return kept.document

    def get_last(self, key: Hashable) -> FeedDocument | None:
        """The document that was rendered last, from whatever version: for a store that is down."""
        with self._lock:
            kept = self._kept.get(key)
            return kept.document if kept else None

    def forget_before(self, version: int) -> None:
        """Let go what was rendered from older versions: it may hold what has been withdrawn."""
        with self._lock:
            for key in [key for key, kept in self._kept.items() if kept.version < version]:
                self._bytes -= len(self._kept.pop(key).document.body)

    def put(self, key: Hashable, version: int, document: FeedDocument) -> FeedDocument:
        """Keep a rendering; answers it, or the older one with the same bytes and validators."""
        with self._lock:
            before = self._kept.pop(key, None)
            if before is not None:
                self._bytes -= len(before.document.body)
                if before.document.body == document.body:
                    document = before.document
            self._kept[key] = _Kept(version=version, document=document)
            self._bytes += len(document.body)
            while self._bytes > self._max_bytes and len(self._kept) > 1:
                _, oldest = self._kept.popitem(last=False)
                self._bytes -= len(oldest.document.body)
            return document
