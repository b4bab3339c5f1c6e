"""A line to a worker: messages of any size, and nobody waits for one that is stopped."""

from __future__ import annotations

import pickle
import socket
import threading
from collections.abc import Iterator

import pytest

from feedsvc.ingest.line import Line, hear, say

LARGE = [b"x" * 3_000_000, "é"]


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_messages_of_any_size_go_both_ways(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    line = Line(ours)
    worker = threading.Thread(target=lambda: say(theirs, hear(theirs)))
    worker.start()
    line.say(LARGE)
    while (answer := line.go_on()) is None:
        pass
    worker.join()
    assert pickle.loads(answer) == LARGE


def test_who_does_not_listen_is_not_waited_for(ends: tuple[socket.socket, socket.socket]) -> None:
    line = Line(ends[0])
    line.say(LARGE)
    for _ in range(100):
        assert line.go_on() is None
    assert line.is_speaking


def test_what_is_half_said_is_not_waited_for(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    line = Line(ours)
    aside, listener = socket.socketpair()
    with aside, listener:
        say(aside, "said")
        whole = listener.recv(1_000)
    for length in range(len(whole)):
        theirs.send(whole[length : length + 1])
        answer = line.go_on()
        assert (answer is None) == (length < len(whole) - 1)
    assert answer is not None
    assert pickle.loads(answer) == "said"


def test_an_end_that_closes_is_noticed(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    theirs.close()
    with pytest.raises(EOFError):
        hear(ours)
    with pytest.raises(EOFError):
        Line(ours).go_on()
