"""Naming documents by path or glob: `*` and `?` within a folder, `**` across folders."""

from __future__ import annotations

import re
from collections.abc import Sequence

from feedsvc.model.document import DocumentPath

_PARTS = re.compile(r"\*\*/|\*\*|\*|\?|[^*?]+")
_MEANING = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


class PathPattern:
    """One pattern, matched against ROOT/PATH and against PATH below any root.

    A pattern that names a folder means everything in it.
    """

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        expression = "".join(
            _MEANING.get(part, re.escape(part)) for part in _PARTS.findall(pattern.strip("/"))
        )
        self._expression = re.compile(f"(?:{expression})(?:/.*)?", re.DOTALL)

    def matches(self, path: DocumentPath) -> bool:
        below = path.path.decode("utf-8", "surrogateescape")
        return any(self._expression.fullmatch(name) for name in (f"{path.root}/{below}", below))


def matches_any(patterns: Sequence[PathPattern], path: DocumentPath) -> bool:
    """Whether one of the patterns names the document; no pattern at all names every one."""
    return not patterns or any(pattern.matches(path) for pattern in patterns)
