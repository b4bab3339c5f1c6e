"""`make bench`: extraction, sanitizing, the rendering of feeds, ingestion beside other programs.

README.md beside this file explains the figures, and gives some.
"""

from __future__ import annotations

import argparse
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks.extraction import bench_extraction
from tests.benchmarks.figures import HEADS, Figure, line_of, machine, save
from tests.benchmarks.ingestion import Amounts, bench_ingestion
from tests.benchmarks.plot import draw
from tests.benchmarks.rendering import bench_rendering
from tests.benchmarks.rivals import Rival, install_rivals
from tests.benchmarks.sanitizing import bench_sanitizing

_RESULTS = Path(__file__).with_name("results")
_PARTS = ("extraction", "sanitizing", "rendering", "ingestion")
_DATABASES = ("sqlite", "postgresql")
_EXTRACTED = 10_000


def main() -> None:
    options = argparse.ArgumentParser(prog="make bench")
    options.add_argument("--parts", nargs="+", choices=_PARTS, default=_PARTS)
    options.add_argument("--sizes", nargs="+", type=int, default=[1_000, 10_000, 100_000])
    options.add_argument("--databases", nargs="+", choices=_DATABASES, default=_DATABASES)
    options.add_argument("--drops", type=int, default=20, help="new files, one after another")
    options.add_argument("--alone", action="store_true", help="without Hugo and Pelican")
    options.add_argument("--name", help="of the results; default: today")
    chosen = options.parse_args()
    today = datetime.now(UTC).date()
    told = ", ".join(f"{key} {value}" for key, value in machine().items())
    print(told)
    if "extraction" in chosen.parts:
        bench_extraction(_EXTRACTED)
    if "sanitizing" in chosen.parts:
        bench_sanitizing()
    if "rendering" in chosen.parts:
        bench_rendering()
    if "ingestion" in chosen.parts:
        rivals = [] if chosen.alone else _rivals()
        figures = _measured(chosen.sizes, chosen.drops, chosen.databases, rivals)
        path = _RESULTS / f"{chosen.name or today}.json"
        save(figures, path, today)
        path.with_suffix(".svg").write_text(draw(figures, f"{today}, {told}"), encoding="utf-8")
        print(f"kept in {path} and .svg")


def _rivals() -> list[Rival]:
    try:
        return install_rivals()
    except subprocess.CalledProcessError as error:
        print(f"without Hugo and Pelican, which could not be installed: {error}")
        return []


def _measured(
    sizes: Sequence[int], drops: int, databases: Sequence[str], rivals: Sequence[Rival]
) -> list[Figure]:
    print(HEADS)
    figures = []
    for documents in sizes:
        amounts = Amounts(documents=documents, drops=drops)
        for figure in bench_ingestion(amounts, databases, rivals):
            print(line_of(figure), flush=True)
            figures.append(figure)
    return figures


if __name__ == "__main__":
    main()
