"""Short writes that persons ask for: cut off by the database, each is done again as a whole."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from feedsvc.errors import StoreCutOff

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

# A server that is restarted is back within a second or two; whoever asked waits no longer.
_GIVEN_UP_AFTER_S = 3.0
_FIRST_PAUSE_S = 0.1
_JITTER = 0.2


def repeated(write: Callable[P, T]) -> Callable[P, T]:
    """Let a write be done again from its beginning, for some seconds, where it was cut off.

    write: does nothing but in transactions, and may be done again behind those that were kept. It
    is not repeated where nobody knows whether one was: that is no StoreCutOff.
    """

    @wraps(write)
    def persistently(*args: P.args, **kwargs: P.kwargs) -> T:
        pause_s, until = _FIRST_PAUSE_S, time.monotonic() + _GIVEN_UP_AFTER_S
        while True:
            try:
                return write(*args, **kwargs)
            except StoreCutOff as error:
                if time.monotonic() + pause_s > until:
                    raise
                log.info("write cut off; it is done again", extra={"reason": str(error)})
            time.sleep(pause_s * random.uniform(1 - _JITTER, 1 + _JITTER))  # noqa: S311  (no secret)
            pause_s *= 2

    return persistently
