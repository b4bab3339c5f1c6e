"""A service that is never left alone, beside nasty files: what it holds must not grow.

SOAK_HOURS: for how long. Without it, for some seconds, with a part of the nasty files.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.dumps import dump
from tests.benchmarks.measured import proportional_mb
from tests.databases import SqliteFiles
from tests.e2e.conftest import SETTINGS
from tests.e2e.running import Feedsvc, Serving, wait_until
from tests.nasty.everything import all_cases, lay_out, quick_cases

HOURS = float(os.environ.get("SOAK_HOURS", "0"))
WORKED_S = HOURS * 3600 or 3.0
# Memory is given to what is kept in it (feeds, statements, models) over the first minutes.
WARMED_UP_S = min(WORKED_S / 3, 600.0)
GROWTH_AT_MOST = 1.1 if HOURS else 1.5
WAL_BYTES_AT_MOST = 64_000_000
# Pools open a connection, of two descriptors each, or a thread, when so many are first needed.
DESCRIPTORS_MORE = 4
THREADS_MORE = 2
# One of so many nasty files, where time is short.
NASTY_ONE_IN = 1 if HOURS else 40
GOOD = 40
SETTLED_WITHIN_S = 900.0
AT_REST_S = 2.0 if HOURS else 1.0
TOLD_EVERY_S = 60.0
# So long nothing comes any more once all nasty files are settled; some take as long as they may.
SETTLED_S = 30.0 if HOURS else 1.0
PATHS = ("/", "/feeds", "/feeds.opml", "/feeds/all.atom", "/feeds/all.rss", "/feeds/all.json")


@dataclass(kw_only=True)
class Held:
    """What all processes of one role hold: memory that they share is divided among them."""

    mb: float = 0.0
    descriptors: int = 0
    threads: int = 0


@dataclass(kw_only=True)
class Work:
    """Files that come, change, move and go, while all kinds of pages are asked for."""

    serving: Serving
    turn: int = 0
    largest_wal_bytes: int = 0
    etags: dict[str, str] = field(default_factory=dict)

    def go_on(self, for_s: float) -> None:
        until, told_at = time.monotonic() + for_s, time.monotonic() + TOLD_EVERY_S
        while time.monotonic() < until:
            self._change_files()
            self._poll()
            self.largest_wal_bytes = max(self.largest_wal_bytes, _wal_bytes(self.serving.feedsvc))
            if time.monotonic() > told_at:
                told_at += TOLD_EVERY_S
                print(f"turn {self.turn}: {_told(held(self.serving))}", flush=True)
            self.turn += 1

    def _change_files(self) -> None:
        seeds, number = self.serving.feedsvc.seeds, self.turn
        here, there = f"good/{number % GOOD}.txt", f"moved/{number % GOOD}.txt"
        match number % 4:
            case 0:
                seeds.write(here, dump(number))
            case 1:
                seeds.write(
                    there, dump(number % GOOD) + f"\nIt was edited, for the {number}th time.\n"
                )
            case 2 if (seeds.path / here).exists():
                (seeds.path / here).replace(seeds.path / there)
            case 3:
                (seeds.path / there).unlink(missing_ok=True)

    def _poll(self) -> None:
        for path in PATHS:
            answer = self.serving.get(path, If_None_Match=self.etags.get(path, '"none"'))
            assert answer.status in (200, 304), path
            self.etags[path] = answer.headers.get("etag", '"none"')
        assert self.serving.get(f"/search?q=tide+{self.turn}").status == 200


def held(serving: Serving) -> dict[str, Held]:
    """What is held now, by the role of the processes."""
    found: dict[str, Held] = {}
    for role, pids in serving.roles().items():
        of_role = found.setdefault(role, Held())
        for pid in pids:
            with suppress(OSError):  # it has ended since
                process = Path(f"/proc/{pid}")
                of_role.descriptors += len(list((process / "fd").iterdir()))
                of_role.threads += len(list((process / "task").iterdir()))
                of_role.mb += proportional_mb(pid)
    return found


def held_at_rest(serving: Serving) -> dict[str, Held]:
    """The least that is held, of several looks while nothing happens."""
    least: dict[str, Held] = {}
    until = time.monotonic() + AT_REST_S
    while time.monotonic() < until:
        time.sleep(AT_REST_S / 10)
        for role, now in held(serving).items():
            before = least.setdefault(role, now)
            before.mb = min(before.mb, now.mb)
            before.descriptors = min(before.descriptors, now.descriptors)
            before.threads = min(before.threads, now.threads)
    return least


def test_what_is_held_does_not_grow(tmp_path: Path, sqlite_files: SqliteFiles) -> None:
    settings = {**SETTINGS, "FEEDSVC_SERVER__REQUESTS_PER_MINUTE": "0"}
    feedsvc = Feedsvc(tmp_path, sqlite_files.make_database(tmp_path), settings)
    cases = all_cases() if HOURS else quick_cases()[::NASTY_ONE_IN]
    lay_out(feedsvc.seeds.path, tmp_path / "outside", cases)
    for number in range(GOOD):
        feedsvc.seeds.write(f"good/{number}.txt", dump(number))
    with feedsvc.serving() as serving:
        _wait_until_settled(feedsvc)
        work = Work(serving=serving)
        work.go_on(WARMED_UP_S)
        before = held_at_rest(serving)
        print(f"warm: {_told(before)}")
        work.go_on(WORKED_S)
        after = held_at_rest(serving)
        print(f"after {work.turn} turns: {_told(after)}; WAL {work.largest_wal_bytes:,} bytes")
    assert work.largest_wal_bytes < WAL_BYTES_AT_MOST
    for role, was in before.items():
        now = after[role]
        assert now.descriptors <= was.descriptors + DESCRIPTORS_MORE, role
        assert now.threads <= was.threads + THREADS_MORE, role
        assert now.mb < was.mb * GROWTH_AT_MOST, role


def _wait_until_settled(feedsvc: Feedsvc) -> None:
    """Wait until no more documents come for a while."""
    seen, since = -1, time.monotonic()

    def rests() -> bool:
        nonlocal seen, since
        now = feedsvc.documents()
        if now != seen:
            seen, since = now, time.monotonic()
        return now >= GOOD and time.monotonic() - since > SETTLED_S

    wait_until(rests, SETTLED_WITHIN_S, lambda: f"{seen} documents")


def _wal_bytes(feedsvc: Feedsvc) -> int:
    return Path(f"{feedsvc.database.removeprefix('sqlite:///')}-wal").stat().st_size


def _told(found: dict[str, Held]) -> str:
    return ", ".join(
        f"{role} {of.mb:.1f} MB, {of.descriptors} descriptors, {of.threads} threads"
        for role, of in sorted(found.items())
    )
