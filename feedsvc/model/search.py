"""What people search for: words, "phrases", -not; told alike, a search is the same search."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass

from feedsvc.errors import InvalidRequest
from feedsvc.model.selection import Selection, SelectionKind
from feedsvc.model.terms import split_runs, terms_of_run

MAX_CHARS = 200
MAX_CLAUSES = 8

Phrase = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SearchQuery:
    """All of `required` must stand in an article, each as a phrase, and none of `excluded`.

    text: the canonical form, the same for queries that ask the same; it parses to this query.
    """

    text: str
    required: tuple[Phrase, ...]
    excluded: tuple[Phrase, ...]

    @property
    def selection(self) -> Selection:
        return Selection(kind=SelectionKind.SEARCH, slug=self.text)


def parse_query(text: str) -> SearchQuery:
    """Read what somebody searches for. Raises InvalidRequest, which says what to change.

    Upper case, accents, the order of words and their repetition make no difference.
    """
    if len(text) > MAX_CHARS:
        raise InvalidRequest(f"A search may have {MAX_CHARS} characters; this one has {len(text)}.")
    required: set[str] = set()
    excluded: set[str] = set()
    for found in _CLAUSE.finditer(_QUOTES.sub('"', text)):
        runs = split_runs(found["phrase"] if found["word"] is None else found["word"])
        if runs:
            (excluded if found["minus"] else required).add(" ".join(runs))
    clauses = [*sorted(required), *sorted(excluded)]
    if len(clauses) > MAX_CLAUSES:
        raise InvalidRequest(
            f"A search may have {MAX_CLAUSES} words or phrases; this one has {len(clauses)}."
        )
    if not required:
        raise InvalidRequest(
            "A search needs a word that must occur; it cannot consist of what must not alone."
            if excluded
            else "A search needs a word: letters or digits."
        )
    canonical = " ".join(
        [*map(_clause, sorted(required)), *(f"-{_clause(c)}" for c in sorted(excluded))]
    )
    if len(canonical) > MAX_CHARS:
        raise InvalidRequest(
            f"A search may have {MAX_CHARS} characters; written out, this has more."
        )
    return SearchQuery(
        text=canonical,
        required=tuple(map(_phrase, sorted(required))),
        excluded=tuple(map(_phrase, sorted(excluded))),
    )


def search_guid(site_guid: str, query: SearchQuery) -> str:
    """The permanent id of a search's feed: its query's, on this site, and on no other.

    site_guid: that of the feed of all entries, which is minted once and kept for ever.
    """
    return uuid.uuid5(uuid.UUID(site_guid), f"search:{query.text}").urn


def _clause(runs: str) -> str:
    return f'"{runs}"' if " " in runs else runs


def _phrase(runs: str) -> Phrase:
    return tuple(term for run in runs.split() for term in terms_of_run(run))


# Phones and word processors write others for the one on the keyboard.
_QUOTES = re.compile("[“”„‟«»「」『』＂]")
# A quote within a word is a letter's (Hebrew), a hyphen there joins; a phrase may lack its end.
_CLAUSE = re.compile(
    r"""(?P<minus>(?<!\S)[-−])?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+(?:"\w[^\s"]*)*))"""
)
