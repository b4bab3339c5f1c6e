"""Load, made by wrk (Debian's package): so many connections, each asking again once answered."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_REPORT = Path(__file__).with_name("wrk.lua")
MIXED = Path(__file__).with_name("mixed.lua")
# A server that renders at each request makes the last of a thousand wait for long.
_TIMEOUT_S = 30


@dataclass(frozen=True, kw_only=True)
class Load:
    """What came of it. errors: broken connections and statuses from 400 on; full, unchanged:
    how many 200 and 304 there were, counted in mixed load alone."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    max_ms: float
    errors: int
    timeouts: int
    full: int
    unchanged: int

    @property
    def per_s(self) -> float:
        return self.requests / self.seconds


@dataclass(frozen=True, kw_only=True)
class Wrk:
    """How it asks. arguments: of the script."""

    url: str
    connections: int
    seconds: int
    core: int
    headers: Mapping[str, str]
    script: Path = _REPORT
    arguments: Sequence[str] = ()

    def run(self) -> Load:
        process = self.start()
        return read_load(process)

    def start(self) -> subprocess.Popen[str]:
        headers = [f"-H{name}: {value}" for name, value in self.headers.items()]
        with on_core(self.core):
            return subprocess.Popen(
                [
                    *("wrk", "-t1", f"-c{self.connections}", f"-d{self.seconds}s"),
                    *(f"--timeout={_TIMEOUT_S}s", "-s", str(self.script), *headers, self.url),
                    *("--", *self.arguments),
                ],
                env=os.environ | {"WRK_REPORT": str(_REPORT)},
                stdout=subprocess.PIPE,
                text=True,
            )


def read_load(process: subprocess.Popen[str]) -> Load:
    """Wait for a wrk, and read what it found. Raises RuntimeError if it fails."""
    out, _ = process.communicate()
    if process.returncode:
        raise RuntimeError(f"wrk failed:\n{out}")
    return Load(**json.loads(out.splitlines()[-1]))


@contextmanager
def on_core(*cores: int) -> Iterator[None]:
    """Whatever is started meanwhile runs on this core alone, or on these."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
