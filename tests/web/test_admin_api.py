"""The admin endpoint: who may ask, what may be asked, and what is told."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient

from feedsvc.errors import StoreError
from feedsvc.model.run import RunRequest
from feedsvc.web.admin_api import MAX_BODY_BYTES

from .fakes import ADMIN, INGESTER, READER, FakeRuntime

REINGEST = "/admin/reingest"
BEARER = {"Authorization": f"Bearer {ADMIN.id}"}


def bearer(token_id: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token_id}"}


def problem(client: FlaskClient, body: object) -> dict[str, Any]:  # Any: JSON, looked at by key
    data = body if isinstance(body, bytes) else json.dumps(body)
    answer = client.post(REINGEST, data=data, headers=BEARER, content_type="application/json")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json; charset=utf-8"
    told: dict[str, Any] = json.loads(answer.data)
    assert told["status"] == 400
    return told


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("POST", REINGEST, {}, 401),
        ("POST", REINGEST, bearer("wrong"), 401),
        ("POST", REINGEST, {"Authorization": "Basic YTpi"}, 401),
        ("POST", REINGEST, {"Cookie": f"token={ADMIN.id}"}, 401),
        ("POST", f"{REINGEST}?token={ADMIN.id}", {}, 401),
        ("POST", REINGEST, bearer(READER.id), 403),
        ("POST", REINGEST, bearer(INGESTER.id), 202),
        ("POST", REINGEST, bearer(ADMIN.id), 202),
        ("GET", "/admin/jobs/job1", {}, 401),
        ("GET", "/admin/jobs/job1", bearer("wrong"), 401),
        ("GET", "/admin/jobs/job1", bearer(INGESTER.id), 200),
        ("GET", "/admin/jobs/job1", bearer(READER.id), 200),
        ("HEAD", "/admin/jobs/job1", bearer(READER.id), 200),
        ("GET", "/admin/jobs/none", bearer(READER.id), 404),
        ("GET", "/admin/quarantine", {}, 401),
        ("GET", "/admin/quarantine", bearer(INGESTER.id), 200),
        ("GET", "/admin/quarantine", bearer(READER.id), 200),
        ("GET", REINGEST, bearer(ADMIN.id), 405),
        ("GET", "/admin", bearer(ADMIN.id), 404),
        ("GET", "/admin/anything", {}, 404),
    ],
)
def test_a_token_opens_what_its_scopes_name(
    runtime: FakeRuntime,
    client: FlaskClient,
    method: str,
    path: str,
    headers: dict[str, str],
    status: int,
) -> None:
    runtime.runs.request(RunRequest(), requested_by="cron", address=None)
    runtime.runs.asked.clear()
    answer = client.open(path, method=method, headers=headers)
    assert answer.status_code == status
    assert bool(runtime.runs.asked) == (status == 202)
    assert (answer.headers.get("WWW-Authenticate") == "Bearer") == (status == 401)
    if status >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json; charset=utf-8"
        assert json.loads(answer.data)["status"] == status
    if status == 405:
        assert answer.headers["Allow"] == "POST"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS"])
@pytest.mark.parametrize("path", ["/admin", REINGEST, "/admin/jobs/job1", "/admin/x"])
def test_without_any_token_there_is_no_admin_endpoint(
    runtime: FakeRuntime, client: FlaskClient, method: str, path: str
) -> None:
    runtime.access.configured = False
    assert client.open(path, method=method, headers=BEARER).status_code == 404
    assert runtime.runs.asked == []


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (b"", RunRequest(force=True)),
        (b"  \n", RunRequest(force=True)),
        (b"{}", RunRequest(force=True)),
        (b'{"dry_run": true}', RunRequest(dry_run=True, force=True)),
        (
            b'{"paths": ["seeds/a.txt", "**/*.md"], "move_updated": true}',
            RunRequest(paths=("seeds/a.txt", "**/*.md"), force=True, move_updated=True),
        ),
    ],
)
def test_a_run_is_queued_as_it_was_asked_for(
    runtime: FakeRuntime, client: FlaskClient, body: bytes, wanted: RunRequest
) -> None:
    answer = client.post(REINGEST, data=body, headers=BEARER, content_type="application/json")
    assert answer.status_code == 202
    assert runtime.runs.asked == [wanted]
    told = json.loads(answer.data)
    assert told["url"] == answer.headers["Location"] == "https://news.example.org/admin/jobs/job1"
    assert told["state"] == "queued"
    assert told["dry_run"] is wanted.dry_run
    assert told["request"]["paths"] == list(wanted.paths)


def test_an_empty_body_needs_no_content_type(runtime: FakeRuntime, client: FlaskClient) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert client.post(REINGEST, headers=BEARER).status_code == 202
    assert client.post(REINGEST, headers={**BEARER, **form}).status_code == 202
    assert runtime.runs.asked == [RunRequest(force=True), RunRequest(force=True)]


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"dryrun": True}, ["#/dryrun"]),
        ({"dry_run": "yes"}, ["#/dry_run"]),
        ({"dry_run": 1}, ["#/dry_run"]),
        ({"move_updated": None}, ["#/move_updated"]),
        ({"paths": "seeds/a.txt"}, ["#/paths"]),
        ({"paths": []}, ["#/paths"]),
        ({"paths": ["a", 5, "", None]}, ["#/paths/1", "#/paths/2", "#/paths/3"]),
        ({"paths": ["\ud800", "a\0b"]}, ["#/paths/0", "#/paths/1"]),
        ({"paths": {"a": 1}, "dry_run": 0, "a/b~c": 1}, ["#/a~1b~0c", "#/paths", "#/dry_run"]),
        ({"paths": ["[a"]}, ["#/paths"]),
    ],
)
def test_what_cannot_be_used_is_said_all_at_once_and_nothing_is_queued(
    runtime: FakeRuntime, client: FlaskClient, body: object, pointers: list[str]
) -> None:
    told = problem(client, body)
    # The browser's reading of a URI fragment: ~ needs no escape.
    assert [error["pointer"].replace("%7E", "~") for error in told["errors"]] == pointers
    assert all(error["detail"] for error in told["errors"])
    assert runtime.runs.asked == []


def test_a_mistyped_key_is_answered_with_the_one_that_was_meant(client: FlaskClient) -> None:
    assert "did you mean dry_run?" in problem(client, {"dryrun": True})["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b'{"dry_run": tru}', "line 1, column 13"),
        (b"[]", "must be a JSON object"),
        (b'"all"', "must be a JSON object"),
        (b'{"dry_run": true, "dry_run": false}', "same key twice"),
        (b'{"a": "\xff"}', "not JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not JSON"),
        (b"[" * 200_000, "not JSON"),
    ],
    ids=lambda value: value[:20] if isinstance(value, bytes) else None,
)
def test_what_is_no_json_object_is_refused(
    runtime: FakeRuntime, client: FlaskClient, body: bytes, detail: str
) -> None:
    assert detail in problem(client, body)["detail"]
    assert runtime.runs.asked == []


def test_a_body_must_be_json_and_small(runtime: FakeRuntime, client: FlaskClient) -> None:
    form = client.post(REINGEST, data={"dry_run": "true"}, headers=BEARER)
    assert form.status_code == 415
    large = b'{"paths": ["' + b"a" * MAX_BODY_BYTES + b'"]}'
    huge = client.post(REINGEST, data=large, headers=BEARER, content_type="application/json")
    assert huge.status_code == 413
    chunked = client.post(
        REINGEST,
        headers=BEARER,
        content_type="application/json",
        input_stream=BytesIO(b"{}" + b" " * MAX_BODY_BYTES + b"not JSON"),
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert chunked.status_code == 413
    for answer in (form, huge, chunked):
        assert answer.mimetype == "application/problem+json"
    assert runtime.runs.asked == []


def test_a_finished_job_is_told_a_page_at_a_time(runtime: FakeRuntime, client: FlaskClient) -> None:
    client.post(REINGEST, headers=BEARER, json={"dry_run": True})
    runtime.runs.finish("job1")
    first = json.loads(client.get("/admin/jobs/job1?limit=2", headers=BEARER).data)
    assert first["state"] == "done"
    assert first["started_at"] == "2026-11-22T10:00:01.250000Z"
    assert first["total"] == 3
    assert first["counts"] == {"unchanged": 1, "edited": 1, "quarantined": 1}
    assert first["subscribers_will_see_again"] == 1
    assert first["outcomes"][1] == {
        "path": "seeds/b\\xff.txt",
        "outcome": "edited",
        "guid": None,
        "title": "A title",
        "stage": None,
        "reason": None,
        "resurfaces": True,
    }
    assert first["next"] == "https://news.example.org/admin/jobs/job1?after=2&limit=2"
    path = first["next"].removeprefix("https://news.example.org")
    rest = json.loads(client.get(path, headers=BEARER).data)
    assert [outcome["path"] for outcome in rest["outcomes"]] == ["seeds/c.txt"]
    assert rest["next"] is None


def test_the_quarantine_is_told_a_page_at_a_time(client: FlaskClient) -> None:
    first = json.loads(client.get("/admin/quarantine?limit=2", headers=BEARER).data)
    assert first["counts"] == {"decode": 1, "extract": 2}
    assert [document["path"] for document in first["documents"]] == [
        "seeds/a\\xff.txt",
        "seeds/b.txt",
    ]
    assert first["documents"][1] == {
        "path": "seeds/b.txt",
        "stage": "extract",
        "reason": "a reason",
        "evidence": "Traceback…\n",
        "refused_at": "2026-11-22T10:00:00.250000Z",
    }
    assert first["next"] == "https://news.example.org/admin/quarantine?after=2&limit=2"
    path = first["next"].removeprefix("https://news.example.org")
    rest = json.loads(client.get(path, headers=BEARER).data)
    assert [document["path"] for document in rest["documents"]] == ["seeds/c.txt"]
    assert rest["next"] is None


@pytest.mark.parametrize("path", ["/admin/jobs/job1", "/admin/quarantine"])
@pytest.mark.parametrize(
    "query", ["limit=0", "limit=1001", "limit=x", "limit=", "after=-1", "after=" + "9" * 5000]
)
def test_a_page_that_cannot_be_meant_is_refused(client: FlaskClient, path: str, query: str) -> None:
    answer = client.get(f"{path}?{query}", headers=BEARER)
    assert answer.status_code == 400
    assert json.loads(answer.data)["errors"][0]["parameter"] == query.partition("=")[0]


def test_without_a_store_the_endpoint_says_when_to_come_back(
    runtime: FakeRuntime, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: object) -> bool:
        raise StoreError("locked")

    monkeypatch.setattr(type(runtime.access), "has_tokens", fail)
    answer = client.post(REINGEST, headers=BEARER)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert answer.mimetype == "application/problem+json"
