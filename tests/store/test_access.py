"""Tokens as the store keeps them: hashes only; and the audit log, which only grows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

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
from feedsvc.store.schema import audit_events
from tests.service import StoppedClock

NOW = StoppedClock().instant
TOKEN = Token(
    id="0123456789ab",
    name="laptop",
    scopes=frozenset({Scope.INGEST, Scope.READ}),
    created_at=NOW,
    expires_at=NOW + timedelta(days=90),
)


def test_a_token_comes_out_as_it_went_in(store: Store) -> None:
    with store.writing() as connection:
        add_token(connection, TOKEN, b"\1" * 32)
        assert find_token(connection, TOKEN.id) == (TOKEN, b"\1" * 32)
        assert list_tokens(connection) == [TOKEN]
        assert count_tokens(connection) == 1


def test_a_token_never_made_is_not_found(store: Store) -> None:
    with store.reading() as connection:
        assert find_token(connection, "0123456789ab") is None
        assert count_tokens(connection) == 0


def test_a_use_is_noted(store: Store) -> None:
    with store.writing() as connection:
        add_token(connection, TOKEN, b"\1" * 32)
        note_use(connection, TOKEN.id, NOW)
        assert list_tokens(connection) == [replace(TOKEN, last_used_at=NOW)]


def test_a_token_is_revoked_once_and_stays_listed(store: Store) -> None:
    with store.writing() as connection:
        add_token(connection, TOKEN, b"\1" * 32)
        assert revoke_token(connection, "laptop", NOW)
        assert not revoke_token(connection, "laptop", NOW + timedelta(days=1))
        assert not revoke_token(connection, "phone", NOW)
        assert list_tokens(connection) == [replace(TOKEN, revoked_at=NOW)]


def test_the_audit_log_keeps_who_did_what_when_and_from_where(store: Store) -> None:
    with store.writing() as connection:
        for address in (None, "2001:db8::1"):
            add_audit_event(
                connection,
                at=NOW,
                actor="laptop",
                address=address,
                action="reingest",
                object="run",
                result="queued",
            )
        rows = connection.execute(select(audit_events).order_by(audit_events.c.id)).all()
    assert [tuple(row)[1:] for row in rows] == [
        (NOW, "laptop", None, "reingest", "run", "queued"),
        (NOW, "laptop", "2001:db8::1", "reingest", "run", "queued"),
    ]
