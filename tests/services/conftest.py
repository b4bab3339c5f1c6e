"""What tests of the services share: what readers are shown."""

from __future__ import annotations

import pytest

from feedsvc.services.publication import Publication
from feedsvc.store.engine import Store
from tests.service import open_publication


@pytest.fixture
def publication(store: Store) -> Publication:
    return open_publication(store)
