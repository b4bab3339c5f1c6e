"""How often one client may ask for what costs work (Flask-Limiter).

What the fast layer holds is never counted: polls of feeds are meant to be answered. Counted is what
reaches Flask: pages and searches nobody asked for lately, names never seen, and what the
admin endpoint takes for a job (202) or refuses (401, 403). Each process counts for itself.
"""

from __future__ import annotations

import threading
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING

from flask import Flask, Response, request
from flask_limiter import Limiter
from limits.storage import MemoryStorage

from feedsvc.web.admin_api import is_admin

if TYPE_CHECKING:
    from feedsvc.runtime import Runtime

# Set by the fast layer where it asks on behalf of everybody.
RENEWING = "feedsvc.renewing"
# At the admin endpoint: what was refused, so that nobody guesses tokens, and what was set going.
_ADMIN_PER_MINUTE = 30
_COUNTED_OF_ADMIN = frozenset({202, 401, 403})
_NETWORK_BITS = 64  # what a provider gives one customer, of an IPv6 address
_NOT_COUNTED = frozenset({304})
_PROBES = ("/healthz", "/readyz")


class OneAtATime(MemoryStorage):
    """Counts in memory, one request after another.

    Where two came together, limits might start one timer twice, which fails a request.
    """

    STORAGE_SCHEME = ["memory-one-at-a-time"]  # noqa: RUF012  # as limits declares it

    def __init__(
        self, uri: str | None = None, wrap_exceptions: bool = False, **options: str
    ) -> None:
        self._counting = threading.Lock()
        super().__init__(uri, wrap_exceptions, **options)

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        with self._counting:
            return super().incr(key, expiry, amount)


def install_limits(app: Flask, runtime: Runtime) -> None:
    """Count by client; 0 a minute counts nothing."""
    per_minute = runtime.settings.server.requests_per_minute
    if per_minute == 0:
        return
    Limiter(
        client,
        app=app,
        default_limits=[lambda: f"{_allowed(per_minute)} per minute"],
        default_limits_exempt_when=_is_exempt,
        default_limits_deduct_when=_counts,
        storage_uri=f"{OneAtATime.STORAGE_SCHEME[0]}://",
        strategy="sliding-window-counter",
    )


def client() -> str:
    """Who asks: an IPv4 address, or the network of an IPv6 address."""
    address = request.remote_addr or "unknown"
    try:
        parsed = ip_address(address)
    except ValueError:  # behind a Unix socket there is none
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return f"{IPv6Address(int(parsed) >> _NETWORK_BITS << _NETWORK_BITS)}/{_NETWORK_BITS}"


def _allowed(per_minute: int) -> int:
    return min(per_minute, _ADMIN_PER_MINUTE) if is_admin(request.path) else per_minute


def _is_exempt() -> bool:
    return bool(request.environ.get(RENEWING)) or request.path.startswith(_PROBES)


def _counts(response: Response) -> bool:
    if is_admin(request.path):
        return response.status_code in _COUNTED_OF_ADMIN
    return response.status_code not in _NOT_COUNTED
