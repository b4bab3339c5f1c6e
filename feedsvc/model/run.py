"""A run: one pass of ingestion, asked for by the clock or by a person, and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from feedsvc.model.document import DocumentOutcome, Outcome


class Trigger(StrEnum):
    """Who asked for a run."""

    SWEEP = "sweep"
    CLI = "cli"
    ADMIN = "admin"


class RunState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class RunRequest:
    """What a run shall do.

    paths: paths or globs (`*`, `**`, `?`) of documents, as ROOT/PATH or below any root; empty for
    every document. force: read documents anew even if their bytes are known, and let a newer
    extractor or policy change their entries. move_updated: let `updated` move for such changes,
    so that readers show them. dry_run: decide everything, store nothing.
    """

    paths: tuple[str, ...] = ()
    force: bool = False
    move_updated: bool = False
    dry_run: bool = False


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run as the store keeps it; a run that a person asked for is what they call a job.

    id: opaque, URL-safe. counts: documents by outcome. total: documents to look at, once known.
    resurfacing: entries that subscribers see as changed or new. error: why it failed, for people.
    """

    id: str
    trigger: Trigger
    requested_by: str
    request: RunRequest
    state: RunState
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    total: int | None = None
    counts: Mapping[Outcome, int] = field(default_factory=dict)
    resurfacing: int = 0
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class OutcomePage:
    """Some outcomes of a run in the order they came, and where the next page begins (None: end)."""

    outcomes: tuple[DocumentOutcome, ...]
    next_after: int | None
