"""Many invented documents, and a look at what has become of them."""

from __future__ import annotations

import os
import time
from pathlib import Path

from sqlalchemy import func, select

from feedsvc.store.engine import Store
from feedsvc.store.schema import entries
from tests.benchmarks.dumps import dump
from tests.e2e.running import Feedsvc, Serving, wait_until
from tests.faults.invariants import (
    History,
    Picture,
    check_folder,
    check_rules,
    check_served,
    take_picture,
)
from tests.faults.snapshots import opened

DONE_WITHIN_S = 120.0
_BYTES = 1_000


def write_crowd(folder: Path, count: int, first: int = 0) -> None:
    """So many documents, each unlike all others, a hundred a folder."""
    for number in range(first, first + count):
        target = folder / f"{number // 100:03}" / f"{number:06}.txt"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(dump(number, _BYTES))


def link_crowd(crowd: Path, folder: Path) -> None:
    """Put a crowd that was written before into a folder: one call a file."""
    for source in crowd.rglob("*.txt"):
        target = folder / source.relative_to(crowd)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(source, target)


def count_entries(store: Store) -> int:
    with store.reading() as connection:
        return connection.scalar(select(func.count()).select_from(entries)) or 0


def wait_for(store: Store, count: int, told: Serving | None = None) -> float:
    """Wait until so many entries are there; answers for how long."""
    return wait_until(
        lambda: count_entries(store) >= count,
        DONE_WITHIN_S,
        told.started.told if told else lambda: f"{count_entries(store)} of {count} entries",
    )


def note(feedsvc: Feedsvc, history: History) -> int:
    """Compare the store with what was seen of it before; answers how many entries it has."""
    with opened(feedsvc.database) as store:
        picture = take_picture(store)
    history.add(picture)
    return len(picture.entries)


def check_all(serving: Serving, history: History, count: int) -> None:
    """Every rule, once there is nothing left to do: `count` documents, each published once."""
    feedsvc = serving.feedsvc
    with opened(feedsvc.database) as store:
        picture = wait_until_settled(store, feedsvc.seeds.path)
        check_rules(store)
    history.add(picture)
    assert len(picture.entries) == count
    # What is served is a moment behind what is stored.
    newest = max(picture.entries.values(), key=lambda entry: entry.sequence)
    wait_until(lambda: newest.title in serving.guids(), DONE_WITHIN_S)
    check_served(serving.get, picture)


def wait_until_settled(store: Store, folder: Path) -> Picture:
    """Wait until every document of a folder is published or refused."""
    until = time.monotonic() + DONE_WITHIN_S
    while True:
        picture = take_picture(store)
        try:
            check_folder(picture, folder)
        except AssertionError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return picture
