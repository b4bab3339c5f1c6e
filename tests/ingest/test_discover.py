"""Discover: names of any bytes, kinds of any file, and no byte read of what is not at rest."""

from __future__ import annotations

import errno
import hashlib
import os
import socket
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import chdir, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from feedsvc.errors import UnreadableDocument
from feedsvc.ingest import walk
from feedsvc.ingest.discover import Found, NotAtRest, RootUnreadable, WatchedRoot
from feedsvc.ingest.ignore import IGNORE_FILE
from feedsvc.ingest.walk import Name
from feedsvc.model.document import FileState

LIMIT = 10_000
AS_ROOT = os.geteuid() == 0
NOBODY = 65_534


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "seeds"
    folder.mkdir()
    return folder


@pytest.fixture
def root(folder: Path) -> WatchedRoot:
    return WatchedRoot(name="seeds", directory=folder, max_document_bytes=LIMIT)


@contextmanager
def seen_by_nobody(folder: Path) -> Iterator[WatchedRoot]:
    """The root as one sees it to whom permissions apply, which root is not."""
    # From where it lies: what pytest has made above that is closed to all but its owner.
    folder.parent.chmod(0o755)
    with chdir(folder.parent):
        if AS_ROOT:
            os.seteuid(NOBODY)
        try:
            yield WatchedRoot(name="seeds", directory=Path(folder.name), max_document_bytes=LIMIT)
        finally:
            if AS_ROOT:
                os.seteuid(0)


def fail_at(monkeypatch: pytest.MonkeyPatch, function: str, name: bytes, number: int) -> None:
    """Let a function of `os` fail at one name, wherever that lies."""
    real = getattr(os, function)

    def spoilt(given: Any, *more: Any, **options: Any) -> Any:
        if given == name:
            raise OSError(number, os.strerror(number))
        return real(given, *more, **options)

    monkeypatch.setattr(os, function, spoilt)


def told(look: Iterable[Name]) -> list[tuple[bytes, int | None]]:
    """What a look names, with what closes it to us."""
    return [(path, seen.errno if isinstance(seen, OSError) else None) for path, seen in look]


def scan(root: WatchedRoot) -> dict[bytes, Found]:
    return {found.path.path: found for found in root.scan()}


def names(root: WatchedRoot) -> list[str]:
    return [os.fsdecode(found.path.path) for found in root.scan()]


def refusals(root: WatchedRoot) -> dict[str, str]:
    """Why what is refused is refused, by name."""
    return {
        os.fsdecode(found.path.path): found.refusal.reason for found in root.scan() if found.refusal
    }


def find(root: WatchedRoot, name: bytes = b"a.txt") -> Found:
    found = root.find(name)
    assert found is not None
    return found


# What there is


def test_a_folder_is_seen_in_the_order_of_names(root: WatchedRoot, folder: Path) -> None:
    for name in ("b.txt", "a.txt", "sub/d.txt", "sub/c.txt", "sub/deeper/e.txt", "z.md"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    assert names(root) == ["a.txt", "b.txt", "sub/c.txt", "sub/d.txt", "sub/deeper/e.txt", "z.md"]


def test_an_empty_folder_holds_nothing(root: WatchedRoot) -> None:
    assert names(root) == []


def test_what_is_found_says_what_the_file_is(root: WatchedRoot, folder: Path) -> None:
    path = folder / "a.txt"
    path.write_text("storm")
    seen = path.stat()
    found = find(root)
    assert found.refusal is None
    assert (found.path.root, found.path.path) == ("seeds", b"a.txt")
    assert found.state == FileState(
        device=seen.st_dev,
        inode=seen.st_ino,
        size_bytes=5,
        mtime_ns=seen.st_mtime_ns,
        ctime_ns=seen.st_ctime_ns,
    )


@pytest.mark.parametrize(
    "name",
    [
        b"new\nline.txt",
        b"\xff\xfe\x80.txt",
        "گاہ 🌊.txt".encode(),
        "\u202etxt.exe".encode(),
        b"<script>alert(1).txt",
        b"-rf *.txt",
        b"%2e%2e%2fpasswd.txt",
        b"x" * 251 + b".txt",
        b"a'b\"c.txt",
        b"\x1b[31mred.txt",
    ],
    ids=lambda name: repr(name[:12]),
)
def test_a_name_of_any_bytes_is_found_and_read(
    root: WatchedRoot, folder: Path, name: bytes
) -> None:
    (folder / os.fsdecode(name)).write_bytes(b"storm")
    (found,) = root.scan()
    assert found.path.path == name
    assert root.read(found).raw == b"storm"


@pytest.mark.parametrize(
    "name",
    [
        ".hidden.txt",
        ".git/config",
        ".feedsvc/feedsvc.db",
        "#autosave.txt#",
        "~$report.txt",
        "a.txt~",
        "a.txt.tmp",
        "a.TMP",
        "a.temp",
        ".a.txt.swp",
        "a.txt.part",
        "a.html.crdownload",
        "a.partial",
        "upload.tmp/a.txt",
    ],
)
def test_what_is_hidden_or_unfinished_is_passed_over(
    root: WatchedRoot, folder: Path, name: str
) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("x")
    (folder / "a.txt").write_text("x")
    assert names(root) == ["a.txt"]


def test_the_database_and_the_configuration_are_never_documents(folder: Path) -> None:
    for name in ("feedsvc.db", "site.toml", "a.txt"):
        (folder / name).write_text("x")
    (folder / "kept").mkdir()
    (folder / "kept" / "b.txt").write_text("x")
    excluded = frozenset(os.fsencode(folder / name) for name in ("feedsvc.db", "site.toml", "kept"))
    root = WatchedRoot(name="seeds", directory=folder, max_document_bytes=LIMIT, excluded=excluded)
    assert names(root) == ["a.txt"]


# What can be no document


def test_a_link_to_a_file_outside_is_not_followed(
    root: WatchedRoot, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "a.txt").symlink_to(tmp_path / "secret.txt")
    assert refusals(root) == {"a.txt": "is a symbolic link, and none is followed; copy the file"}


def test_a_link_to_a_file_inside_is_not_followed_either(root: WatchedRoot, folder: Path) -> None:
    (folder / "a.txt").write_text("x")
    (folder / "b.txt").symlink_to("a.txt")
    assert list(refusals(root)) == ["b.txt"]


def test_a_linked_folder_is_not_entered(root: WatchedRoot, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.txt").write_text("secret")
    (folder / "inside").symlink_to(tmp_path / "outside")
    assert names(root) == list(refusals(root)) == ["inside"]


def test_a_link_to_nothing_is_refused(root: WatchedRoot, folder: Path) -> None:
    (folder / "a.txt").symlink_to("nowhere.txt")
    assert list(refusals(root)) == ["a.txt"]


def test_links_in_a_circle_end(root: WatchedRoot, folder: Path) -> None:
    (folder / "a.txt").symlink_to("b.txt")
    (folder / "b.txt").symlink_to("a.txt")
    (folder / "up").symlink_to("..")
    assert list(refusals(root)) == ["a.txt", "b.txt", "up"]


def test_a_pipe_is_refused_unopened(root: WatchedRoot, folder: Path) -> None:
    os.mkfifo(folder / "a.txt")
    assert "is no regular file" in refusals(root)["a.txt"]


def test_a_socket_is_refused_unopened(
    root: WatchedRoot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Bound by a short name: the address of a socket holds 108 bytes.
    monkeypatch.chdir(folder)
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind("a.txt")
        assert "is no regular file" in refusals(root)["a.txt"]


@pytest.mark.skipif(not AS_ROOT, reason="only root may make devices")
def test_a_device_is_refused_unopened(root: WatchedRoot, folder: Path) -> None:
    try:
        os.mknod(folder / "a.txt", stat.S_IFCHR | 0o600, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("this root may make no devices")
    assert "is no regular file" in refusals(root)["a.txt"]


@pytest.mark.parametrize("name", ["x.txt", "x.HTML", "x.md"])
def test_a_folder_named_like_a_document_is_told_and_entered(
    root: WatchedRoot, folder: Path, name: str
) -> None:
    (folder / name).mkdir()
    (folder / name / "a.txt").write_text("x")
    assert refusals(root) == {name: "is a folder named like a document; rename it"}
    assert names(root) == [name, f"{name}/a.txt"]


def test_a_file_too_large_is_refused_unread(root: WatchedRoot, folder: Path) -> None:
    (folder / "a.txt").write_bytes(b"x" * (LIMIT + 1))
    (folder / "b.txt").write_bytes(b"x" * LIMIT)
    assert refusals(root) == {"a.txt": "holds more than limits.max_document_bytes (10,000)"}


def test_a_sparse_gigabyte_is_refused_unread(root: WatchedRoot, folder: Path) -> None:
    with (folder / "a.txt").open("wb") as file:
        file.truncate(2**30)
    assert list(refusals(root)) == ["a.txt"]


def test_a_path_too_long_for_the_store_is_refused_under_a_shorter_name(
    root: WatchedRoot, folder: Path
) -> None:
    deep = folder
    for n in range(9):
        deep = deep / (f"{n}" * 240)
        deep.mkdir()
    for name in ("a.txt", "b.txt"):
        (deep / name).write_text("x")
    first, second = root.scan()
    assert first.refusal is not None
    assert "longer than 2,048 bytes" in first.refusal.reason
    assert len(first.path.path) == len(second.path.path) == 2_048
    assert first.path != second.path
    assert [found.path for found in root.scan()] == [first.path, second.path]


def test_a_folder_too_deep_to_be_entered_is_told(
    root: WatchedRoot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "_MAX_FOLDERS", 3)
    for name in ("a/b/c/d.txt", "a/b/e.txt/f.txt", "a/b/g.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    reason = "is a folder that lies too deep, within 2 others; move it up"
    assert refusals(root) == {"a/b/c": reason, "a/b/e.txt": reason}
    assert names(root) == ["a/b/c", "a/b/e.txt", "a/b/g.txt"]


@pytest.mark.parametrize("path", [b"a/b/c", b"a/b/c/d.txt", b"a/b/c/e", b"a/b/c/e/f.txt"])
def test_below_a_folder_too_deep_to_be_entered_nothing_is_looked_for(
    root: WatchedRoot, folder: Path, monkeypatch: pytest.MonkeyPatch, path: bytes
) -> None:
    monkeypatch.setattr(walk, "_MAX_FOLDERS", 3)
    for name in ("a/b/c/d.txt", "a/b/c/e/f.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    assert [name for name, _ in root.look()] == [b"a/b/c"]
    assert [name for name, _ in root.look(path)] == ([path] if path == b"a/b/c" else [])
    assert not root.may_hold(path)
    assert root.folders(path) == []


# Folders that cannot be read


def test_a_root_that_is_not_there_is_told(tmp_path: Path) -> None:
    root = WatchedRoot(name="seeds", directory=tmp_path / "nowhere", max_document_bytes=LIMIT)
    for look in (root.device, lambda: list(root.scan()), lambda: root.find(b"a.txt")):
        with pytest.raises(RootUnreadable, match="No such file or directory"):
            look()


def test_a_root_on_a_disk_that_fails_tells_nothing_of_its_documents(
    root: WatchedRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **_named: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "stat", fail)
    for look in (lambda: list(root.look()), lambda: root.find(b"a.txt"), root.device):
        with pytest.raises(RootUnreadable, match="Input/output error"):
            look()
    assert root.may_hold(b"a.txt")


def test_a_root_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "seeds").write_text("x")
    root = WatchedRoot(name="seeds", directory=tmp_path / "seeds", max_document_bytes=LIMIT)
    with pytest.raises(RootUnreadable, match="is not a folder"):
        list(root.scan())


def test_a_root_may_be_named_by_a_link(folder: Path, tmp_path: Path) -> None:
    (folder / "a.txt").write_text("x")
    (tmp_path / "link").symlink_to(folder)
    root = WatchedRoot(name="seeds", directory=tmp_path / "link", max_document_bytes=LIMIT)
    assert names(root) == ["a.txt"]
    assert root.read(find(root)).raw == b"x"


def test_a_root_that_links_to_itself_is_told(tmp_path: Path) -> None:
    (tmp_path / "seeds").symlink_to("seeds")
    root = WatchedRoot(name="seeds", directory=tmp_path / "seeds", max_document_bytes=LIMIT)
    with pytest.raises(RootUnreadable):
        list(root.scan())


def test_a_folder_that_goes_while_it_is_listed_hides_its_own_files_alone(
    root: WatchedRoot, folder: Path
) -> None:
    for name in ("a", "b"):
        (folder / name).mkdir()
        (folder / name / "x.txt").write_text("x")
    seen = []
    for found in root.scan():
        seen.append(found.path.path)
        if (folder / "b").exists():
            (folder / "b" / "x.txt").unlink()
            (folder / "b").rmdir()
    assert seen == [b"a/x.txt"]


def test_a_listing_that_breaks_off_is_no_listing(
    root: WatchedRoot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else what it did not come to would seem to be gone."""
    (folder / "sub").mkdir()
    (folder / "a.txt").write_text("x")
    real = os.scandir
    asked = []

    def break_off(where: int) -> object:
        asked.append(where)
        if len(asked) > 1:
            raise OSError(5, "Input/output error")
        return real(where)

    monkeypatch.setattr(os, "scandir", break_off)
    with pytest.raises(RootUnreadable, match="Input/output error"):
        list(root.scan())


def test_a_file_that_may_not_be_looked_at_hides_itself_alone(
    root: WatchedRoot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text("x")
    fail_at(monkeypatch, "stat", b"a.txt", errno.EACCES)
    assert names(root) == ["b.txt"]


@pytest.mark.parametrize("mode", [0, 0o111, 0o444], ids=["shut", "not listed", "not searched"])
def test_a_folder_closed_to_us_hides_its_own_files_alone(folder: Path, mode: int) -> None:
    for name in ("a.txt", "closed/b.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("x")
    (folder / "closed").chmod(mode)
    with seen_by_nobody(folder) as root:
        assert names(root) == ["a.txt"]
        assert told(root.look()) == [(b"a.txt", None), (b"closed/", errno.EACCES)]
        assert told(root.look(b"closed/b.txt")) == [(b"closed/", errno.EACCES)]
        assert root.may_hold(b"closed/b.txt")


def test_a_root_that_may_not_be_searched_is_told(folder: Path) -> None:
    (folder / "a.txt").write_text("x")
    folder.chmod(0o444)
    with seen_by_nobody(folder) as root, pytest.raises(RootUnreadable, match="Permission denied"):
        list(root.look())


GONE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG)
OPEN = (errno.EACCES, errno.EPERM, errno.EIO, errno.ESTALE, errno.EMFILE, errno.EOVERFLOW)


@pytest.mark.parametrize("number", [*GONE, *OPEN], ids=errno.errorcode.get)
def test_a_look_at_one_name_says_of_it_what_a_look_at_everything_says(
    root: WatchedRoot, folder: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    (folder / "a.txt").write_text("x")
    fail_at(monkeypatch, "stat", b"a.txt", number)
    named = [(b"a.txt", number)] if number in OPEN else []
    assert told(root.look()) == told(root.look(b"a.txt")) == named
    assert root.may_hold(b"a.txt") is bool(named)


@pytest.mark.parametrize("number", [*GONE, *OPEN], ids=errno.errorcode.get)
def test_a_look_below_a_folder_says_of_it_what_a_look_at_everything_says(
    root: WatchedRoot, folder: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "a.txt").write_text("x")
    fail_at(monkeypatch, "open", b"sub", number)
    named = [(b"sub/", number)] if number in OPEN else []
    for below in (b"", b"sub", b"sub/a.txt"):
        assert told(root.look(below)) == named
    assert root.may_hold(b"sub/a.txt") is bool(named)


def test_of_what_is_passed_over_a_look_at_one_name_says_nothing(
    root: WatchedRoot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".a.txt").write_text("x")
    fail_at(monkeypatch, "stat", b".a.txt", errno.EIO)
    assert list(root.look()) == list(root.look(b".a.txt")) == []


def link_away(path: Path) -> None:
    path.symlink_to("moved")


def link_to_nothing(path: Path) -> None:
    path.symlink_to("nowhere")


REPLACEMENTS = pytest.mark.parametrize(
    "put", [link_away, link_to_nothing, Path.touch, os.mkfifo], ids=["link", "dead", "file", "pipe"]
)


@REPLACEMENTS
def test_what_is_no_folder_holds_nothing(
    root: WatchedRoot, folder: Path, put: Callable[[Path], None]
) -> None:
    (folder / "moved" / "sub").mkdir(parents=True)
    (folder / "moved" / "a.txt").write_text("x")
    put(folder / "sub")
    for path in (b"sub/a.txt", b"sub/sub/a.txt"):
        assert list(root.look(path)) == []
        assert not root.may_hold(path)
        assert root.folders(path) == []


@REPLACEMENTS
def test_a_folder_that_is_exchanged_while_its_root_is_listed_holds_nothing(
    root: WatchedRoot, folder: Path, put: Callable[[Path], None]
) -> None:
    for name in ("a", "sub"):
        (folder / name).mkdir()
        (folder / name / "x.txt").write_text("x")
    look = root.look()
    assert next(look)[0] == b"a/x.txt"
    (folder / "sub").rename(folder / "moved")
    put(folder / "sub")
    assert list(look) == []


# One name


def test_a_name_that_is_not_there_is_not_found(root: WatchedRoot) -> None:
    assert root.find(b"nowhere.txt") is None


def test_one_name_is_found_as_a_scan_finds_it(root: WatchedRoot, folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "a.txt").write_text("x")
    assert find(root, b"sub/a.txt") == scan(root)[b"sub/a.txt"]


# Bytes


def test_a_file_is_read_whole_with_its_hash(root: WatchedRoot, folder: Path) -> None:
    raw = bytes(range(256)) * 39
    (folder / "a.txt").write_bytes(raw)
    found = find(root)
    read = root.read(found)
    assert read.raw == raw
    assert read.source.sha256 == hashlib.sha256(raw).digest()
    assert (read.source.path, read.source.state) == (found.path, found.state)


def test_an_empty_file_is_read(root: WatchedRoot, folder: Path) -> None:
    (folder / "a.txt").touch()
    assert root.read(find(root)).raw == b""


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def overwrite_in_place(path: Path) -> None:
    size = path.stat().st_size
    path.write_bytes(b"y" * size)


def replace_by_another(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(b"y" * path.stat().st_size)
    other.rename(path)


def replace_by_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize(
    "change",
    [
        append,
        overwrite_in_place,
        replace_by_another,
        replace_by_a_pipe,
        Path.unlink,
        lambda path: os.truncate(path, 1),
        lambda path: os.utime(path, (1, 1)),
    ],
    ids=["grown", "overwritten", "replaced", "a pipe", "gone", "cut", "touched"],
)
def test_of_a_file_that_changed_since_the_look_no_byte_is_read(
    root: WatchedRoot,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Path], None],
) -> None:
    (folder / "a.txt").write_bytes(b"storm")
    found = find(root)
    change(folder / "a.txt")
    monkeypatch.setattr(os, "read", lambda *_: pytest.fail("it was read"))
    with pytest.raises(NotAtRest):
        root.read(found)


def test_of_what_is_no_file_no_byte_is_read(root: WatchedRoot, folder: Path) -> None:
    os.mkfifo(folder / "a.txt")
    pipe = os.open(folder / "a.txt", os.O_RDWR)
    os.write(pipe, b"storm")
    with pytest.raises(NotAtRest):
        root.read(replace(find(root), refusal=None))
    assert os.read(pipe, 10) == b"storm"
    os.close(pipe)


def test_a_file_that_grows_while_it_is_read_is_not_taken(
    root: WatchedRoot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.txt").write_bytes(b"storm")
    found = find(root)
    real = os.read

    def read_slowly(descriptor: int, count: int) -> bytes:
        piece = real(descriptor, min(count, 2))
        append(folder / "a.txt")
        return piece

    monkeypatch.setattr(os, "read", read_slowly)
    with pytest.raises(NotAtRest, match="still being written"):
        root.read(found)


def test_no_more_is_read_than_was_seen_and_a_byte(
    root: WatchedRoot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.txt").write_bytes(b"x" * 100)
    found = find(root)
    asked: list[int] = []
    real = os.read

    def read(descriptor: int, count: int) -> bytes:
        if not asked:
            (folder / "a.txt").write_bytes(b"x" * 5_000_000)
        asked.append(count)
        return real(descriptor, count)

    monkeypatch.setattr(os, "read", read)
    with pytest.raises(NotAtRest):
        root.read(found)
    assert sum(asked) <= 101


def test_a_file_replaced_by_a_link_gives_nothing(
    root: WatchedRoot, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret.txt").write_bytes(b"storm")
    (folder / "a.txt").write_bytes(b"storm")
    found = find(root)
    (folder / "a.txt").unlink()
    (folder / "a.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(NotAtRest, match="went away"):
        root.read(found)


def test_a_folder_replaced_by_a_link_gives_nothing(
    root: WatchedRoot, folder: Path, tmp_path: Path
) -> None:
    for where in (tmp_path / "outside", folder / "sub"):
        where.mkdir()
        (where / "a.txt").write_bytes(b"storm")
    found = find(root, b"sub/a.txt")
    (folder / "sub").rename(tmp_path / "moved")
    (folder / "sub").symlink_to(tmp_path / "outside")
    with pytest.raises(NotAtRest, match="went away"):
        root.read(found)


def test_a_file_closed_to_us_is_told(folder: Path) -> None:
    (folder / "a.txt").write_text("x")
    (folder / "a.txt").chmod(0)
    with (
        seen_by_nobody(folder) as root,
        pytest.raises(UnreadableDocument, match="Permission denied"),
    ):
        root.read(find(root))


@pytest.mark.parametrize("number", [errno.EIO, errno.EMFILE, errno.ESTALE])
def test_an_ignore_file_that_cannot_be_read_just_now_hides_its_folder_alone(
    root: WatchedRoot, folder: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    for name in ("a.txt", "sub/.feedsvcignore", "sub/draft.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("draft.txt")
    real = os.open

    def open_spoilt(name: str | bytes | Path, *given: Any, **options: Any) -> int:
        if name == IGNORE_FILE:
            inside = os.fstat(options["dir_fd"]).st_ino
            if inside == (folder / "sub").stat().st_ino:
                raise OSError(number, os.strerror(number))
        return real(name, *given, **options)

    before = len(list(Path("/proc/self/fd").iterdir()))
    monkeypatch.setattr(os, "open", open_spoilt)
    assert told(root.look()) == [(b"a.txt", None), (b"sub/", number)]
    assert root.may_hold(b"sub/draft.txt")
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_no_file_stays_open(root: WatchedRoot, folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "a.txt").write_text("x")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for found in root.scan():
        root.read(found)
        with pytest.raises(NotAtRest):
            root.read(replace(found, path=replace(found.path, path=b"sub/gone.txt")))
    assert len(list(Path("/proc/self/fd").iterdir())) == before


# Numbers


@pytest.mark.parametrize("year", [1, 1969, 2261, 2263, 2400])
def test_the_times_of_a_file_fit_a_database_whatever_their_year(
    root: WatchedRoot, folder: Path, year: int
) -> None:
    path = folder / "a.txt"
    path.write_text("x")
    os.utime(path, ns=((year - 1970) * 31_556_952 * 10**9,) * 2)
    found = find(root)
    assert -(2**63) <= found.state.mtime_ns < 2**63
    assert root.read(found).raw == b"x"


def test_the_largest_inode_fits_a_database(
    root: WatchedRoot, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.txt").write_text("x")
    real = os.stat

    def huge(name: object, **options: object) -> os.stat_result:
        seen = real(name, **options)  # type: ignore[arg-type]
        values = list(seen)
        values[stat.ST_INO] = values[stat.ST_DEV] = 2**64 - 1
        names = {n: getattr(seen, n) for n in dir(seen) if n.startswith("st_")}
        return os.stat_result(values, names)

    monkeypatch.setattr(os, "stat", huge)
    state = find(root).state
    assert (state.inode, state.device) == (-1, -1)
