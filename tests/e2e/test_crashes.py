"""Promise 4: killed at any instant, restarted, and each document is published exactly once.

Longer: SOAK_ROUNDS (kills) and SOAK_FILES (documents); `make soak` sets both.
"""

from __future__ import annotations

import os
import random
import signal
import time

from tests.benchmarks.dumps import dump
from tests.e2e.running import Feedsvc, Serving, wait_until

ROUNDS = int(os.environ.get("SOAK_ROUNDS", "3"))
FILES = int(os.environ.get("SOAK_FILES", "300"))
SEED = int(os.environ.get("SOAK_SEED", "0")) or random.randrange(1, 1_000_000)
# A short run kills the first half on SQLite, the other on PostgreSQL.
VICTIMS = (
    "scheduler",
    "extraction worker",
    "supervisor",
    "web master",
    "forkserver",
    "web process",
)
RECOVERED_WITHIN_S = 90.0


def test_whoever_is_killed_each_document_is_published_once(feedsvc_on_both: Feedsvc) -> None:
    feedsvc = feedsvc_on_both
    first = 0 if feedsvc.database.startswith("sqlite") else len(VICTIMS) // 2
    chance = random.Random(SEED)
    print(f"SOAK_SEED={SEED}")
    served: dict[str, str] = {}
    waiting = list(range(FILES))
    serving = _start(feedsvc)
    try:
        for number in range(ROUNDS):
            victim = VICTIMS[(first + number) % len(VICTIMS)]
            count = len(waiting) // (ROUNDS - number)
            _drop(feedsvc, [waiting.pop() for _ in range(count)])
            _watch_until(serving, served, len(feedsvc.published()) + 1)
            there = _watch(serving, served, chance.uniform(0.0, 0.4))
            pids = serving.roles().get(victim, [])
            for pid in pids[:1]:
                os.kill(pid, signal.SIGKILL)
            print(f"killed {victim} {pids[:1]} with {there} of {FILES} published", end="")
            if victim == "supervisor":
                serving.started.process.wait()
                left_s = feedsvc.wait_for_silence()
                print(f"; the others were gone after {left_s:.2f} s", end="")
                serving = _start(feedsvc)
            recovered_s = _wait_until_whole(serving)
            print(f"; whole again after {recovered_s:.1f} s")
        _watch_until(serving, served, FILES)
        serving.started.stop(signal.SIGTERM)
    finally:
        serving.started.kill()
    published = feedsvc.published()
    assert len(published) == feedsvc.documents() == FILES
    # No entry that a subscriber has seen got another guid.
    assert served.items() <= published.items()


def _start(feedsvc: Feedsvc) -> Serving:
    started = feedsvc.start("serve", "--port", "0")
    try:
        serving = Serving(started=started, address=started.address())
        _wait_until_whole(serving)
    except BaseException:
        started.kill()
        raise
    return serving


def _wait_until_whole(serving: Serving) -> float:
    return wait_until(lambda: _is_whole(serving), RECOVERED_WITHIN_S, serving.started.told)


def _is_whole(serving: Serving) -> bool:
    # A forkserver is needed again only when a worker is; till then its children work on.
    return serving.is_ready() and set(VICTIMS) - {"forkserver"} <= serving.roles().keys()


def _drop(feedsvc: Feedsvc, numbers: list[int]) -> None:
    for number in numbers:
        feedsvc.seeds.write(f"{number:07}.txt", dump(number, 1_000))


def _watch_until(serving: Serving, served: dict[str, str], published: int) -> None:
    wait_until(
        lambda: _watch(serving, served) >= published, RECOVERED_WITHIN_S, serving.started.told
    )


def _watch(serving: Serving, served: dict[str, str], for_s: float = 0.0) -> int:
    """Note what subscribers are served; answers how much is published by now."""
    until = time.monotonic() + for_s
    while True:
        for title, guid in serving.guids().items():
            assert served.setdefault(title, guid) == guid, f"another guid for {title!r}"
        if time.monotonic() >= until:
            return len(serving.feedsvc.published())
        time.sleep(0.05)
