"""`feedsvc quarantine`, as a person types it."""

from __future__ import annotations

import json

from tests.cli.conftest import CommandLine
from tests.service import article


def test_what_could_not_be_published_is_listed(feedsvc: CommandLine) -> None:
    assert feedsvc("quarantine").stdout == ""
    feedsvc.folder.write("good.txt", article())
    feedsvc.folder.write("a\tb.txt", b"")
    feedsvc("ingest")
    path, since, stage, reason = feedsvc("quarantine").stdout.rstrip("\n").split("\t")
    assert (path, stage) == ("seeds/a\\tb.txt", "extract")
    assert since.endswith(" UTC")
    told = json.loads(feedsvc("quarantine", "--jsonl").stdout)
    assert (told["path"], told["stage"], told["reason"]) == (path, stage, reason)
    assert told["evidence"] is None
