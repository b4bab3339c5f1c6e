"""`feedsvc roots`, as a person types it."""

from __future__ import annotations

import pytest

from feedsvc.errors import NotFound
from tests.cli.conftest import CommandLine
from tests.service import article

GONE = "Of 30 documents in 'seeds', 25 are gone.\n"


@pytest.fixture
def held(feedsvc: CommandLine) -> CommandLine:
    """Of 30 files 25 went at once."""
    for number in range(30):
        feedsvc.folder.write(f"{number}.txt", article(f"Storm number {number} hits the coast"))
    feedsvc("ingest")
    for number in range(25):
        feedsvc.folder.remove(f"{number}.txt")
    feedsvc("ingest")
    return feedsvc


def test_what_is_gone_is_accepted_once_a_person_has_seen_how_much_it_is(held: CommandLine) -> None:
    refused = held("roots", "accept", "seeds")  # nobody answers
    assert refused.exit_code == 1
    assert refused.stdout.startswith(GONE)
    assert held("roots", "accept", "seeds", "--yes").stdout == (
        f"{GONE}What they gave stays published (ingest.removal); only the warning ends.\n"
        "Accepted.\n"
    )
    with pytest.raises(NotFound, match="nothing is held of a root 'seeds'"):
        held("roots", "accept", "seeds", "--yes")


def test_what_becomes_of_it_is_told_before(held: CommandLine) -> None:
    held.environment["FEEDSVC_INGEST__REMOVAL"] = "withdraw"
    told = held("roots", "accept", "seeds", "--yes").stdout
    assert told == (
        f"{GONE}What they alone gave is withdrawn within 600 s (ingest.removal).\nAccepted.\n"
    )


def test_a_root_of_which_nothing_is_held_is_told(feedsvc: CommandLine) -> None:
    with pytest.raises(NotFound, match="nothing is held of a root 'other'"):
        feedsvc("roots", "accept", "other")
