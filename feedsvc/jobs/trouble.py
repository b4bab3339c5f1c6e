"""Trouble with the store: told once a minute, and work begins anew once it is over."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable

from feedsvc.clock import Clock
from feedsvc.errors import FeedsvcError, StoreError
from feedsvc.logs import Seldom

log = logging.getLogger(__name__)

_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 60.0
_JITTER = 0.2
# After so long without any, trouble is new trouble.
_FORGOTTEN_AFTER_S = 120.0
_PROBED_EVERY_S = 1.0


class Trouble:
    """Keeps work from being tried in vain. Used by several threads.

    After a failure work pauses for 0.5 s, after each further one twice as long, up to a minute,
    give or take a fifth. A probe, which is far less than the work, ends the pause as soon as it
    succeeds where it failed before. probe: raises StoreError while such trouble lasts.
    """

    def __init__(self, clock: Clock, probe: Callable[[StoreError], None]) -> None:
        self._clock = clock
        self._probe = probe
        self._lock = threading.Lock()
        self._seldom = Seldom(clock.monotonic)
        self._trouble: StoreError | None = None
        self._was_probed_in_vain = False
        self._pause_s = _FIRST_PAUSE_S
        self._failed_at = self._until = self._next_probe_at = clock.monotonic()

    @property
    def stands(self) -> bool:
        """Whether work is paused."""
        return self._trouble is not None

    def note(self, error: FeedsvcError) -> None:
        """Work was cut short; only trouble with the store pauses it."""
        with self._lock:
            self._tell(error)
            if not isinstance(error, StoreError):
                return
            now = self._clock.monotonic()
            if now - self._failed_at > _FORGOTTEN_AFTER_S:
                self._pause_s = _FIRST_PAUSE_S
            jitter = random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311  (no secret)
            self._trouble, self._was_probed_in_vain = error, False
            self._failed_at, self._until = now, now + self._pause_s * jitter
            self._pause_s = min(2 * self._pause_s, _LONGEST_PAUSE_S)

    def is_over(self) -> bool:
        """Whether work may go on; asks the store itself, once a second at most."""
        with self._lock:
            trouble, now = self._trouble, self._clock.monotonic()
            if trouble is None:
                return True
            if now < self._next_probe_at:
                return False
            try:
                self._probe(trouble)
            except StoreError as error:
                self._was_probed_in_vain = True
                self._tell(error)
                return False
            finally:
                self._next_probe_at = self._clock.monotonic() + _PROBED_EVERY_S
            if now < self._until and not self._was_probed_in_vain:
                return False
            self._trouble = None
            log.info("work goes on")
            return True

    def _tell(self, error: FeedsvcError) -> None:
        if self._seldom.again():
            log.warning("work interrupted", extra={"reason": str(error)})
