"""What is no regular file, what only its name or place makes nasty, and what is too large."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

from tests.nasty.case import SECRET_FILE, Case, Fate, Maker, holding, refused, story

_LIMIT_BYTES = 10_000_000
_LINK = "is a symbolic link"
# One letter, which is a text.
_LETTERS = ("one-byte", "one-high-byte")
_SPECIAL = "is no regular file"
_LARGE = "more than limits.max_document_bytes"


def special_files() -> Iterator[Case]:
    """Pipes, sockets, devices, folders named like documents."""
    for name in ("pipe.txt", "pipe.html", "pipe.md", "pipe", "pipe.fifo"):
        yield _special(name, _pipe, _SPECIAL)
    yield _special("socket.txt", _socket, _SPECIAL)
    yield _special("socket.sock", _socket, _SPECIAL)
    for name, major, minor in (("null", 1, 3), ("zero", 1, 5), ("random", 1, 8), ("full", 1, 7)):
        yield _special(f"{name}.txt", _device(stat.S_IFCHR, major, minor), _SPECIAL)
    yield _special("loop.txt", _device(stat.S_IFBLK, 7, 0), _SPECIAL)
    for name in ("folder.txt", "folder.html", "folder.md", "FOLDER.TXT", "folder.markdown"):
        yield _special(name, _folder, "is a folder named like a document")


def links() -> Iterator[Case]:
    """Symbolic links to everything worth stealing or hanging on; hard links are files."""
    targets = {
        "passwd.txt": "/etc/passwd",
        "shadow.txt": "/etc/shadow",
        "environ.txt": "/proc/self/environ",
        "memory.txt": "/proc/self/mem",
        "kernel.txt": "/proc/kmsg",
        "zero.txt": "/dev/zero",
        "stdin.txt": "/dev/stdin",
        "root": "/",
        "etc": "/etc",
        "proc": "/proc",
        "here": ".",
        "above": "..",
        "itself.txt": "itself.txt",
        "dangling.txt": "nowhere.txt",
        "one.txt": "two.txt",
        "two.txt": "one.txt",
        "long.txt": "x/" * 2_000,
        "named-like-a-script.html": "/etc/hostname",
    }
    for name, target in targets.items():
        yield _special(f"link-{name}", _link_to(target), _LINK)
    yield _special("link-to-secret.txt", _link_outside, _LINK)
    yield _special("link-to-secrets-folder", _link_outside_folder, _LINK)
    yield _special("link-to-secrets-folder.md", _link_outside_folder, _LINK)
    yield Case(
        path=b"links/hard-link.txt",
        technique="links",
        make=_hard_link,
        fate=Fate.PUBLISHED,
        title="Linked hard",
    )


def names() -> Iterator[Case]:
    """Names that break a shell, a header, a page, a path or a reader's line."""
    nasty: dict[str, bytes] = {
        "newline": b"a\nb.txt",
        "return": b"a\r\nSet-Cookie: x=y.txt",
        "tab": b"a\tb.txt",
        "bell": b"a\x07b.txt",
        "escape": b"a\x1b[31mred\x1b[0m.txt",
        "delete": b"a\x7fb.txt",
        "space": b" leading and trailing .txt",
        "only-space": b" ",
        "invalid-utf8": b"\xff\xfe\xfd.txt",
        "latin1": b"caf\xe9.txt",
        "overlong": b"\xc0\xaf.txt",
        "surrogate": b"\xed\xa0\x80.txt",
        "longest": b"n" * 251 + b".txt",
        "longest-wide": "é".encode() * 125 + b".txt",
        "right-to-left": "\u202egnp.txt".encode(),
        "isolate": "\u2067abc.txt".encode(),
        "zero-width": "a\u200b\u200db.txt".encode(),
        "combining": b"a" + "\u0301".encode() * 100 + b".txt",
        "nfd": "e\u0301te\u0301.txt".encode(),
        "nfc": "été.txt".encode(),
        "emoji": "👩‍👩‍👧.txt".encode(),
        "dots": b"...txt.txt",
        "dot-dot-look-alike": "․․".encode() + b".txt",
        "slash-look-alike": "a\u2215..\u2215b.txt".encode(),
        "backslashes": b"..\\..\\etc\\passwd.txt",
        "percent": b"%2e%2e%2fetc%2fpasswd.txt",
        "percent-s": b"%s%s%n%d.txt",
        "script": b"<script>alert(1).txt",
        "image": b"<img src=x onerror=alert(1)>.txt",
        "quotes": b"\"'`.txt",
        "attribute": b'" onmouseover="alert(1).txt',
        "entity": b"&lt;&amp;&#0;.txt",
        "jinja": b"{{ 7 * 7 }}{% include 'x' %}.txt",
        "dollar": b"${7*7}#{7*7}.txt",
        "shell": b"; rm -rf $(pwd) && `id` | cat #.txt",
        "option": b"-rf.txt",
        "double-option": b"--force.txt",
        "glob": b"*?[a-z]{b,c}.txt",
        "sql": b"'; DROP TABLE entries; --.txt",
        "null-word": b"NULL.txt",
        "device": b"CON.txt",
        "colon": b"c:alert(1).txt",
        "scheme": b"javascript:alert(1).txt",
        "query": b"a?b=c#d.txt",
        "braces": b"{}.txt",
        "no-stem": b"txt",
        "two-suffixes": b"a.html.txt",
        "upper": b"LOUD.TXT",
        "many-dots": b".".join([b"a"] * 100) + b".txt",
        "csv": b"=HYPERLINK(1).txt",
        "log": b"a.txt INFO everything is fine",
    }
    for nth, (label, name) in enumerate(nasty.items()):
        title = f"Named {label} number {nth}"
        fate, reason = Fate.PUBLISHED, ""
        if name.startswith(b"."):
            fate = Fate.PASSED_OVER
        elif b"." in name and not name.lower().endswith(b".txt"):
            fate, reason = Fate.REFUSED, "there is no reader for"
        yield Case(
            path=b"names/" + name,
            technique="names",
            make=holding(story(title)),
            fate=fate,
            reason=reason,
            title=title if fate is Fate.PUBLISHED else None,
        )
    for label, folder in {
        "script": b"names/<script>alert(1)</script>",
        "newline": b"names/a\nb",
        "bytes": b"names/\xff\xfe",
        "quotes": b"names/\"'{{x}}",
    }.items():
        title = f"In a folder named {label}"
        yield Case(
            path=folder + b"/inside.txt",
            technique="names",
            make=holding(story(title)),
            fate=Fate.PUBLISHED,
            title=title,
        )
    yield from _deep_paths()
    yield from _passed_over()


def _deep_paths() -> Iterator[Case]:
    for label, levels, name_bytes in (("deep", 100, 10), ("deeper", 9, 200)):
        yield Case(
            path=b"/".join([b"names", *[b"d" * name_bytes] * levels, label.encode() + b".txt"]),
            technique="names",
            make=holding(story(f"Lies {label}")),
            fate=Fate.PUBLISHED,
            title=f"Lies {label}",
        )
    for label, levels in (("too-deep", 11), ("beyond-paths", 25)):
        yield Case(
            path=b"/".join([b"names", *[label.encode().ljust(200, b"-")] * levels, b"low.txt"]),
            technique="names",
            make=_at_depth,
            fate=Fate.REFUSED,
            reason="lies too deep",
        )


def _passed_over() -> Iterator[Case]:
    for name in (
        ".hidden.txt", ".txt", "~$locked.txt", "#saving.txt#", "article.txt~", "article.swp",
        "article.txt.part", "article.html.crdownload", "article.tmp", "ARTICLE.TXT.PARTIAL",
        ".git/config.txt", ".git/deep/README.md",
    ):  # fmt: skip
        yield Case(
            path=f"names/{name}".encode(),
            technique="names",
            make=holding(story(f"Passed over {name}")),
            fate=Fate.PASSED_OVER,
        )


def sizes() -> Iterator[Case]:
    """Nothing, next to nothing, just enough, and far too much (sparse: it takes no room)."""
    # What has the bytes of a published file is a duplicate of it, whatever its name.
    for suffix, letter, high in (
        ("txt", b"x", b"\xff"),
        ("html", b"y", b"\xfe"),
        ("md", b"z", b"\xfd"),
    ):
        yield refused("sizes", f"empty.{suffix}", b"", "")
        for name, content in {
            "one-byte": letter,
            "one-nul": b"\0",
            "one-newline": b"\n",
            "one-high-byte": high,
            "spaces": b" " * 5_000,
            "newlines": b"\n" * 5_000,
            "bom-alone": b"\xef\xbb\xbf",
        }.items():
            yield Case(
                path=f"sizes/{name}.{suffix}".encode(),
                technique="sizes",
                make=holding(content),
                fate=Fate.SETTLED if name in _LETTERS else Fate.REFUSED,
            )
    for name, size_bytes in {
        "over-the-limit": _LIMIT_BYTES + 1,
        "200-megabytes": 200_000_000,
        "20-gigabytes": 20_000_000_000,
    }.items():
        for suffix in ("txt", "html", "md"):
            yield Case(
                path=f"sizes/{name}.{suffix}".encode(),
                technique="sizes",
                make=_sparse(size_bytes),
                fate=Fate.REFUSED,
                reason=_LARGE,
            )
    yield Case(
        path=b"sizes/at-the-limit-of-nothing.txt",
        technique="sizes",
        make=_sparse(_LIMIT_BYTES),
        fate=Fate.REFUSED,
        reason="no text",
    )
    lines = story("As long as may be")
    filled = (lines + "\n" + "Nothing more was said of it on that day.\n\n" * 250_000).encode()
    yield Case(
        path=b"sizes/at-the-limit-of-text.txt",
        technique="sizes",
        make=holding(filled[:_LIMIT_BYTES]),
        fate=Fate.REFUSED,
        reason="limits.max_dump_lines",
    )


def permissions() -> Iterator[Case]:
    """What may not be read. Root reads everything, and publishes it."""
    is_root = os.geteuid() == 0
    for name, mode in (("nobody", 0o000), ("write-only", 0o200), ("execute-only", 0o100)):
        yield Case(
            path=f"permissions/{name}.txt".encode(),
            technique="permissions",
            make=_with_mode(story(f"Closed to {name}"), mode),
            fate=Fate.PUBLISHED if is_root else Fate.REFUSED,
            reason="" if is_root else "cannot be read",
        )
    for name, mode in (("set-user-id", 0o4755), ("sticky", 0o1644)):
        yield Case(
            path=f"permissions/{name}.txt".encode(),
            technique="permissions",
            make=_with_mode(story(f"Marked {name}"), mode),
            fate=Fate.PUBLISHED,
            title=f"Marked {name}",
        )


def _special(name: str, make: Maker, reason: str) -> Case:
    technique = "links" if reason == _LINK else "special"
    return Case(
        path=f"{technique}/{name}".encode(),
        technique=technique,
        make=make,
        fate=Fate.REFUSED,
        reason=reason,
    )


def _pipe(path: Path, outside: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path, outside: Path) -> None:
    # A socket's address holds 107 bytes, and no descriptor can be named in it.
    short = outside / "s"
    with socket.socket(socket.AF_UNIX) as made:
        here = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
        os.chdir(outside)
        try:
            made.bind("s")
        finally:
            os.fchdir(here)
            os.close(here)
    short.rename(path)


def _device(kind: int, major: int, minor: int) -> Maker:
    return lambda path, outside: os.mknod(path, kind | 0o600, os.makedev(major, minor))


def _folder(path: Path, outside: Path) -> None:
    path.mkdir()


def _link_to(target: str) -> Maker:
    return lambda path, outside: path.symlink_to(target)


def _link_outside(path: Path, outside: Path) -> None:
    path.symlink_to(outside / SECRET_FILE)


def _link_outside_folder(path: Path, outside: Path) -> None:
    path.symlink_to(outside)


def _hard_link(path: Path, outside: Path) -> None:
    source = outside / "for-hard-link.txt"
    holding(story("Linked hard"))(source, outside)
    path.hardlink_to(source)


def _at_depth(path: Path, outside: Path) -> None:
    """A file whose path may be longer than any call takes."""
    _, *folders, name = path.parts
    at = os.open("/", os.O_RDONLY | os.O_DIRECTORY)
    try:
        for folder in folders:
            with contextlib.suppress(FileExistsError):
                os.mkdir(folder, dir_fd=at)
            below = os.open(folder, os.O_RDONLY | os.O_DIRECTORY, dir_fd=at)
            os.close(at)
            at = below
        with os.fdopen(os.open(name, os.O_WRONLY | os.O_CREAT, dir_fd=at), "wb") as file:
            file.write(story("Too deep").encode())
    finally:
        os.close(at)


def _sparse(size_bytes: int) -> Maker:
    def make(path: Path, outside: Path) -> None:
        with path.open("wb") as file:
            file.truncate(size_bytes)

    return make


def _with_mode(content: str, mode: int) -> Maker:
    def make(path: Path, outside: Path) -> None:
        holding(content)(path, outside)
        path.chmod(mode)

    return make
