"""`.feedsvcignore`: what a folder holds that is no document."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.ingest.discover import RootUnreadable, WatchedRoot
from feedsvc.ingest.ignore import IGNORE_FILE, MAX_IGNORE_BYTES, _parsed, without_ignored

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


def closed_in(root: WatchedRoot) -> dict[str, str]:
    """Why what a look cannot go through is closed to it."""
    return {
        os.fsdecode(path): str(seen.strerror)
        for path, seen in root.look()
        if isinstance(seen, OSError)
    }


@pytest.mark.parametrize(
    ("patterns", "left"),
    [
        ("*.md", {"a.txt", "drafts/c.txt", "drafts/keep.txt", "old/drafts/d.txt"}),
        ("drafts/", {"a.txt", "b.md", "old/e.md"}),
        ("/drafts/", {"a.txt", "b.md", "old/drafts/d.txt", "old/e.md"}),
        ("drafts/*\n!keep.txt", ALL - {"drafts/c.txt"}),
        ("# nothing\n\n", ALL),
        ("*", set()),
        ("*\n!*/\n!*.txt", ALL - {"b.md", "old/e.md"}),
        ("drafts/**\n!drafts/keep.txt", ALL - {"drafts/c.txt"}),
        ("/drafts\n!drafts/keep.txt", ALL - {"drafts/c.txt", "drafts/keep.txt"}),
        ("\ufeff*.md", ALL - {"b.md", "old/e.md"}),
        ("*.md\r\nkeep.txt\r\n", ALL - {"b.md", "old/e.md", "drafts/keep.txt"}),
        ("a.txt\fb.md\u2028keep.txt\x85old", ALL),
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


def test_a_folder_that_is_brought_back_brings_back_none_of_its_files(root: WatchedRoot) -> None:
    ignore(root, "*.txt")
    ignore(root, "!drafts/\n!drafts", "old")
    assert names(root) == {"b.md", "old/e.md"}


def test_a_deeper_file_changes_nothing_beside_its_folder(root: WatchedRoot) -> None:
    ignore(root, "!*\n/drafts/\nold/*")
    ignore(root, "*/", "old")
    assert names(root) == {"a.txt", "b.md"}


@pytest.fixture(scope="module")
def git_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not shutil.which("git"):
        pytest.skip("git is not installed, and it alone knows what its patterns mean")
    folder = tmp_path_factory.mktemp("git")
    subprocess.run(["git", "init", "--quiet", "--bare", folder], check=True)
    return folder


FOLDERS = ["", "a", "a/a", "a/b", "a/b/a", "a/b/a/b", "b", "b/a", "b/b"]
NAMES = ["a.md", "b.md", "é.md", "abab.md"]
FILES = [os.path.join(folder, name) for folder in FOLDERS for name in NAMES]  # noqa: PTH118
PARTS = ["a", "b", "a.md", "é.md", "*.md", "*", "**", "?", "?.md", "\\a", "[ab]", "[!a]*", "a[!b]"]
PARTS += ["[[:alpha:]]", "[^[:alpha:]]*", "[[:print:]]*", "[[a]", "[]a]", "[!]a]", "a[!]]", "***"]
# Of which parts with many stars are made.
SIGNS = ["*", "*", "*a", "*b", "a", "b", "?", "[ab]", "[!a]", "\\*", ".md"]


@st.composite
def patterns(draw: st.DrawFn) -> str:
    starry = st.lists(st.sampled_from(SIGNS), min_size=1, max_size=7).map("".join)
    parts = draw(st.lists(st.sampled_from(PARTS) | starry, min_size=1, max_size=5))
    before, behind = draw(st.sampled_from(["", "!", "/", "!/"])), draw(st.sampled_from(["", "/"]))
    return before + "/".join(parts) + behind


@given(
    files=st.dictionaries(
        st.sampled_from(FOLDERS), st.lists(patterns(), min_size=1, max_size=4), max_size=3
    )
)
def test_what_is_ignored_is_what_git_ignores(git_dir: Path, files: dict[str, list[str]]) -> None:
    with tempfile.TemporaryDirectory() as top:
        for name in FILES:
            Path(top, name).parent.mkdir(parents=True, exist_ok=True)
            Path(top, name).write_text("x")
        root = WatchedRoot(name="seeds", directory=Path(top), max_document_bytes=1_000)
        for folder, lines in files.items():
            ignore(root, "\n".join(lines), folder)
        assert names(root) == left_by_git(git_dir, top)


def left_by_git(git_dir: Path, top: str) -> set[str]:
    listed = subprocess.run(
        [
            *("git", f"--git-dir={git_dir}", f"--work-tree={top}", "-c", "core.ignoreCase=false"),
            *("ls-files", "-z", "--others", "--exclude-per-directory=.feedsvcignore"),
        ],
        cwd=top,
        check=True,
        capture_output=True,
    ).stdout
    return {os.fsdecode(name) for name in listed.split(b"\0") if name.endswith(b".md")}


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 100 + "b", "a" * 255),
        ("*a*" * 100 + "?b", "a" * 255),
        ("*" * 30_000 + "b", "a" * 255),
        ("*[ab]" * 100 + "c", "a" * 255),
        ("*a" * 100 + "/b", "a" * 255 + "/a"),
        ("/" + "*a*a/" * 100 + "b", "aaaaaaaa/" * 100 + "a"),
        ("**/a/" * 100 + "b", "a/" * 200 + "a"),
        ("a/**/" * 100 + "b", "a/" * 200 + "a"),
        ("**/*a*a*a/" * 100 + "b", "aaaaaaaa/" * 200 + "a"),
    ],
)
def test_no_pattern_takes_longer_than_its_length_times_that_of_the_path(
    pattern: str, path: str
) -> None:
    # Tried in every way in which its stars might fit, each would outlast the machine.
    rules = _parsed(b".feedsvcignore", 0, pattern.encode())
    folder, name = os.path.split(path.encode())
    fitting = name[:-1] + pattern[-1].encode()
    assert without_ignored(rules, os.path.join(folder, b""), [name, fitting]) == [name]  # noqa: PTH118


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


@pytest.mark.parametrize("none", ["!", "\\", "[z-a]"])
def test_a_pattern_that_is_none_is_told_once_and_the_others_hold(
    root: WatchedRoot, none: str, caplog: pytest.LogCaptureFixture
) -> None:
    ignore(root, f"*.md\n{none}\n/drafts/")
    for _ in range(3):
        assert names(root) == {"a.txt", "old/drafts/d.txt"}
    (told,) = [record for record in caplog.records if "pattern passed over" in record.message]
    assert told.__dict__["line"] == 2


@pytest.mark.parametrize("kind", ["a folder", "a link", "a pipe"])
def test_what_is_no_file_ignores_nothing_and_is_told_once(
    root: WatchedRoot, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = root.directory / ".feedsvcignore"
    if kind == "a folder":
        path.mkdir()
    elif kind == "a link":
        path.symlink_to(root.directory / "a.txt")
    else:
        os.mkfifo(path)
    before = len(list(Path("/proc/self/fd").iterdir()))
    assert names(root) == names(root) == ALL
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    (told,) = caplog.records
    assert told.__dict__["file"] == str(path)


@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        (b"*.md\n".ljust(MAX_IGNORE_BYTES + 1, b"#"), "larger than 65,536 bytes"),
        ("*.md\n".encode("utf-16"), "no text in UTF-8"),
    ],
)
def test_where_nobody_can_tell_what_is_ignored_nothing_is_published(
    root: WatchedRoot, spoilt: bytes, reason: str
) -> None:
    path = root.directory / "old" / ".feedsvcignore"
    path.write_bytes(spoilt)
    assert names(root) == names(root) == ALL - {"old/drafts/d.txt", "old/e.md"}
    # Nor is anything taken for gone.
    assert root.may_hold(b"old/e.md")
    assert closed_in(root) == {"old/": f"its .feedsvcignore: {reason}"}
    path.rename(root.directory / ".feedsvcignore")
    with pytest.raises(RootUnreadable, match=f"its .feedsvcignore: {reason}"):
        names(root)


def test_an_ignore_file_of_the_largest_size_is_read_whole(root: WatchedRoot) -> None:
    ignore(root, "\n*.md".rjust(MAX_IGNORE_BYTES, "#"))
    assert names(root) == ALL - {"b.md", "old/e.md"}


def test_an_ignore_file_that_is_closed_to_us_closes_its_folder(
    root: WatchedRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    ignore(root, "c.txt", "drafts")
    real = os.open

    def deny(path: object, *rest: object, **options: object) -> int:
        if path == IGNORE_FILE:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return real(path, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", deny)
    assert names(root) == ALL - {"drafts/c.txt", "drafts/keep.txt"}
    assert closed_in(root) == {"drafts/": "its .feedsvcignore: Permission denied"}
