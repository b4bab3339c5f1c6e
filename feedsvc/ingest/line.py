"""A line to a worker: whole messages, and on our end nobody ever waits for the other one."""

from __future__ import annotations

import pickle
import socket
import struct
from typing import Any

_SIZE = struct.Struct("!Q")
_TAKEN_AT_ONCE = 1_048_576


class Line:
    """Our end. One message is under way at a time, in one direction; `go_on` moves it.

    What the other end leaves half said, or half heard, stays so until somebody kills it.
    """

    def __init__(self, end: socket.socket) -> None:
        end.setblocking(False)
        self._end = end
        self._unsaid = memoryview(b"")
        self._heard = bytearray()

    def fileno(self) -> int:
        return self._end.fileno()

    @property
    def is_speaking(self) -> bool:
        return bool(self._unsaid)

    def say(self, message: object) -> None:
        """Begin to send a message."""
        self._unsaid = memoryview(_packed(message))

    def go_on(self) -> bytearray | None:
        """Send or take what can be at once; answers a message, pickled, once it is whole.

        Raises EOFError or OSError once there is nobody at the other end.
        """
        try:
            if self._unsaid:
                self._unsaid = self._unsaid[self._end.send(self._unsaid) :]
                return None
            heard = self._end.recv(_TAKEN_AT_ONCE)
        except BlockingIOError:
            return None
        if not heard:
            raise EOFError
        self._heard += heard
        if len(self._heard) < _SIZE.size:
            return None
        (size,) = _SIZE.unpack_from(self._heard)
        if len(self._heard) < _SIZE.size + size:
            return None
        message, self._heard = self._heard, bytearray()
        del message[: _SIZE.size]
        return message

    def close(self) -> None:
        self._end.close()


def say(end: socket.socket, message: object) -> None:
    """The worker's end: send a message, however long that takes. Raises OSError."""
    end.sendall(_packed(message))


def hear(end: socket.socket) -> Any:  # Any: whatever was said
    """The worker's end: wait for a message. Raises EOFError once the other end is closed."""
    (size,) = _SIZE.unpack(_hear_bytes(end, _SIZE.size))
    return pickle.loads(_hear_bytes(end, size))  # noqa: S301  # from the pool that started us


def _hear_bytes(end: socket.socket, size: int) -> bytearray:
    heard = bytearray(size)
    rest = memoryview(heard)
    while rest:
        taken = end.recv_into(rest)
        if not taken:
            raise EOFError
        rest = rest[taken:]
    return heard


def _packed(message: object) -> bytes:
    pickled = pickle.dumps(message)
    return _SIZE.pack(len(pickled)) + pickled
