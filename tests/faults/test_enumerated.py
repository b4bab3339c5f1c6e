"""The n-th statement, commit or file operation of an ingestion fails, for every n.

The next ingestion then ends where one that nothing disturbed would have ended. `make test` tries
some n, `make soak` every one.
"""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from feedsvc.model.document import Outcome
from feedsvc.store.schema import run_outcomes
from tests.faults.amounts import some_of
from tests.faults.scene import BROKEN_MINUTE, Scene
from tests.faults.snapshots import opened
from tests.faults.trouble import Kind

CASES = [
    *(("sqlite", kind) for kind in Kind if kind is not Kind.CUT_OFF),
    # There, no file is written.
    *(("postgresql", kind) for kind in Kind if kind is not Kind.SHORT_WRITE),
]


@pytest.mark.parametrize(("database", "kind"), CASES, ids=str)
def test_whatever_fails_nothing_is_lost_or_doubled(
    request: pytest.FixtureRequest, database: str, kind: Kind
) -> None:
    scene: Scene = request.getfixturevalue(f"{database}_scene")
    total = scene.count(kind)
    assert total > 0
    violations = {}
    tried = some_of(total)
    for at in tried:
        try:
            break_at(scene, kind, at)
        except AssertionError as error:
            violations[at] = str(error)
    print(f"{database}, {kind}: {len(tried)} of {total} operations, {len(violations)} violations")
    assert violations == {}


def break_at(scene: Scene, kind: Kind, at: int) -> None:
    with scene.watched() as database:
        report = scene.order(database, BROKEN_MINUTE, kind, at)
        assert report.bug is None, report.bug


def test_the_small_folder_has_something_of_everything(sqlite_scene: Scene) -> None:
    with sqlite_scene.snapshot.copied() as database:
        sqlite_scene.ingest(database, BROKEN_MINUTE)
        with opened(database) as store, store.reading() as connection:
            last = select(func.max(run_outcomes.c.run_number)).scalar_subquery()
            of_last = select(run_outcomes.c.outcome).where(run_outcomes.c.run_number == last)
            outcomes = set(connection.scalars(of_last))
    assert outcomes == set(Outcome) - {Outcome.UNCHANGED, Outcome.UPGRADED, Outcome.FAILED}
