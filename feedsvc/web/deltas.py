"""226 IM Used: only what changed in a feed, for the reader that asks for it (RFC 3229)."""

from __future__ import annotations

from flask import Request, Response
from werkzeug.http import parse_etags, parse_list_header

from feedsvc.model.etag import bare_tag
from feedsvc.web.codings import Coding, choose_coding, encode
from feedsvc.web.conditions import Environ
from feedsvc.web.responses import Representation, tag_in


def wants_delta(environ: Environ) -> bool:
    """Whether a client takes the changes of a feed, and says which document it has."""
    manipulations = parse_list_header(environ.get("HTTP_A_IM", ""))
    is_asked = any(m.partition(";")[0].strip().lower() == "feed" for m in manipulations)
    return is_asked and bool(environ.get("HTTP_IF_NONE_MATCH"))


def other_tags(environ: Environ, current: str) -> list[str]:
    """The tags a client names, whatever their coding; none where it has the current document."""
    named = parse_etags(environ.get("HTTP_IF_NONE_MATCH"))
    tags = [bare_tag(tag) for tag in named.as_set(include_weak=True)]
    return [] if named.star_tag or current in tags else tags


def answer_delta(request: Request, whole: Representation, changed: bytes) -> Response:
    """The changes, under the tag of the whole document; no cache that knows no 226 keeps them."""
    coding = choose_coding(request.headers.get("Accept-Encoding", ""))
    response = Response(encode(coding, changed), 226, content_type=whole.media_type)
    if coding is not Coding.IDENTITY:
        response.headers["Content-Encoding"] = coding.value
    response.set_etag(tag_in(coding, whole.etag))
    response.headers["IM"] = "feed"
    response.headers["Cache-Control"] = "no-store, im"
    response.headers.update(whole.headers)
    return response
