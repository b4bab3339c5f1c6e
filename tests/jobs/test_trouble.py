"""Trouble with the store: how long work pauses, what ends a pause, how often it is told."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

import pytest

from feedsvc.clock import Clock
from feedsvc.errors import EmptyDocument, StoreBusy, StoreError
from feedsvc.jobs.trouble import Trouble


@dataclass
class Workplace:
    """Time that goes as it is told, and a store whose probe fails or not."""

    now_s: float = 1000.0
    is_down: bool = False
    probed: int = 0
    trouble: Trouble = field(init=False)

    def __post_init__(self) -> None:
        self.trouble = Trouble(Clock(monotonic=lambda: self.now_s), self.probe)

    def probe(self, _trouble: StoreError) -> None:
        self.probed += 1
        if self.is_down:
            raise StoreBusy("still locked")

    def fail(self) -> None:
        self.trouble.note(StoreBusy("locked"))

    def pause_s(self) -> float:
        """How long work waits now."""
        began_s = self.now_s
        while not self.trouble.is_over():
            self.now_s += 0.05
        return self.now_s - began_s


@pytest.fixture
def at() -> Workplace:
    return Workplace()


def test_without_trouble_work_goes_on_unasked(at: Workplace) -> None:
    assert at.trouble.is_over()
    assert at.probed == 0


def test_each_failure_makes_the_pause_twice_as_long_up_to_a_minute(at: Workplace) -> None:
    pauses = []
    for _ in range(10):
        at.fail()
        pauses.append(at.pause_s())
    for pause_s, wanted_s in zip(pauses, [0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60], strict=True):
        # A probe comes once a second.
        assert 0.8 * wanted_s <= pause_s <= 1.2 * wanted_s + 1.1
    assert len(set(pauses[-3:])) > 1  # not in step with others


def test_a_store_that_takes_work_again_ends_the_pause(at: Workplace) -> None:
    for _ in range(10):
        at.fail()
    at.is_down = True
    for _ in range(20):
        at.now_s += 0.2
        assert not at.trouble.is_over()
    assert at.probed <= 5
    at.is_down = False
    assert at.pause_s() <= 1.0


def test_after_a_quiet_time_trouble_is_new(at: Workplace) -> None:
    for _ in range(10):
        at.fail()
    at.now_s += 200
    at.fail()
    assert at.pause_s() < 2


def test_what_is_no_trouble_of_the_store_pauses_nothing(at: Workplace) -> None:
    at.trouble.note(EmptyDocument("nothing in it"))
    assert at.trouble.is_over()


def test_it_is_told_once_a_minute(at: Workplace, caplog: pytest.LogCaptureFixture) -> None:
    at.is_down = True
    at.fail()
    until_s = at.now_s + 150
    while at.now_s < until_s:
        assert not at.trouble.is_over()
        at.now_s += 0.5
    told = [r for r in caplog.records if r.levelno == logging.WARNING]
    assert [r.message for r in told] == ["work interrupted"] * 3
