"""Dumps of news pages for benchmarks: as many as wanted, all different, the same every time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_WORDS = """
harbour council river bridge market winter engine morning letter garden school signal village
railway museum orchard captain library station weather printer glacier teacher window lantern
history archive meadow kitchen journey doctor compass painter quarter mountain festival island
theatre student machine factory treaty minister budget
""".split()
# Two in five words of English prose; without them nobody can tell its language.
_SMALL_WORDS = """
the the the of of and and to to in in a a is was for on with at from that it as were had after
""".split()
_SMALL_SHARE = 0.4
_NAMES = ("Jane Doe", "John Roe", "AFP", "Reuters", "Maria Silva", "Wei Zhang", "Olga Petrova")
_FIRST = date(2015, 1, 1)
# Masthead, day and "By", about.
_FURNITURE_BYTES = 50


@dataclass(frozen=True, kw_only=True)
class Article:
    """What there is to publish, before it is dumped or written as Markdown."""

    title: str
    author: str
    day: date
    paragraphs: tuple[str, ...]


def article(number: int, size_bytes: int = 3_500) -> Article:
    """The article of this number; as a dump it has about `size_bytes`."""
    chance = random.Random(number)
    day = _FIRST + timedelta(days=number % 4_000)
    title = f"{_sentence(chance, 7)[:-1]} in case {number}"
    author = chance.choice(_NAMES)
    paragraphs = []
    written = len(title) + len(author) + _FURNITURE_BYTES
    while written < size_bytes:
        paragraphs.append(" ".join(_sentence(chance, chance.randint(8, 24)) for _ in range(3)))
        written += len(paragraphs[-1]) + 2
    return Article(title=title, author=author, day=day, paragraphs=tuple(paragraphs))


def dump(number: int, size_bytes: int = 3_500) -> str:
    """The dump of one page, with a masthead, headline, byline, date and body paragraphs."""
    shown = article(number, size_bytes)
    head = [
        "close",
        "Friday November 08, 2024",
        "",
        shown.title,
        "",
        f"By {shown.author}",
        f"{shown.day:%B} {shown.day.day}, {shown.day.year}",
        "",
    ]
    return "\n".join([*head, *(line for text in shown.paragraphs for line in (text, ""))])


def markdown(number: int) -> str:
    """The article of `dump` as generators of static sites take it: front matter and Markdown."""
    shown = article(number)
    head = f"---\ntitle: {shown.title}\ndate: {shown.day}\nauthor: {shown.author}\n---\n\n"
    return head + "\n\n".join(shown.paragraphs) + "\n"


def page_dump(number: int) -> str:
    """The dump of a whole page: menus and teasers stand around what `dump` gives."""
    chance = random.Random(number)
    menu = [_sentence(chance, chance.randint(1, 3))[:-1] for _ in range(60)]
    teasers = [_sentence(chance, chance.randint(5, 10))[:-1] for _ in range(50)]
    tail = ["Share this article", "Related stories", *teasers, *menu, "© 2024 Harbour News"]
    return "\n".join([*menu, dump(number, 6_000), *tail])


def page(number: int) -> str:
    """A page of HTML with the lines of `page_dump`."""
    above, _, below = page_dump(number).partition("\n\n")
    title, *lines = [line for line in below.split("\n") if line]
    body = "\n".join(f"<p>{line}</p>" for line in lines if line.endswith("."))
    menu = "\n".join(f'<li><a href="/{line}">{line}</a></li>' for line in above.split("\n"))
    links = "\n".join(f'<li><a href="/">{x}</a></li>' for x in lines if not x.endswith("."))
    return (
        f"<!doctype html><html lang=en><head><title>{title}</title></head><body>"
        f"<nav><ul>{menu}</ul></nav><main><article><h1>{title}</h1>{body}</article></main>"
        f"<aside><ul>{links}</ul></aside></body></html>"
    )


def dumps(count: int) -> Iterator[tuple[str, str]]:
    """Names and contents of `count` dumps, a hundred a folder."""
    for number in range(count):
        yield f"{place(number)}.txt", dump(number)


def place(number: int) -> str:
    """Where the article of this number lies, without an ending."""
    return f"{number // 100:04}/{number:07}"


def _sentence(chance: random.Random, words: int) -> str:
    """It begins and ends with a large word, and so never like a byline."""
    large = [at in (0, words - 1) or chance.random() >= _SMALL_SHARE for at in range(words)]
    chosen = [chance.choice(_WORDS if is_large else _SMALL_WORDS) for is_large in large]
    return " ".join(chosen).capitalize() + "."
