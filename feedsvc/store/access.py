"""API tokens, as hashes; and the audit log, which only grows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from feedsvc.model.access import Scope, Token
from feedsvc.store.schema import audit_events, tokens


def add_token(connection: Connection, token: Token, secret_sha256: bytes) -> None:
    connection.execute(
        insert(tokens).values(
            id=token.id,
            name=token.name,
            secret_sha256=secret_sha256,
            scopes=sorted(token.scopes),
            created_at=token.created_at,
            expires_at=token.expires_at,
        )
    )


def count_tokens(connection: Connection) -> int:
    return connection.scalar(select(func.count()).select_from(tokens)) or 0


def list_tokens(connection: Connection) -> list[Token]:
    return [_token(row) for row in connection.execute(select(tokens).order_by(tokens.c.created_at))]


def find_token(connection: Connection, token_id: str) -> tuple[Token, bytes] | None:
    """A token, and the SHA-256 of its secret."""
    row = connection.execute(select(tokens).where(tokens.c.id == token_id)).one_or_none()
    return (_token(row), row.secret_sha256) if row else None


def note_use(connection: Connection, token_id: str, now: datetime) -> None:
    connection.execute(update(tokens).where(tokens.c.id == token_id).values(last_used_at=now))


def revoke_token(connection: Connection, name: str, now: datetime) -> bool:
    """Answers whether there was an unrevoked token of this name."""
    changed = connection.execute(
        update(tokens)
        .where(tokens.c.name == name, tokens.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    return changed.rowcount > 0


def add_audit_event(
    connection: Connection,
    *,
    at: datetime,
    actor: str,
    address: str | None,
    action: str,
    object: str,
    result: str,
) -> None:
    """One line of the audit log; never a secret, a body or the content of a file."""
    connection.execute(
        insert(audit_events).values(
            at=at, actor=actor, address=address, action=action, object=object, result=result
        )
    )


def _token(row: Row[tuple[Any, ...]]) -> Token:  # Any: columns of many types
    return Token(
        id=row.id,
        name=row.name,
        scopes=frozenset(Scope(s) for s in row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
