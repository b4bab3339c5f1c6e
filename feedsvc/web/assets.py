"""The style sheet and the icons, under addresses that change with their content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Response, abort, request

from feedsvc.web.responses import Representation, answer

if TYPE_CHECKING:
    from feedsvc.runtime import Runtime

_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".ico": "image/x-icon",
    ".png": "image/png",
    ".svg": "image/svg+xml; charset=utf-8",
}
_FOR_A_DAY = "public, max-age=86400"
_FOR_EVER = "public, max-age=31536000, immutable"


def asset(runtime: Runtime, name: str) -> Response:
    """A file of `static/`; kept for ever only under the address that names its content."""
    found = _assets().get(name) or abort(404)
    if request.args.get("v") == found.etag:
        found = replace(found, cache_control=_FOR_EVER)
    return answer(request, found, runtime.clock.now())


def favicon(runtime: Runtime) -> Response:
    return asset(runtime, "favicon.ico")


def asset_path(name: str) -> str:
    """Where a page finds a file of `static/`, below the base URL."""
    return f"/static/{name}?v={_assets()[name].etag}"


@cache
def _assets() -> Mapping[str, Representation]:
    files = Path(__file__).with_name("static").iterdir()
    return {file.name: _load(file) for file in files if file.suffix in _MEDIA_TYPES}


def _load(file: Path) -> Representation:
    body = file.read_bytes()
    return Representation(
        body=body,
        media_type=_MEDIA_TYPES[file.suffix],
        cache_control=_FOR_A_DAY,
    )
