"""The admin endpoint: asking for a re-ingest, following it, and what is in quarantine.

JSON becomes a `RunRequest` here, and a `Run` becomes JSON; what may be done, and what is done,
is decided by the services.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Response, abort, request

from feedsvc.errors import InvalidRequest
from feedsvc.model.access import Scope, Token
from feedsvc.model.document import DocumentOutcome, Quarantined
from feedsvc.model.run import OutcomePage, Run, RunRequest

if TYPE_CHECKING:
    from feedsvc.runtime import Runtime

MAX_BODY_BYTES = 1_000_000
DEFAULT_LIMIT = 200
MAX_LIMIT = 1000
_FLAGS = ("dry_run", "move_updated")
_KEYS = ("paths", *_FLAGS)
Problem = Mapping[str, str]


def is_admin(path: str) -> bool:
    return path == "/admin" or path.startswith("/admin/")


def reingest(runtime: Runtime) -> Response:
    """POST: queue a run; it is never worked on inside the request."""
    token = authenticate(runtime, Scope.INGEST)
    wanted = read_run_request(read_body())
    try:
        run = runtime.runs.request(wanted, requested_by=token.name, address=request.remote_addr)
    except ValueError as error:
        raise InvalidRequest(str(error), ({"pointer": "#/paths", "detail": str(error)},)) from error
    response = _told(runtime, run, runtime.runs.outcomes(run.id), DEFAULT_LIMIT)
    response.status_code = 202
    response.headers["Location"] = _url(runtime, run)
    return response


def read_body() -> bytes:
    """The body of a request, which is JSON if there is one; else 413 and 415."""
    body = request.get_data()
    # Werkzeug refuses a longer Content-Length, but cuts a longer chunked body off in silence.
    if len(body) >= MAX_BODY_BYTES:
        abort(413)
    if body.strip() and not request.is_json:
        abort(415)
    return body


def job(runtime: Runtime, job_id: str) -> Response:
    """GET: how far a run has come, and what became of each document, a page at a time."""
    authenticate(runtime, Scope.READ)
    after, limit = _place()
    run = runtime.runs.get(job_id)
    return _told(runtime, run, runtime.runs.outcomes(run.id, after=after, limit=limit), limit)


def quarantine(runtime: Runtime) -> Response:
    """GET: the documents that could not be published, a page at a time, and how many there are."""
    authenticate(runtime, Scope.READ)
    after, limit = _place()
    page = runtime.quarantine.page(after=after, limit=limit)
    return _json(
        {
            "counts": dict(runtime.quarantine.counts()),
            "documents": [_quarantined(document) for document in page.documents],
            "next": _next(f"{runtime.site.urls.base_url}/admin/quarantine", page.next_after, limit),
        }
    )


def read_run_request(body: bytes) -> RunRequest:
    """Read what a run shall do; an empty body asks for everything. Raises InvalidRequest.

    A re-ingest always extracts anew: that is what it is asked for.
    """
    if not body.strip():
        return RunRequest(force=True)
    found = read_object(body)
    problems = (*unknown_keys(found, _KEYS), *_path_problems(found), *_flag_problems(found))
    if problems:
        raise InvalidRequest("The request cannot be used; nothing was queued.", problems)
    paths = found.get("paths", [])
    assert isinstance(paths, list)  # `_path_problems` has looked
    flags = {flag: bool(found.get(flag)) for flag in _FLAGS}
    return RunRequest(paths=tuple(paths), force=True, **flags)


def authenticate(runtime: Runtime, scope: Scope) -> Token:
    header = request.headers.get("Authorization")
    return runtime.access.authenticate(header, scope, address=request.remote_addr)


def _place() -> tuple[int, int]:
    """Behind which item a page begins, and how many it has at most."""
    after = _number("after", default=0, least=0, most=2**63 - 1)
    return after, _number("limit", default=DEFAULT_LIMIT, least=1, most=MAX_LIMIT)


def _next(url: str, after: int | None, limit: int) -> str | None:
    return None if after is None else f"{url}?after={after}&limit={limit}"


def _number(name: str, *, default: int, least: int, most: int) -> int:
    text = request.args.get(name)
    if text is None:
        return default
    # Twenty digits are beyond any number asked for, and `int` of thousands of them is slow.
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else -1
    if not least <= number <= most:
        detail = f"must be a whole number from {least} to {most}"
        raise InvalidRequest(f"{name} {detail}.", ({"parameter": name, "detail": detail},))
    return number


def read_object(body: bytes) -> Mapping[str, object]:
    try:
        found = json.loads(body, object_pairs_hook=_without_repeats)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InvalidRequest(f"The body is not JSON: {error.msg} at {where}.") from error
    except (ValueError, RecursionError) as error:
        # Not UTF-8, a number of thousands of digits, or thousands of brackets.
        raise InvalidRequest("The body is not JSON that can be read.") from error
    if not isinstance(found, dict):
        raise InvalidRequest("The body must be a JSON object.")
    return found


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        # Python keeps the last one: {"dry_run": true, "dry_run": false} would be no dry run.
        raise InvalidRequest("The body says the same key twice.")
    return found


def unknown_keys(found: Mapping[str, object], keys: Sequence[str]) -> Iterator[Problem]:
    for key in found:
        if key not in keys:
            near = difflib.get_close_matches(key, keys, n=1)
            hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(keys)}"
            yield {"pointer": _pointer(key), "detail": f"there is no such key{hint}"}


def _path_problems(found: Mapping[str, object]) -> Iterator[Problem]:
    if "paths" not in found:
        return
    paths = found["paths"]
    if not isinstance(paths, list) or not paths:
        detail = "must be a list of at least one path; leave it out for every document"
        yield {"pointer": "#/paths", "detail": detail}
        return
    for number, path in enumerate(paths):
        if not isinstance(path, str) or not path or "\0" in path or not is_encodable(path):
            detail = "must be a path or a glob, as a string that is not empty"
            yield {"pointer": f"#/paths/{number}", "detail": detail}


def _flag_problems(found: Mapping[str, object]) -> Iterator[Problem]:
    for flag in _FLAGS:
        if not isinstance(found.get(flag, False), bool):
            yield {"pointer": f"#/{flag}", "detail": "must be true or false"}


def is_encodable(text: str) -> bool:
    """JSON can say a lone surrogate, which no file name and no store can hold."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _pointer(key: str) -> str:
    """RFC 6901 6: a JSON pointer to a top-level key, as a URI fragment."""
    escaped = key.replace("~", "~0").replace("/", "~1")
    return "#/" + quote(escaped, safe="", errors="replace")


def _told(runtime: Runtime, run: Run, page: OutcomePage, limit: int) -> Response:
    url = _url(runtime, run)
    told = {
        "id": run.id,
        "state": run.state,
        "created_at": _instant(run.created_at),
        "started_at": _instant(run.started_at),
        "finished_at": _instant(run.finished_at),
        "dry_run": run.request.dry_run,
        "request": {
            "paths": run.request.paths,
            "dry_run": run.request.dry_run,
            "move_updated": run.request.move_updated,
        },
        "total": run.total,
        "counts": dict(run.counts),
        "subscribers_will_see_again": run.resurfacing,
        "error": run.error,
        "outcomes": [_outcome(outcome) for outcome in page.outcomes],
        "next": _next(url, page.next_after, limit),
        "url": url,
    }
    return _json(told)


def _json(told: Mapping[str, object]) -> Response:
    body = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    return Response(body, content_type="application/json; charset=utf-8")


def _outcome(outcome: DocumentOutcome) -> dict[str, object]:
    return {
        "path": str(outcome.path),
        "outcome": outcome.outcome,
        "guid": outcome.guid,
        "title": outcome.title,
        "stage": outcome.stage,
        "reason": outcome.reason,
        "resurfaces": outcome.resurfaces,
    }


def _quarantined(document: Quarantined) -> dict[str, object]:
    return {
        "path": str(document.path),
        "stage": document.stage,
        "reason": document.reason,
        "evidence": document.evidence,
        "refused_at": _instant(document.refused_at),
    }


def _url(runtime: Runtime, run: Run) -> str:
    return f"{runtime.site.urls.base_url}/admin/jobs/{run.id}"


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat().replace("+00:00", "Z")
