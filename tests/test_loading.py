"""Loading modules: nothing comes between, and afterwards all is as it was."""

from __future__ import annotations

import gc
import signal

import pytest

from feedsvc.loading import loading


def test_nothing_is_collected_while_modules_are_loaded() -> None:
    with loading():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_was_loaded_is_not_looked_at_again() -> None:
    with loading():
        loaded: list[list[object]] = [[]]
    assert not any(known is loaded for known in gc.get_objects())


def test_it_is_at_work_again_after_a_module_that_cannot_be_loaded() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    with pytest.raises(ImportError), loading():
        raise ImportError
    assert gc.isenabled()
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before


def test_a_collector_that_was_off_stays_so() -> None:
    gc.disable()
    try:
        with loading():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_ctrl_c_waits_until_modules_are_loaded() -> None:
    loaded: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        _load_and_be_interrupted(loaded)
    assert loaded == ["all"]


def _load_and_be_interrupted(loaded: list[str]) -> None:
    with loading():
        signal.raise_signal(signal.SIGINT)
        loaded.append("all")
