"""The headers of every answer, errors included."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask import Flask, Response, request

from feedsvc.web.admin_api import is_admin

if TYPE_CHECKING:
    from feedsvc.runtime import Runtime

EVERYWHERE = {
    # In place of the server's own, which names it.
    "Server": "feedsvc",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "accelerometer=(), camera=(), geolocation=(), microphone=(), "
    "payment=(), usb=(), browsing-topics=()",
    "Vary": "Accept-Encoding",
}
STRICT_TRANSPORT_SECURITY = "max-age=31536000"
PAGE_POLICY = (
    "default-src 'none'; img-src https: http:; media-src https:; style-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# An opaque origin besides: even a script that slipped through could read nothing of the site.
ARTICLE_POLICY = (
    "default-src 'none'; img-src https: http:; media-src https:; style-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
)
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


def install_headers(app: Flask, runtime: Runtime) -> None:
    app.after_request(partial(_add_headers, headers_everywhere(runtime)))


def headers_everywhere(runtime: Runtime) -> dict[str, str]:
    """Those that every answer of this site has."""
    everywhere = EVERYWHERE
    if runtime.site.urls.base_url.startswith("https://"):
        everywhere = everywhere | {"Strict-Transport-Security": STRICT_TRANSPORT_SECURITY}
    if runtime.settings.feeds.deltas:
        everywhere = everywhere | {"Vary": "Accept-Encoding, A-IM"}
    return everywhere


def _add_headers(everywhere: dict[str, str], response: Response) -> Response:
    response.headers.update(everywhere)
    policy = PAGE_POLICY if response.mimetype == "text/html" else DATA_POLICY
    response.headers.setdefault("Content-Security-Policy", policy)
    if is_admin(request.path):
        response.headers["Cache-Control"] = "no-store"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
