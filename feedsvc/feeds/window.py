"""The window of a feed: how many of its newest entries its document shows."""

from __future__ import annotations

from collections.abc import Sequence
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


def cut_window(candidates: Sequence[Candidate], limits: WindowLimits) -> int:
    """How many of the candidates, newest first, the window holds; one at least, if there is one.

    The hours are measured back from the newest arrival, never from the clock, so that a feed
    changes only when something is published. Bytes are those of the stored bodies, so that all
    formats of a feed agree.
    """
    size_bytes = 0
    for n, candidate in enumerate(candidates):
        oldest = candidates[0].arrived_at - timedelta(hours=limits.hours)
        size_bytes += candidate.body_bytes
        beyond = n >= limits.entries and candidate.arrived_at < oldest
        if beyond or n >= limits.max_entries or (n > 0 and size_bytes > limits.max_bytes):
            return n
    return len(candidates)
