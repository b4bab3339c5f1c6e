"""What tests of the services share: a desk to publish from, and what readers are shown of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from feedsvc.services.publication import Publication
from feedsvc.store.engine import Store
from feedsvc.store.leases import take_lease
from tests.service import StoppedClock, open_publication
from tests.store.desk import Desk


@pytest.fixture
def desk(store: Store) -> Iterator[Desk]:
    """Holds the lease of an empty store."""
    lease = take_lease(store)
    assert lease is not None
    yield Desk(store=store, lease=lease, stopped=StoppedClock())
    lease.release()


@pytest.fixture
def publication(store: Store) -> Publication:
    return open_publication(store)
