"""What tests of the web door share."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from feedsvc.web.app import create_app

from .fakes import FakeRuntime


@pytest.fixture(autouse=True)
def rendering_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was published is rendered at the very next poll."""
    monkeypatch.setattr("feedsvc.web.fast._RENEW_EVERY_S", 0)


@pytest.fixture
def runtime() -> FakeRuntime:
    return FakeRuntime()


@pytest.fixture
def client(runtime: FakeRuntime) -> FlaskClient:
    return create_app(runtime.as_runtime()).test_client()
