"""What readers hold after edits and bulk arrivals: the newest words, each entry once."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.databases import SqliteFiles
from tests.e2e.running import Feedsvc, Serving, wait_until
from tests.readers.site import bare, free_port, installed, run
from tests.readers.test_libraries import command
from tests.service import article

BULK = 60


def poll_reader(home: Path, url: str) -> list[tuple[str, str, str]]:
    """Guid, title and text of everything it holds, after a poll; so for the other too."""
    told = run(home, *command("reader"), str(home / "reader.db"), url)
    return [(e["id"], e["title"], bare(e["html"])) for e in json.loads(told)]


def poll_newsboat(home: Path, url: str) -> list[tuple[str, str, str]]:
    newsboat = installed("newsboat")
    (home / ".newsboat").mkdir(exist_ok=True)
    (home / ".newsboat" / "urls").write_text(f"{url}\n")
    run(home, newsboat, "-x", "reload")
    cache = sqlite3.connect(home / ".newsboat" / "cache.db")
    rows = cache.execute("SELECT guid, title, content FROM rss_item").fetchall()
    cache.close()
    return [(guid, title, bare(content)) for guid, title, content in rows]


@pytest.mark.parametrize("poll", [poll_reader, poll_newsboat])
def test_edits_update_in_place_and_a_bulk_arrival_shows_each_once(
    poll: Callable[[Path, str], list[tuple[str, str, str]]],
    tmp_path: Path,
    sqlite_files: SqliteFiles,
) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    for number in range(3):
        (seeds / f"{number}.txt").write_text(article(f"The first story, part {number}"))
    feedsvc = Feedsvc(tmp_path, sqlite_files.make_database(tmp_path))
    with feedsvc.serving("--port", str(port := free_port())) as serving:
        direct = Serving(started=serving.started, address=f"http://127.0.0.1:{port}")
        homes = {ending: tmp_path / ending for ending in ("atom", "rss")}
        held: dict[str, dict[str, str]] = {}

        def poll_until(condition: Callable[[dict[str, str]], bool]) -> None:
            """Poll both formats once our own feed is as it should be; all must be as we say."""
            wait_until(lambda: condition(ours(direct)), 60, serving.started.told)
            for ending, home in homes.items():
                home.mkdir(exist_ok=True)
                entries = poll(home, f"{direct.address}/feeds/all.{ending}")
                assert len(entries) == len({guid for guid, _, _ in entries}), "one shows twice"
                held[ending] = {guid: f"{title}: {text}" for guid, title, text in entries}
                assert held[ending] == ours(direct)

        poll_until(lambda entries: len(entries) == 3)
        guids = set(held["atom"])
        (seeds / "0.txt").write_text(article("The first story, part 0", author="Max Roe"))
        (seeds / "1.txt").write_text(article("The first story, told again"))
        poll_until(lambda entries: "The first story, told again" in str(entries))
        assert set(held["atom"]) == guids
        for number in range(BULK):
            (seeds / f"bulk-{number}.txt").write_text(article(f"A later story, part {number}"))
        poll_until(lambda entries: len(entries) == BULK + 3)
        assert guids < set(held["rss"])


def ours(direct: Serving) -> dict[str, str]:
    items = direct.get("/feeds/all.json").json()["items"]
    return {item["id"]: f"{item['title']}: {bare(item['content_html'])}" for item in items}
