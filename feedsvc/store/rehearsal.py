"""A private copy of a store, in which a run is rehearsed: whatever it does there, nobody sees.

It lies beside a SQLite database, else in the folder for temporary files, and goes with the run.
What a process left there that was killed goes with the next one.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from feedsvc.errors import DryRunFailed, StoreFull
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
    with _told_of_copying_into(above):
        _remove_forsaken(above)
        _check_room(store, above)
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=above))
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

    gives_up: asked now and then. Raises Interrupted then, DryRunFailed if there is no room or no
    place for the copy, StoreError if the store cannot be read.
    """
    copy = folder / "feedsvc.db"
    recorded = GuidFile.of(store)
    with _told_of_copying_into(folder.parent):
        copy_into(store, copy, gives_up)
        if recorded and recorded.path.exists():
            shutil.copyfile(recorded.path, folder / recorded.path.name)
        return open_store(f"sqlite:///{copy}", busy_timeout_s=1)


def _check_room(store: Store, above: Path) -> None:
    needed, free = _copied_bytes(store) + MIN_FREE_BYTES, shutil.disk_usage(above).free
    if free < needed:
        raise DryRunFailed(
            f"a dry run is done in a copy of the store: it needs {needed // 1_000_000:,} MB in "
            f"{above}, where {free // 1_000_000:,} MB are free"
        )


def _copied_bytes(store: Store) -> int:
    """As much as the copy may take: what is in SQLite's log need not be in its file yet."""
    recorded = GuidFile.of(store)
    beside = [recorded.path, Path(f"{store.sqlite_path}-wal")] if recorded else []
    return size_bytes(store) + sum(path.stat().st_size for path in beside if path.exists())


@contextmanager
def _told_of_copying_into(above: Path) -> Iterator[None]:
    """Tell what keeps the copy from being made: it ends the dry run, and nothing else."""
    try:
        yield
    except StoreFull as error:
        raise _no_room(above) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _no_room(above) from error
        raise DryRunFailed(
            f"a dry run is done in a copy of the store, which cannot be made in {above}: {error}"
        ) from error


def _no_room(above: Path) -> DryRunFailed:
    return DryRunFailed(
        f"a dry run is done in a copy of the store, for which there is no room left in {above}; "
        "make some, and ask for it again"
    )


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
