"""PostgreSQL: what a session must be like, and how long its server may be waited for."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.abc import PQGen
from psycopg.pq import Format, TransactionStatus
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL

from feedsvc.errors import StoreError

_CONNECT_WITHIN_S = 5
_STATEMENT_WITHIN_S = 15
# By then a server that works has ended the statement itself. One that is stopped, or whose disk
# hangs, still acknowledges what it is sent: nothing below us would ever end the wait.
_ANSWER_WITHIN_S = _STATEMENT_WITHIN_S + 3.0
# A machine that loses its power or its network ends no connection: both sides find that out within
# 8 s, so that the server frees the lease, and a holder cut off stops. By default it takes 2 hours.
_KEEPALIVES = {"keepalives_idle": 4, "keepalives_interval": 1, "keepalives_count": 4}
_UNACKNOWLEDGED_MS = 8_000
_ENCODING = "UTF8"
# A statement is planned for its values each time. A plan that is kept from when a table was empty
# reads all of the table once it has grown, until the server next gathers statistics. What is run
# for many rows at once is prepared all the same (psycopg: executemany).
_NEVER_PREPARED = 2**31
_UNLIMITED = (
    "SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0"
)


class _ImpatientConnection(psycopg.Connection[Any]):  # Any: whatever rows it is told to make
    """Closes itself, and raises OperationalError, when the server leaves it without an answer."""

    answer_within_s: float | None = None

    def wait(
        self, gen: PQGen[Any], interval: float = 0.1, timeout: float | None = None
    ) -> Any:  # Any: whatever is waited for
        limit_s = self.answer_within_s if timeout is None else timeout
        try:
            return super().wait(gen, interval, limit_s)
        except psycopg.OperationalError as error:
            if self.pgconn.transaction_status != TransactionStatus.ACTIVE:
                raise
            self.close()
            raise psycopg.OperationalError(
                f"the server has not answered for {limit_s:.0f} s"
            ) from error


def make_engine(url: URL) -> Engine:
    """An engine whose connections are limited: to connect, to be answered, to be acknowledged."""
    # Whatever the server, the database or the role say. Without synchronous_commit readers would be
    # shown what a server that loses its power forgets.
    session = {
        "statement_timeout": f"{_STATEMENT_WITHIN_S}s",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "30s",
        "synchronous_commit": "on",
        "timezone": "UTC",
        "tcp_user_timeout": _UNACKNOWLEDGED_MS,
        **{f"tcp_{name}": value for name, value in _KEEPALIVES.items()},
    }
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args={
            "connect_timeout": _CONNECT_WITHIN_S,
            "tcp_user_timeout": _UNACKNOWLEDGED_MS,
            **_KEEPALIVES,
            "client_encoding": _ENCODING,
            "prepare_threshold": _NEVER_PREPARED,
            "options": " ".join(f"-c {name}={value}" for name, value in session.items()),
        },
    )

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, _record: Any, args: Any, options: Any) -> _ImpatientConnection:
        connection = _ImpatientConnection.connect(*args, **options)
        connection.answer_within_s = _ANSWER_WITHIN_S
        _check_encoding(connection)
        return connection

    @event.listens_for(engine, "before_cursor_execute")
    def _choose_format(
        _connection: Any, cursor: Any, _statement: str, _values: Any, context: Any, _many: bool
    ) -> None:
        if context.execution_options.get("feedsvc_binary"):
            cursor.format = Format.BINARY  # read in half the time

    @event.listens_for(engine, "checkin")
    def _check_in(connection: _ImpatientConnection | None, record: Any) -> None:
        if connection is not None and connection.answer_within_s is None:
            record.invalidate()  # its limits were lifted: not back into the pool

    return engine


def _check_encoding(connection: _ImpatientConnection) -> None:
    """Raise StoreError for a database that cannot hold every letter."""
    encoding = connection.info.parameter_status("server_encoding")
    if encoding == _ENCODING:
        return
    name = connection.info.dbname
    connection.close()
    raise StoreError(
        f"the database {name} has the encoding {encoding}, and needs {_ENCODING}; make one with: "
        f"createdb --template template0 --encoding {_ENCODING} NAME"
    )


def lift_limits(connection: Connection) -> None:
    """Let what this connection is used for take its time; it is closed at the end."""
    connection.exec_driver_sql(_UNLIMITED)
    driver_connection: Any = connection.connection.driver_connection
    driver_connection.answer_within_s = None
