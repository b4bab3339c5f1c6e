"""A private copy of a store, in which a run is rehearsed: whatever it does there, nobody sees.

It lies beside a SQLite database, else in the folder for temporary files, and goes with the run.
What a process left there that was killed goes with the next one.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from feedsvc.errors import DryRunFailed
from feedsvc.store.backup import copy_into
from feedsvc.store.engine import Store, open_store
from feedsvc.store.guid_file import GuidFile
from feedsvc.store.trouble import MIN_FREE_BYTES
from feedsvc.store.upkeep import size_bytes

# Hidden: within a watched folder nothing in it is a document.
_PREFIX = ".feedsvc-dry-run-"


@contextmanager
def private_folder(store: Store) -> Iterator[Path]:
    """A folder for the copy of a store, gone afterwards. Raises DryRunFailed without room."""
    above = store.sqlite_path.parent if store.sqlite_path else Path(tempfile.gettempdir())
    _remove_forsaken(above)
    needed, free = size_bytes(store) + MIN_FREE_BYTES, shutil.disk_usage(above).free
    if free < needed:
        raise DryRunFailed(
            f"a dry run is done in a copy of the store: it needs {needed // 1_000_000:,} MB in "
            f"{above}, where {free // 1_000_000:,} MB are free"
        )
    try:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=above))
    except OSError as error:
        raise DryRunFailed(f"a dry run finds no place in {above} ({error.strerror})") from error
    # The kernel lets go of the lock when we die.
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def copy_store(store: Store, folder: Path, gives_up: Callable[[], bool]) -> Store:
    """Copy a store as it is at one moment, and what of guids lies beside it; others go on.

    gives_up: asked now and then. Raises Interrupted then, StoreError if it cannot be copied.
    """
    copy = folder / "feedsvc.db"
    copy_into(store, copy, gives_up)
    recorded = GuidFile.of(store)
    if recorded and recorded.path.exists():
        shutil.copyfile(recorded.path, folder / recorded.path.name)
    return open_store(f"sqlite:///{copy}", busy_timeout_s=1)


def _remove_forsaken(above: Path) -> None:
    for folder in above.glob(f"{_PREFIX}*"):
        try:
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        except OSError:  # it went just now, or is somebody else's
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue  # in use
        else:
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(lock)
