"""Asking for runs and following them; the lease holder works on them (`services/ingestion.py`)."""

from __future__ import annotations

from feedsvc.clock import Clock
from feedsvc.model.globs import PathPattern
from feedsvc.model.run import OutcomePage, Run, RunRequest, Trigger
from feedsvc.store.access import add_audit_event
from feedsvc.store.engine import Store
from feedsvc.store.repeating import repeated
from feedsvc.store.roots import root_device
from feedsvc.store.runs import add_run, fetch_outcomes, fetch_run


class Runs:
    """Runs wait in the store, so that they survive a restart and are worked on one at a time."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    @repeated
    def request(
        self,
        request: RunRequest,
        *,
        requested_by: str,
        trigger: Trigger = Trigger.ADMIN,
        address: str | None = None,
    ) -> Run:
        """Queue a run. requested_by: the token's name, or who it was on the command line.

        Raises ValueError for a path or glob that can name no document.
        """
        for path in request.paths:
            PathPattern(path)
        now = self._clock.now()
        with self._store.writing() as connection:
            run = add_run(
                connection, trigger=trigger, requested_by=requested_by, request=request, now=now
            )
            add_audit_event(
                connection,
                at=now,
                actor=requested_by,
                address=address,
                action="reingest.dry_run" if request.dry_run else "reingest",
                object=run.id,
                result="queued",
            )
        return run

    def get(self, run_id: str) -> Run:
        """Raises NotFound."""
        with self._store.reading() as connection:
            return fetch_run(connection, run_id)

    def have_seen(self, root: str) -> bool:
        """Whether a watched folder was ever there, by the name of its root."""
        with self._store.reading() as connection:
            return root_device(connection, root) is not None

    def outcomes(self, run_id: str, *, after: int = 0, limit: int = 200) -> OutcomePage:
        """What became of documents, behind position `after`. Raises NotFound."""
        with self._store.reading() as connection:
            fetch_run(connection, run_id)
            return fetch_outcomes(connection, run_id, after=after, limit=limit)
