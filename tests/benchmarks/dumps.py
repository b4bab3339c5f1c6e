"""Dumps of news pages for benchmarks: as many as wanted, all different, the same every time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

_WORDS = """
harbour council river bridge market winter engine morning letter garden school signal village
railway museum orchard captain library station weather printer glacier teacher window lantern
history archive meadow kitchen journey doctor compass painter quarter mountain festival island
theatre student machine factory treaty minister budget
""".split()
_NAMES = ("Jane Doe", "John Roe", "AFP", "Reuters", "Maria Silva", "Wei Zhang", "Olga Petrova")
_FIRST = date(2015, 1, 1)


def dump(number: int, size_bytes: int = 3_500) -> str:
    """The dump of one page, with a masthead, headline, byline, date and body paragraphs."""
    chance = random.Random(number)
    day = _FIRST + timedelta(days=number % 4_000)
    title = f"{_sentence(chance, 7)[:-1]} in case {number}"
    lines = [
        "close",
        "Friday November 08, 2024",
        "",
        title,
        "",
        f"By {chance.choice(_NAMES)}",
        f"{day:%B} {day.day}, {day.year}",
        "",
    ]
    written = sum(map(len, lines))
    while written < size_bytes:
        paragraph = " ".join(_sentence(chance, chance.randint(8, 24)) for _ in range(3))
        lines += [paragraph, ""]
        written += len(paragraph) + 2
    return "\n".join(lines)


def dumps(count: int) -> Iterator[tuple[str, str]]:
    """Names and contents of `count` dumps, a hundred a folder."""
    for number in range(count):
        yield f"{number // 100:04}/{number:07}.txt", dump(number)


def _sentence(chance: random.Random, words: int) -> str:
    return " ".join(chance.choice(_WORDS) for _ in range(words)).capitalize() + "."
