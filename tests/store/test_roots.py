"""What the store remembers of watched folders, on both databases."""

from __future__ import annotations

from sqlalchemy import Connection

from feedsvc.store.roots import note_root_device, root_device


def test_the_device_of_a_root_is_remembered(connection: Connection) -> None:
    assert root_device(connection, "seeds") is None
    for device in (1, -(2**63)):
        note_root_device(connection, "seeds", device)
        assert root_device(connection, "seeds") == device
