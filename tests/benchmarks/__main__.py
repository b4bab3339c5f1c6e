"""`make bench`: every part of the work measured, much of it beside other programs.

README.md beside this file explains the figures, and gives some.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks.bars import draw_bars
from tests.benchmarks.extraction import bench_extraction
from tests.benchmarks.figures import HEADS, Figure, line_of, machine, save
from tests.benchmarks.ingestion import Amounts, bench_in_turns, bench_ingestion
from tests.benchmarks.ingestion import ratios as ratios_of_turns
from tests.benchmarks.mixing import bench_mixed, bench_visible, mixed_line, visible_line
from tests.benchmarks.plot import draw
from tests.benchmarks.polled import cores
from tests.benchmarks.polling import HEADS as HEADS_OF_POLLS
from tests.benchmarks.polling import Rounds, bench_polls, beside_others, flatness, ratios
from tests.benchmarks.polling import line_of as line_of_polls
from tests.benchmarks.rendering import HEADS_OF_RENDERINGS, bench_rendering, line_of_rendering
from tests.benchmarks.rivals import Rival, install_rivals
from tests.benchmarks.sanitizing import bench_sanitizing
from tests.benchmarks.servers import HEADS as HEADS_OF_SERVERS
from tests.benchmarks.servers import bench_servers
from tests.benchmarks.servers import line_of as line_of_servers

_RESULTS = Path(__file__).with_name("results")
_PARTS = ("extraction", "sanitizing", "rendering", "ingestion", "turns", "polling", "servers")
_DATABASES = ("sqlite", "postgresql")
_EXTRACTED = 10_000
_IN_TURNS = 10_000


def main() -> None:
    options = argparse.ArgumentParser(prog="make bench")
    options.add_argument("--parts", nargs="+", choices=_PARTS, default=_PARTS)
    options.add_argument("--sizes", nargs="+", type=int, default=[1_000, 10_000, 100_000])
    options.add_argument(
        "--stores",
        nargs="+",
        type=int,
        default=[1_000, 100_000, 1_000_000],
        help="entries of the stores that are rendered from and polled",
    )
    options.add_argument("--databases", nargs="+", choices=_DATABASES, default=_DATABASES)
    options.add_argument("--drops", type=int, default=20, help="new files, one after another")
    options.add_argument("--alone", action="store_true", help="without Hugo and Pelican")
    options.add_argument("--rounds", type=int, default=3, help="of turns, and of each kind of poll")
    options.add_argument("--poll-seconds", type=int, default=5, help="for how long, each time")
    options.add_argument("--mixed-seconds", type=int, default=60, help="of load during ingestion")
    options.add_argument("--name", help="of the results; default: today")
    chosen = options.parse_args()
    today = datetime.now(UTC).date()
    told = ", ".join(f"{key} {value}" for key, value in machine().items())
    rounds = Rounds(count=chosen.rounds, seconds=chosen.poll_seconds)
    print(told)
    if "extraction" in chosen.parts:
        bench_extraction(_EXTRACTED)
    if "sanitizing" in chosen.parts:
        bench_sanitizing()
    if "rendering" in chosen.parts:
        _bench_rendering(chosen.stores, chosen.databases, chosen.name)
    if "ingestion" in chosen.parts:
        rivals = [] if chosen.alone else _rivals()
        figures = _measured(chosen.sizes, chosen.drops, chosen.databases, rivals)
        path = _RESULTS / f"{chosen.name or today}.json"
        save({"figures": figures}, path, today)
        path.with_suffix(".svg").write_text(draw(figures, f"{today}, {told}"), encoding="utf-8")
        print(f"kept in {path} and .svg")
    if "turns" in chosen.parts:
        _bench_in_turns(chosen.rounds, chosen.name)
    if "polling" in chosen.parts:
        name = f"{chosen.name or today}-polling"
        _bench_polling(
            chosen.stores, rounds, chosen.databases, chosen.mixed_seconds, _RESULTS / f"{name}.json"
        )
    if "servers" in chosen.parts:
        _bench_servers(rounds, _RESULTS / f"{chosen.name or today}-servers.json")


def _bench_rendering(sizes: Sequence[int], databases: Sequence[str], name: str | None) -> None:
    print(HEADS_OF_RENDERINGS)
    figures = []
    for figure in bench_rendering(sizes, databases):
        print(line_of_rendering(figure), flush=True)
        figures.append(figure)
    today = datetime.now(UTC).date()
    save({"renderings": figures}, _RESULTS / f"{name or today}-rendering.json", today)


def _bench_in_turns(rounds: int, name: str | None) -> None:
    print(HEADS)
    figures = []
    for figure in bench_in_turns(_IN_TURNS, rounds, _rivals()):
        print(line_of(figure), flush=True)
        figures.append(figure)
    print(*ratios_of_turns(figures), sep="\n")
    today = datetime.now(UTC).date()
    save({"turns": figures}, _RESULTS / f"{name or today}-turns.json", today)


def _bench_polling(
    sizes: Sequence[int], rounds: Rounds, databases: Sequence[str], mixed_s: int, path: Path
) -> None:
    core = cores()
    missing = [name for name in ("wrk", "nginx") if shutil.which(name) is None]
    if missing or core is None:
        print(f"without polls, which need {' and '.join(missing) or 'a second core'}")
        return
    print(HEADS_OF_POLLS)
    polls = []
    for figure in bench_polls(sizes, rounds, core):
        print(line_of_polls(figure), flush=True)
        polls.append(figure)
    print(*ratios(polls), *flatness(polls), sep="\n")
    visible = []
    for seen in bench_visible(databases):
        print(visible_line(seen), flush=True)
        visible.append(seen)
    mixed = []
    for load in bench_mixed(databases, mixed_s, core):
        print(mixed_line(load), flush=True)
        mixed.append(load)
    today = datetime.now(UTC).date()
    save({"polls": polls, "visible": visible, "mixed": mixed}, path, today)
    machine_told = ", ".join(f"{key} {value}" for key, value in machine().items())
    picture = draw_bars(beside_others(polls), f"{today}, {machine_told}")
    path.with_suffix(".svg").write_text(picture, encoding="utf-8")
    print(f"kept in {path} and .svg")


def _bench_servers(rounds: Rounds, path: Path) -> None:
    core = cores()
    if shutil.which("wrk") is None or core is None:
        print("without servers, which need wrk and a second core")
        return
    print(HEADS_OF_SERVERS)
    figures = []
    try:
        for figure in bench_servers(rounds, core):
            print(line_of_servers(figure), flush=True)
            figures.append(figure)
    except subprocess.CalledProcessError as error:
        print(f"without servers: gunicorn could not be installed: {error}")
        return
    save({"servers": figures}, path, datetime.now(UTC).date())
    print(f"kept in {path}")


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
