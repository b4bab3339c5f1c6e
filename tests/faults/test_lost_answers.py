"""A commit whose answer never comes may be done or not; what the store says of it is believed."""

from __future__ import annotations

from tests.faults.amounts import some_of
from tests.faults.proxy import LosingProxy
from tests.faults.scene import BROKEN_MINUTE, Scene


def test_what_was_committed_without_an_answer_is_not_done_again(postgresql_scene: Scene) -> None:
    scene = postgresql_scene
    with scene.snapshot.copied() as database, LosingProxy(database, lost=0) as proxy:
        scene.ingest(proxy.url, BROKEN_MINUTE)
        total = proxy.commits
    assert total > 5
    lost = some_of(total)
    for number in lost:
        with scene.watched() as database, LosingProxy(database, lost=number) as proxy:
            report = scene.order(proxy.url, BROKEN_MINUTE)
            assert proxy.is_lost
            assert report.bug is None, report.bug
    print(f"{len(lost)} of {total} answers lost")
