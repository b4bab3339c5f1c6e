"""Taking articles back by the admin endpoint: who may, what may be asked, and what is told."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from .fakes import ADMIN, INGESTER, KHERSON, READER, FakeRuntime

NAMES = [KHERSON.short_id]


def post(client: FlaskClient, path: str, body: object, token: str = ADMIN.id) -> Any:
    return client.post(
        path,
        data=body if isinstance(body, bytes) else json.dumps(body),
        headers={"Authorization": f"Bearer {token}"},
        content_type="application/json",
    )


@pytest.mark.parametrize("path", ["/admin/withdraw", "/admin/restore"])
@pytest.mark.parametrize(("token", "status"), [("", 401), (READER.id, 403), (INGESTER.id, 403)])
def test_only_the_scope_admin_may_take_back(
    runtime: FakeRuntime, client: FlaskClient, path: str, token: str, status: int
) -> None:
    answer = post(client, path, {"entries": NAMES}, token)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert runtime.withdrawals.asked == []


def test_what_was_asked_reaches_the_service_with_who_asked(
    runtime: FakeRuntime, client: FlaskClient
) -> None:
    for body in ({"entries": NAMES}, {"entries": NAMES, "hide": True, "reason": "Wrong."}):
        assert post(client, "/admin/withdraw", body).status_code == 200
    assert post(client, "/admin/restore", {"entries": NAMES}).status_code == 200
    by, names = ADMIN.name, tuple(NAMES)
    assert runtime.withdrawals.asked == [
        (names, False, None, by),
        (names, True, "Wrong.", by),
        (names, by),
    ]


def test_the_answer_says_what_became_of_each(client: FlaskClient) -> None:
    (told,) = post(client, "/admin/withdraw", {"entries": NAMES}).json["entries"]
    assert told == {
        "guid": KHERSON.guid,
        "url": f"https://news.example.org/articles/{KHERSON.short_id}",
        "title": KHERSON.title,
        "state": "withdrawn",
        "changed": True,
    }


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        (b"", []),
        (b"{", []),
        ([], []),
        ({}, ["#/entries"]),
        ({"entries": []}, ["#/entries"]),
        ({"entries": "k4t7m2xq9r"}, ["#/entries"]),
        ({"entries": ["x"] * 101}, ["#/entries"]),
        ({"entries": ["x", "", 3, "\0", "\ud800"]}, [f"#/entries/{n}" for n in (1, 2, 3, 4)]),
        ({"entries": NAMES, "hide": "yes"}, ["#/hide"]),
        ({"entries": NAMES, "reason": ""}, ["#/reason"]),
        ({"entries": NAMES, "reason": "x" * 2001}, ["#/reason"]),
        ({"entries": NAMES, "why": "x"}, ["#/why"]),
        ({"entries": ["nobody"]}, ["#/entries/0"]),
    ],
)
def test_a_request_that_cannot_be_used_changes_nothing(
    client: FlaskClient, body: object, pointers: list[str]
) -> None:
    answer = post(client, "/admin/withdraw", body)
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"
    assert [e["pointer"] for e in json.loads(answer.data).get("errors", [])] == pointers


def test_restoring_takes_articles_alone(client: FlaskClient) -> None:
    assert post(client, "/admin/restore", {"entries": NAMES, "hide": True}).status_code == 400
