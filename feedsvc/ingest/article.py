"""What passes between the stages: a document decoded, read, and extracted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from feedsvc.model.entry import Enclosure, Evidence, Person, Precision


@dataclass(frozen=True, kw_only=True)
class DecodedDocument:
    """Text, and how its charset was known.

    charset: the WHATWG name. how: "bom", "declared", "utf-8" (it fits), "guessed", or "repaired":
    UTF-8 that had been read as windows-1252 and saved again.
    """

    text: str
    charset: str
    how: str


@dataclass(frozen=True, kw_only=True)
class TextDump:
    """A text dump of a page: its lines as they stand, without line ends."""

    lines: tuple[str, ...]
    charset: Evidence | None = None


@dataclass(frozen=True, kw_only=True)
class HtmlPage:
    """A saved page, as markup."""

    markup: str
    charset: Evidence | None = None


@dataclass(frozen=True, kw_only=True)
class MarkdownText:
    """A Markdown document: its front matter as plain values, and the text below it."""

    front_matter: dict[str, Any] = field(default_factory=dict)  # Any: whatever YAML or TOML holds
    text: str = ""
    charset: Evidence | None = None


# The `charset` of each says how it was decoded, where that was a choice: None is plain UTF-8.
Readable = TextDump | HtmlPage | MarkdownText


class BlockKind(StrEnum):
    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST_ITEM = "list item"
    QUOTATION = "quotation"
    PREFORMATTED = "preformatted"


@dataclass(frozen=True, kw_only=True)
class Block:
    """One block of a plain text body; lines: 1-based, in the decoded text."""

    text: str
    kind: BlockKind = BlockKind.PARAGRAPH
    lines: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Extraction:
    """What extraction made of an article; nothing in it is sanitized yet.

    published, precision: as in `EntryDraft`. local_time: naive; when it was published by a clock
    whose zone the document does not name, so that the precision is DAY.
    Exactly one body: `blocks` of plain text, or `html` with the base that its relative links are
    resolved against (None: they lose their targets).
    """

    title: str
    authors: tuple[Person, ...] = ()
    published: datetime | None = None
    precision: Precision = Precision.ARRIVAL
    local_time: datetime | None = None
    language: str | None = None
    summary: str = ""
    blocks: tuple[Block, ...] = ()
    html: str | None = None
    base_url: str | None = None
    source: str | None = None
    tags: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    canonical_url: str | None = None
    evidence: tuple[Evidence, ...] = ()
