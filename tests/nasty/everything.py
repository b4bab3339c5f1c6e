"""All cases, and how they are laid out in a folder."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from fnmatch import fnmatch
from itertools import chain
from pathlib import Path

from tests.nasty.case import (
    OUTSIDE_SECRET,
    SECRET_FILE,
    XXE_FILE,
    XXE_SECRET,
    Case,
    story,
)
from tests.nasty.encodings import binaries, encodings
from tests.nasty.notes import frontmatter, markdown
from tests.nasty.pages import jsonld, pages, xml
from tests.nasty.places import links, names, permissions, sizes, special_files
from tests.nasty.words import words

# These take a fifth of a second of processor, or more.
_SLOW = """
*/at-the-limit-* *-long.html *-long.txt *-long-word.* *-long-reference.* *-long-style.*
jsonld/broken-* jsonld/thousands.html markdown/*s.md markdown/*-used.md markdown/*-table.md
markdown/emphasis.md markdown/one-line.md pages/depth-200-ul.html
pages/depth-200-table.html pages/depth-tables.html
pages/elements-* pages/foster-parents.html pages/long-* pages/never-closed-*
pages/nine-megabytes.html pages/text-in-title.html pages/wide-table.html xml/quadratic.*
frontmatter/authors-many.md frontmatter/deep-* frontmatter/fences-alone.md
frontmatter/huge.md frontmatter/many-values.md frontmatter/never-ends.md
""".split()


def quick_cases() -> list[Case]:
    """Those that are done with soon: of every technique the most."""
    return [
        case
        for case in all_cases()
        if not case.is_slow and not any(fnmatch(str(case), pattern) for pattern in _SLOW)
    ]


def all_cases() -> list[Case]:
    """Every case; no path twice."""
    cases = list(
        chain(
            special_files(),
            links(),
            names(),
            sizes(),
            permissions(),
            encodings(),
            binaries(),
            pages(),
            jsonld(),
            xml(),
            frontmatter(),
            markdown(),
            words(),
        )
    )
    assert len({case.path for case in cases}) == len(cases), "two cases share a path"
    return cases


def lay_out(folder: Path, outside: Path, cases: Sequence[Case]) -> dict[Case, str]:
    """Write cases below `folder`, the secrets into `outside`; answers what could not be made."""
    for directory in (folder, outside):
        directory.mkdir(parents=True, exist_ok=True)
    (outside / SECRET_FILE).write_text(story(f"The {OUTSIDE_SECRET} of the island"))
    (outside / XXE_FILE).write_text(story(f"The {XXE_SECRET} of the island"))
    missed = {}
    for case in cases:
        path = folder.absolute() / os.fsdecode(case.path)
        try:
            _make_room(path.parent)
            case.make(path, outside)
        except OSError as error:
            missed[case] = error.strerror or str(error)
    return missed


def _make_room(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        # Longer than a call takes; the case makes its folders one by one.
        if error.errno != errno.ENAMETOOLONG:
            raise
