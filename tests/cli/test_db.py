"""`feedsvc db`: backups, restoring, verifying, making room."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from feedsvc.errors import StoreError
from feedsvc.model.selection import FeedFormat, Selection
from feedsvc.runtime import open_runtime
from feedsvc.store.engine import open_store
from feedsvc.store.leases import take_lease
from tests.cli.conftest import CommandLine
from tests.service import article, settings_for


def feeds(feedsvc: CommandLine) -> dict[FeedFormat, bytes]:
    """Every feed of all entries, as a new process serves it."""
    settings = settings_for(feedsvc.folder.path, feedsvc.environment["FEEDSVC_DATABASE"])
    runtime = open_runtime(settings)
    bodies = {f: runtime.publication.feed(Selection(), f).body for f in FeedFormat}
    runtime.close()
    return bodies


def test_a_restored_store_serves_the_very_bytes(feedsvc: CommandLine, tmp_path: Path) -> None:
    feedsvc.folder.write("a.txt", article("Mill burns down"))
    feedsvc.folder.write("b.txt", article("Bridge opens"))
    feedsvc("ingest")
    before = feeds(feedsvc)
    made = feedsvc("db", "backup", "backup.db")
    assert re.fullmatch(r"Backed up to backup\.db: [\d.]+ MB in [\d.]+ s\.\n", made.stdout)
    feedsvc.folder.write("c.txt", article("Choir sings on"))
    feedsvc("ingest")
    since = feeds(feedsvc)
    assert since != before
    told = feedsvc("db", "restore", "backup.db").stdout
    (aside,) = tmp_path.glob("feedsvc.db.replaced-*")
    assert f"The database that was there is now {aside}" in told
    assert feeds(feedsvc) == before
    assert feedsvc("db", "verify").stdout.endswith("The store is in order.\n")
    # What came since is taken in again, under the id and with the arrival that it had.
    assert feedsvc("ingest").stdout.startswith("1 new.\n")
    assert feeds(feedsvc)[FeedFormat.JSON] == since[FeedFormat.JSON]


def test_after_an_older_backup_subscribers_see_nothing_twice(feedsvc: CommandLine) -> None:
    feedsvc.folder.write("a.txt", article("Mill burns down"))
    feedsvc("ingest")
    feedsvc("db", "backup", "backup.db")
    for title in ("Choir sings on", "Dam holds"):
        feedsvc.folder.write(f"{title}.txt", article(title))
        feedsvc("ingest")
    before = feeds(feedsvc)[FeedFormat.JSON]
    feedsvc("db", "restore", "backup.db")
    assert feedsvc("ingest").stdout == "2 new.\n"
    assert feeds(feedsvc)[FeedFormat.JSON] == before


def test_a_store_in_use_is_not_restored_over(feedsvc: CommandLine) -> None:
    feedsvc("db", "backup", "backup.db")
    store = open_store(feedsvc.environment["FEEDSVC_DATABASE"], busy_timeout_s=1)
    lease = take_lease(store)
    assert lease is not None
    with pytest.raises(StoreError, match="stop `feedsvc serve`"):
        feedsvc("db", "restore", "backup.db")
    lease.release()
    store.close()


@pytest.mark.parametrize("command", [("backup", "b.db"), ("verify",), ("vacuum",)])
def test_no_store_is_made_of_a_mistyped_name(
    feedsvc: CommandLine, tmp_path: Path, command: tuple[str, ...]
) -> None:
    feedsvc.environment["FEEDSVC_DATABASE"] = f"sqlite:///{tmp_path}/mistyped.db"
    with pytest.raises(StoreError, match="there is no database"):
        feedsvc("db", *command)
    assert not (tmp_path / "mistyped.db").exists()


def test_a_damaged_store_is_not_upgraded(feedsvc: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "feedsvc.db").write_bytes(b"no database " * 999)
    with pytest.raises(StoreError, match="feedsvc db restore FILE"):
        feedsvc("db", "upgrade")


def test_a_broken_rule_is_shown_and_is_a_failure(feedsvc: CommandLine) -> None:
    feedsvc.folder.write("a.txt", article())
    feedsvc("ingest")
    store = open_store(feedsvc.environment["FEEDSVC_DATABASE"], busy_timeout_s=1)
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE publication SET sequence = 0")
    store.close()
    done = feedsvc("db", "verify")
    assert done.exit_code == 1
    assert "ok      every reference leads somewhere\n" in done.stdout
    assert re.search(
        r"^BROKEN  no entry is beyond .*\n        urn:uuid:", done.stdout, re.MULTILINE
    )
    assert "1 rules are broken. Restore a backup with: feedsvc db restore FILE" in done.stdout


def test_room_is_made(feedsvc: CommandLine) -> None:
    feedsvc.environment["FEEDSVC_RETENTION__REVISIONS_DAYS"] = "0"
    feedsvc.environment["FEEDSVC_RETENTION__REVISIONS_PER_ENTRY"] = "0"
    feedsvc.folder.write("a.txt", article())
    feedsvc("ingest")
    feedsvc.folder.write("a.txt", article(author="John Roe"))
    feedsvc("ingest")
    before = feeds(feedsvc)
    told = feedsvc("db", "vacuum").stdout
    removed = "Removed 1 revisions, the bytes of 1 documents, 0 runs and 0 audited events; "
    assert told.startswith(f"{removed}the store went from ")
    assert feeds(feedsvc) == before
    assert feedsvc("db", "verify").exit_code == 0


def test_a_backup_moves_a_store_to_a_process_of_its_own(
    feedsvc: CommandLine, tmp_path: Path
) -> None:
    feedsvc.folder.write("a.txt", article())
    feedsvc("ingest")
    feedsvc("db", "backup", "backup.db")
    arguments = ("db", "restore", "backup.db", "--database", f"sqlite:///{tmp_path}/new/feedsvc.db")
    done = subprocess.run(
        [sys.executable, "-m", "feedsvc", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (
        done.stdout == "Restored from backup.db. Start the service: it takes in what came since.\n"
    )
    before = feeds(feedsvc)
    feedsvc.environment["FEEDSVC_DATABASE"] = f"sqlite:///{tmp_path}/new/feedsvc.db"
    assert feeds(feedsvc) == before
