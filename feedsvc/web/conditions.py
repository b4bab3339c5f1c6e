"""Conditional requests (RFC 9110 section 13): does the client have what it asks for already?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any

from werkzeug.http import parse_date, parse_etags

Environ = Mapping[str, Any]  # Any: WSGI's own


def evaluate(
    environ: Environ, tags: Sequence[str], date: datetime | None
) -> tuple[HTTPStatus, str]:
    """200, 304 or 412 for a GET or HEAD, and the tag to name in the answer.

    tags: the opaque tags of all codings, that of the coding asked for first. A client that has
    another coding's bytes has what is current: it is told so by the tag that it sent, which names
    what lies in its cache. date: Last-Modified; None where it cannot serve as a validator yet.
    """
    # In this order (13.2.2); each header of tags rules out the header of dates beside it.
    match = environ.get("HTTP_IF_MATCH")
    if match is not None:
        known = parse_etags(match)
        if not any(known.contains(tag) for tag in tags):
            return HTTPStatus.PRECONDITION_FAILED, tags[0]
    elif _is_past(date, environ.get("HTTP_IF_UNMODIFIED_SINCE")):
        return HTTPStatus.PRECONDITION_FAILED, tags[0]
    none_match = environ.get("HTTP_IF_NONE_MATCH")
    if none_match is not None:
        known = parse_etags(none_match)
        tag = next((tag for tag in tags if known.contains_weak(tag)), None)
        return (HTTPStatus.NOT_MODIFIED, tag) if tag else (HTTPStatus.OK, tags[0])
    since = _date_of(environ.get("HTTP_IF_MODIFIED_SINCE"))
    is_known = date is not None and since is not None and date <= since
    return (HTTPStatus.NOT_MODIFIED if is_known else HTTPStatus.OK), tags[0]


def _is_past(date: datetime | None, unmodified_since: str | None) -> bool:
    since = _date_of(unmodified_since)
    return date is not None and since is not None and date > since


def _date_of(value: str | None) -> datetime | None:
    """RFC 1123, RFC 850 and asctime dates; None for anything else."""
    try:
        return parse_date(value)
    except OverflowError:  # parse_date lets it through for a year or a zone of twenty digits
        return None
