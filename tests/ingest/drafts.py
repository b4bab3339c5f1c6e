"""Compares a draft with what a case expects of it; a case names only what it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from feedsvc.model.entry import EntryDraft


def differences(draft: EntryDraft, expected: Mapping[str, Any]) -> list[str]:
    """What is not as expected, one line each. expected: raw TOML, hence Any."""
    stated = dict(_stated(draft))
    found = [
        f"{name}: {stated[name]!r}, not {expected[name]!r}"
        for name in stated
        if name in expected and stated[name] != expected[name]
    ]
    found += [f"text lacks {t!r}" for t in expected.get("present", []) if t not in draft.text]
    found += [f"text holds {t!r}" for t in expected.get("absent", []) if t in draft.text]
    found += [f"HTML lacks {t!r}" for t in expected.get("html", []) if t not in draft.html]
    found += [f"HTML holds {t!r}" for t in expected.get("absent_html", []) if t in draft.html]
    return found


def _stated(draft: EntryDraft) -> Iterator[tuple[str, Any]]:
    yield "title", draft.title
    yield "authors", [person.name for person in draft.authors]
    yield "published", draft.published.isoformat() if draft.published else ""
    yield "precision", str(draft.precision)
    yield "language", draft.language or ""
    yield "source", draft.source or ""
    yield "canonical", draft.canonical_url or ""
    yield "tags", list(draft.tags)
    yield "summary", draft.summary
    yield "enclosures", [[e.href, e.media_type, e.size_bytes] for e in draft.enclosures]
