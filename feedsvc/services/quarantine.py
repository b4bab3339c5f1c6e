"""What could not be published, and why; a retry is a run like any other (`services/runs.py`)."""

from __future__ import annotations

from collections.abc import Mapping

from feedsvc.model.document import QuarantinePage
from feedsvc.store.engine import Store
from feedsvc.store.quarantine import count_quarantined, fetch_quarantine


class Quarantine:
    def __init__(self, store: Store) -> None:
        self._store = store

    def page(self, *, after: int = 0, limit: int = 200) -> QuarantinePage:
        """Documents behind number `after`, the longest known first."""
        with self._store.reading() as connection:
            return fetch_quarantine(connection, after=after, limit=limit)

    def counts(self) -> Mapping[str, int]:
        """How many there are, by the stage that refused them."""
        with self._store.reading() as connection:
            return count_quarantined(connection)
