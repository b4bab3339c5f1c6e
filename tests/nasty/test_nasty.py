"""Nasty files beside good ones: each becomes what it must, and the good ones do not notice."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from feedsvc.feeds.check import Severity, check_document
from feedsvc.ingest.pool import ExtractionPool
from feedsvc.model.document import DocumentOutcome, Outcome
from feedsvc.model.selection import FeedFormat, Selection
from tests.databases import SqliteFiles
from tests.nasty.case import OUTSIDE_SECRET, XXE_SECRET, Case, Fate
from tests.nasty.everything import lay_out, quick_cases
from tests.nasty.restless import LAST_WORDS, restless, title_of
from tests.service import Service, article, open_service

GOOD = 20
# Of the texts whose encoding nothing declares.
GUESSED_RIGHT = 0.9


@pytest.fixture
def alone(tmp_path: Path, sqlite_files: SqliteFiles, pool: ExtractionPool) -> Iterator[Service]:
    """A feedsvc on SQLite alone: what a database may refuse has tests of its own."""
    service = open_service(tmp_path, sqlite_files.make_database(tmp_path), pool)
    yield service
    service.lease.release()
    service.runtime.close()


def test_each_nasty_file_becomes_what_it_must(alone: Service, tmp_path: Path) -> None:
    cases = quick_cases()
    assert len(cases) >= 400
    missed = lay_out(alone.folder.path, tmp_path / "outside", cases)
    for case, reason in missed.items():
        print(f"not made: {case} ({reason})")
    good = [f"The good file number {number}" for number in range(GOOD)]
    for number, title in enumerate(good):
        alone.folder.write(f"{chr(97 + number)}-good.txt", article(title))

    alone.ingest()

    told = {outcome.path.path: outcome for outcome in alone.outcomes}
    made = [case for case in cases if case not in missed]
    wrong = [why for case in made if (why := judge(case, told))]
    assert not wrong, "\n".join(["", *wrong])
    for number in range(GOOD):
        assert told[f"{chr(97 + number)}-good.txt".encode()].outcome is Outcome.NEW
    _check_guesses(made, told)
    assert Outcome.FAILED not in {outcome.outcome for outcome in alone.outcomes}
    _check_feeds(alone)
    assert alone.ingest() == {}, "nothing is tried again while nothing has changed"


def test_a_file_that_never_rests_is_published_once_and_whole(alone: Service) -> None:
    with restless(alone.folder.path / "restless") as paths:
        alone.folder.write("good.txt", article("The good file beside them"))
        alone.ingest()
        assert "The good file beside them" in alone.entries()
    alone.ingest()

    published = alone.runtime.publication.latest(1_000)
    assert len(published) == len({entry.title for entry in published})
    entries = {entry.title: entry for entry in published}
    for path in paths:
        html = entries[title_of(path)].html
        assert "The fourth thing" in html, path.name
        assert html.endswith(LAST_WORDS), path.name
    assert len(entries) == len(paths) + 1


def judge(case: Case, told: Mapping[bytes, DocumentOutcome]) -> str | None:
    """What is wrong with a case, if anything is."""
    outcome = _outcome_of(case, told)
    if outcome is None:
        return None if case.fate is Fate.PASSED_OVER else f"{case}: nothing was told of it"
    if case.fate is Fate.PASSED_OVER:
        return f"{case}: is to be passed over, and was {outcome.outcome}"
    is_refused = outcome.outcome is Outcome.QUARANTINED
    if is_refused and not (outcome.stage and outcome.reason):
        return f"{case}: refused without a reason"
    if case.fate is Fate.SETTLED:
        return None
    if is_refused != (case.fate is Fate.REFUSED):
        return f"{case}: is to be {case.fate}, and was {outcome.outcome} ({outcome.reason})"
    if is_refused and case.reason not in (outcome.reason or ""):
        return f"{case}: refused with {outcome.reason!r}, which does not say {case.reason!r}"
    if case.title and outcome.title != case.title:
        return f"{case}: published as {outcome.title!r} in place of {case.title!r}"
    return None


def _outcome_of(case: Case, told: Mapping[bytes, DocumentOutcome]) -> DocumentOutcome | None:
    if case.path in told:
        return told[case.path]
    # What lies too deep is told by the beginning of its path.
    shortened = [path for path in told if path[:1_900] == case.path[:1_900]]
    return told[shortened[0]] if len(case.path) > 2_000 and shortened else None


def _check_guesses(cases: Sequence[Case], told: Mapping[bytes, DocumentOutcome]) -> None:
    guessed = [case for case in cases if case.fate is Fate.SETTLED and case.title]
    right = [case for case in guessed if told[case.path].title == case.title]
    print(f"encodings guessed right: {len(right)} of {len(guessed)}")
    print("not:", ", ".join(str(case) for case in guessed if case not in right))
    assert len(right) >= GUESSED_RIGHT * len(guessed)


def _check_feeds(service: Service) -> None:
    """Every feed there is passes the strict checks, and holds nothing from outside."""
    first_user = Path("/etc/passwd").read_bytes().splitlines()[0]
    secrets = [OUTSIDE_SECRET.encode(), XXE_SECRET.encode(), first_user]
    publication = service.runtime.publication
    for format in FeedFormat:
        document = publication.feed(Selection(), format)
        findings = check_document(document.body, media_type=format.media_type, url=None)
        assert [f for f in findings if f.severity is Severity.ERROR] == []
    for entry in publication.latest(5_000):
        for secret in secrets:
            text = f"{entry.title} {entry.summary} {entry.html}".encode()
            assert secret not in text, os.fsdecode(secret)
