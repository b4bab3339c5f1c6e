"""`.feedsvcignore`: what a folder holds that is no document."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from feedsvc.ingest.discover import WatchedRoot
from feedsvc.ingest.ignore import MAX_IGNORE_BYTES

ALL = {"a.txt", "b.md", "drafts/c.txt", "drafts/keep.txt", "old/drafts/d.txt", "old/e.md"}


@pytest.fixture
def root(tmp_path: Path) -> WatchedRoot:
    for name in ALL:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    return WatchedRoot(name="seeds", directory=tmp_path, max_document_bytes=1_000)


def ignore(root: WatchedRoot, text: str, folder: str = "") -> None:
    (root.directory / folder / ".feedsvcignore").write_text(text)


def names(root: WatchedRoot) -> set[str]:
    found = {os.fsdecode(found.path.path) for found in root.scan()}
    # One name by itself is found just where a scan finds it.
    for path in root.directory.rglob("*.*"):
        name = str(path.relative_to(root.directory))
        assert (root.find(os.fsencode(name)) is not None) == (name in found)
    return found


@pytest.mark.parametrize(
    ("patterns", "left"),
    [
        ("*.md", {"a.txt", "drafts/c.txt", "drafts/keep.txt", "old/drafts/d.txt"}),
        ("drafts/", {"a.txt", "b.md", "old/e.md"}),
        ("/drafts/", {"a.txt", "b.md", "old/drafts/d.txt", "old/e.md"}),
        ("drafts/*\n!keep.txt", ALL - {"drafts/c.txt"}),
        ("# nothing\n\n", ALL),
        ("*", set()),
    ],
)  # fmt: skip
def test_patterns_mean_what_they_mean_in_gitignore(
    root: WatchedRoot, patterns: str, left: set[str]
) -> None:
    ignore(root, patterns)
    assert names(root) == left


def test_a_deeper_file_has_the_last_word_on_its_folder(root: WatchedRoot) -> None:
    ignore(root, "*.txt")
    ignore(root, "!c.txt", "drafts")
    assert names(root) == {"b.md", "drafts/c.txt", "old/e.md"}


def test_a_folder_that_is_ignored_is_not_even_opened(
    root: WatchedRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    ignore(root, "/old/")
    opened = []
    real = os.open

    def note(path: object, *rest: object, **options: object) -> int:
        opened.append(path)
        return real(path, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", note)
    list(root.scan())
    assert b"drafts" in opened
    assert b"old" not in opened


def test_a_pattern_that_is_none_is_told_once_and_the_others_hold(
    root: WatchedRoot, caplog: pytest.LogCaptureFixture
) -> None:
    ignore(root, "*.md\n!\n/drafts/")
    for _ in range(3):
        assert names(root) == {"a.txt", "old/drafts/d.txt"}
    (told,) = [record for record in caplog.records if "pattern passed over" in record.message]
    assert told.__dict__["line"] == 2


@pytest.mark.parametrize("kind", ["a folder", "a link", "a pipe", "bytes"])
def test_what_is_no_file_of_patterns_ignores_nothing(root: WatchedRoot, kind: str) -> None:
    path = root.directory / ".feedsvcignore"
    if kind == "a folder":
        path.mkdir()
    elif kind == "a link":
        path.symlink_to(root.directory / "a.txt")
    elif kind == "a pipe":
        os.mkfifo(path)
    else:
        path.write_bytes(b"\xff\xfe\0\n" * (MAX_IGNORE_BYTES // 2))
    assert names(root) == ALL
