"""`feedsvc ingest`: what it says, to people and to programs, and what it ends with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

import pytest

from feedsvc.errors import ConfigError, StoreError
from feedsvc.ingest.pool import ExtractionPool
from feedsvc.model.run import Run
from feedsvc.runtime import open_runtime
from feedsvc.services.ingestion import Ingestion
from feedsvc.store.leases import take_lease
from feedsvc.store.runs import next_run
from tests.cli.conftest import CommandLine
from tests.service import article, settings_for


def summary(feedsvc: CommandLine, *arguments: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(feedsvc("ingest", "--json", *arguments).stdout)
    return told


def test_a_summary_counts_and_says_what_subscribers_will_see(feedsvc: CommandLine) -> None:
    feedsvc.folder.write("a.txt", article())
    done = feedsvc("ingest")
    assert done.exit_code == 0
    assert done.stdout == "1 new.\nSubscribers will see 1 entries as new or changed.\n"
    again = feedsvc("ingest")
    assert (again.exit_code, again.stdout, again.stderr) == (0, "nothing new.\n", "")


def test_what_was_refused_is_named_and_is_no_failure(feedsvc: CommandLine) -> None:
    feedsvc.folder.write("empty.txt", b"")
    done = feedsvc("ingest")
    assert done.exit_code == 0
    first, second = done.stdout.splitlines()
    assert first.startswith("seeds/empty.txt: quarantined at ")
    assert second == "1 quarantined."


def test_a_summary_for_programs(feedsvc: CommandLine) -> None:
    feedsvc.folder.write("a.txt", article())
    (feedsvc.folder.path / "link.txt").symlink_to("a.txt")
    assert summary(feedsvc) == {
        "dry_run": False,
        "counts": {"new": 1, "quarantined": 1},
        "subscribers_will_see_again": 1,
        "error": None,
        "refused": [
            {
                "path": "seeds/link.txt",
                "outcome": "quarantined",
                "stage": "discover",
                "reason": "is a symbolic link, and none is followed; copy the file",
            }
        ],
    }


def test_a_dry_run_counts_what_the_run_then_does(feedsvc: CommandLine) -> None:
    for name in ("kept", "edited", "renamed"):
        feedsvc.folder.write(f"{name}.txt", article(f"The {name} one of three"))
    feedsvc("ingest")
    before = feedsvc("check").stdout
    feedsvc.folder.write("edited.txt", article("The edited one of three", author="Max Moe"))
    feedsvc.folder.move("renamed.txt", to="moved.txt")
    feedsvc.folder.copy("kept.txt", to="copied.txt")
    feedsvc.folder.write("new.txt", article("A fourth one"))
    feedsvc.folder.write("empty.txt", b"")
    dry = summary(feedsvc, "--dry-run", "--force")
    assert feedsvc("check").stdout == before
    real = summary(feedsvc, "--force")
    assert dry == real | {"dry_run": True}
    assert real["counts"] == {
        "duplicate": 1,
        "edited": 1,
        "moved": 1,
        "new": 1,
        "quarantined": 1,
        "unchanged": 1,
    }


def test_a_dry_run_speaks_of_what_would_be(feedsvc: CommandLine) -> None:
    feedsvc.folder.write("a.txt", article())
    assert feedsvc("ingest", "--dry-run").stdout == (
        "Would be: 1 new.\nSubscribers would see 1 entries as new or changed.\n"
    )


def test_force_looks_at_each_document_once(feedsvc: CommandLine) -> None:
    feedsvc.folder.write("a.txt", article("The first to come"))
    feedsvc("ingest")
    # Two looks are needed for the new one; the other is not to be counted at each.
    feedsvc.folder.write("b.txt", article("The second to come"))
    assert summary(feedsvc, "--force")["counts"] == {"new": 1, "unchanged": 1}


@pytest.mark.parametrize(
    "named",
    ["seeds/b.txt", "./seeds/../seeds/b.txt", "{seeds}/b.txt", "seeds/b*", "seeds/deep/../b.txt"],
)
def test_a_path_names_what_is_looked_at(feedsvc: CommandLine, named: str) -> None:
    feedsvc.folder.write("a.txt", article("The first of two"))
    feedsvc.folder.write("b.txt", article("The second of two"))
    assert summary(feedsvc, named.format(seeds=feedsvc.folder.path))["counts"] == {"new": 1}
    assert summary(feedsvc)["counts"] == {"new": 1}


def test_a_folder_names_all_that_is_in_it(feedsvc: CommandLine) -> None:
    feedsvc.folder.write("a.txt", article("The first of three"))
    feedsvc.folder.write("deep/b.txt", article("The second of three"))
    feedsvc.folder.write("deep/down/c.txt", article("The third of three"))
    assert summary(feedsvc, "seeds/deep")["counts"] == {"new": 2}
    assert summary(feedsvc, "seeds/")["counts"] == {"new": 1}


def test_root_and_path_name_a_document_from_anywhere(
    feedsvc: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    feedsvc.folder.write("a.txt", article())
    monkeypatch.chdir("/")
    told = summary(feedsvc, "--seeds", f"news={feedsvc.folder.path}", "news/a.txt")
    assert told["counts"] == {"new": 1}


@pytest.mark.parametrize("outside", ["/etc/passwd", "../a.txt", "other/../../a.txt", "seeds/../x"])
def test_a_path_outside_is_refused(feedsvc: CommandLine, outside: str) -> None:
    with pytest.raises(ConfigError, match="lies in none of the watched folders"):
        feedsvc("ingest", outside)


def test_a_path_that_names_nothing_is_a_failure(feedsvc: CommandLine) -> None:
    feedsvc.folder.write("a.txt", article())
    done = feedsvc("ingest", "seeds/a.txt", "seeds/b.txt", "seeds/*.md")
    assert done.exit_code == 1
    assert done.stdout == (
        "seeds/b.txt: failed at discover: no document matches seeds/b.txt\n"
        "seeds/*.md: failed at discover: no document matches seeds/*.md\n"
        "2 failed, 1 new.\n"
        "Subscribers will see 1 entries as new or changed.\n"
    )


def test_a_name_that_is_no_utf8_is_ingested_and_shown(feedsvc: CommandLine) -> None:
    path = os.fsencode(feedsvc.folder.path) + b"/caf\xe9.txt"
    with open(path, "w") as file:  # noqa: PTH123  (a name that pathlib cannot hold)
        file.write("")
    done = feedsvc("ingest", "seeds/" + os.fsdecode(b"caf\xe9.txt"))
    assert done.stdout.startswith("seeds/caf\\xe9.txt: quarantined at ")


def test_the_database_in_the_folder_is_no_document(feedsvc: CommandLine) -> None:
    feedsvc.environment["FEEDSVC_DATABASE"] = f"sqlite:///{feedsvc.folder.path}/store.txt"
    assert feedsvc("ingest").stdout == "nothing new.\n"


class Holder:
    """Another process that holds the lease until a run was asked for, and does that or not."""

    def __init__(self, feedsvc: CommandLine, pool: ExtractionPool) -> None:
        settings = settings_for(feedsvc.folder.path, feedsvc.environment["FEEDSVC_DATABASE"])
        self.runtime = open_runtime(settings)
        lease = take_lease(self.runtime.store)
        assert lease is not None
        self.lease = lease
        self.ingestion = Ingestion(
            store=self.runtime.store,
            lease=lease,
            settings=settings,
            clock=self.runtime.clock,
            pool=pool,
            stop=threading.Event(),
        )

    def __call__(self, *, works_on_runs: bool) -> None:
        while self.next_run() is None:
            time.sleep(0.01)
        if works_on_runs:
            deque(self.ingestion.work_on_next_run(), maxlen=0)
        self.lease.release()

    def next_run(self) -> Run | None:
        with self.runtime.store.reading() as connection:
            return next_run(connection)


@pytest.mark.parametrize("works_on_runs", [True, False])
def test_while_another_process_ingests_it_is_waited_for_and_each_run_is_done_once(
    feedsvc: CommandLine, pool: ExtractionPool, works_on_runs: bool
) -> None:
    feedsvc.folder.write("a.txt", article())
    holder = Holder(feedsvc, pool)
    thread = threading.Thread(target=holder, kwargs={"works_on_runs": works_on_runs})
    thread.start()
    done = feedsvc("ingest")
    thread.join()
    assert done.stdout == "1 new.\nSubscribers will see 1 entries as new or changed.\n"
    assert "Another process ingests; asked it for job " in done.stderr
    assert ("The other process ingests no more; doing job " in done.stderr) is not works_on_runs
    assert holder.next_run() is None
    assert feedsvc("ingest").stdout == "nothing new.\n"
    holder.runtime.close()


STARTED = """
import sys
import feedsvc.cli
import feedsvc.cli.ingest as command
if __name__ == "__main__":  # workers import it too
    start = command.warm_up
    def warm_up():
        start()
        print("workers load;", "sqlalchemy" in sys.modules, file=sys.stderr)
    command.warm_up = warm_up
    feedsvc.cli.main()
"""


def test_workers_load_beside_the_command_where_all_is_to_be_extracted(tmp_path: Path) -> None:
    script = tmp_path / "started.py"
    script.write_text(STARTED)
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.txt").write_text(article(), encoding="utf-8")
    for stored, told in (("1 new", "workers load; False\n"), ("nothing new", "")):
        done = subprocess.run(
            [sys.executable, str(script), "ingest"],
            cwd=tmp_path,
            env={name: value for name, value in os.environ.items() if "FEEDSVC" not in name},
            capture_output=True,
            text=True,
            timeout=90,
        )
        assert (done.returncode, done.stderr) == (0, told)
        assert done.stdout.startswith(stored)


def test_a_path_that_no_database_can_have_is_the_store_s_trouble(feedsvc: CommandLine) -> None:
    feedsvc.environment["FEEDSVC_DATABASE"] = f"sqlite:///{'folder' * 50}/feedsvc.db"
    with pytest.raises(StoreError, match="cannot be created"):
        feedsvc("ingest")
