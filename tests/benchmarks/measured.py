"""What a command costs with all the processes it starts. Linux only: proc(5), prctl(2).

Run as a program it starts the command given to it, adopts whatever outlives it, and prints the
cost: a process of its own, so that nothing else is counted.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# To ask five processes for their memory takes 3 ms of two cores: ten times a second, that slowed an
# ingestion by a fortieth.
_SAMPLED_EVERY_S = 0.5
_SET_CHILD_SUBREAPER = 36  # prctl(2)
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, kw_only=True)
class Cost:
    """wall_s, cpu_s: of all processes; peak_mb: of all at once, what they share counted once.

    out: what the command printed.
    """

    wall_s: float
    cpu_s: float
    peak_mb: float
    out: str


def measure(
    command: Sequence[str], *, folder: Path, environment: Mapping[str, str] | None = None
) -> Cost:
    """Run a command in a folder to its end. Raises RuntimeError if it fails."""
    done = subprocess.run(
        [sys.executable, __file__, *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return Cost(**json.loads(done.stdout))


def cpu_s_of(pid: int) -> float:
    """Processor seconds so far of a process and all it has started."""
    stats = _stats()
    # utime, stime, and those of the children it has waited for.
    return sum(sum(map(int, stats[p][11:15])) for p in _tree(pid, stats)) / _TICKS_PER_S


def resident_mb(pid: int) -> float:
    """What one process has in memory now, all of what it shares with others included."""
    return _kilobytes(Path(f"/proc/{pid}/status"), "VmRSS:") / 1024


def proportional_mb(pid: int) -> float:
    """What one process has in memory now, each shared page divided among those that share it."""
    return _kilobytes(Path(f"/proc/{pid}/smaps_rollup"), "Pss:") / 1024


def memory_mb_of(pid: int) -> float:
    """What a process and all it has started have in memory, what they share counted once."""
    return sum(map(_proportional_kb, _tree(pid, _stats()))) / 1024


def _main(command: Sequence[str]) -> int:
    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    began = time.perf_counter()
    peak_kb = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        while True:
            # What it prints is a few lines: no pipe fills up.
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_SAMPLED_EVERY_S)
                break
            peak_kb = max(peak_kb, _descendants_kb())
        wall_s = time.perf_counter() - began
        assert process.stdout is not None
        out = process.stdout.read()
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    # One process that ended between two samples.
    peak_kb = max(peak_kb, used.ru_maxrss)
    cost = {
        "wall_s": wall_s,
        "cpu_s": used.ru_utime + used.ru_stime,
        "peak_mb": peak_kb / 1024,
        "out": out,
    }
    print(json.dumps(cost))
    return process.returncode


def _descendants_kb() -> int:
    """The memory of all our descendants, each shared page divided among those that share it."""
    return sum(_proportional_kb(pid) for pid in _tree(os.getpid(), _stats()) if pid != os.getpid())


def _proportional_kb(pid: int) -> int:
    with contextlib.suppress(OSError):  # it has ended since
        return _kilobytes(Path(f"/proc/{pid}/smaps_rollup"), "Pss:")
    return 0


def _kilobytes(path: Path, key: str) -> int:
    lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith(key)), 0)


def _stats() -> Mapping[int, Sequence[str]]:
    """Of every process the fields of proc(5) `stat` that follow its name."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                # The name, in parentheses, may hold anything; what follows the last one does not.
                text = (folder / "stat").read_text(errors="replace")
                found[int(folder.name)] = text.rpartition(")")[2].split()
    return found


def _tree(pid: int, stats: Mapping[int, Sequence[str]]) -> Iterator[int]:
    """A process and its descendants."""
    children: dict[int, list[int]] = {}
    for child, fields in stats.items():
        children.setdefault(int(fields[1]), []).append(child)
    left = [pid] if pid in stats else []
    while left:
        at = left.pop()
        yield at
        left += children.get(at, ())


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
