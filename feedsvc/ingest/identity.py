"""Which article is which, decided from values alone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from feedsvc.ingest.defaults import FOLDER_DEFAULT
from feedsvc.model.entry import Enclosure, Entry, EntryDraft, Evidence, Precision
from feedsvc.model.ids import fold
from feedsvc.model.languages import UNSPACED

_ALIKE = str.maketrans(
    dict.fromkeys("‘’‚‛′´`ʼʹ", "'") | dict.fromkeys("“”„‟″«»", '"') | dict.fromkeys("‐‑‒–—―−", "-")
)
_WORD = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+")
_SHINGLE = 4


@dataclass(frozen=True, kw_only=True)
class PublishedFields:
    """What subscribers can see of an entry; names folded, since the store keeps one spelling."""

    title: str
    authors: tuple[str, ...]
    source: str
    tags: tuple[str, ...]
    language: str | None
    summary: str
    html: str
    enclosures: tuple[Enclosure, ...]
    canonical_url: str | None
    published: datetime | None
    precision: Precision


def fields_of_entry(entry: Entry) -> PublishedFields:
    dated = entry.precision is not Precision.ARRIVAL
    return PublishedFields(
        title=entry.title,
        authors=tuple(fold(person.name) for person in entry.authors),
        source=fold(entry.source.name) if entry.source else "",
        tags=tuple(fold(category.label) for category in entry.categories),
        language=entry.language,
        summary=entry.summary,
        html=entry.html,
        enclosures=entry.enclosures,
        canonical_url=entry.canonical_url,
        published=entry.published if dated else None,
        precision=entry.precision,
    )


def fields_of_draft(draft: EntryDraft) -> PublishedFields:
    return PublishedFields(
        title=draft.title,
        authors=tuple(dict.fromkeys(fold(person.name) for person in draft.authors)),
        source=fold(draft.source or ""),
        tags=tuple(dict.fromkeys(fold(tag) for tag in draft.tags)),
        language=draft.language,
        summary=draft.summary,
        html=draft.html,
        enclosures=draft.enclosures,
        canonical_url=draft.canonical_url,
        published=draft.published,
        precision=draft.precision,
    )


def is_significant(old: PublishedFields, new: PublishedFields) -> bool:
    """Whether `updated` moves: title, body, authors or link differ by more than their signs.

    Compared with NFKC, white space, quotes and dashes folded, but not case.
    """
    if old.authors != new.authors or old.canonical_url != new.canonical_url:
        return True
    if _folded(old.title) != _folded(new.title):
        return True
    return old.html != new.html and _folded(_text(old.html)) != _folded(_text(new.html))


def _text(html: str) -> str:
    # Here, since it brings the sanitizers along, and most arrivals are no news of anything known.
    from feedsvc.ingest.blocks import html_text

    return html_text(html)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).translate(_ALIKE).split())


def is_same_article(draft: EntryDraft, entry: Entry) -> bool:
    """Whether two texts under one address, or one path, are versions of one article.

    Their titles are equal, or half of the shorter body's word 4-grams are in the other.
    """
    if fold(draft.title) == fold(entry.title):
        return True
    a, b = _shingles(draft.text), _shingles(_text(entry.html))
    shorter = min(len(a), len(b))
    return shorter > 0 and 2 * len(a & b) >= shorter


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = _WORD.findall(fold(text))
    return frozenset(
        tuple(words[n : n + _SHINGLE]) for n in range(max(1, len(words) - _SHINGLE + 1)) if words
    )


def stated_source(source: str | None, evidence: Sequence[Evidence]) -> str:
    """The source that a document itself names, folded; "" where only its root does.

    What tells articles apart does not change with the settings.
    """
    is_default = any(e.field == "source" and e.rule == FOLDER_DEFAULT for e in evidence)
    return "" if is_default else fold(source or "")


def is_article_address(url: str) -> bool:
    """Whether a canonical URL can tell articles apart: the front page of a site cannot."""
    return urlsplit(url).path not in ("", "/")


def find_swaps(changes: Mapping[int, tuple[bytes, bytes]]) -> list[dict[int, int]]:
    """Known documents that have exchanged their bytes: {document: the one whose bytes it holds}.

    changes: the SHA-256 before and now of every known document whose bytes differ. Only closed
    exchanges count, of two documents or of more in a ring; each is told by itself.
    """
    holder = {before: document for document, (before, _) in changes.items()}
    takes = {
        document: holder[now]
        for document, (_, now) in changes.items()
        if now in holder and holder[now] != document
    }
    swaps: list[dict[int, int]] = []
    followed: set[int] = set()
    for document in takes:
        chain: list[int] = []
        while document in takes and document not in followed:
            followed.add(document)
            chain.append(document)
            document = takes[document]
        if document in chain:
            ring = chain[chain.index(document) :]
            swaps.append({member: takes[member] for member in ring})
    return swaps
