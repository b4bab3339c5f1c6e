"""What lies beside a SQLite database, and whether all of it is open to us."""

from __future__ import annotations

import os
from pathlib import Path

from feedsvc.store.engine import Store
from feedsvc.store.failures import told_of_file
from feedsvc.store.guid_file import GuidFile


def lock_beside(path: Path) -> Path:
    """The file whose lock is the lease of the database at `path`."""
    return path.with_name(f"{path.name}.lease")


def mark_beside(path: Path) -> Path:
    """The file that marks the database at `path` as in use."""
    return path.with_name(f"{path.name}.in-use")


def closed(store: Store) -> str | None:
    """What of a SQLite store may not be written to; a transaction that writes nothing can begin.

    Nothing can be ingested either where a file beside it is closed; one that is missing is made.
    """
    path, guids = store.sqlite_path, GuidFile.of(store)
    if path is None or guids is None:
        return None
    for written in (path.parent, path):
        if not os.access(written, os.W_OK):
            return f"{written} may not be written to"
    for beside in (guids.path, lock_beside(path), mark_beside(path)):
        try:
            os.close(os.open(beside, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC))
        except FileNotFoundError:
            continue
        except OSError as error:
            return str(told_of_file(error, beside))
    return None
