"""File events: told of what is in the root, of nothing outside it, and through every trouble."""

from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from feedsvc.ingest.discover import WatchedRoot
from feedsvc.ingest.walk import Walk
from feedsvc.jobs import watching
from feedsvc.jobs.watching import Watcher
from feedsvc.model.document import DocumentPath

SOON_S = 20.0


class Told:
    """What a watcher told, and how often that it had lost events."""

    def __init__(self) -> None:
        self.paths: set[bytes] = set()
        self.lost = 0

    def tell(self, paths: set[DocumentPath]) -> None:
        assert {path.root for path in paths} == {"seeds"}
        self.paths |= {path.path for path in paths}

    def tell_all(self) -> None:
        self.lost += 1


def wait_for(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + SOON_S
    while not holds():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.01)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "seeds"
    (folder / "a" / "b").mkdir(parents=True)
    return folder


@pytest.fixture
def told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    monkeypatch.setattr(watching, "_WATCHED_ANEW_AFTER_S", 0.05)
    with watched(folder) as told:
        wait_for(lambda: told.lost == 1)
        yield told


@contextmanager
def watched(folder: Path) -> Iterator[Told]:
    told, stop, lost = Told(), threading.Event(), threading.Event()
    root = WatchedRoot(
        name="seeds",
        directory=folder,
        max_document_bytes=1_000,
        excluded=frozenset({os.fsencode(folder / "feedsvc.db"), os.fsencode(folder / "kept")}),
    )
    watcher = Watcher(
        roots={"seeds": folder},
        folders_in=lambda path: root.folders(path.path),
        is_excluded=lambda path: root.is_excluded(path.path),
        tell=told.tell,
        tell_all=told.tell_all,
        stop=stop,
        lost=lost,
    )
    thread = threading.Thread(target=watcher.run)
    thread.start()
    yield told
    stop.set()
    thread.join(SOON_S)
    assert not thread.is_alive()


def test_what_changes_at_any_depth_is_told(told: Told, folder: Path) -> None:
    for name in ("new.txt", "a/new.txt", "a/b/new.txt"):
        (folder / name).write_text("x")
        wait_for(lambda name=name: os.fsencode(name) in told.paths)  # type: ignore[misc]


def test_what_comes_with_a_folder_is_told_with_it_or_after_it(told: Told, folder: Path) -> None:
    (folder / "new" / "deep").mkdir(parents=True)
    (folder / "new" / "deep" / "first.txt").write_text("x")
    # By a look at the folder, if not by an event of its own.
    above = {b"new", b"new/deep", b"new/deep/first.txt"}
    wait_for(lambda: bool(above & told.paths))
    wait_for(lambda: b"new/deep" in told.paths or b"new/deep/first.txt" in told.paths)
    (folder / "new" / "deep" / "second.txt").write_text("x")
    wait_for(lambda: b"new/deep/second.txt" in told.paths or b"new/deep" in told.paths)


def test_a_root_that_goes_and_comes_back_is_watched_again(told: Told, folder: Path) -> None:
    folder.rename(folder.with_name("away"))
    time.sleep(0.2)
    folder.mkdir()
    wait_for(lambda: bool((folder / "later.txt").write_text("x")) and b"later.txt" in told.paths)


def test_no_link_is_followed(told: Told, folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (folder / "link").symlink_to(outside)
    wait_for(lambda: b"link" in told.paths)
    (outside / "secret.txt").write_text("x")
    (folder / "a" / "seen.txt").write_text("x")
    wait_for(lambda: b"a/seen.txt" in told.paths)
    assert not any(b"secret" in path for path in told.paths)


def test_hidden_folders_are_not_watched(told: Told, folder: Path) -> None:
    (folder / ".git").mkdir()
    wait_for(lambda: b".git" in told.paths)
    (folder / ".git" / "index").write_text("x")
    (folder / "seen.txt").write_text("x")
    wait_for(lambda: b"seen.txt" in told.paths)
    assert b".git/index" not in told.paths


def test_what_is_excluded_wakes_nobody(told: Told, folder: Path) -> None:
    (folder / "kept").mkdir()
    (folder / "kept" / "a.txt").write_text("x")
    (folder / "feedsvc.db").write_text("x")
    (folder / "seen.txt").write_text("x")
    wait_for(lambda: b"seen.txt" in told.paths)
    assert not told.paths & {b"feedsvc.db", b"kept", b"kept/a.txt"}


def deny(_walk: Walk, _below: bytes) -> Iterator[bytes]:
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def test_a_folder_that_cannot_be_watched_fills_no_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(watching, "_WATCHED_ANEW_AFTER_S", 0.01)
    monkeypatch.setattr(Walk, "folders", deny)
    with watched(tmp_path) as told:
        wait_for(lambda: told.lost > 3)
    assert [record.message for record in caplog.records] == ["watching failed"]


def test_what_came_before_the_folders_were_watched_is_looked_for(folder: Path) -> None:
    with watched(folder) as told:
        wait_for(lambda: told.lost == 1)
        (folder / "first.txt").write_text("x")
        wait_for(lambda: b"first.txt" in told.paths)
    assert told.lost == 1


def test_a_name_that_is_no_unicode_makes_nobody_deaf(
    told: Told, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_WATCHED_ANEW_AFTER_S", 2 * SOON_S)
    for number in range(1, 4):
        path = os.path.join(os.fsencode(folder), b"\xff%d.txt" % number)  # noqa: PTH118
        with open(path, "wb") as file:  # noqa: PTH123
            file.write(b"x")
        # What was told together with it is not known; what comes now is.
        wait_for(lambda number=number: told.lost > number)  # type: ignore[misc]
        after = b"after%d.txt" % number
        (folder / os.fsdecode(after)).write_text("x")
        wait_for(lambda after=after: after in told.paths)  # type: ignore[misc]


def test_names_that_are_no_unicode_have_nobody_list_folders_all_the_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found_at = []

    def find_slowly(_walk: Walk, _below: bytes) -> Iterator[bytes]:
        found_at.append(time.monotonic())
        time.sleep(0.02)
        return iter([b""])

    def fail(*_folders: Path, **_options: object) -> Iterator[set[object]]:
        raise RuntimeError("Unable to decode path")

    monkeypatch.setattr(Walk, "folders", find_slowly)
    monkeypatch.setattr(watching, "watch", fail)
    with watched(folder) as told:
        wait_for(lambda: told.lost >= 4)
    # A tenth of the time, and a look at everything each time.
    assert found_at[3] - found_at[0] >= 3 * 0.2
