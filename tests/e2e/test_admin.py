"""Re-ingesting over HTTP and from the command line, while the service runs and when it falls."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from typing import Any

from tests.benchmarks.dumps import dump
from tests.e2e.running import Answer, Feedsvc, Serving, wait_until
from tests.e2e.test_serving import fill_with_trouble
from tests.service import article

FOLLOWED_FOR_S = 90.0


def make_token(feedsvc: Feedsvc, name: str, *options: str) -> str:
    made = feedsvc.run("token", "create", name, *options)
    assert made.status == 0
    return made.out.strip()


def ask(serving: Serving, token: str | None, body: object = None) -> Answer:
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    sent = b"" if body is None else json.dumps(body).encode()
    return serving.request("POST", "/admin/reingest", headers, sent)


def look(serving: Serving, token: str, job: str, query: str = "") -> dict[str, Any]:
    answer = serving.get(f"/admin/jobs/{job}{query}", Authorization=f"Bearer {token}")
    assert answer.status == 200
    looked: dict[str, Any] = answer.json()
    return looked


def follow(serving: Serving, token: str, asked: Answer) -> dict[str, Any]:
    """Follow a job to its end; answers it with the outcomes of all its pages."""
    assert asked.status == 202
    job = asked.json()["id"]
    wait_until(
        lambda: look(serving, token, job)["state"] in ("done", "failed"),
        FOLLOWED_FOR_S,
        serving.started.told,
    )
    told = look(serving, token, job, "?limit=50")
    more = told["next"]
    while more:
        page = look(serving, token, job, "?" + more.partition("?")[2])
        told["outcomes"] += page["outcomes"]
        more = page["next"]
    return told


def test_a_job_is_asked_for_and_followed_to_its_end(feedsvc: Feedsvc) -> None:
    fill_with_trouble(feedsvc)
    with feedsvc.serving() as serving:
        assert ask(serving, None).status == 404
        writer, reader = make_token(feedsvc, "w"), make_token(feedsvc, "r", "--scope", "read")
        assert ask(serving, None).status == 401
        assert ask(serving, writer[:-1]).status == 401
        assert ask(serving, reader).status == 403
        wait_until(lambda: len(serving.guids()) == 2, FOLLOWED_FOR_S)
        before = serving.get("/feeds/all.atom").body

        dry = follow(serving, writer, ask(serving, writer, {"dry_run": True}))
        told = follow(serving, writer, ask(serving, writer))
        assert dry["counts"] == told["counts"]
        assert (told["state"], told["total"]) == ("done", 8)
        assert told["counts"] == {"quarantined": 6, "unchanged": 2}
        assert told["subscribers_will_see_again"] == 0
        outcomes = {outcome["path"]: outcome for outcome in told["outcomes"]}
        reasons = {path: (o["stage"], o["reason"]) for path, o in outcomes.items() if o["stage"]}
        assert len(reasons) == 6
        assert all(reason for _, reason in reasons.values())
        assert reasons["seeds/x.txt"] == (
            "discover",
            "is a folder named like a document; rename it",
        )
        assert outcomes["seeds/a-good.txt"]["guid"] == serving.guids()["The first good file"]
        assert serving.get("/feeds/all.atom").body == before

        missing = follow(serving, writer, ask(serving, writer, {"paths": ["no/*.md"]}))
        assert missing["outcomes"] == [
            {
                "path": "*/no/*.md",
                "outcome": "failed",
                "guid": None,
                "title": None,
                "stage": "discover",
                "reason": "no document matches no/*.md",
                "resurfaces": False,
            }
        ]
        one = follow(serving, writer, ask(serving, writer, {"paths": ["seeds/z-*.txt"]}))
        assert [outcome["path"] for outcome in one["outcomes"]] == ["seeds/z-good.txt"]


def test_a_job_survives_the_death_of_its_process(feedsvc: Feedsvc) -> None:
    files = 200
    for number in range(files):
        feedsvc.seeds.write(f"{number:07}.txt", dump(number, 1_500))
    assert feedsvc.run("ingest").status == 0
    published = feedsvc.published()
    token = make_token(feedsvc, "t")
    with feedsvc.serving() as serving:
        asked = ask(serving, token)
        job = asked.json()["id"]
        wait_until(lambda: look(serving, token, job)["counts"] != {}, FOLLOWED_FOR_S)
        os.kill(feedsvc.lease_holder(), signal.SIGKILL)
        counted = sum(look(serving, token, job)["counts"].values())
        print(f"killed with {counted} of {files} counted")
        told = follow(serving, token, asked)
    assert (told["state"], told["total"]) == ("done", files)
    assert told["counts"] == {"unchanged": files}
    paths = Counter(outcome["path"] for outcome in told["outcomes"])
    assert len(paths) == files
    assert set(paths.values()) == {1}
    assert feedsvc.published() == published


def test_ingest_asks_whoever_ingests_already(feedsvc: Feedsvc) -> None:
    feedsvc.seeds.write("a.txt", article("It was there before"))
    with feedsvc.serving() as serving:
        wait_until(lambda: len(serving.guids()) == 1, FOLLOWED_FOR_S)
        done = feedsvc.run("ingest", "--force")
        assert (done.status, done.out) == (0, "1 unchanged.\n")
        assert "Another process ingests; asked it for job " in done.err
        wrong = feedsvc.run("ingest", "seeds/b.txt")
        assert wrong.status == 1
        assert wrong.out == (
            "seeds/b.txt: failed at discover: no document matches seeds/b.txt\n1 failed.\n"
        )
