"""One nasty file, what must become of it, and the harmless text around what is nasty in it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from pathlib import Path

from tests.service import article

# What lies beside the folder and must never be seen; `lay_out` writes both.
OUTSIDE_SECRET = "OUTSIDE-SECRET"
XXE_SECRET = "XXE-SECRET"
OUTSIDE = "@outside@"
SECRET_FILE = "secret.txt"
XXE_FILE = "entity.txt"


class Fate(StrEnum):
    """What must become of a case."""

    PUBLISHED = "published"
    REFUSED = "refused"
    PASSED_OVER = "passed over"
    # Published as well as it can be read, or refused with a reason: either is right.
    SETTLED = "published or refused"


# Makes the file at this absolute path; the folder holds what lies outside the watched one.
Maker = Callable[[Path, Path], None]


@dataclass(frozen=True, kw_only=True)
class Case:
    """path: below the folder. reason: a part of the reason given for a refusal.

    title: of the entry that is published, where it is certain. is_slow: takes a second or more.
    """

    path: bytes
    technique: str
    make: Maker
    fate: Fate
    reason: str = ""
    title: str | None = None
    is_slow: bool = False

    def __str__(self) -> str:
        return self.path.decode("utf-8", "backslashreplace")


def holding(content: str | bytes) -> Maker:
    """A regular file with this content, in which OUTSIDE is the path of what lies outside."""

    def make(path: Path, outside: Path) -> None:
        raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        raw = raw.replace(OUTSIDE.encode(), os.fsencode(outside))
        path.write_bytes(raw)

    return make


def published(technique: str, name: str, content: str | bytes, *, title: str | None = None) -> Case:
    return _case(technique, name, content, Fate.PUBLISHED, title=title)


def refused(
    technique: str, name: str, content: str | bytes, reason: str, *, is_slow: bool = False
) -> Case:
    return _case(technique, name, content, Fate.REFUSED, reason=reason, is_slow=is_slow)


def settled(technique: str, name: str, content: str | bytes, *, is_slow: bool = False) -> Case:
    return _case(technique, name, content, Fate.SETTLED, is_slow=is_slow)


def _case(
    technique: str,
    name: str,
    content: str | bytes,
    fate: Fate,
    *,
    reason: str = "",
    title: str | None = None,
    is_slow: bool = False,
) -> Case:
    return Case(
        path=os.fsencode(f"{technique}/{name}"),
        technique=technique,
        make=holding(content),
        fate=fate,
        reason=reason,
        title=title,
        is_slow=is_slow,
    )


def story(title: str) -> str:
    """A harmless dump, different for each title."""
    return article(title)


def paragraphs(title: str) -> list[str]:
    """Four harmless sentences, different for each title."""
    return [
        f"The {nth} keeper of the lighthouse wrote of {escape(title.lower())} that nobody on the"
        f" island had asked for it, and that the boat would come on the {nth} day of the week."
        for nth in ("first", "second", "third", "fourth")
    ]


def page(title: str, inside: str, *, head: str = "", more: str = "") -> str:
    """A page of HTML whose article holds `inside` after its paragraphs."""
    text = "".join(f"<p>{paragraph}</p>\n" for paragraph in paragraphs(title))
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}'
        f"</title>{head}</head>\n<body><main><article><h1>{escape(title)}</h1>\n{text}{inside}"
        f"</article></main>{more}</body></html>\n"
    )


def note(title: str, inside: str = "", *, matter: str | None = None) -> str:
    """A note in Markdown. matter: its front matter, else the title alone."""
    text = "\n\n".join(paragraphs(title))
    matter = f'title: "{title}"' if matter is None else matter
    return f"---\n{matter}\n---\n\n{text}\n\n{inside}\n"
