"""`make accuracy`: the corpus through `feedsvc extract`, and how right every field is."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.accuracy.acceptance import TOLERANCE, accept, losses
from tests.accuracy.classes import print_classes
from tests.accuracy.corpus import DUMP_STYLES, STYLES, CorpusMissing, Document, measure
from tests.accuracy.masthead import masthead_figures, print_masthead
from tests.accuracy.nobyline import measure_without_byline, print_without_byline
from tests.accuracy.reliability import draw_reliability, print_reliability
from tests.accuracy.tables import (
    COLUMNS,
    Figure,
    figure,
    print_errors,
    print_overview,
    print_split,
    print_styles,
)


def main() -> int:
    chosen = _options().parse_args()
    styles = tuple(chosen.style or STYLES)
    try:
        with tempfile.TemporaryDirectory() as scratch:
            return _run(chosen, styles, Path(scratch))
    except CorpusMissing as missing:
        print(missing, file=sys.stderr)
        return 2


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="python -m tests.accuracy", description=__doc__)
    options.add_argument("--style", action="append", choices=STYLES, help="only this style")
    options.add_argument("--errors", type=int, default=0, metavar="N", help="show N a style")
    options.add_argument("--classes", action="store_true", help="errors by their kind")
    options.add_argument("--no-byline", action="store_true", help="list the invented authors")
    options.add_argument("--brief", action="store_true", help="the overview alone")
    options.add_argument("--accept", action="store_true", help="make these the accepted figures")
    return options


def _run(chosen: argparse.Namespace, styles: Sequence[str], scratch: Path) -> int:
    documents = measure(styles, scratch)
    print_overview(documents)
    print_split(documents)
    figures = {style: _figures([d for d in documents if d.style == style]) for style in styles}
    mastheads = masthead_figures(documents)
    print_masthead(mastheads)
    figures |= mastheads
    dump_styles = [style for style in styles if style in DUMP_STYLES]
    if dump_styles:
        stripped = measure_without_byline(dump_styles, scratch)
        figures |= print_without_byline(stripped, listed=chosen.no_byline)
    print_reliability(documents)
    if not chosen.brief:
        print_styles(documents)
    if chosen.classes:
        print_classes(documents)
    if chosen.errors:
        print_errors(documents, chosen.errors)
    if chosen.style:
        # What was measured on all styles together cannot be compared with a part of them.
        figures = {n: f for n, f in figures.items() if n.removeprefix("masthead ") in styles}
    if chosen.accept:
        accept(figures)
        if not chosen.style:
            draw_reliability(documents)
        return 0
    lost = losses(figures)
    for told in lost:
        print(f"LOST  {told}")
    print(f"{len(lost)} figures are more than {TOLERANCE} points below the accepted ones")
    return 1 if lost else 0


def _figures(documents: Sequence[Document]) -> dict[str, Figure]:
    found = {metric: figure(documents, metric) for metric in COLUMNS}
    return {metric: value for metric, value in found.items() if value is not None}


if __name__ == "__main__":
    sys.exit(main())
