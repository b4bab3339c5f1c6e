"""What tests of the web door share."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from feedsvc.web.app import create_app

from .fakes import FakeRuntime


@pytest.fixture
def runtime() -> FakeRuntime:
    return FakeRuntime()


@pytest.fixture
def client(runtime: FakeRuntime) -> FlaskClient:
    return create_app(runtime.as_runtime()).test_client()
