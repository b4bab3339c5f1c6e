"""The admin endpoint: taking articles back, and restoring them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Response, request

from feedsvc.errors import InvalidRequest
from feedsvc.model.access import Scope
from feedsvc.web.admin_api import (
    Problem,
    authenticate,
    is_encodable,
    read_body,
    read_object,
    unknown_keys,
)

if TYPE_CHECKING:
    from feedsvc.runtime import Runtime
    from feedsvc.services.withdrawals import Decided

MAX_ENTRIES = 100
_MAX_REASON_CHARS = 2000


@dataclass(frozen=True, kw_only=True)
class _Asked:
    entries: tuple[str, ...]
    hide: bool
    reason: str | None


def withdraw(runtime: Runtime) -> Response:
    """POST: withdraw or hide entries, all of them or none; asked again, nothing changes."""
    token = authenticate(runtime, Scope.ADMIN)
    asked = _read("entries", "hide", "reason")
    decided = runtime.withdrawals.withdraw(
        asked.entries,
        hide=asked.hide,
        reason=asked.reason,
        by=token.name,
        address=request.remote_addr,
    )
    return _told(runtime, decided)


def restore(runtime: Runtime) -> Response:
    """POST: make entries live again, all of them or none; asked again, nothing changes."""
    token = authenticate(runtime, Scope.ADMIN)
    asked = _read("entries")
    decided = runtime.withdrawals.restore(asked.entries, by=token.name, address=request.remote_addr)
    return _told(runtime, decided)


def _read(*keys: str) -> _Asked:
    found = read_object(read_body())
    problems = (*unknown_keys(found, keys), *_problems(found))
    if problems:
        raise InvalidRequest("The request cannot be used; nothing was changed.", problems)
    entries, reason = found["entries"], found.get("reason")
    assert isinstance(entries, list)  # `_problems` has looked
    assert reason is None or isinstance(reason, str)
    return _Asked(entries=tuple(entries), hide=bool(found.get("hide")), reason=reason)


def _problems(found: Mapping[str, object]) -> Iterator[Problem]:
    entries = found.get("entries")
    if not isinstance(entries, list) or not 0 < len(entries) <= MAX_ENTRIES:
        yield {"pointer": "#/entries", "detail": f"must be a list of 1 to {MAX_ENTRIES} articles"}
    else:
        for number, name in enumerate(entries):
            if not _is_text(name):
                detail = "must be an id or an address, as a string that is not empty"
                yield {"pointer": f"#/entries/{number}", "detail": detail}
    if not isinstance(found.get("hide", False), bool):
        yield {"pointer": "#/hide", "detail": "must be true or false"}
    reason = found.get("reason")
    if reason is not None and not (_is_text(reason) and len(str(reason)) <= _MAX_REASON_CHARS):
        detail = f"must be a string of 1 to {_MAX_REASON_CHARS} characters"
        yield {"pointer": "#/reason", "detail": detail}


def _is_text(value: object) -> bool:
    is_text = isinstance(value, str) and bool(value.strip()) and "\0" not in value
    return is_text and is_encodable(str(value))


def _told(runtime: Runtime, decided: Sequence[Decided]) -> Response:
    told = [
        {
            "guid": one.guid,
            "url": runtime.site.urls.article(one.short_id, ""),
            "title": one.title,
            "state": one.state,
            "changed": one.changed,
        }
        for one in decided
    ]
    body = json.dumps({"entries": told}, ensure_ascii=False, indent=2) + "\n"
    return Response(body, content_type="application/json; charset=utf-8")
