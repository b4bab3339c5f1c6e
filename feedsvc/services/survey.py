"""A survey: one look at the watched folders, compared with what the store knows, as sets.

Nothing is decided here, and nothing read but names: what differs is noted on disk, and is settled
once every file has rested for a while (`ingest.settle_s`).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from feedsvc.clock import Clock
from feedsvc.errors import UnreadableDocument
from feedsvc.ingest.discover import Found, RootUnreadable, WatchedRoot, why_closed
from feedsvc.model.document import MAX_PATH_BYTES, DocumentPath
from feedsvc.model.globs import PathPattern, matches_any
from feedsvc.model.run import RunRequest
from feedsvc.services.gone import CONFIRMING_SWEEPS
from feedsvc.services.holds import counts_since
from feedsvc.store.differences import Difference, Differences, Kind
from feedsvc.store.documents import (
    KnownDocument,
    find_by_paths,
)
from feedsvc.store.engine import Store
from feedsvc.store.entries import Versions
from feedsvc.store.losses import count_without_entries
from feedsvc.store.roots import fetch_hold, root_device
from feedsvc.store.standing import Absence, KnownState, Standing, list_hashed_paths, list_states

log = logging.getLogger(__name__)

_NOTED_AT_ONCE = 500
_STATES_AT_ONCE = 5_000


@dataclass(frozen=True, kw_only=True)
class RootLook:
    """How one root compares that could be read. device_before: None at its first look.

    known: documents that the store knows; gone: how many of them were not found; gone_before: how
    many of these have been gone since before `since`, with nothing left to do. refused: how many of
    those known give no entry, counted where any are gone lately.
    """

    root: WatchedRoot
    known: int
    gone: int
    gone_before: int
    refused: int
    since: datetime
    device: int
    device_before: int | None

    @property
    def is_moved(self) -> bool:
        """Whether the root lies on another device than before."""
        return self.device_before is not None and self.device != self.device_before


@dataclass(kw_only=True)
class Survey:
    """What one look found.

    is_whole: every path was looked at, so that what was not found is gone. unrested: whether some
    file has to rest before it is settled; rested_at: when all will have, by the monotonic clock; 0
    where whoever settles it has waited. failed: what was asked for and is not there, and why.
    when_read: called while the look goes on, whenever it has found what is to be read.
    """

    request: RunRequest
    is_whole: bool
    when_read: Callable[[], None] | None = None
    unrested: bool = False
    rested_at: float = 0.0
    differences: Differences = field(default_factory=Differences)
    roots: list[RootLook] = field(default_factory=list)
    failed: list[tuple[DocumentPath, str]] = field(default_factory=list)

    @property
    def wanted(self) -> int:
        """How many documents there are to settle."""
        counts = self.differences.counts
        return sum(counts.values()) - counts[Kind.GONE]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to settle and nothing to say."""
        return not (self.wanted or self.differences.counts[Kind.GONE] or self.failed)

    def close(self) -> None:
        self.differences.close()


class Troubles:
    """What is wrong with which root: a log tells it once, and not at every sweep."""

    def __init__(self) -> None:
        self._standing: set[tuple[str, str]] = set()
        self._closed: dict[str, frozenset[DocumentPath]] = {}

    def note(self, root: str, trouble: str, **values: object) -> None:
        if (root, trouble) not in self._standing:
            self._standing.add((root, trouble))
            log.warning(trouble, extra={"root": root, **values})

    def note_closed(self, root: str, closed: Mapping[DocumentPath, str]) -> None:
        """Tell which folders of a root a look could not go through, and why."""
        for folder in sorted(closed.keys() - self._closed.get(root, frozenset())):
            log.warning(
                "folder unreadable", extra={"folder": str(folder), "reason": closed[folder]}
            )
        self._closed[root] = frozenset(closed)

    def note_over(self, root: str, trouble: str) -> None:
        if (root, trouble) in self._standing:
            self._standing.remove((root, trouble))
            log.info("trouble over", extra={"root": root, "trouble": trouble})


@dataclass(frozen=True, kw_only=True)
class Surveyor:
    """Looks at the watched folders, and only reads: any thread may look at any time.

    withdraw_after_s: how long what documents gave lives on that are gone, None for ever.
    """

    store: Store
    clock: Clock
    roots: Sequence[WatchedRoot]
    versions: Versions
    withdraw_after_s: float | None
    troubles: Troubles

    def look(
        self,
        request: RunRequest,
        paths: Collection[DocumentPath] | None = None,
        when_read: Callable[[], None] | None = None,
    ) -> Survey:
        """Compare everything, or what lies at and below some paths. Raises StoreError."""
        is_whole = paths is None and not request.paths
        survey = Survey(request=request, is_whole=is_whole, when_read=when_read)
        try:
            if paths is None:
                self._look_everywhere(survey)
            else:
                self._look_at(survey, paths)
            survey.differences.end()
        except BaseException:
            survey.close()
            raise
        return survey

    def _look_everywhere(self, survey: Survey) -> None:
        patterns = [PathPattern(pattern) for pattern in survey.request.paths]
        matched: set[PathPattern] = set()
        closed: dict[DocumentPath, str] = {}
        for root in self.roots:
            comparison = _Comparison(self, survey, root, patterns)
            try:
                device = root.device()
                comparison.compare(b"")
                comparison.compare_hashed()
            except RootUnreadable as error:
                self.troubles.note(root.name, "root unreadable", reason=error.reason)
                survey.failed.append((DocumentPath(root=root.name, path=b""), error.reason))
                continue
            self.troubles.note_over(root.name, "root unreadable")
            self.troubles.note_closed(root.name, comparison.closed)
            matched |= comparison.matched
            closed |= comparison.closed
            with self.store.reading() as connection:
                before = root_device(connection, root.name)
                is_any_gone_lately = comparison.gone > comparison.gone_before
                # By now, before any that arrive are refused.
                refused = count_without_entries(connection, root.name) if is_any_gone_lately else 0
            survey.roots.append(
                RootLook(
                    root=root,
                    known=comparison.known,
                    gone=comparison.gone,
                    gone_before=comparison.gone_before,
                    refused=refused,
                    since=comparison.absence.since,
                    device=device,
                    device_before=before,
                )
            )
        if len(survey.roots) == len(self.roots):  # who knows what lies in one that is unreadable
            for pattern in patterns:
                if pattern not in matched:
                    reason = _why_unmatched(pattern, closed)
                    survey.failed.append((_named(pattern, self.roots), reason))

    def absence(self, root: str) -> Absence:
        """Which documents of a root that are gone there is nothing left to do about."""
        now = self.clock.now()
        with self.store.reading() as connection:
            hold = fetch_hold(connection, root)
        withdraw_before = None
        if self.withdraw_after_s is not None and hold is None:
            withdraw_before = now - timedelta(seconds=self.withdraw_after_s)
        return Absence(
            now=now,
            sweeps=CONFIRMING_SWEEPS,
            since=counts_since(hold, now),
            withdraw_before=withdraw_before,
        )

    def _look_at(self, survey: Survey, paths: Collection[DocumentPath]) -> None:
        roots = {root.name: root for root in self.roots}
        for path in sorted(paths):
            comparison = _Comparison(self, survey, roots[path.root], ())
            try:
                comparison.compare(path.path)
            except RootUnreadable:
                continue  # the next look at everything tells


class _Comparison:
    """One root beside its documents in the store, both in the order of paths."""

    def __init__(
        self, surveyor: Surveyor, survey: Survey, root: WatchedRoot, patterns: Sequence[PathPattern]
    ) -> None:
        self._store = surveyor.store
        self._versions = surveyor.versions
        self.absence = surveyor.absence(root.name)
        self._survey = survey
        self._root = root
        self._patterns = patterns
        self._new: list[Found] = []
        self._known: list[Found] = []
        self._gone: list[bytes] = []
        self._hashed: set[bytes] = set()
        self.matched: set[PathPattern] = set()
        self.closed: dict[DocumentPath, str] = {}
        self.known = self.gone = self.gone_before = 0

    def compare(self, below: bytes) -> None:
        """Note what differs at and below a path. Raises RootUnreadable, StoreError."""
        max_bytes = self._root.max_document_bytes
        # Where something is asked of unchanged documents too, none is passed over unlooked.
        plain = None if self._patterns or self._survey.request.force else Standing.PLAIN
        states = self._states(below)
        row = next(states, None)
        for path, seen in self._root.look(below):
            while row and row[0] < path:
                self._note_gone(row[0], row[-1])
                row = next(states, None)
            if (
                not isinstance(seen, OSError)
                and row
                == (
                    path,
                    seen.st_dev,
                    seen.st_ino,
                    seen.st_size,
                    seen.st_mtime_ns,
                    seen.st_ctime_ns,
                    plain,
                )
                and seen.st_size <= max_bytes
            ):
                # As it was: so it is with nearly all of a million, and nothing else is done.
                self.known += 1
                row = next(states, None)
                continue
            if len(path) > MAX_PATH_BYTES and not isinstance(seen, OSError):
                self._note_hashed(path, seen)
                continue
            if isinstance(seen, OSError):
                self._note_closed(path, seen)
                # Of what is closed nobody knows whether it is there.
                while row and (row[0] == path or (row[0].startswith(path) and path.endswith(b"/"))):
                    self.known += 1
                    row = next(states, None)
            elif row and row[0] == path:
                self._note_known(self._root.found(path, seen))
                row = next(states, None)
            else:
                self._note_new(self._root.found(path, seen))
        while row:
            self._note_gone(row[0], row[-1])
            row = next(states, None)
        self._flush()

    def compare_hashed(self) -> None:
        """Note which of the documents are gone whose paths are too long to be kept."""
        with self._store.reading() as connection:
            for path in list_hashed_paths(connection, self._root.name):
                if path in self._hashed:
                    self.known += 1
                else:
                    self._note_gone(path, Standing.OPEN)
        self._flush()

    def _states(self, below: bytes) -> Iterator[KnownState]:
        """Page by page. A server reads each behind the first while the one before is compared.

        SQLite reads in this process, where both would take turns at every row.
        """
        page = self._page_of_states(below, b"")
        with ThreadPoolExecutor(1, "states") as ahead:
            while len(page) == _STATES_AT_ONCE:
                after, coming = page[-1][0], None
                if not self._store.is_sqlite:
                    coming = ahead.submit(self._page_of_states, below, after)
                yield from page
                page = coming.result() if coming else self._page_of_states(below, after)
        yield from page

    def _page_of_states(self, below: bytes, after: bytes) -> Sequence[KnownState]:
        # A transaction a page: a slow folder must not keep one open.
        with self._store.reading() as connection:
            return list_states(
                connection,
                self._root.name,
                below=below,
                after=after,
                limit=_STATES_AT_ONCE,
                extractor_version=self._versions.extractor,
                policy_version=self._versions.policy,
                absence=self.absence,
            )

    def _is_asked_for(self, found: Found) -> bool:
        for pattern in self._patterns:
            if pattern not in self.matched and pattern.matches(found.path):
                self.matched.add(pattern)
        return matches_any(self._patterns, found.path)

    def _note_hashed(self, path: bytes, seen: os.stat_result) -> None:
        found = self._root.found(path, seen)
        self._hashed.add(found.path.path)
        # Known or not: whether it is wanted is looked up either way.
        self._note_known(found)
        self.known -= 1

    def _note_known(self, found: Found) -> None:
        self.known += 1
        if self._is_asked_for(found):
            self._known.append(found)
            if len(self._known) >= _NOTED_AT_ONCE:
                self._flush()

    def _note_new(self, found: Found) -> None:
        if self._is_asked_for(found):
            self._new.append(found)
            if len(self._new) >= _NOTED_AT_ONCE:
                self._flush()

    def _note_closed(self, path: bytes, error: OSError) -> None:
        """Note the folder, or the one that a name lies in: one disk may hide a million names."""
        folder = path[: path.rfind(b"/") + 1]
        self.closed.setdefault(DocumentPath(root=self._root.name, path=folder), why_closed(error))

    def _note_gone(self, path: bytes, standing: int) -> None:
        """Of a folder's past there is ever more: where all is done, it is only counted."""
        self.known += 1
        self.gone += 1
        self.gone_before += standing == Standing.GONE_BEFORE
        if self._survey.is_whole and standing not in (Standing.GONE_BEFORE, Standing.GONE_LATELY):
            self._gone.append(path)
            if len(self._gone) >= _NOTED_AT_ONCE:
                self._flush()

    def _flush(self) -> None:
        request, differences = self._survey.request, self._survey.differences
        documents: dict[DocumentPath, KnownDocument] = {}
        if self._known:
            with self._store.reading() as connection:
                documents = find_by_paths(connection, [found.path for found in self._known])
        by_kind: dict[Kind, list[Difference]] = {kind: [] for kind in Kind}
        for found in self._known + self._new:
            known = documents.get(found.path)
            if is_wanted(found, known, request, self._versions):
                kind = _kind(found, known)
                by_kind[kind].append(_difference(found))
                self._survey.unrested |= kind in (Kind.NEW, Kind.CHANGED)
        is_read = any(by_kind[kind] for kind in (Kind.NEW, Kind.CHANGED, Kind.KEPT))
        if is_read and self._survey.when_read:
            self._survey.when_read()
        by_kind[Kind.GONE] = [
            Difference(path=DocumentPath(root=self._root.name, path=path)) for path in self._gone
        ]
        for kind, some in by_kind.items():
            if some:
                differences.add(kind, some)
        self._known, self._new, self._gone = [], [], []


def is_wanted(
    found: Found, known: KnownDocument | None, request: RunRequest, versions: Versions
) -> bool:
    """Whether there is anything to settle about a file that a look found."""
    if known is None:
        return True
    if found.refusal:
        return request.force or known.reason != found.refusal.reason
    if known.state != found.state or known.missing_since or request.force:
        return True
    if known.stage == "discover":
        return True  # what was refused unread is wanted as soon as it is not refused any more
    version = versions.policy if known.stage == "sanitize" else versions.extractor
    return known.stage is not None and known.refused_by_version != version


def _kind(found: Found, known: KnownDocument | None) -> Kind:
    if found.refusal:
        return Kind.REFUSED
    if known is None:
        return Kind.NEW
    return Kind.KEPT if known.state == found.state else Kind.CHANGED


def found_again(difference: Difference) -> Found:
    """What a look found, as it was noted."""
    assert difference.state is not None, "what is gone was not found"
    refusal = UnreadableDocument(difference.refusal) if difference.refusal else None
    return Found(path=difference.path, state=difference.state, refusal=refusal)


def _difference(found: Found) -> Difference:
    refusal = found.refusal.reason if found.refusal else None
    return Difference(path=found.path, state=found.state, refusal=refusal)


def _why_unmatched(pattern: PathPattern, closed: Mapping[DocumentPath, str]) -> str:
    """closed: the folders of which nobody knows what is in them, and why."""
    for folder, reason in closed.items():
        if pattern.reaches(folder):
            return f"{folder} {reason}"
    # A path or glob that names nothing is a mistake of whoever asked.
    return f"no document matches {pattern.pattern}"


def _named(pattern: PathPattern, roots: Sequence[WatchedRoot]) -> DocumentPath:
    """A pattern as if it were a path: below the root it names, else below any."""
    name, _, below = pattern.pattern.partition("/")
    if below and name in {root.name for root in roots}:
        return DocumentPath(root=name, path=os.fsencode(below))
    return DocumentPath(root="*", path=os.fsencode(pattern.pattern))
