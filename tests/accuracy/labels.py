"""Which states the truth of a dump allows each of its lines: what `learn.py` learns from.

A fact that is not known allows every state. The states that remain are told apart by the weights
that learning begins with, and by the order of the parts.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from feedsvc.ingest.extract.days.dates import find_dates
from feedsvc.ingest.extract.dump.lines import Line
from feedsvc.ingest.extract.dump.parts import STATES, TEXT_ROLES, Part, Role
from feedsvc.ingest.extract.people.leads import byline_lead
from tests.accuracy.corpus import scorer

# Of a line's word 3-grams at least, respectively at most, this share stands in the body.
_SURELY_BODY, _SURELY_NOT = 0.7, 0.3
# A byline or a date stands so many lines above the title, or below the first of the body.
_LINES_ABOVE, _LINES_BELOW = 6, 4
_MAX_BYLINE_WIDTH = 220
# How far beyond the densest stretch of body lines another may lie.
_MAX_LINES_APART = 50

Truth = dict[str, Any]  # Any: a line of truth.jsonl
Allowed = list[set[int]]


def allowed_states(truth: Truth, lines: list[Line]) -> Allowed:
    """For each line the indices into STATES that the truth leaves open."""
    labels = _Labels(truth, lines)
    labels.tell_body()
    labels.tell_title()
    labels.tell_authors()
    labels.tell_dates()
    return labels.allowed


def without_byline(truth: Truth, physical: tuple[str, ...]) -> tuple[Truth, tuple[str, ...]] | None:
    """A dump made of another by taking out its byline, and its truth; None if it has none.

    The corpus has no document that names no author.
    """
    names = _names(truth)
    body = _norm(" ".join(truth["body"] or ()))
    kept = [
        line
        for line in physical
        if _is_in(line, body)
        or not (_names_one(line, names) or (len(line) <= 60 and byline_lead(line.strip())))
    ]
    if len(kept) == len(physical):
        return None
    made = dict(truth, id=f"{truth['id']}.nobyline", authors=None, authors_none=True)
    days = set().union(*(_days(line, truth) for line in kept))
    if not days & set(truth["published_accept"] or ()):
        made["published_accept"] = made["published"] = None
    return made, tuple(kept)


class _Labels:
    def __init__(self, truth: Truth, lines: list[Line]) -> None:
        self.truth = truth
        self.lines = lines
        self.allowed: Allowed = [set(range(len(STATES))) for _ in lines]
        self.body: range | None = None  # from the first to the last line of the body
        self.title: range | None = None

    def _only(self, at: int, is_allowed: Callable[[Part, Role], bool]) -> None:
        """Leave a line the states that pass, unless none does."""
        left = {s for s in self.allowed[at] if is_allowed(*STATES[s])}
        if left:
            self.allowed[at] = left

    def _only_roles(self, at: int, roles: set[Role]) -> None:
        self._only(at, lambda part, role: role in roles)

    def _is_surely_text(self, at: int) -> bool:
        return all(STATES[s][1] in TEXT_ROLES for s in self.allowed[at])

    def tell_body(self) -> None:
        if not self.truth["body"]:
            return
        least = most = self._shares(self.truth["body"])
        if self.truth["body_alt"]:
            # What only one of the two holds may be given or left out.
            other = self._shares(self.truth["body_alt"])
            least, most = list(map(min, least, other)), list(map(max, least, other))
        self.body = self._stretch(least)
        for at in range(len(self.lines)):
            if at in self.body and least[at] >= _SURELY_BODY:
                self._only(at, lambda part, role: role in TEXT_ROLES)
            elif most[at] < _SURELY_NOT:
                self._only(at, lambda part, role: role not in TEXT_ROLES)
            if at >= self.body.stop:
                self._only(at, lambda part, role: part in (Part.BODY, Part.BELOW))

    def _shares(self, paragraphs: list[str]) -> list[float]:
        """Of each line, how much stands in these paragraphs."""
        words = [_tokens(paragraph) for paragraph in paragraphs]
        whole = {tuple(tokens) for tokens in words}
        known = set(_grams([token for tokens in words for token in tokens]))
        shares = []
        for line in self.lines:
            tokens = _tokens(line.text)
            grams = _grams(tokens)
            if tuple(tokens) in whole and tokens:
                shares.append(1.0)
            elif len(tokens) < 5:
                shares.append(0.5 if tokens and tuple(tokens) in known else 0.0)
            else:
                shares.append(sum(gram in known for gram in grams) / len(grams))
        return shares

    def _stretch(self, shares: list[float]) -> range:
        """From the first to the last body line, where most of them lie close together."""
        best, stretch = 0.0, range(0)
        running, start = 0.0, 0
        for at, line in enumerate(self.lines):
            if running <= 0:
                running, start = 0.0, at
            width = min(line.width, 400)
            running += width * shares[at] if shares[at] >= 0.6 else -10 - min(width, 60) / 2
            if running > best:
                best, stretch = running, range(start, at + 1)
        solid = [
            at
            for at, line in enumerate(self.lines)
            if shares[at] >= 0.8
            and len(line.words) >= 5
            and stretch.start - _MAX_LINES_APART <= at < stretch.stop + _MAX_LINES_APART
        ]
        return range(min([stretch.start, *solid]), max([stretch.stop, *(at + 1 for at in solid)]))

    def tell_title(self) -> None:
        if not self.truth["title"]:
            return
        found = self._title_lines()
        if not found:
            return
        if self.body:
            above = [lines for lines in found if lines.start <= self.body.start + 3]
            self.title = above[-1] if above else found[0]
        else:
            # Of several the one that text follows; the first is often the page's own title.
            followed = [lines for lines in found if self._text_follows(lines.stop)] or found
            self.title = followed[-1] if len(followed) < 3 else followed[1]
        for at in range(len(self.lines)):
            if at in self.title:
                self._only(at, lambda part, role: role is Role.TITLE)
            elif at < self.title.start:
                self._only(at, lambda part, role: part is Part.ABOVE)
            else:
                self._only(at, lambda part, role: part not in (Part.ABOVE, Part.TITLE))

    def _title_lines(self) -> list[range]:
        wanted = _norm(self.truth["title"])
        texts = [_norm(line.text) for line in self.lines]
        found = []
        for at, text in enumerate(texts):
            if text == wanted:
                found.append(range(at, at + 1))
            elif (
                text
                and wanted.startswith(text)
                and _norm(" ".join([text, *texts[at + 1 : at + 2]])) == wanted
            ):
                found.append(range(at, at + 2))
        return found

    def _text_follows(self, at: int) -> bool:
        return any(line.width > 100 for line in self.lines[at : at + 14])

    def _head(self) -> range | None:
        """The lines among which those of the article's head are, title and first lines of body."""
        if self.title is None and self.body is None:
            return None
        start = (self.title or self.body or range(0)).start
        stop = self.body.start if self.body else start + 12
        return range(max(0, start - _LINES_ABOVE), min(len(self.lines), stop + _LINES_BELOW + 1))

    def tell_authors(self) -> None:
        if self.truth["authors_none"]:
            for at in range(len(self.lines)):
                self._only(at, lambda part, role: role is not Role.BYLINE)
        if not self.truth["authors"]:
            return
        names = _names(self.truth)
        named = [
            at
            for at, line in enumerate(self.lines)
            if line.width <= _MAX_BYLINE_WIDTH
            and not (self.body and at in self.body and self._is_surely_text(at))
            and _names_one(line.text, names)
        ]
        bylines = self._nearest(named)
        for at in range(len(self.lines)) if bylines else ():
            if at in bylines:
                roles = {Role.BYLINE, Role.PUBLISHED} if self.lines[at].dates else {Role.BYLINE}
                self._only_roles(at, roles)
            elif at not in named:
                self._only(at, lambda part, role: role is not Role.BYLINE)

    def tell_dates(self) -> None:
        accepted = set(self.truth["published_accept"] or ())
        if not accepted:
            return
        right = []
        for at, line in enumerate(self.lines):
            if not line.dates or (self.body and at in self.body and self._is_surely_text(at)):
                continue
            if accepted & _days(line.text, self.truth):
                right.append(at)
            else:
                self._only(at, lambda part, role: role is not Role.PUBLISHED)
        dates = self._nearest(right)
        roles = {Role.PUBLISHED, Role.BYLINE}
        if len(dates) > 1:
            roles.add(Role.UPDATED)
        for at in dates:
            self._only_roles(at, roles)

    def _nearest(self, lines: list[int]) -> list[int]:
        """Of these lines those in the head; else the one that is nearest to the body."""
        head = self._head()
        if head is None or not lines:
            return []
        within = [at for at in lines if at in head]
        if within or not self.body:
            return within
        body = self.body
        return [min(lines, key=lambda at: min(abs(at - body.start), abs(at - body.stop)))]


def _names(truth: Truth) -> list[set[str]]:
    return [set(_tokens(scorer().norm_author(name))) for name in truth["authors"] or ()]


def _names_one(text: str, names: list[set[str]]) -> bool:
    words = set(_tokens(text))
    return len(text) <= _MAX_BYLINE_WIDTH and any(name and name <= words for name in names)


def _is_in(line: str, body: str) -> bool:
    return len(line) > 25 and _norm(line) in body


def _days(text: str, truth: Truth) -> set[str]:
    """The days that a text may mean, whichever comes first in its numbers."""
    return {
        found.instant.date().isoformat()
        for day_first in (None, True)
        for found in find_dates(text, language=truth["lang"], day_first=day_first)
    }


def _norm(text: str) -> str:
    folded: str = scorer().norm(text)
    return folded


def _tokens(text: str) -> list[str]:
    scorer()  # which makes what lies beside it importable
    found: list[str] = import_module("textnorm").tokens(text)
    return found


def _grams(tokens: list[str]) -> list[tuple[str, ...]]:
    return [tuple(tokens[at : at + 3]) for at in range(len(tokens) - 2)]
