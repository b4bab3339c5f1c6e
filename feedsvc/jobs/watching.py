"""Watching the folders: file events, which only wake looks; what they miss, the clock finds.

Each folder is watched by itself: a recursive watch would follow symbolic links out of the root.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from watchfiles import watch

from feedsvc.errors import FeedsvcError
from feedsvc.logs import Seldom
from feedsvc.model.document import DocumentPath

log = logging.getLogger(__name__)

# Events that come together wake one look; watchfiles' own 1.6 s would use up the whole promise.
_DEBOUNCE_MS = 50
_NOTICED_AFTER_MS = 250
_WATCHED_ANEW_AFTER_S = 5.0
# However often a name loses events, the folders are found anew for this share of the time at most.
_FINDING_SHARE = 0.1


@dataclass(kw_only=True)
class Watcher:
    """Tells of what happens in the watched folders, until `stop` or `lost` is set.

    roots: the folders by name. folders_in: the folders that documents lie in, at and below a path,
    each below its root. is_excluded: whether a path is one of ours, such as the database, of which
    nobody need hear. tell: told of the paths that changed; tell_all: that anything may have until
    now, when events are heard: at the beginning, and whenever some were lost.
    """

    roots: Mapping[str, Path]
    folders_in: Callable[[DocumentPath], Iterable[bytes]]
    is_excluded: Callable[[DocumentPath], bool]
    tell: Callable[[set[DocumentPath]], None]
    tell_all: Callable[[], None]
    stop: threading.Event
    lost: threading.Event
    _folders: set[Path] = field(default_factory=set)
    _has_missed: bool = True
    _seldom: Seldom = field(default_factory=Seldom)

    def run(self) -> None:
        """Watch; to be run in a thread of its own."""
        while not self._is_over():
            began = time.monotonic()
            found_in_s = 0.0
            try:
                self._find_folders(self.roots.values())
                found_in_s = time.monotonic() - began
                self._watch_folders()
            except RuntimeError as error:
                # From the library: a name that is no Unicode, and with it all that it had to tell.
                self._lose(error)
                anew_at = began + found_in_s / _FINDING_SHARE
                self.lost.wait(min(anew_at - time.monotonic(), _WATCHED_ANEW_AFTER_S))
            except (OSError, FeedsvcError) as error:
                # Too many watches, or a folder that went in between.
                self._lose(error)
                self.lost.wait(_WATCHED_ANEW_AFTER_S)

    def _lose(self, error: Exception) -> None:
        """Note that nobody knows what happened, which is told as soon as it can be heard again."""
        if self._seldom.again():
            log.warning("watching failed", extra={"reason": str(error)})
        self._folders.clear()
        if self._has_missed:  # and has heard nothing since: it must be told some time
            self.tell_all()
        self._has_missed = True

    def _is_over(self) -> bool:
        return self.stop.is_set() or self.lost.is_set()

    def _watch_folders(self) -> None:
        """Watch the folders that there are until they are others."""
        fresh: set[Path] = set()
        while not self._is_over():
            for changes in watch(
                *self._folders,
                watch_filter=None,
                debounce=_DEBOUNCE_MS,
                step=_DEBOUNCE_MS,
                stop_event=self.stop,
                rust_timeout=_NOTICED_AFTER_MS,
                # So that roots that come are seen, `lost` is noticed, and what was missed is told.
                yield_on_timeout=True,
                recursive=False,
                ignore_permission_denied=True,
            ):
                if self._has_missed:
                    self._has_missed = False
                    self.tell_all()
                changed = {Path(path) for _, path in changes}
                # In a folder that is new, something may have come before it was watched.
                self._tell(changed | fresh)
                fresh = self._renew(changed)
                if fresh or self._is_over():
                    break

    def _tell(self, changed: set[Path]) -> None:
        paths = {p for path in changed if (p := _document_path(self.roots, path))}
        paths = {path for path in paths if not self.is_excluded(path)}
        if paths:
            self.tell(paths)

    def _renew(self, changed: set[Path]) -> set[Path]:
        """Take in folders that have come, drop those that went; answers which are other."""
        before = self._folders.copy()
        at = changed | {*self.roots.values()}
        there = {path for path in at if path.is_dir()}
        if gone := (at - there) & self._folders:
            self._folders = {f for f in self._folders if gone.isdisjoint((f, *f.parents))}
        self._find_folders(there - self._folders)
        return self._folders ^ before

    def _find_folders(self, tops: Iterable[Path]) -> None:
        for top in tops:
            for name, root in self.roots.items():
                if top.is_relative_to(root) and root.is_dir():
                    below = os.fsencode(top.relative_to(root)) if top != root else b""
                    found = self.folders_in(DocumentPath(root=name, path=below))
                    # The library takes names of Unicode alone; what happens in others, looks find.
                    names = filter(_is_unicode, map(os.fsdecode, found))
                    self._folders.update(root / name for name in names)


def _is_unicode(name: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in name)


def _document_path(roots: Mapping[str, Path], changed: Path) -> DocumentPath | None:
    """Which name in which root changed; None where it is the root itself."""
    for name, root in roots.items():
        if changed != root and changed.is_relative_to(root):
            return DocumentPath(root=name, path=os.fsencode(changed.relative_to(root)))
    return None
