"""Corrections as their feed and an article's page show them: entries made of edits."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator

from sqlalchemy import Connection

from feedsvc.clock import to_microseconds
from feedsvc.feeds.corrections import changed_text, correction_entry
from feedsvc.feeds.window import WindowLimits, take_window
from feedsvc.model.correction import Correction
from feedsvc.model.entry import Entry
from feedsvc.model.feed import Candidate
from feedsvc.store.corrections import (
    CorrectionsWithin,
    corrections_of,
    fetch_bodies,
    select_corrections,
)

_READ_AT_ONCE = 50
# More than a window has. What an edit changed in a text is the same for ever.
_KEPT = 600


class Corrections:
    """Makes the corrections of a store. limit_bytes: of UTF-8, that the body of one may have."""

    def __init__(self, window: WindowLimits, limit_bytes: int) -> None:
        self._window = window
        self._limit_bytes = limit_bytes
        self._texts: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def in_feed(self, connection: Connection, cut: int) -> list[Entry]:
        """The corrections in the window of their feed, newest first. cut: as of `take_window`."""
        made: list[Entry] = []

        def candidates() -> Iterator[Candidate]:
            for correction in self._newest(connection):
                entry = self._made(connection, correction)
                made.append(entry)
                yield Candidate(
                    entry_id=len(made) - 1,
                    sequence=to_microseconds(correction.corrected_at),
                    arrived_at=entry.arrived_at,
                    body_bytes=len(entry.html.encode()),
                )

        return [made[taken.entry_id] for taken in take_window(candidates(), self._window, cut=cut)]

    def in_archive(self, connection: Connection, found: CorrectionsWithin) -> list[Entry]:
        """The corrections of an archive document, newest first."""
        return [self._made(connection, correction) for correction in found.corrections]

    def of_article(self, connection: Connection, short_id: str) -> list[Entry]:
        """The corrections of one article that are kept, newest first."""
        return [self._made(connection, c) for c in corrections_of(connection, short_id)]

    def _newest(self, connection: Connection) -> Iterator[Correction]:
        before = None
        while page := select_corrections(connection, before=before, limit=_READ_AT_ONCE):
            yield from page
            before = page[-1].corrected_at

    def _made(self, connection: Connection, correction: Correction) -> Entry:
        with self._lock:
            text = self._texts.get(correction.guid)
        if text is None:
            # Here, since it brings the sanitizers along, and most web processes need none.
            from feedsvc.ingest.blocks import html_text

            before, after = fetch_bodies(connection, correction)
            text = "" if before == after else changed_text(html_text(before), html_text(after))
        with self._lock:
            self._texts[correction.guid] = text
            self._texts.move_to_end(correction.guid)
            if len(self._texts) > _KEPT:
                self._texts.popitem(last=False)
        return correction_entry(correction, text, self._limit_bytes)
