"""The whole nasty folder beside good files, served as people serve it. Only with `make soak`.

SOAK_GOOD: how many good files there are; without it this is left out.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import func, select

from feedsvc.model.document import DocumentOutcome, DocumentPath, Outcome
from feedsvc.store.engine import open_store
from feedsvc.store.schema import document_entries, documents, entries
from tests.benchmarks.dumps import dump, place
from tests.benchmarks.measured import resident_mb
from tests.e2e.running import Feedsvc, Serving
from tests.e2e.test_admin import ask, follow, make_token
from tests.nasty.case import OUTSIDE_SECRET, XXE_SECRET, Fate
from tests.nasty.everything import all_cases, lay_out
from tests.nasty.restless import restless, title_of
from tests.nasty.test_nasty import judge

GOOD = int(os.environ.get("SOAK_GOOD", "0"))
GOOD_WITHIN_S = 60.0
ALL_WITHIN_S = 900.0
HEALTHY_WITHIN_S = 1.0
PROCESS_MB = 512
SECRETS = (OUTSIDE_SECRET.encode(), XXE_SECRET.encode(), b"root:x:0:0")
GOOD_ROOM = "good"
# What is asked for over HTTP in the end: the techniques of which most are refused, and soon.
LISTED = ("special", "links", "names", "sizes", "binaries", "xml")


@dataclass(kw_only=True)
class Watch:
    """What was seen while everything was ingested."""

    serving: Serving
    slowest_health_s: float = 0.0
    peak_mb: dict[str, float] = field(default_factory=dict)

    def look(self) -> None:
        began = time.monotonic()
        assert self.serving.get("/healthz").status == 200
        self.slowest_health_s = max(self.slowest_health_s, time.monotonic() - began)
        for role, pids in self.serving.roles().items():
            for pid in pids:
                try:
                    now_mb = resident_mb(pid)
                except OSError:
                    continue  # it has ended since
                self.peak_mb[role] = max(self.peak_mb.get(role, 0.0), now_mb)


@pytest.mark.skipif(not GOOD, reason="takes minutes; `make soak` runs it")
def test_good_files_do_not_notice_what_lies_beside_them(tmp_path: Path) -> None:
    # All pages are asked for at once in the end, from one address.
    settings = {"FEEDSVC_SERVER__REQUESTS_PER_MINUTE": "0"}
    feedsvc = Feedsvc(tmp_path, f"sqlite:///{tmp_path}/feedsvc.db", settings)
    cases = all_cases()
    missed = lay_out(feedsvc.seeds.path, tmp_path / "outside", cases)
    print(f"{len(cases)} cases; not made: {', '.join(map(str, missed)) or 'none'}")
    for number in range(GOOD):
        feedsvc.seeds.write(f"{GOOD_ROOM}/{place(number)}.txt", dump(number))
    made = [case for case in cases if case not in missed]
    told_cases = [case for case in made if case.fate is not Fate.PASSED_OVER]
    began = time.monotonic()
    with feedsvc.serving() as serving:
        watch = Watch(serving=serving)
        with restless(feedsvc.seeds.path / "restless") as paths:
            good_s = _watch_until(watch, began, feedsvc, GOOD, GOOD_ROOM)
            print(f"all {GOOD} good files were published after {good_s:.1f} s")
        wanted = GOOD + len(told_cases) + len(paths)
        all_s = _watch_until(watch, began, feedsvc, wanted, "")
        print(f"all {wanted} files were settled after {all_s:.1f} s")
        print(f"slowest /healthz: {1000 * watch.slowest_health_s:.0f} ms")
        print("peak MB:", {role: round(peak) for role, peak in watch.peak_mb.items()})
        told = _told(feedsvc)
        wrong = [why for case in made if (why := judge(case, told))]
        for path in paths:
            outcome = told[f"restless/{path.name}".encode()]
            assert outcome.title == title_of(path)
        _check_listing(serving, told)
        _check_secrets(serving, feedsvc)
    assert not wrong, "\n".join(["", *wrong])
    assert watch.slowest_health_s < HEALTHY_WITHIN_S
    assert max(watch.peak_mb.values()) < PROCESS_MB, watch.peak_mb
    assert good_s < GOOD_WITHIN_S


def _watch_until(watch: Watch, began: float, feedsvc: Feedsvc, wanted: int, room: str) -> float:
    """Watch until so many documents of a folder are settled; answers the seconds since `began`."""
    prefix = f"{room}/".encode() if room else b""
    store = open_store(feedsvc.database, busy_timeout_s=10)
    count = select(func.count()).where(func.substr(documents.c.path, 1, len(prefix)) == prefix)
    if room:
        count = count.where(documents.c.stage.is_(None))
    try:
        while True:
            watch.look()
            with store.reading() as connection:
                settled = connection.scalar(count) or 0
            if settled >= wanted:
                return time.monotonic() - began
            waited_s = time.monotonic() - began
            assert waited_s < ALL_WITHIN_S, f"{settled} of {wanted} after {waited_s:.0f} s"
            time.sleep(0.5)
    finally:
        store.close()


def _told(feedsvc: Feedsvc) -> dict[bytes, DocumentOutcome]:
    """What became of each document, by its path."""
    store = open_store(feedsvc.database, busy_timeout_s=10)
    query = (
        select(documents.c.path, documents.c.stage, documents.c.reason, entries.c.title)
        .join(document_entries, document_entries.c.document_id == documents.c.id, isouter=True)
        .join(entries, entries.c.id == document_entries.c.entry_id, isouter=True)
    )
    with store.reading() as connection:
        rows = connection.execute(query).all()
    store.close()
    return {
        row.path: DocumentOutcome(
            path=DocumentPath(root="seeds", path=row.path),
            outcome=Outcome.QUARANTINED if row.stage else Outcome.NEW,
            title=row.title,
            stage=row.stage,
            reason=row.reason,
        )
        for row in rows
    }


def _check_listing(serving: Serving, told: dict[bytes, DocumentOutcome]) -> None:
    """Whoever administers the service is told of each refusal, and of nothing from outside."""
    refused = {
        str(o.path)
        for o in told.values()
        if o.stage and o.path.path.split(b"/")[0].decode() in LISTED
    }
    token = make_token(serving.feedsvc, "nasty")
    wanted = {"paths": [f"seeds/{room}" for room in LISTED]}
    answer = follow(serving, token, ask(serving, token, wanted))
    listed = {o["path"]: o["reason"] for o in answer["outcomes"] if o["stage"]}
    assert refused <= listed.keys()
    assert all(listed.values())
    assert not any(secret in str(answer).encode() for secret in SECRETS)


def _check_secrets(serving: Serving, feedsvc: Feedsvc) -> None:
    """No feed and no page shows a byte of what lies outside the folder."""
    store = open_store(feedsvc.database, busy_timeout_s=10)
    with store.reading() as connection:
        pages: Sequence[str] = connection.scalars(select(entries.c.short_id)).all()
    store.close()
    feeds = [f"/feeds/all.{suffix}" for suffix in ("atom", "rss", "json")]
    for path in ["/", "/feeds.opml", *feeds, *(f"/articles/{page}" for page in pages)]:
        answer = serving.get(path)
        assert answer.status in (200, 301, 308), path
        if answer.status != 200:
            answer = serving.get(answer.headers["location"].removeprefix(serving.address))
        assert not any(secret in answer.body for secret in SECRETS), path
