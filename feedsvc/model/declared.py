"""Custom feeds, as a site declares them: what they select, and how they show it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from feedsvc.model.document import DocumentPath
from feedsvc.model.feed import Presentation
from feedsvc.model.globs import PathPattern
from feedsvc.model.ids import fold
from feedsvc.model.selection import SelectionKind
from feedsvc.model.terms import characters_of_run, split_runs


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Which entries a custom feed selects: those for which every part holds that is not empty.

    A part holds if one of its values does; of `words` all must stand in title or body, each a word
    or a phrase. languages: ranges, "en" means en-GB too (RFC 4647 3.3.1). published_from: at the
    earliest; published_before: that instant no more. paths: `PathPattern`s.
    """

    sources: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    published_from: datetime | None = None
    published_before: datetime | None = None
    paths: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:  # Any: JSON
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Rule:  # Any: JSON
        return cls(**{name: _value(name, value) for name, value in values.items()})

    @cached_property
    def sha256(self) -> bytes:
        """Of what is selected: two rules that ask for the same have one."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True).encode()).digest()

    @property
    def names(self) -> list[tuple[str, str]]:
        """By kind, the folded names of sources, authors and tags."""
        return [(kind, fold(name)) for kind, names in self._named() for name in names]

    def _named(self) -> Sequence[tuple[SelectionKind, tuple[str, ...]]]:
        return (
            (SelectionKind.SOURCE, self.sources),
            (SelectionKind.AUTHOR, self.authors),
            (SelectionKind.TAG, self.tags),
        )


def _value(name: str, value: Any) -> Any:  # Any: JSON to a field of its own type
    if isinstance(value, str):
        return datetime.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """A feed that the site declares. slug: names it for ever, in its address and in the store."""

    slug: str
    title: str
    presentation: Presentation
    rule: Rule


@dataclass(frozen=True, kw_only=True)
class Selectable:
    """What a rule may ask of an entry.

    names: by kind, folded, what it lies in. text: title and body as plain text.
    paths: of its documents. text and paths may be left out where no rule asks for them.
    """

    names: Mapping[str, frozenset[str]]
    language: str | None
    published: datetime
    text: str = ""
    paths: Sequence[DocumentPath] = ()

    @cached_property
    def terms(self) -> str:
        return as_terms(self.text)


class Matcher:
    """A rule, made ready. today: what names that feeds had before are called now, folded."""

    def __init__(self, rule: Rule, today: Mapping[tuple[str, str], str]) -> None:
        self._rule = rule
        wanted: dict[str, set[str]] = {}
        for kind, key in rule.names:
            wanted.setdefault(kind, set()).add(today.get((kind, key), key))
        self._names = wanted
        self._languages = [language.lower() for language in rule.languages]
        self._words = [as_terms(word) for word in rule.words]
        self._paths = [PathPattern(pattern) for pattern in rule.paths]

    def matches(self, entry: Selectable) -> bool:
        return (
            all(
                not wanted.isdisjoint(entry.names.get(kind, frozenset()))
                for kind, wanted in self._names.items()
            )
            and self._is_in_time(entry.published)
            and (not self._languages or self._has_language(entry.language))
            and (not self._paths or self._has_path(entry.paths))
            and all(word in entry.terms for word in self._words)
        )

    def _is_in_time(self, published: datetime) -> bool:
        first, end = self._rule.published_from, self._rule.published_before
        return (first is None or published >= first) and (end is None or published < end)

    def _has_path(self, paths: Sequence[DocumentPath]) -> bool:
        return any(pattern.matches(path) for pattern in self._paths for path in paths)

    def _has_language(self, language: str | None) -> bool:
        tag = (language or "").lower()
        return any(tag == wanted or tag.startswith(f"{wanted}-") for wanted in self._languages)


def as_terms(text: str) -> str:
    """The words of a text, folded as for searching, with a space around each.

    In it words and phrases are found. Scripts without spaces give each character by itself, so
    that a word of any length is a phrase.
    """
    words = [word for run in split_runs(text) for word in characters_of_run(run)]
    return f" {' '.join(words)} "
