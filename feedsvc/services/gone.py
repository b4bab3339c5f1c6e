"""When a document counts as gone, and which other then speaks for what it gave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from feedsvc.model.document import DocumentPath
from feedsvc.store.documents import EntryLink, KnownDocument, documents_by_id

CONFIRMING_SWEEPS = 2


def is_confirmed_gone(document: KnownDocument) -> bool:
    """Whether enough sweeps have missed a document: it was not just on its way elsewhere."""
    return document.missing_sweeps >= CONFIRMING_SWEEPS


def is_gone_ahead(document: KnownDocument, now: datetime) -> bool:
    """Whether a document was first missed by a clock that was ahead."""
    return document.missing_since is not None and document.missing_since > now


def may_withdraw(document: KnownDocument, after_s: float, now: datetime) -> bool:
    """Whether a document has been gone for long enough to withdraw what it gave."""
    since = document.missing_since
    return (
        is_confirmed_gone(document)
        and since is not None
        and now - since >= timedelta(seconds=after_s)
    )


def first_there(
    connection: Connection, links: Sequence[EntryLink], is_there: Callable[[DocumentPath], bool]
) -> EntryLink | None:
    """Of documents that give an entry, the first that is there."""
    holders = documents_by_id(connection, [link.document_id for link in links])
    return next((link for link in links if is_there(holders[link.document_id].path)), None)
