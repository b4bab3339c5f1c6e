"""The window of a feed: how many of its newest entries its document shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from feedsvc.model.feed import Candidate


@dataclass(frozen=True, kw_only=True)
class WindowLimits:
    """At least `entries` and all of the last `hours`, at most `max_entries` and `max_bytes`."""

    entries: int
    hours: float
    max_entries: int
    max_bytes: int


def take_window(
    candidates: Iterable[Candidate], limits: WindowLimits, *, cut: int | None = None
) -> list[Candidate]:
    """The candidates, newest first, that the window holds: one at least, if there is one.

    cut: up to which number archive documents hold everything. The window reaches back to it
    whatever its limits: what neither held would never be seen by anybody. None: the feed has no
    archive, and its limits alone decide.

    The hours are measured back from the newest arrival, never from the clock, so that a feed
    changes only when something is published. Bytes are those of the stored bodies, so that all
    formats of a feed agree. No candidate behind the first one left out is looked at.
    """
    window: list[Candidate] = []
    size_bytes = 0
    for candidate in candidates:
        size_bytes += candidate.body_bytes
        if window and (cut is None or candidate.sequence <= cut):
            if len(window) >= limits.max_entries or size_bytes > limits.max_bytes:
                break
            oldest = window[0].arrived_at - timedelta(hours=limits.hours)
            if len(window) >= limits.entries and candidate.arrived_at < oldest:
                break
        window.append(candidate)
    return window
