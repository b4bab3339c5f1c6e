"""What a person takes back, hides or restores: short publishing transactions beside ingestion."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import Connection

from feedsvc.clock import Clock
from feedsvc.errors import InvalidRequest
from feedsvc.model.entry import BY_PERSON, EntryState
from feedsvc.model.urls import SiteUrls
from feedsvc.store.access import add_audit_event
from feedsvc.store.engine import Store
from feedsvc.store.entries import (
    StoredEntry,
    find_by_canonical_url,
    find_by_guid,
    find_by_short_id,
    return_entry,
    withdraw_entry,
)
from feedsvc.store.publishing import Publishing, publishing
from feedsvc.store.repeating import repeated

_UUID = re.compile(r"(?:urn:uuid:)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What became of one entry. changed: False where it was so already."""

    guid: str
    short_id: str
    title: str
    state: EntryState
    changed: bool


class Withdrawals:
    """Entries are named by guid, short id, permalink, or the address of the original."""

    def __init__(self, store: Store, clock: Clock, urls: SiteUrls) -> None:
        self._store = store
        self._clock = clock
        self._urls = urls

    def withdraw(
        self,
        names: Sequence[str],
        *,
        hide: bool = False,
        reason: str | None = None,
        by: str = "cli",
        address: str | None = None,
    ) -> list[Decided]:
        """Take entries out of every feed and page until a person restores them; all, or none.

        hide: tell nobody, rather than answer 410. by, address: who asked, for the audit log.
        Raises InvalidRequest where a name is nobody's, or several entries'.
        """
        state = EntryState.HIDDEN if hide else EntryState.WITHDRAWN

        def decide(work: Publishing, stored: StoredEntry) -> bool:
            is_so = stored.state is state and stored.departed_by == BY_PERSON
            if is_so and reason in (None, stored.departed_reason):
                return False
            withdraw_entry(work, stored, by=BY_PERSON, state=state, reason=reason)
            return True

        return self._decide(names, decide, "hide" if hide else "withdraw", by, address)

    def restore(
        self, names: Sequence[str], *, by: str = "cli", address: str | None = None
    ) -> list[Decided]:
        """Make entries live again, whoever withdrew them; no policy withdraws them any more."""

        def decide(work: Publishing, stored: StoredEntry) -> bool:
            if stored.state is EntryState.LIVE:
                return False
            return_entry(work, stored, by=BY_PERSON)
            return True

        return self._decide(names, decide, "restore", by, address)

    @repeated
    def _decide(
        self,
        names: Sequence[str],
        decide: Callable[[Publishing, StoredEntry], bool],
        action: str,
        by: str,
        address: str | None,
    ) -> list[Decided]:
        with publishing(self._store, None, self._clock) as work:
            # By their guids, since one may be named twice.
            wanted = {e.entry.guid: e for e in self._find_all(work.connection, names)}
            changed = {guid: decide(work, stored) for guid, stored in wanted.items()}
            for guid in wanted:
                add_audit_event(
                    work.connection,
                    at=work.now,
                    actor=by,
                    address=address,
                    action=f"entry.{action}",
                    object=guid,
                    result="done" if changed[guid] else "unchanged",
                )
            return [_decided(work.connection, guid, changed) for guid in wanted]

    def _find_all(self, connection: Connection, names: Sequence[str]) -> list[StoredEntry]:
        found = [self._find(connection, name.strip()) for name in names]
        problems = tuple(
            {"pointer": f"#/entries/{number}", "detail": _problem(name, entries)}
            for number, (name, entries) in enumerate(zip(names, found, strict=True))
            if len(entries) != 1
        )
        if problems:
            told = "; ".join(problem["detail"] for problem in problems)
            raise InvalidRequest(f"Nothing was changed: {told}.", problems)
        return [entries[0] for entries in found]

    def _find(self, connection: Connection, name: str) -> list[StoredEntry]:
        if uuid := _UUID.fullmatch(name):
            return find_by_guid(connection, f"urn:uuid:{uuid[1].lower()}")
        if not name.lower().startswith(("http://", "https://")):
            return find_by_short_id(connection, name.lower())
        articles = urlsplit(self._urls.article("", "")).path
        path = urlsplit(name).path
        if name.startswith(self._urls.home) and path.startswith(articles):
            return find_by_short_id(connection, path.removeprefix(articles).partition("/")[0])
        return find_by_canonical_url(connection, name)


def _problem(name: str, entries: Sequence[StoredEntry]) -> str:
    if not entries:
        return f"{name!r} names no article"
    ids = ", ".join(stored.entry.short_id for stored in entries)
    return f"{name!r} is the address of several articles ({ids})"


def _decided(connection: Connection, guid: str, changed: Mapping[str, bool]) -> Decided:
    (stored,) = find_by_guid(connection, guid)
    return Decided(
        guid=guid,
        short_id=stored.entry.short_id,
        title=stored.entry.title,
        state=stored.state,
        changed=changed[guid],
    )
