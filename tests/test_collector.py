"""The garbage collector: at rest while modules are loaded, and at work afterwards."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from feedsvc.collector import loading


@pytest.fixture(autouse=True)
def _nothing_stays_frozen() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_nothing_is_collected_while_modules_are_loaded() -> None:
    with loading():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_was_loaded_is_not_looked_at_again() -> None:
    with loading():
        loaded: list[list[object]] = [[]]
    assert not any(known is loaded for known in gc.get_objects())


def test_it_is_at_work_again_after_a_module_that_cannot_be_loaded() -> None:
    with pytest.raises(ImportError), loading():
        raise ImportError
    assert gc.isenabled()
