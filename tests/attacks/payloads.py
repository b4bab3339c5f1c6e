"""Every payload, numbered; what it would do tells its number.

In a technique's markup, `@run@` is a script that says that it ran, `@go@` an address to navigate
to, `@load@` one that nothing may load, and `@img@` one that an image may load.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import ModuleType

from tests.attacks.techniques import (
    charsets,
    clobbering,
    comments,
    decoding,
    foreign,
    forms,
    frames,
    handlers,
    loads,
    markdown,
    mutation,
    schemes,
    scripts,
    soup,
    styles,
    templates,
    unicode,
)

EVIL = "https://evil.example"
TECHNIQUES: tuple[ModuleType, ...] = (
    charsets,
    clobbering,
    comments,
    decoding,
    foreign,
    forms,
    frames,
    handlers,
    loads,
    markdown,
    mutation,
    schemes,
    scripts,
    soup,
    styles,
    templates,
    unicode,
)


class Written(StrEnum):
    """What a payload is written in."""

    HTML = "html"
    MARKDOWN = "markdown"


@dataclass(frozen=True, kw_only=True)
class Payload:
    """markup: with its number in it. encode: what makes the bytes of a page of it, if not UTF-8."""

    number: int
    technique: str
    markup: str
    written: Written = Written.HTML
    encode: Callable[[str], bytes] | None = None

    def __str__(self) -> str:
        return f"{self.technique}-{self.number}"


@cache
def all_payloads() -> tuple[Payload, ...]:
    """Each of the payloads of each technique, once; the same number in every run."""
    found: dict[tuple[str, object], tuple[str, str, Callable[[str], bytes] | None]] = {}
    for module in TECHNIQUES:
        technique = module.__name__.rpartition(".")[2]
        for markup, encode in _pairs(module.payloads()):
            found.setdefault((markup, encode), (technique, markup, encode))
    return tuple(
        Payload(
            number=number,
            technique=technique,
            markup=armed(markup, number),
            written=Written.MARKDOWN if technique == "markdown" else Written.HTML,
            encode=encode,
        )
        for number, (technique, markup, encode) in enumerate(found.values(), start=1)
    )


def armed(markup: str, number: int) -> str:
    """The markup with what tells that it did something, and whose it was."""
    return (
        markup.replace("@run@", f"ran({number})")
        .replace("@go@", f"{EVIL}/go/{number}")
        .replace("@load@", f"{EVIL}/load/{number}")
        .replace("@img@", f"{EVIL}/img/{number}")
        .replace("@n@", str(number))
    )


def _pairs(
    made: Iterable[str | tuple[str, Callable[[str], bytes]]],
) -> Iterable[tuple[str, Callable[[str], bytes] | None]]:
    for one in made:
        yield (one, None) if isinstance(one, str) else one
