"""Every error feedsvc raises, in one tree; nothing else lives here.

FeedsvcError
  ConfigError(problems)                 exit status 2, all problems told at once
  DocumentError(stage, path, reason)    kept with the document; the run goes on
    PostponedDocument                   any: not its fault; nothing is kept, the next look tries
    UnreadableDocument                  discover: not a regular file, no permission, too large
    UndecodableDocument                 decode: no charset fits every byte
    UnsupportedDocument                 read: no reader for this kind of file
    EmptyDocument                       extract: nothing in it that could be published
    RefusedDocument                     sanitize: beyond a limit or against the policy
    UnstorableDocument                  store: it cannot be kept as it is
  NotFound(what)                        404
    EntryGone(guid)                     410
    FeedRenamed(slug)                   301
    FeedGone                            410
  AccessDenied                          401: no token, or none that is known and valid
    ScopeMissing                        403: a valid token that may not do this
  InvalidRequest(problems)              400: says where and what; nothing was queued
  StoreError                            503; SQLAlchemy's errors end at the store's door
    StoreBusy                           locked by somebody else for longer than the wait
    StoreCutOff                         nothing was done; may be done again
    StoreFull                           no room where it writes; goes on once there is
    StoreDamaged                        its file cannot be trusted; nobody writes to it any more
    LeaseLost                           another process holds the ingest lease now
  CannotCheck(what, reason)             exit status 2: a feed elsewhere that cannot be had
  DryRunFailed                          the run ends with it: no room to do it in
  Interrupted                           asked to stop; what is not committed is done later
"""

from __future__ import annotations

import errno
from collections.abc import Mapping

# What goes wrong with a file when the machine is in trouble, and not the file.
_TRANSIENT_ERRNOS = frozenset(
    {
        errno.EIO,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.ENOSPC,
        errno.ESTALE,
        errno.EAGAIN,
        errno.EINTR,
        errno.ETIMEDOUT,
    }
)


class FeedsvcError(Exception):
    """The root: whatever feedsvc raises on purpose."""


class ConfigError(FeedsvcError):
    """Settings that cannot be used; carries every problem found, not only the first."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class DocumentError(FeedsvcError):
    """One document that cannot be published.

    stage: the name of the stage that refused it (`discover`, `decode`, `read`, `extract`,
    `sanitize` or `store`); reason: one line for people, which names what to do.
    """

    stage = "read"

    def __init__(self, reason: str, *, evidence: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.evidence = evidence

    def __reduce__(self) -> tuple[object, ...]:
        # Raised in worker processes: an exception with keyword-only arguments does not
        # survive pickling by itself.
        return _rebuild_document_error, (type(self), self.reason, self.evidence)


def _rebuild_document_error(
    kind: type[DocumentError], reason: str, evidence: str | None
) -> DocumentError:
    return kind(reason, evidence=evidence)


class PostponedDocument(DocumentError):
    """The machine could not work on it just now; it is left for the next look, not quarantined."""


def is_transient(error: OSError) -> bool:
    """Whether an error speaks of the machine's trouble: the same file may be read later."""
    return error.errno in _TRANSIENT_ERRNOS


class UnreadableDocument(DocumentError):
    """It cannot be opened, is no regular file, is too large, or never came to rest."""

    stage = "discover"


class UndecodableDocument(DocumentError):
    """No candidate charset fits every byte, or the bytes are no text at all."""

    stage = "decode"


class UnsupportedDocument(DocumentError):
    """No reader knows this kind of file, or its reader refuses the syntax."""

    stage = "read"


class EmptyDocument(DocumentError):
    """Nothing in it could be published."""

    stage = "extract"


class RefusedDocument(DocumentError):
    """Its body is beyond a limit, or did not pass the last check."""

    stage = "sanitize"


class UnstorableDocument(DocumentError):
    """The store could not keep it; the log says why."""

    stage = "store"


class NotFound(FeedsvcError):
    """Nothing was ever known by this name."""


class EntryGone(NotFound):
    """The entry was published once and has been withdrawn."""


class FeedRenamed(NotFound):
    """The feed has another name now; slug: the one that names it."""

    def __init__(self, what: str, *, slug: str) -> None:
        super().__init__(what)
        self.slug = slug


class FeedGone(NotFound):
    """The feed was taken away for good."""


class AccessDenied(FeedsvcError):
    """No token was presented, or none that is known, unexpired and not revoked."""


class ScopeMissing(AccessDenied):
    """The token is valid and may not do this."""


class InvalidRequest(FeedsvcError):
    """A request that cannot be used; nothing was queued.

    problems: each says where (`pointer`, RFC 6901, or `parameter`) and what (`detail`).
    """

    def __init__(self, detail: str, problems: tuple[Mapping[str, str], ...] = ()) -> None:
        super().__init__(detail)
        self.problems = problems


class StoreError(FeedsvcError):
    """The store could not do what was asked; the cause is chained."""


class StoreBusy(StoreError):
    """Another process kept the store locked for longer than `busy_timeout_s`."""


class StoreCutOff(StoreError):
    """The database ended a transaction before it was to be kept, or did not let it begin."""


class StoreFull(StoreError):
    """There is no room where the store writes; what is there is served on."""


class StoreDamaged(StoreError):
    """The database is not as it was written; only a person can put another in its place."""


class LeaseLost(StoreError):
    """Another process has taken the ingest lease; whatever was not committed is not published."""


class CannotCheck(FeedsvcError):
    """A file or an address that cannot be had, so that nobody knows whether it is sound."""

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(f"{what}: {reason}")
        self.what = what
        self.reason = reason


class DryRunFailed(FeedsvcError):
    """A dry run found no room, or no place, for the copy of the store that it is done in."""


class Interrupted(FeedsvcError):
    """Asked to stop in the middle of something; what is not committed is done another time."""
