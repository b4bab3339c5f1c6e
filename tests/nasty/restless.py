"""Files that are written, replaced, cut and removed again and again, and in the end are whole."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.service import article

_PAUSE_S = 0.003
_EACH = 5
# How the body of `article` ends.
LAST_WORDS = "nobody who had been asked about it disagreed in the end.</p>"


def title_of(path: Path) -> str:
    """The title that a restless file has once it is whole."""
    return f"Never still {path.stem}"


@contextmanager
def restless(folder: Path) -> Iterator[list[Path]]:
    """Keep files in a folder from rest while inside; afterwards each is whole."""
    stop = threading.Event()
    paths: list[Path] = []
    threads = []
    folder.mkdir(parents=True, exist_ok=True)
    for work in (_grow, _replace, _cut, _vanish):
        for number in range(_EACH):
            path = folder / f"{work.__name__.strip('_')}-{number}.txt"
            paths.append(path)
            threads.append(threading.Thread(target=_disturb, args=(work, path, stop)))
    for thread in threads:
        thread.start()
    try:
        yield paths
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _whole(path: Path) -> str:
    return article(title_of(path))


def _disturb(
    work: Callable[[Path, threading.Event], None], path: Path, stop: threading.Event
) -> None:
    while not stop.is_set():
        work(path, stop)
        stop.wait(_PAUSE_S)
    path.write_text(_whole(path))


def _grow(path: Path, stop: threading.Event) -> None:
    with path.open("w") as file:
        for line in _whole(path).splitlines(keepends=True):
            file.write(line)
            file.flush()
            if stop.wait(_PAUSE_S):
                return


def _replace(path: Path, stop: threading.Event) -> None:
    beside = path.with_suffix(".part")
    beside.write_text(_whole(path))
    beside.replace(path)


def _cut(path: Path, stop: threading.Event) -> None:
    path.write_text(_whole(path))
    stop.wait(_PAUSE_S)
    os.truncate(path, 100)


def _vanish(path: Path, stop: threading.Event) -> None:
    path.write_text(_whole(path))
    stop.wait(_PAUSE_S)
    path.unlink()
