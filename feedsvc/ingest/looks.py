"""Stable before read: a file is taken when two looks, far enough apart, saw the same of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from feedsvc.ingest.discover import Found
from feedsvc.model.document import DocumentPath, FileState


@dataclass(frozen=True, kw_only=True)
class _Look:
    state: FileState
    since: float


class Looks:
    """What was seen of files that are not at rest yet. settle_s and monotonic are in seconds."""

    def __init__(self, settle_s: float, monotonic: Callable[[], float]) -> None:
        self._settle_s = settle_s
        self._monotonic = monotonic
        self._seen: dict[DocumentPath, _Look] = {}

    def at_rest(self, found: Iterable[Found]) -> list[Found]:
        """Those of `found` seen unchanged for `settle_s`; only the others go on waiting.

        found: every file that waits to be read, each time.
        """
        now = self._monotonic()
        seen: dict[DocumentPath, _Look] = {}
        ready = []
        for file in found:
            before = self._seen.get(file.path)
            if before is None or before.state != file.state:
                seen[file.path] = _Look(state=file.state, since=now)
            elif now - before.since < self._settle_s:
                seen[file.path] = before
            else:
                ready.append(file)
        self._seen = seen
        return ready

    def begin_anew(self, file: Found) -> None:
        """The file changed while it was read: it waits as if it had just been seen."""
        self._seen[file.path] = _Look(state=file.state, since=self._monotonic())

    def waiting(self) -> list[DocumentPath]:
        """The files that are not at rest yet."""
        return sorted(self._seen)

    def next_in_s(self) -> float | None:
        """Seconds until the first of the waiting files may be at rest; None if none waits."""
        if not self._seen:
            return None
        first = min(look.since for look in self._seen.values())
        return max(0.0, first + self._settle_s - self._monotonic())
