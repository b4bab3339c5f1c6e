"""Networks of the tests' own: namespaces of the kernel, which only root can make."""

from __future__ import annotations

import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def inside(network: str, *command: str) -> list[str]:
    """A command, to be run where only that network is."""
    return ["ip", "netns", "exec", network, *command]


@contextmanager
def own_network() -> Iterator[str]:
    """The name of a new network, with nobody in it."""
    if os.geteuid() != 0 or not shutil.which("ip"):
        pytest.skip("needs root and iproute2, to make a network of its own")
    name = f"feedsvc-{uuid.uuid4().hex}"
    try:
        ip("netns", "add", name)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no network can be made here: {error.stderr.decode().strip()}")
    try:
        yield name
    finally:
        ip("netns", "del", name)
