"""One process's feedsvc: what opening and closing it promise."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from feedsvc.runtime import open_runtime
from tests.service import settings_for


def test_ctrl_c_waits_until_the_store_is_closed(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = open_runtime(settings_for(tmp_path, database))
    closed: list[str] = []
    close = runtime.store.close

    def interrupted() -> None:
        signal.raise_signal(signal.SIGINT)
        close()
        closed.append("store")

    monkeypatch.setattr(runtime.store, "close", interrupted)
    with pytest.raises(KeyboardInterrupt):
        runtime.close()
    assert closed == ["store"]
