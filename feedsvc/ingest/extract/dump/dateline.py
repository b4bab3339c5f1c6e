"""When the article was published, as the labelled lines of a dump tell it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from feedsvc.ingest.extract import cues
from feedsvc.ingest.extract.days.dates import ORDER_ASSUMED, FoundDate, find_dates
from feedsvc.ingest.extract.days.months import fold
from feedsvc.ingest.extract.dump.parts import Part, Role
from feedsvc.ingest.extract.dump.roles import Labelled
from feedsvc.model.entry import Evidence

_PART_SCORES = {Part.HEAD: 3.0, Part.TITLE: 1.0, Part.BODY: 0.5, Part.BELOW: 0.5, Part.ABOVE: 0.0}
_ROLE_SCORES = {Role.PUBLISHED: 1.5, Role.BYLINE: 1.4, Role.UPDATED: 0.8}
# So many lines above the title, or below the body, a date may stand that says nothing of itself.
_NEAR_LINES = 6
_HOUR_OF_24 = re.compile(r"(?<![\d:])(?:1[3-9]|2[0-3])[:.h]\d\d(?!\d|[:.]\d\d ?[ap]m| ?[ap]m)")
_DATE_ALONE = frozenset({"is a date"})
_DATELIKE = frozenset({"is a date", "is mostly a date"})


@dataclass(frozen=True, kw_only=True)
class Dated:
    """A date that may be the article's, and how much speaks for it."""

    found: FoundDate
    item: Labelled
    score: float
    rule: str

    @property
    def evidence(self) -> Evidence:
        return Evidence(
            field="published",
            value=self.found.instant.isoformat(),
            rule=f"{self.rule}; {self.found.rule}",
            confidence=min(0.95, 0.3 + 0.15 * self.score) * self.item.sure,
            lines=self.item.line.numbers,
        )


def find_published(labelled: list[Labelled], language: str | None) -> Dated | None:
    """The date that most speaks for, or None.

    A date in the head is the article's; one above the title is when the page was made, unless it
    says otherwise; one below counts where it says so. Where there is none of these, the nearest
    to the title or to the end of the body is better than nothing.
    """
    day_first = _order_of_numbers(labelled)
    article = _article(labelled)
    candidates: list[Dated] = []
    for at, item in enumerate(labelled):
        if not item.line.dates or item.role in (Role.CAPTION, Role.RELATED):
            continue
        found = item.line.dates
        if any(date.rule.startswith(ORDER_ASSUMED) for date in found):
            found = find_dates(item.line.text, language=language, day_first=day_first)
        for nth, date in enumerate(found):
            score, rule = _date_score(labelled, at, date, article)
            if score > 0:
                score += 0.5 * item.sure - 0.1 * nth
                candidates.append(Dated(found=date, item=item, score=score, rule=rule))
    return max(candidates, key=lambda c: c.score, default=None)


def _article(labelled: list[Labelled]) -> range:
    """From the first line of the title, or else of the body, to the last of the body."""
    within = [at for at, item in enumerate(labelled) if item.part not in (Part.ABOVE, Part.BELOW)]
    return range(within[0], within[-1] + 1) if within else range(0)


def _date_score(
    labelled: list[Labelled], at: int, date: FoundDate, article: range
) -> tuple[float, str]:
    item = labelled[at]
    before = fold(item.line.text[max(0, date.start - 40) : date.start])
    # Most dates begin their line.
    says_published = before != "" and cues.PUBLISHED.search(before) is not None
    says_updated = before != "" and cues.UPDATED.search(before) is not None
    score = _PART_SCORES[item.part] + _ROLE_SCORES.get(item.role, 0.0)
    if item.part is Part.BODY and item.role not in _ROLE_SCORES:
        # Dates in prose are of what the article tells, but for a dateline: "April 17, 2015 -- ".
        begins = date.start <= 30 and re.match(r"\s?(?:--|[–—])", item.line.text[date.end :])
        first = at == 0 or labelled[at - 1].part is not Part.BODY
        return (2.0, "begins the text") if begins and first else (0.0, "")
    if says_published:
        # Within the body it is said of what the body tells.
        return score + (1.0 if item.part is Part.BODY else 2.5), "says that it was published"
    if item.role in (Role.STANDFIRST, Role.TITLE):
        return 0.0, ""
    if at not in article and item.role not in _ROLE_SCORES:
        return _nearness(item, at, article)
    if says_updated:
        return score - 1.0, "says that it was updated"
    rule = "stands in the head" if item.part is Part.HEAD else f"stands in the {item.part} part"
    return score, rule


def _nearness(item: Labelled, at: int, article: range) -> tuple[float, str]:
    """What speaks for a date that says nothing of itself, outside of the article but near it."""
    if not article or "tells when the page was made" in item.line.features:
        return 0.0, ""
    lines = article.start - at if at < article.start else at - article.stop + 1
    above = at < article.start
    # Above the title stand ranges of days too, and stories of other days.
    datelike = _DATE_ALONE if above else _DATELIKE
    if lines > _NEAR_LINES or datelike.isdisjoint(item.line.features):
        return 0.0, ""
    where = "above the title" if above else "below the text"
    return 0.7 - 0.1 * lines, f"the nearest date, {lines} line{'s' * (lines > 1)} {where}"


def _order_of_numbers(labelled: list[Labelled]) -> bool | None:
    """Whether 3/4/2022 begins with the day in this dump, if another of its dates tells.

    Else a clock of 24 hours beside it does: who counts them writes the day first.
    """
    found = [(item.line.text, date) for item in labelled for date in item.line.dates]
    for text, date in found:
        if date.rule == "numbers, only one order fits":
            numbers = re.match(r"(\d+)\D(\d+)", fold(text[date.start : date.end]))
            if numbers and numbers[1] != numbers[2]:
                return int(numbers[1]) > 12
    for text, date in found:
        if date.rule.startswith(ORDER_ASSUMED) and _HOUR_OF_24.search(text, date.start):
            return True
    return None
