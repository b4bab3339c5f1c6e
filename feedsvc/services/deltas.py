"""Remembers what the last renderings of each feed held, so that a reader can be sent the rest."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection

from feedsvc.feeds.delta import Items, items_of, without_items
from feedsvc.model.feed import FeedDocument

# Of all renderings together, each itself counted too; 11 to 15 MB. A reader that polls once a day
# is told the difference of feeds of 100 entries that change every hour, 40 of them.
_MOST_ITEMS = 100_000


class Deltas:
    """The renderings of one process, the oldest forgotten first."""

    def __init__(self) -> None:
        self._items: OrderedDict[str, Items] = OrderedDict()
        self._count = 0
        self._lock = threading.Lock()

    def note(self, document: FeedDocument) -> None:
        """Remember what a document holds, by its entity tag."""
        with self._lock:
            if document.etag in self._items:
                return
            self._items[document.etag] = items_of(document)
            self._count += 1 + len(self._items[document.etag])
            while self._count > _MOST_ITEMS:
                _, forgotten = self._items.popitem(last=False)
                self._count -= 1 + len(forgotten)

    def since(self, document: FeedDocument, tags: Collection[str]) -> bytes | None:
        """`document` without what an earlier one held; None where no tag names one we remember."""
        with self._lock:
            known = next((self._items[tag] for tag in tags if tag in self._items), None)
        return None if known is None else without_items(document, known)
