"""One thing that goes wrong: at the n-th statement, commit or file operation of this process.

For processes that are made to be broken; nothing here is ever undone.
"""

from __future__ import annotations

import errno
import io
import os
import socket
import sqlite3
from collections.abc import Callable
from enum import StrEnum, auto
from functools import partial
from types import SimpleNamespace
from typing import Any, NoReturn

from sqlalchemy import event

from feedsvc.store import differences
from feedsvc.store.engine import Store

EXITED = 86


class Operation(StrEnum):
    """What can go wrong. NOTE: a statement to the database in which a look notes what it finds.

    ANSWER: a commit is done, and its answer is not yet there.
    """

    CONNECT = auto()
    STATEMENT = auto()
    COMMIT = auto()
    NOTE = auto()
    ANSWER = auto()
    OPEN = auto()
    LOOK = auto()
    READ = auto()
    WRITE = auto()
    SYNC = auto()
    RENAME = auto()


_IN_DATABASE = {Operation.CONNECT, Operation.STATEMENT, Operation.COMMIT}
_IN_FILES = set(Operation) - _IN_DATABASE - {Operation.ANSWER, Operation.NOTE}


class Kind(StrEnum):
    """How it goes wrong."""

    EXIT = auto()
    LOCKED = auto()
    FULL = auto()
    BAD_DISK = auto()
    NO_MORE_FILES = auto()
    SHORT_WRITE = auto()
    CUT_OFF = auto()
    LOST_ANSWER = auto()


CONCERNED = {
    Kind.EXIT: set(Operation),
    Kind.LOCKED: {Operation.STATEMENT, Operation.COMMIT},
    Kind.FULL: {
        Operation.STATEMENT,
        Operation.COMMIT,
        Operation.NOTE,
        Operation.WRITE,
        Operation.SYNC,
        Operation.RENAME,
    },
    Kind.BAD_DISK: _IN_FILES | {Operation.STATEMENT, Operation.COMMIT, Operation.NOTE},
    Kind.NO_MORE_FILES: {Operation.OPEN, Operation.CONNECT},
    Kind.SHORT_WRITE: {Operation.WRITE},
    Kind.CUT_OFF: _IN_DATABASE,
    Kind.LOST_ANSWER: {Operation.ANSWER},
}
_FILE_ERRORS = {
    Kind.FULL: errno.ENOSPC,
    Kind.BAD_DISK: errno.EIO,
    Kind.NO_MORE_FILES: errno.EMFILE,
}
# As SQLite tells them: by code and in words.
_SQLITE_ERRORS = {
    Kind.LOCKED: (5, "database is locked"),
    Kind.FULL: (13, "database or disk is full"),
    Kind.BAD_DISK: (10, "disk I/O error"),
    Kind.NO_MORE_FILES: (14, "unable to open database file"),
    Kind.LOST_ANSWER: (10, "disk I/O error"),
}
_SQLSTATES = {Kind.LOCKED: "55P03", Kind.FULL: "53100", Kind.BAD_DISK: "58030"}
_OPERATIONS = {
    "open": Operation.OPEN,
    "scandir": Operation.OPEN,
    "stat": Operation.LOOK,
    "fstat": Operation.LOOK,
    "read": Operation.READ,
    "fsync": Operation.SYNC,
    "rename": Operation.RENAME,
    "replace": Operation.RENAME,
}


class Trouble:
    """Breaks the operation number `at` of those that a kind concerns; 0: only counts them."""

    def __init__(self, kind: Kind, at: int) -> None:
        self.kind = kind
        self._at = at
        self.count = 0

    def meets(self, operation: Operation) -> bool:
        """Count an operation; answers whether it is the one."""
        self.count += operation in CONCERNED[self.kind]
        return operation in CONCERNED[self.kind] and self.count == self._at

    def install(self, store: Store) -> None:
        """Lie in wait for this process's operations on a store and on files."""
        self._spoil_database(store)
        self._spoil_notes()
        self._spoil_files()

    # Files

    def _spoil_files(self) -> None:
        for name, operation in _OPERATIONS.items():
            setattr(os, name, self._spoilt(getattr(os, name), operation))
        plain_open, trouble = io.open, self

        class SpoiltFile(io.FileIO):
            def write(self, raw: Any) -> int:  # Any: whatever has bytes
                if not trouble.meets(Operation.WRITE):
                    return super().write(raw)
                written = super().write(memoryview(raw)[: len(raw) // 2])
                if trouble.kind is not Kind.SHORT_WRITE:
                    trouble._fail_file()
                return written

        def open_spoilt(
            file: Any, mode: str = "r", buffering: int = -1, *rest: Any, **named: Any
        ) -> Any:
            if trouble.meets(Operation.OPEN):
                trouble._fail_file()
            if not set(mode) & set("wax"):
                return plain_open(file, mode, buffering, *rest, **named)
            spoilt = SpoiltFile(file, mode.replace("b", ""))
            return spoilt if buffering == 0 else io.BufferedWriter(spoilt)

        setattr(io, "open", open_spoilt)  # noqa: B010  (mypy forbids the plain way)

    def _spoilt(self, function: Callable[..., Any], operation: Operation) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            if self.meets(operation):
                self._fail_file()
            return function(*arguments, **named)

        return call

    def _fail_file(self) -> NoReturn:
        if self.kind is Kind.EXIT:
            os._exit(EXITED)
        number = _FILE_ERRORS[self.kind]
        raise OSError(number, os.strerror(number))

    # What a look notes

    def _spoil_notes(self) -> None:
        trouble = self

        class SpoiltNotes(sqlite3.Connection):
            def execute(self, *arguments: Any) -> sqlite3.Cursor:  # Any: SQL and its values
                trouble._fail_note_if_met()
                return super().execute(*arguments)

            def executemany(self, *arguments: Any) -> sqlite3.Cursor:
                trouble._fail_note_if_met()
                return super().executemany(*arguments)

        spoilt = SimpleNamespace(
            connect=partial(sqlite3.connect, factory=SpoiltNotes), Error=sqlite3.Error
        )
        setattr(differences, "sqlite3", spoilt)  # noqa: B010  (mypy forbids the plain way)

    def _fail_note_if_met(self) -> None:
        if self.meets(Operation.NOTE):
            if self.kind is Kind.EXIT:
                os._exit(EXITED)
            raise sqlite3.OperationalError(_SQLITE_ERRORS[self.kind][1])

    # The database

    def _spoil_database(self, store: Store) -> None:
        engine = store.engine
        dialect = engine.dialect
        driver = dialect.loaded_dbapi
        commit = dialect.do_commit

        def sqlite_error() -> Exception:
            code, told = _SQLITE_ERRORS[self.kind]
            error: Any = driver.OperationalError(told)  # Any: SQLite's alone have a code
            error.sqlite_errorcode = code
            return error  # type: ignore[no-any-return]

        def fail(connection: Any) -> None:  # Any: either driver's connection
            if self.kind is Kind.EXIT:
                os._exit(EXITED)
            if store.is_sqlite:
                if self.kind is Kind.FULL and connection.in_transaction:
                    connection.execute("ROLLBACK")  # as SQLite itself may do
                raise sqlite_error()
            if self.kind in _SQLSTATES:
                code = _SQLSTATES[self.kind]
                message = "lock timeout" if self.kind is Kind.LOCKED else self.kind
                connection.execute(
                    f"DO $$ BEGIN RAISE '{message}' USING ERRCODE = '{code}'; END $$"
                )
            # Whatever is sent from now on meets a connection that is cut.
            with socket.socket(fileno=os.dup(connection.pgconn.socket)) as line:
                line.shutdown(socket.SHUT_RDWR)

        def before_statement(cursor: Any, *_: Any) -> None:
            if self.meets(Operation.STATEMENT):
                fail(cursor.connection)

        def do_commit(connection: Any) -> None:
            if self.meets(Operation.COMMIT):
                fail(connection)
            commit(connection)
            if self.meets(Operation.ANSWER):
                fail(connection)
                raise driver.OperationalError("server closed the connection unexpectedly")

        def before_connect(*_: Any) -> None:
            if self.meets(Operation.CONNECT):
                if self.kind is Kind.EXIT:
                    os._exit(EXITED)
                if store.is_sqlite:
                    raise sqlite_error()
                raise driver.OperationalError("connection failed")

        # These have other arguments each, and SQLAlchemy counts them.
        event.listen(engine, "do_execute", lambda c, _s, _p, _x: before_statement(c))
        event.listen(engine, "do_executemany", lambda c, _s, _p, _x: before_statement(c))
        event.listen(engine, "do_execute_no_params", lambda c, _s, _x: before_statement(c))
        # In front of those that connect themselves: after one that did, nobody is called.
        event.listen(engine, "do_connect", lambda _d, _r, _a, _k: before_connect(), insert=True)
        setattr(dialect, "do_commit", do_commit)  # noqa: B010  (mypy forbids the plain way)
