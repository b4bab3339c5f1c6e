"""How much of everything: little for `make test`, as much as wanted by environment variables."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence

# Rounds of killing, and how many documents there are in each.
ROUNDS = int(os.environ.get("SOAK_KILL_ROUNDS", "1"))
FILES = int(os.environ.get("SOAK_KILL_FILES", "300"))
# Rounds of what takes longer each: several schedulers, frozen, locked out, trees that move.
LONG_ROUNDS = int(os.environ.get("SOAK_LONG_ROUNDS", "1"))
FROZEN_S = float(os.environ.get("SOAK_FROZEN_S", "0.5"))
LOCKED_S = float(os.environ.get("SOAK_LOCKED_S", "1"))
# Whether faults are tried at every operation and every page, or at so many of them.
EVERY = "SOAK_EVERY" in os.environ
SAMPLES = 3
SEED = int(os.environ.get("SOAK_SEED", "0")) or random.randrange(1, 1_000_000)


def seeded() -> random.Random:
    """Chance that can be had again: what it began from is printed."""
    print(f"SOAK_SEED={SEED}")
    return random.Random(SEED)


def some_of(total: int) -> Sequence[int]:
    """Numbers from 1 to `total`: all of them, or some, evenly spread from a seeded start."""
    if EVERY or total <= SAMPLES:
        return range(1, total + 1)
    start = seeded().random()
    return [1 + int((start + number) * total / SAMPLES) for number in range(SAMPLES)]
