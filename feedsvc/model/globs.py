"""Naming documents by path or glob: `*` and `?` within a name, a part `**` for any folders."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Sequence

from feedsvc.model.document import DocumentPath

_MAX_CHARS = 4_096
_ANY_FOLDERS = "**"


class PathPattern:
    """One pattern, matched against ROOT/PATH and against PATH below any root.

    A pattern that names a folder means everything in it.
    """

    def __init__(self, pattern: str) -> None:
        """Raises ValueError for a pattern that can name no document."""
        parts = pattern.rstrip("/").split("/")
        if not all(parts) or {".", ".."} & set(parts):
            raise ValueError(f"{pattern!r} is no path or glob below a watched folder")
        if len(pattern) > _MAX_CHARS:
            raise ValueError(f"a path is longer than {_MAX_CHARS} characters")
        self.pattern = pattern
        if parts[-1] == _ANY_FOLDERS:
            # Everything below a folder: some name in it, and whatever lies below that.
            parts[-1] = "*"
        self._parts = [None if part == _ANY_FOLDERS else _name_pattern(part) for part in parts]

    def matches(self, path: DocumentPath) -> bool:
        below = path.path.decode("utf-8", "surrogateescape").split("/")
        return self._begins([path.root, *below]) or self._begins(below)

    def reaches(self, folder: DocumentPath) -> bool:
        """Whether the pattern may name something in a folder, whose path ends in a slash."""
        *below, _ = folder.path.decode("utf-8", "surrogateescape").split("/")
        return self._goes_through([folder.root, *below]) or self._goes_through(below)

    def _goes_through(self, names: Sequence[str]) -> bool:
        for part, name in zip(self._parts, names, strict=False):
            if part is None:
                return True
            if not part.fullmatch(name):
                return False
        return True

    def _begins(self, names: Sequence[str]) -> bool:
        """Whether the pattern names these, or a folder that they lie in.

        Each `**` takes as few folders as it can, and only the last may be made to take more: no
        pattern takes longer than its length times that of the path.
        """
        part = name = 0
        resume: tuple[int, int] | None = None
        while part < len(self._parts):
            wanted = self._parts[part]
            if wanted is None:
                part += 1
                resume = part, name
            elif name < len(names) and wanted.fullmatch(names[name]):
                part += 1
                name += 1
            elif resume and resume[1] < len(names):
                resume = resume[0], resume[1] + 1
                part, name = resume
            else:
                return False
        return True


def _name_pattern(part: str) -> re.Pattern[str]:
    # fnmatch's expressions never backtrack; of its signs only [ is not ours.
    return re.compile(fnmatch.translate(part.replace("[", "[[]")))


def matches_any(patterns: Sequence[PathPattern], path: DocumentPath) -> bool:
    """Whether one of the patterns names the document; no pattern at all names every one."""
    return not patterns or any(pattern.matches(path) for pattern in patterns)
