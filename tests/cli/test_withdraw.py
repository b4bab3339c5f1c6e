"""`feedsvc withdraw` and `restore`, as a person types them."""

from __future__ import annotations

import pytest

from feedsvc.errors import InvalidRequest
from feedsvc.runtime import open_runtime
from tests.cli.conftest import CommandLine
from tests.service import article, settings_for


def test_an_article_is_taken_back_and_restored(feedsvc: CommandLine) -> None:
    feedsvc.folder.write("a.txt", article())
    feedsvc("ingest")
    runtime = open_runtime(
        settings_for(feedsvc.folder.path, feedsvc.environment["FEEDSVC_DATABASE"])
    )
    (entry,) = runtime.publication.latest(9)
    name = f"{entry.short_id} {entry.title}\n"
    assert feedsvc("withdraw", entry.guid, "--reason", "wrong").stdout == f"withdrawn: {name}"
    assert runtime.publication.latest(9) == ()
    assert feedsvc("withdraw", entry.short_id).stdout == f"withdrawn (it was already): {name}"
    assert feedsvc("withdraw", entry.short_id, "--hide").stdout == f"hidden: {name}"
    assert feedsvc("restore", entry.short_id).stdout == f"live: {name}"
    assert runtime.publication.latest(9) == (entry,)
    runtime.close()


def test_a_name_that_is_nobodys_is_told(feedsvc: CommandLine) -> None:
    with pytest.raises(InvalidRequest, match="'nobody' names no article"):
        feedsvc("withdraw", "nobody")
