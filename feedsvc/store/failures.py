"""What a driver's error says: whether the store itself is in trouble, and how to tell it."""

from __future__ import annotations

import errno

from sqlalchemy.exc import DBAPIError, OperationalError

from feedsvc.errors import StoreBusy, StoreCutOff, StoreDamaged, StoreError, StoreFull

# Primary result codes of SQLite (https://sqlite.org/rescode.html).
SQLITE_BUSY = frozenset({5, 6})
_SQLITE_FULL = 13
_SQLITE_DAMAGED = frozenset({11, 26})
# Besides those: out of memory, read-only, interrupted, I/O error, cannot open, protocol, authority.
_SQLITE_TROUBLE = SQLITE_BUSY | _SQLITE_DAMAGED | {_SQLITE_FULL, 7, 8, 9, 10, 14, 15, 23}

# PostgreSQL's SQLSTATE: a lock not given in time, a full disk.
_LOCK_NOT_GIVEN = "55P03"
_DISK_FULL = "53100"
_CANCELED = "57014"
# Undone, and the same may succeed now: by class the connection; a conflict, a deadlock, a server
# that ends or begins.
_CUT_OFF = ("08", "40001", "40P01", "57P01", "57P02", "57P03")
# By class: connection, transaction state, authorization, no such database, rollback, resources,
# state of an object, an operator's intervention, the system.
_POSTGRESQL_TROUBLE = ("08", "25", "28", "3D", "40", "53", "55", "57", "58", "XX001", "XX002")


def is_trouble_of_store(error: BaseException) -> bool:
    """Whether an error speaks of the store, whatever it was asked, and of no document.

    A statement that took too long may be anybody's fault.
    """
    return _trouble_behind(error) is not None


def _trouble_behind(error: BaseException) -> DBAPIError | None:
    """The store's trouble in this error or one behind it.

    On a full disk SQLite gives up the whole transaction: what is heard of last is that the part of
    it that failed cannot be undone.
    """
    behind: BaseException | None = error
    while behind is not None:
        if isinstance(behind, DBAPIError) and _is_trouble(behind):
            return behind
        behind = behind.__cause__ or behind.__context__
    return None


def _is_trouble(error: DBAPIError) -> bool:
    if error.connection_invalidated:
        return True
    state = _sqlstate(error.orig)
    if state is not None:
        return state != _CANCELED and state.startswith(_POSTGRESQL_TROUBLE)
    code = _sqlite_code(error.orig)
    return code in _SQLITE_TROUBLE


def told(error: Exception) -> StoreError:
    """A driver's error, or SQLAlchemy's about one, as the store's; in words that say what to do."""
    source = _trouble_behind(error) or error
    cause = source.orig if isinstance(source, DBAPIError) else source
    reason, code, state = str(cause).strip(), _sqlite_code(cause), _sqlstate(cause)
    if code in SQLITE_BUSY or state == _LOCK_NOT_GIVEN:
        return StoreBusy("the store is locked by another process")
    if code == _SQLITE_FULL or state == _DISK_FULL:
        return StoreFull(f"there is no room left on the store's disk ({reason})")
    if code in _SQLITE_DAMAGED:
        return StoreDamaged(
            f"the store's database file is damaged, or is no database ({reason}); read it "
            "through with: feedsvc db verify; put the last backup in its place with: feedsvc db "
            "restore FILE"
        )
    if isinstance(source, DBAPIError) and _is_cut_off(source, code, state):
        return StoreCutOff(f"the store failed: {reason}")
    return StoreError(f"the store failed: {reason}")


def _is_cut_off(error: DBAPIError, code: int | None, state: str | None) -> bool:
    if state is not None:
        return state.startswith(_CUT_OFF)
    # What the driver itself says of a connection that ended, or that could not be had, has no code.
    return error.connection_invalidated or (code is None and isinstance(error, OperationalError))


def told_of_file(error: OSError, name: object) -> StoreError:
    """The file system's error as the store's."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreFull(f"{name}: there is no room left on its disk")
    return StoreError(f"{name}: cannot be used ({error.strerror})")


def _sqlite_code(error: BaseException | None) -> int | None:
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _sqlstate(error: BaseException | None) -> str | None:
    state: str | None = getattr(error, "sqlstate", None)
    return state
