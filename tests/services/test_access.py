"""Who may use the admin endpoint: tokens shown once, checked, expired, revoked, written down."""

from __future__ import annotations

import zlib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import MetaData, select

from feedsvc.clock import Clock
from feedsvc.errors import AccessDenied, ConfigError, ScopeMissing, StoreFull
from feedsvc.model.access import Scope
from feedsvc.services.access import Access
from feedsvc.store.engine import Store
from feedsvc.store.schema import audit_events
from tests.service import StoppedClock

INGEST = frozenset({Scope.INGEST})


@pytest.fixture
def stopped() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def access(store: Store, stopped: StoppedClock) -> Access:
    return Access(store, stopped.clock)


def events(store: Store) -> list[tuple[str, str, str | None, str]]:
    """The audit log: actor, action, address, result."""
    with store.reading() as connection:
        rows = connection.execute(select(audit_events).order_by(audit_events.c.id)).all()
    return [(row.actor, row.action, row.address, row.result) for row in rows]


def refusal(access: Access, header: str | None, scope: Scope = Scope.INGEST) -> AccessDenied:
    with pytest.raises(AccessDenied) as refused:
        access.authenticate(header, scope, address="192.0.2.1")
    return refused.value


def test_a_token_opens_what_its_scope_names(access: Access) -> None:
    presented = access.create_token("laptop", INGEST)
    token = access.authenticate(f"Bearer {presented}", Scope.INGEST, address=None)
    assert (token.name, token.scopes) == ("laptop", INGEST)


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer"])
def test_the_scheme_may_be_written_in_any_case(access: Access, scheme: str) -> None:
    presented = access.create_token("laptop", INGEST)
    access.authenticate(f"{scheme} {presented}", Scope.INGEST, address=None)


def test_a_token_can_be_known_for_one(access: Access) -> None:
    prefix, token_id, secret, checksum = access.create_token("laptop", INGEST).split("_")
    assert prefix == "fsv"
    assert (len(token_id), len(secret), len(checksum)) == (12, 64, 8)


def test_nothing_in_the_store_can_be_presented(access: Access, store: Store) -> None:
    secret = access.create_token("laptop", INGEST).split("_")[2]
    tables = MetaData()
    with store.reading() as connection:
        tables.reflect(connection)
        held = [repr(tuple(r)) for t in tables.sorted_tables for r in connection.execute(select(t))]
    assert any("laptop" in row for row in held)
    assert not any(secret in row or repr(bytes.fromhex(secret)) in row for row in held)


def test_two_tokens_have_nothing_in_common(access: Access) -> None:
    first, second = (access.create_token(name, INGEST).split("_") for name in ("a", "b"))
    assert first[1] != second[1]
    assert first[2] != second[2]


def test_a_name_is_taken_once(access: Access) -> None:
    access.create_token("laptop", INGEST)
    with pytest.raises(ConfigError, match="a token named 'laptop' already"):
        access.create_token("laptop", INGEST)


def test_the_name_of_a_revoked_token_stays_taken(access: Access) -> None:
    access.create_token("laptop", INGEST)
    access.revoke("laptop")
    with pytest.raises(ConfigError):
        access.create_token("laptop", INGEST)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer fsv",
        "Bearer fsv_a_b_c",
        "Bearer fsv_____",
        "Basic bGFwdG9wOnNlY3JldA==",
        "Bearer ümläut_\x00",
        "Bearer " + "x" * 100_000,
    ],
)
def test_what_is_no_token_opens_nothing(access: Access, header: str | None) -> None:
    access.create_token("laptop", INGEST)
    assert str(refusal(access, header)) == "no valid token was presented"


def test_a_wrong_secret_and_an_unknown_token_are_refused_alike(access: Access) -> None:
    known = access.create_token("laptop", INGEST)
    another = access.create_token("phone", INGEST)
    # The checksums are right: each is looked up.
    secret_of_another = known.split("_")[1], another.split("_")[2]
    nobody = "0" * 12, known.split("_")[2]
    said = {
        str(refusal(access, f"Bearer {joined(*parts)}")) for parts in (secret_of_another, nobody)
    }
    assert said == {"no valid token was presented"}


def joined(token_id: str, secret: str) -> str:
    body = f"fsv_{token_id}_{secret}"
    return f"{body}_{zlib.crc32(body.encode()):08x}"


def test_a_mistyped_token_is_refused(access: Access) -> None:
    presented = access.create_token("laptop", INGEST)
    mistyped = presented[:-1] + ("0" if presented[-1] != "0" else "1")
    assert str(refusal(access, f"Bearer {mistyped}")) == "no valid token was presented"


def test_a_token_expires_at_its_instant(access: Access, stopped: StoppedClock) -> None:
    presented = access.create_token("laptop", INGEST, timedelta(days=1))
    stopped.move(days=1, microseconds=-1)
    access.authenticate(f"Bearer {presented}", Scope.INGEST, address=None)
    stopped.move(microseconds=1)
    assert "expired or was revoked" in str(refusal(access, f"Bearer {presented}"))


def test_a_token_without_a_lifetime_lasts(access: Access, stopped: StoppedClock) -> None:
    presented = access.create_token("laptop", INGEST)
    stopped.move(days=3650)
    access.authenticate(f"Bearer {presented}", Scope.INGEST, address=None)


def test_a_revoked_token_opens_nothing_from_then_on(access: Access) -> None:
    presented = access.create_token("laptop", INGEST)
    assert access.revoke("laptop")
    assert "expired or was revoked" in str(refusal(access, f"Bearer {presented}"))
    assert not access.revoke("laptop")


def test_a_token_may_not_do_what_its_scopes_do_not_name(access: Access) -> None:
    presented = access.create_token("reader", frozenset({Scope.READ}))
    assert isinstance(refusal(access, f"Bearer {presented}", Scope.INGEST), ScopeMissing)


@pytest.mark.parametrize("scope", list(Scope))
def test_an_admin_may_do_everything(access: Access, scope: Scope) -> None:
    presented = access.create_token("admin", frozenset({Scope.ADMIN}))
    access.authenticate(f"Bearer {presented}", scope, address=None)


def test_there_is_an_endpoint_once_there_is_a_token(access: Access) -> None:
    assert not access.has_tokens()
    access.create_token("laptop", INGEST)
    assert access.has_tokens()


def test_a_use_is_noted_once_a_minute(access: Access, stopped: StoppedClock) -> None:
    presented = access.create_token("laptop", INGEST)
    began = stopped.instant
    noted = []
    for _ in range(4):
        access.authenticate(f"Bearer {presented}", Scope.INGEST, address=None)
        noted += [token.last_used_at for token in access.tokens()]
        stopped.move(seconds=25)
    assert noted == [began, began, began, began + timedelta(seconds=75)]


def test_a_token_opens_where_its_use_cannot_be_noted(
    access: Access, stopped: StoppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    presented = access.create_token("laptop", INGEST)

    def fail(*_given: object) -> None:
        raise StoreFull("there is no room left on the store's disk")

    monkeypatch.setattr("feedsvc.services.access.note_use", fail)
    access.authenticate(f"Bearer {presented}", Scope.INGEST, address=None)
    monkeypatch.undo()
    access.authenticate(f"Bearer {presented}", Scope.INGEST, address=None)
    assert [token.last_used_at for token in access.tokens()] == [stopped.instant]


def test_every_refusal_is_written_down_without_what_was_presented(
    access: Access, store: Store, stopped: StoppedClock
) -> None:
    presented = access.create_token("laptop", frozenset({Scope.READ}), timedelta(days=1))
    token_id = presented.split("_")[1]
    refusal(access, "Bearer fsv_a_b_c")
    refusal(access, f"Bearer {presented}")
    stopped.move(days=2)
    refusal(access, f"Bearer {presented}")
    assert events(store) == [
        ("cli", "token.create", None, "ok"),
        ("unknown", "authenticate", "192.0.2.1", "denied"),
        (token_id, "authenticate", "192.0.2.1", "forbidden"),
        (token_id, "authenticate", "192.0.2.1", "expired"),
    ]


def test_of_many_refusals_it_is_written_down_once_that_there_were_more(store: Store) -> None:
    stopped, passed_s = StoppedClock(), 0.0
    access = Access(store, Clock(now=stopped.clock.now, monotonic=lambda: passed_s))
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: refusal(access, None), range(40)))
    one = ("unknown", "authenticate", "192.0.2.1", "denied")
    more = ("several", "authenticate", None, "more, not written down")
    assert Counter(events(store)) == {one: 30, more: 1}
    passed_s = 60.0
    refusal(access, None)
    assert Counter(events(store)) == {one: 31, more: 1}


def test_a_revocation_is_written_down(access: Access, store: Store) -> None:
    access.create_token("laptop", INGEST)
    access.revoke("laptop")
    access.revoke("phone")
    assert [event[1:] for event in events(store)[1:]] == [
        ("token.revoke", None, "ok"),
        ("token.revoke", None, "unknown"),
    ]
