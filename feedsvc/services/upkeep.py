"""Looking after the store: backups, whether it keeps its rules, what may go, and the daily job."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

from feedsvc.clock import Clock
from feedsvc.errors import StoreDamaged, StoreError
from feedsvc.settings import RetentionSettings
from feedsvc.store import backup, damage, starting, upkeep, verify
from feedsvc.store.engine import Store
from feedsvc.store.trouble import check_over, degradation

log = logging.getLogger(__name__)

_UNREADABLE = "it cannot be read"


@dataclass(frozen=True, kw_only=True)
class Pruned:
    """How much was removed: revisions of entries, originals of documents, runs, audited events."""

    revisions: int
    originals: int
    runs: int
    audit_events: int


@dataclass(frozen=True, kw_only=True)
class Vacuumed:
    """What was removed, and the size of the store before and after."""

    pruned: Pruned
    before_bytes: int
    after_bytes: int


class Upkeep:
    """The upkeep of one store. is_stopped: asked now and then, whether to leave the rest undone."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        settings: RetentionSettings,
        is_stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._store = store
        self._clock = clock
        self._settings = settings
        self._is_stopped = is_stopped

    def check_start(self) -> None:
        """Before the store is used: raise StoreError if it is damaged, warn if it is gone."""
        starting.check_start(self._store)

    def check_over(self, trouble: StoreError) -> None:
        """Raise StoreError unless a publishing transaction could go on after some trouble.

        After damage the whole file is read: a disk that failed for a moment may have made it up.
        """
        if isinstance(trouble, StoreDamaged):
            damage.refuse_damaged(self._store)
            self.check_file()
        check_over(self._store, trouble)

    def degradation(self) -> str | None:
        """Why nothing new can be published now, though all can be served; None if it can."""
        return degradation(self._store)

    def back_up(self, target: Path) -> None:
        """Write a backup while others go on. Raises StoreError."""
        backup.back_up(self._store, target)

    def restore(self, source: Path) -> Path | None:
        """Put a backup in the store's place; answers where the replaced file lies, if one does.

        Raises StoreError, among others while somebody uses the store.
        """
        return backup.restore(self._store, source, self._clock.now())

    def verify(self) -> Iterator[verify.Verified]:
        """Check every rule that a store keeps.

        Nothing more is written to a SQLite file that is found damaged; to one that is found whole
        it may be, again. Raises StoreError if that cannot be noted.
        """
        path = self._store.sqlite_path
        if path is None:
            yield from verify.verify(self._store)
            return
        try:
            for verified in verify.verify(self._store):
                yield verified
                if verified.rule != verify.FILE_IS_WHOLE:
                    continue
                if verified.offenders:
                    damage.note_damage(path, verified.offenders[0])
                else:
                    damage.forget_damage(path)
        except StoreDamaged:
            damage.note_damage(path, _UNREADABLE)
            raise

    def prune(self) -> Pruned:
        """Remove what the settings let go. Raises StoreError, StoreDamaged."""
        damage.refuse_damaged(self._store)
        now, kept = self._clock.now(), self._settings
        upkeep.prune_tries(self._store, before=now - timedelta(days=kept.runs_days))
        return Pruned(
            revisions=upkeep.prune_revisions(
                self._store,
                self._clock,
                before=now - timedelta(days=kept.revisions_days),
                keep=kept.revisions_per_entry,
                goes_on=self._goes_on,
            ),
            originals=upkeep.prune_originals(self._store, goes_on=self._goes_on),
            runs=upkeep.prune_runs(
                self._store, before=now - timedelta(days=kept.runs_days), goes_on=self._goes_on
            ),
            audit_events=upkeep.prune_audit(
                self._store, before=now - timedelta(days=kept.audit_days), goes_on=self._goes_on
            ),
        )

    def _goes_on(self) -> bool:
        return not self._is_stopped()

    def vacuum(self) -> Vacuumed:
        """Remove what the settings let go, and give the room back."""
        before = upkeep.size_bytes(self._store)
        pruned = self.prune()
        upkeep.vacuum(self._store)
        return Vacuumed(
            pruned=pruned, before_bytes=before, after_bytes=upkeep.size_bytes(self._store)
        )

    def every_day(self) -> None:
        """What the scheduler does once a day."""
        pruned = self.prune()
        upkeep.optimize(self._store)
        log.info("upkeep done", extra=asdict(pruned))

    def marked_in_use(self) -> AbstractContextManager[bool]:
        """Mark the store as being ingested into; answers whether it was left in order before."""
        return starting.marked_in_use(self._store)

    def check_file(self) -> None:
        """Read all of a SQLite database: once a week, after an unclean stop, where damage was met.

        Raises StoreDamaged for one that is; nothing is published in it any more, and no start
        accepts it.
        """
        path = self._store.sqlite_path
        if path is None:
            return
        try:
            found = verify.check_file(self._store, is_quick=False, gives_up=self._is_stopped)
        except StoreDamaged:
            found = _UNREADABLE
        if found:
            log.error(
                "the database is damaged; stop the service and restore a backup",
                extra={"found": found},
            )
            damage.note_damage(path, found)
            damage.refuse_damaged(self._store)
