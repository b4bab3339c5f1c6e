"""Before a SQLite store is used: is it on this machine's disk, is it there, can it be read?

Nobody shall be served an empty store where a full one was, and nobody write on in a damaged one, or
in one that another machine may write to.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from feedsvc.errors import StoreDamaged, StoreError
from feedsvc.store.backup import sole_use
from feedsvc.store.beside import closed, mark_beside
from feedsvc.store.damage import refuse_damaged
from feedsvc.store.engine import Store
from feedsvc.store.failures import told_of_file
from feedsvc.store.guid_file import GuidFile
from feedsvc.store.verify import check_file

log = logging.getLogger(__name__)

# A start waits no longer for the check of a file; the scheduler then reads all of it.
_CHECK_AT_MOST_S = 3.0
# SQLite's log is shared through memory, which ends with the machine, and so may the lease's lock.
_OF_SEVERAL_MACHINES = frozenset(
    ("nfs", "nfs4", "cifs", "smb3", "afs", "ceph", "lustre", "fuse.sshfs", "fuse.glusterfs")
)
_MOUNTS = Path("/proc/self/mountinfo")


def check_start(store: Store) -> None:
    """Raise StoreError, with what to do, for a database that is damaged or on a network's disk.

    Warn of one that is gone.

    What was not left in order is read through, as far as that goes in `_CHECK_AT_MOST_S`.
    """
    path = store.sqlite_path
    if path is None:
        return
    _check_local(path)
    if not path.exists() or path.stat().st_size == 0:
        _tell_gone(store, path)
        return
    refuse_damaged(store)
    try:
        with store.reading() as connection:
            connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").all()
        found = _check_left(store, path)
    except StoreDamaged:
        found = "it cannot be read"
    if found:
        raise StoreDamaged(
            f"{path} is damaged: {found}. Nothing was changed. Put the last backup in its place: "
            f"feedsvc db restore FILE. Without a backup, move {path} and what begins with its name "
            "away and start again: everything is made anew from the watched folders, with the ids "
            "from guids.jsonl"
        )


def _check_local(path: Path) -> None:
    kind = _file_system(path.resolve().parent)
    if kind in _OF_SEVERAL_MACHINES:
        raise StoreError(
            f"{path} lies on a disk that other machines may use ({kind}): SQLite may lose what is "
            "written there. Move it, and guids.jsonl beside it, to a disk of this machine and name "
            "it with --database; or use PostgreSQL"
        )


def _file_system(folder: Path) -> str | None:
    """The kind of file system a folder lies on, by Linux's table of mounts; None where unknown."""
    try:
        device = folder.stat().st_dev
        mounts = _MOUNTS.read_bytes().splitlines()
    except OSError:
        return None  # another system, or no such folder yet
    number = b"%d:%d" % (os.major(device), os.minor(device))
    for fields in map(bytes.split, mounts):
        if fields[2] == number:
            return fields[fields.index(b"-") + 1].decode()
    return None


def _tell_gone(store: Store, path: Path) -> None:
    recorded = GuidFile.of(store)
    if recorded and recorded.size_bytes():
        log.warning(
            "the database is gone; an empty one is made, and entries made anew from the watched "
            "folders take their ids from guids.jsonl; if you have a backup, stop now, and restore "
            "it with: feedsvc db restore FILE",
            extra={"database": str(path), "guids": str(recorded.path)},
        )


def _check_left(store: Store, path: Path) -> str | None:
    if not mark_beside(path).exists() or closed(store):
        return None
    until = time.monotonic() + _CHECK_AT_MOST_S
    with sole_use(path) as is_alone:
        if not is_alone:
            return None  # it was not left: somebody is at work
        log.warning("the last stop was not clean; reading the database through")
        return check_file(store, is_quick=True, gives_up=lambda: time.monotonic() > until)


@contextmanager
def marked_in_use(store: Store) -> Iterator[bool]:
    """Mark a database as in use by whoever ingests; answers whether it was left in order before.

    Raises StoreError where nothing can be written beside it.
    The mark goes with the work; what stays of a process that was killed is the mark.
    """
    path = store.sqlite_path
    if path is None:
        yield True
        return
    marker = mark_beside(path)
    was_left_well = not marker.exists()
    try:
        marker.touch()
    except OSError as error:
        raise told_of_file(error, marker) from error
    try:
        yield was_left_well
    finally:
        with suppress(OSError):  # the next start then reads the file through; no more than that
            marker.unlink(missing_ok=True)
