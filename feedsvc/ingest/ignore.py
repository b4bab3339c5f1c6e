"""`.feedsvcignore`: names in a watched folder that are no documents, in the syntax of .gitignore.

A file of patterns speaks for its own folder and all below it; a deeper one has the last word.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from functools import lru_cache

from pathspec import GitIgnoreSpec
from pathspec.patterns.gitignore import GitIgnorePatternError
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

log = logging.getLogger(__name__)

IGNORE_FILE = b".feedsvcignore"
MAX_IGNORE_BYTES = 65_536


class IgnoreRules:
    """The patterns of one folder. below: its path in the root, b"" or with a slash behind it."""

    def __init__(self, below: bytes, raw: bytes) -> None:
        self._begin = len(below)
        self._spec = _parsed(below, raw)

    def judge(self, path: bytes) -> bool | None:
        """Whether a path (a folder's ends in a slash) is ignored; None where nothing is said."""
        return self._spec.check_file(os.fsdecode(path[self._begin :])).include


def is_ignored(rules: Sequence[IgnoreRules], path: bytes) -> bool:
    """What the deepest rules say that say anything. rules: those of the folders above, in order."""
    for deeper in reversed(rules):
        verdict = deeper.judge(path)
        if verdict is not None:
            return verdict
    return False


@lru_cache(maxsize=256)
def _parsed(below: bytes, raw: bytes) -> GitIgnoreSpec:
    """Read patterns; kept, so that a sweep reads none twice and tells a mistake once."""
    patterns = []
    for number, line in enumerate(raw.decode("utf-8", "surrogateescape").splitlines(), 1):
        try:
            patterns.append(GitIgnoreSpecPattern(line))
        except GitIgnorePatternError:
            log.warning(
                "pattern passed over: it is none of .gitignore",
                extra={"file": os.fsdecode(below + IGNORE_FILE), "line": number, "pattern": line},
            )
    return GitIgnoreSpec(patterns)
