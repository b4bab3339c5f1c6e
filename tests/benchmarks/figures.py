"""What was measured: one line of the table, and all of a run with the machine it ran on."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.measured import Cost

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(frozen=True, kw_only=True)
class Figure:
    """What one piece of work cost. server_cpu_s: of the database's own processes, beside cpu_s."""

    tool: str
    work: str
    documents: int
    wall_s: float | None = None
    cpu_s: float | None = None
    server_cpu_s: float | None = None
    peak_mb: float | None = None


def figure_of(
    cost: Cost, tool: str, work: str, documents: int, server_cpu_s: float | None = None
) -> Figure:
    return Figure(
        tool=tool,
        work=work,
        documents=documents,
        wall_s=cost.wall_s,
        cpu_s=cost.cpu_s,
        server_cpu_s=server_cpu_s,
        peak_mb=cost.peak_mb,
    )


HEADS = (
    f"{'documents':>9}  {'tool':<20} {'work':<26} {'wall s':>9} {'cpu s':>9} {'+server':>9}"
    f" {'MB':>7} {'ms a doc':>9}"
)


def line_of(figure: Figure) -> str:
    """The figure as a line of the table under HEADS."""
    numbers = [
        _number(figure.wall_s, 9, 2),
        _number(figure.cpu_s, 9, 2),
        _number(figure.server_cpu_s, 9, 2),
        _number(figure.peak_mb, 7, 0),
        _number(_per_document_ms(figure), 9, 3),
    ]
    return f"{figure.documents:>9,}  {figure.tool:<20} {figure.work:<26} {' '.join(numbers)}"


# What does not grow with the documents.
_OF_ONE_FILE = ("one new file", "ready")


def _per_document_ms(figure: Figure) -> float | None:
    if figure.wall_s is None or figure.work.startswith(_OF_ONE_FILE):
        return None
    return 1000 * figure.wall_s / figure.documents


def _number(value: float | None, width: int, digits: int) -> str:
    return " " * width if value is None else f"{value:{width},.{digits}f}"


def save(groups: Mapping[str, Sequence[DataclassInstance]], path: Path, day: date) -> None:
    """Write a run's figures as JSON, in named groups; what was not measured is left out."""
    run = {
        "date": day.isoformat(),
        "commit": commit(),
        "machine": machine(),
    } | {name: [_told(figure) for figure in figures] for name, figures in groups.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")


def _told(figure: DataclassInstance) -> dict[str, object]:
    return {key: value for key, value in asdict(figure).items() if value is not None}


def commit() -> str:
    """What was measured, `+` where it was changed since; "unknown" outside a checkout."""
    try:
        return subprocess.run(
            ["git", "describe", "--always", "--dirty=+"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def machine() -> dict[str, str | int]:
    """What the figures depend on, without the machine's name."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count() or 1,
        "memory_gb": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").splitlines()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "unknown")
