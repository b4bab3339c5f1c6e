"""Who may use the admin endpoint: tokens made, checked and revoked, every use written down."""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
import threading
import zlib
from datetime import datetime, timedelta

from feedsvc.clock import Clock
from feedsvc.errors import AccessDenied, ConfigError, ScopeMissing, StoreError
from feedsvc.model.access import Scope, Token
from feedsvc.store.access import (
    add_audit_event,
    add_token,
    count_tokens,
    find_token,
    list_tokens,
    note_use,
    revoke_token,
)
from feedsvc.store.engine import Store
from feedsvc.store.repeating import repeated

log = logging.getLogger(__name__)

_PREFIX = "fsv"
_USE_NOTED_EVERY = timedelta(minutes=1)
# More refusals in a minute than this, and it is only written down that there were more.
_MAX_REFUSALS_NOTED = 30
_MINUTE_S = 60.0


class Access:
    """API tokens: `fsv_` + id + secret + checksum, of which the store keeps a hash."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._refusals_lock = threading.Lock()
        self._refusals = 0
        self._refusals_since = clock.monotonic()

    @repeated
    def create_token(
        self, name: str, scopes: frozenset[Scope], lifetime: timedelta | None = None
    ) -> str:
        """Make a token; answers what to present, which cannot be shown again.

        Raises ConfigError where the name is taken.
        """
        now = self._clock.now()
        token_id, secret = secrets.token_hex(6), secrets.token_hex(32)
        token = Token(
            id=token_id,
            name=name,
            scopes=scopes,
            created_at=now,
            expires_at=now + lifetime if lifetime else None,
        )
        with self._store.writing() as connection:
            if any(known.name == name for known in list_tokens(connection)):
                raise ConfigError([f"there is a token named {name!r} already; choose another name"])
            add_token(connection, token, _digest(secret))
            add_audit_event(
                connection,
                at=now,
                actor="cli",
                address=None,
                action="token.create",
                object=token_id,
                result="ok",
            )
        body = f"{_PREFIX}_{token_id}_{secret}"
        return f"{body}_{_checksum(body)}"

    def tokens(self) -> list[Token]:
        with self._store.reading() as connection:
            return list_tokens(connection)

    @repeated
    def revoke(self, name: str) -> bool:
        """Answers whether there was a token of this name that could still be used."""
        now = self._clock.now()
        with self._store.writing() as connection:
            revoked = revoke_token(connection, name, now)
            add_audit_event(
                connection,
                at=now,
                actor="cli",
                address=None,
                action="token.revoke",
                object=name,
                result="ok" if revoked else "unknown",
            )
        return revoked

    def has_tokens(self) -> bool:
        """Whether any token was ever made; without one there is no admin endpoint."""
        with self._store.reading() as connection:
            return count_tokens(connection) > 0

    def authenticate(self, header: str | None, scope: Scope, *, address: str | None) -> Token:
        """The token in an `Authorization: Bearer` header, if it may do what `scope` names.

        Raises AccessDenied, ScopeMissing.
        """
        presented = _parse(header)
        now = self._clock.now()
        with self._store.reading() as connection:
            found = find_token(connection, presented[0]) if presented else None
        # The same work is done for an id that nobody knows.
        token, expected = found or (None, bytes(32))
        secret = presented[1] if presented else ""
        matches = hmac.compare_digest(_digest(secret), expected)
        if token is None or not matches:
            self._refuse(token.id if token else "unknown", address, "denied")
            raise AccessDenied("no valid token was presented")
        if token.revoked_at or (token.expires_at and token.expires_at <= now):
            self._refuse(token.id, address, "expired")
            raise AccessDenied("the token has expired or was revoked")
        if not token.allows(scope):
            self._refuse(token.id, address, "forbidden")
            raise ScopeMissing(f"the token may not do this; it lacks the scope {scope!r}")
        if token.last_used_at is None or now - token.last_used_at > _USE_NOTED_EVERY:
            self._note_use(token, now)
        return token

    def _note_use(self, token: Token, now: datetime) -> None:
        try:
            with self._store.writing() as connection:
                note_use(connection, token.id, now)
        except StoreError as error:
            # Of no matter to whoever asks; it is noted at the next use.
            log.info("use of a token not noted", extra={"token": token.id, "reason": str(error)})

    def _refuse(self, actor: str, address: str | None, result: str) -> None:
        """Write a refusal down; of very many in a minute only that there were more."""
        count = self._count_refusal()
        if count > _MAX_REFUSALS_NOTED + 1:
            return
        if count == _MAX_REFUSALS_NOTED + 1:
            actor, address, result = "several", None, "more, not written down"
        with self._store.writing() as connection:
            add_audit_event(
                connection,
                at=self._clock.now(),
                actor=actor,
                address=address,
                action="authenticate",
                object="admin",
                result=result,
            )

    def _count_refusal(self) -> int:
        """How many there have been within this minute, this one included."""
        with self._refusals_lock:
            now = self._clock.monotonic()
            if now - self._refusals_since >= _MINUTE_S:
                self._refusals, self._refusals_since = 0, now
            self._refusals += 1
            return self._refusals


def _parse(header: str | None) -> tuple[str, str] | None:
    scheme, _, presented = (header or "").partition(" ")
    body, _, checksum = presented.strip().rpartition("_")
    parts = body.split("_")
    if scheme.lower() != "bearer" or len(parts) != 3 or parts[0] != _PREFIX:
        return None
    # A mistyped token costs no look-up.
    return (parts[1], parts[2]) if checksum == _checksum(body) else None


def _digest(secret: str) -> bytes:
    # 256 random bits need no slow hash: there is nothing to guess from.
    return hashlib.sha256(secret.encode()).digest()


def _checksum(body: str) -> str:
    """Eight hexadecimal digits, by which secret scanners know a token for one."""
    return f"{zlib.crc32(body.encode()):08x}"
