"""`.feedsvcignore`: names in a watched folder that are no documents, in the syntax of .gitignore.

A file of patterns speaks for its own folder and all below it; a deeper one has the last word. As
git does, every name is decided by itself, from the root down, and what lies in an ignored folder
is looked at by nobody.
"""

from __future__ import annotations

import codecs
import errno
import logging
import os
import re
import stat
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from pathspec.patterns.gitignore import GitIgnorePatternError
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

log = logging.getLogger(__name__)

IGNORE_FILE = b".feedsvcignore"
MAX_IGNORE_BYTES = 65_536
# More than trees have of such files: a sweep parses none twice, and tells nothing twice.
_MAX_KNOWN_FILES = 16_384

# What the library does not know of .gitignore: the classes of signs in brackets.
_CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": " \t",
    "cntrl": "\x01-\x1f\x7f",
    "digit": "0-9",
    "graph": "0-~!-.",
    "lower": "a-z",
    "print": "0-~ -.",
    "punct": ":-@[-`{-~!-.",
    "space": "\t-\r ",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}
_CLASS = re.compile(r"\[:([a-z]+):\]")
# In an expression of the library: what stands for itself, `?` and `*`, or else brackets.
_BRACKETS = re.compile(r"\\.|\[\^/\]|\[(\^?\]?[^\]]*\])", re.DOTALL)
# There too: a star, with what stands between it and the next; `**` in front of all else, or behind.
_STARS = re.compile(r"(?:\[\^/\]\*)+")
_STAR_BEFORE_STAR = re.compile(r"\[\^/\]\*(.+?)(?=\[\^/\]\*)")
_FOLDERS_FIRST, _FOLDERS = "(?:.+/)?", "(?:/.+)?"

_OPEN_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class IgnoreRule(NamedTuple):
    """Patterns of one file that say the same, and between which none says the contrary.

    begin: where the paths begin that they speak of; None where they speak of names in any folder.
    names: what they name; ignores: whether that is ignored or, behind a `!`, is not.
    """

    begin: int | None
    names: re.Pattern[bytes]
    ignores: bool


def without_ignored(
    rules: Sequence[IgnoreRule], prefix: bytes, names: Collection[bytes]
) -> list[bytes]:
    """The names in a folder that are not ignored, in any order; that the folder is not, is known.

    rules: the last word first; prefix: the folder's path; it, and the names of folders, end in a
    slash.
    """
    left: list[bytes] = []
    for begin, pattern, ignores in rules:
        matches = pattern.fullmatch
        if begin is None:
            named = {name for name in names if matches(name)}
        else:
            above = prefix[begin:]
            named = {name for name in names if matches(above + name)}
        if named:
            names = [name for name in names if name not in named]
            if not ignores:
                left += named
    return [*left, *names]


def read_rules(folder: int, top: Path, below: bytes) -> tuple[IgnoreRule, ...]:
    """What the ignore file of an open folder says, if it has one; the last word first.

    below: the folder's path in the root `top`: b"", or with a slash behind it. Raises OSError where
    nobody can tell what the file names: it must not be published.
    """
    file = os.fsencode(top) + b"/" + below + IGNORE_FILE
    try:
        if not stat.S_ISREG(os.stat(IGNORE_FILE, dir_fd=folder, follow_symlinks=False).st_mode):
            _tell_of_no_file(file)
            return ()
        raw = _read(folder)
    except FileNotFoundError:
        return ()
    except OSError as error:
        name = os.fsdecode(IGNORE_FILE)
        raise OSError(error.errno, f"its {name}: {error.strerror}") from error
    return _parsed(file, len(below), raw)


def _read(folder: int) -> bytes:
    with os.fdopen(os.open(IGNORE_FILE, _OPEN_FLAGS, dir_fd=folder), "rb") as opened:
        raw = opened.read(MAX_IGNORE_BYTES + 1)
    if len(raw) > MAX_IGNORE_BYTES:
        raise OSError(errno.EFBIG, f"larger than {MAX_IGNORE_BYTES:,} bytes")
    if b"\0" in raw:
        raise OSError(errno.EILSEQ, "no text in UTF-8")
    return raw


@lru_cache(maxsize=_MAX_KNOWN_FILES)
def _tell_of_no_file(file: bytes) -> None:
    """Once for each."""
    log.warning("ignore file passed over: it is no regular file", extra={"file": os.fsdecode(file)})


@lru_cache(maxsize=_MAX_KNOWN_FILES)
def _parsed(file: bytes, begin: int, raw: bytes) -> tuple[IgnoreRule, ...]:
    """Read patterns; kept, so that a sweep reads none twice and tells a mistake once."""
    rules = []
    for ignores, alike in groupby(_patterns(file, raw), attrgetter("ignores")):
        expressions: dict[bool, list[bytes]] = {True: [], False: []}
        for pattern in alike:
            expressions[pattern.is_of_path].append(pattern.expression)
        for is_of_path, some in expressions.items():
            if some:
                names = re.compile(b"|".join(some), re.DOTALL)
                rules.append(IgnoreRule(begin if is_of_path else None, names, ignores))
    return tuple(reversed(rules))


class _Pattern(NamedTuple):
    """One line. is_of_path: whether it speaks of paths and not of names in any folder."""

    expression: bytes
    ignores: bool
    is_of_path: bool


def _patterns(file: bytes, raw: bytes) -> Iterator[_Pattern]:
    for number, line in enumerate(raw.removeprefix(codecs.BOM_UTF8).split(b"\n"), 1):
        text = os.fsdecode(line.removesuffix(b"\r"))
        try:
            pattern = _pattern(text)
        except (GitIgnorePatternError, re.error):
            log.warning(
                "pattern passed over: it is none of .gitignore",
                extra={"file": os.fsdecode(file), "line": number, "pattern": text},
            )
            continue
        if pattern is not None:
            yield pattern


def _pattern(text: str) -> _Pattern | None:
    """What a line names by itself; the library's expressions also match all that lies below.

    Raises GitIgnorePatternError, re.error.
    """
    # git takes more stars than two for two.
    text = re.sub(r"\*{3,}", "**", text)
    # `a/**` would match the folder itself too.
    text = re.sub(r"/\*\*(/?\s*)\Z", r"/**/*\1", text)
    text = _CLASS.sub(lambda named: _CLASSES.get(named[1], named[0]), text)
    regex, ignores = GitIgnoreSpecPattern.pattern_to_regex(text)
    if regex is None or ignores is None:
        return None
    is_of_path = "/" in text.rstrip().rstrip("/")
    if not regex.startswith("^"):
        regex = ".*" + regex
    regex = regex.removeprefix("^" if is_of_path else "^(?:.+/)?")
    regex = _BRACKETS.sub(_without_slash, _in_one_way(regex))
    # In bytes, as git compares them; a group's name may stand but once in what they are joined to.
    expression = os.fsencode(re.sub(r"\(\?P<\w+>", "(?:", regex))
    re.compile(expression)
    return _Pattern(expression, ignores, is_of_path)


def _in_one_way(regex: str) -> str:
    """An expression that names the same, in a time that no pattern can stretch.

    Of all places where what stands between two stars fits, the first leaves most to the rest, and
    so it is for what stands between two `**`. Only the last of either is made to take another: no
    pattern takes longer than its length times that of the path.
    """
    parts = _STARS.sub("[^/]*", regex).split(_FOLDERS)
    # Of a name where it fits nowhere, that is seen much sooner from the end.
    one_way = r"(?=[^/]*\1)(?>[^/]*?\1)"
    first, *behind = (_STAR_BEFORE_STAR.sub(one_way, part) for part in parts)
    if not behind:
        return first
    *between, last = behind
    first = first.replace(_FOLDERS_FIRST, "(?:[^/]+/)*?")
    steps = [first, *(f"(?:/[^/]+)*?{part}" for part in between)]
    return "".join(f"(?>{step}(?=/))" for step in steps) + _FOLDERS + last


def _without_slash(found: re.Match[str]) -> str:
    """Brackets that match no slash; Python warns of one `[` in another."""
    return r"(?!/)[" + found[1].replace("[", r"\[") if found[1] else found[0]
