"""The time: one clock that tests can stop, and microseconds since 1970 as the store keeps them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Clock:
    """`now` for instants (aware, UTC), `monotonic` and `sleep` for waiting, in seconds."""

    now: Callable[[], datetime] = _now
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def to_microseconds(instant: datetime) -> int:
    """Microseconds since 1970-01-01T00:00:00Z, exact; negative before it."""
    return (instant - EPOCH) // _MICROSECOND


def from_microseconds(value: int) -> datetime:
    """The aware UTC instant of `to_microseconds`."""
    return EPOCH + timedelta(microseconds=value)
