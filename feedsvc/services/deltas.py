"""Remembers what the last renderings of each feed held, so that a reader can be sent the rest."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection

from feedsvc.feeds.delta import Items, items_of, without_items
from feedsvc.model.feed import FeedDocument

# A reader that polls once a day is told the difference of a feed that changes every hour.
_RENDERINGS = 10_000


class Deltas:
    """The renderings of one process, the oldest forgotten first."""

    def __init__(self) -> None:
        self._items: OrderedDict[str, Items] = OrderedDict()
        self._lock = threading.Lock()

    def note(self, document: FeedDocument) -> None:
        """Remember what a document holds, by its entity tag."""
        with self._lock:
            if document.etag not in self._items:
                self._items[document.etag] = items_of(document)
                while len(self._items) > _RENDERINGS:
                    self._items.popitem(last=False)

    def since(self, document: FeedDocument, tags: Collection[str]) -> bytes | None:
        """`document` without what an earlier one held; None where no tag names one we remember."""
        with self._lock:
            known = next((self._items[tag] for tag in tags if tag in self._items), None)
        return None if known is None else without_items(document, known)
