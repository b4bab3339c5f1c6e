"""The authors that the labelled lines of a dump name."""

from __future__ import annotations

import re

from feedsvc.ingest.extract.dump.features import head_of, text_behind_bullet
from feedsvc.ingest.extract.dump.parts import Part, Role
from feedsvc.ingest.extract.dump.roles import Labelled
from feedsvc.ingest.extract.people.byline import parse_byline
from feedsvc.ingest.extract.people.leads import byline_lead, lead_is_weak
from feedsvc.ingest.extract.people.names import agency_named
from feedsvc.model.entry import Evidence, Person, PersonKind

_SEPARATORS = re.compile(r" ?[|•·] ?| — | – | / ")
_SURE = frozenset({"leads in names", "is an agency"})
_LIKELY = frozenset(
    {"is a name beside a date", "may lead in names", "is mostly a date", "is a date"}
)
_UNLED = frozenset({"is a name", "begins with a name", "may begin with a name"})
_BYLINE_ROLES = (Role.BYLINE, Role.PUBLISHED, Role.UPDATED)


def find_authors(labelled: list[Labelled]) -> tuple[tuple[Person, ...], list[Evidence]]:
    """The people of the bylines in the head; else of those above it, within or below the body.

    Of the bylines in one part the surest count, and names on the lines right beside them. Outside
    of the head a name without a lead ("By") may be anybody's.
    """
    for part in (Part.HEAD, Part.ABOVE, Part.BODY, Part.BELOW):
        bylines = {
            at: people
            for at, item in enumerate(labelled)
            if item.part is part and item.role in _BYLINE_ROLES and (people := _people_in(item))
        }
        for confidence, features in ((0.95, _SURE), (0.8, _LIKELY), (0.6, None)):
            sure = [
                at
                for at in bylines
                if features is None or not features.isdisjoint(labelled[at].line.features)
            ]
            if sure and (features is _SURE or part is Part.HEAD):
                return _told_by(labelled, bylines, sure, confidence)
    return (), []


def _told_by(
    labelled: list[Labelled],
    bylines: dict[int, tuple[Person, ...]],
    sure: list[int],
    confidence: float,
) -> tuple[tuple[Person, ...], list[Evidence]]:
    chosen = set(sure)
    for at in sorted(bylines):
        if at - 1 in chosen:
            chosen.add(at)
    for at in sorted(bylines, reverse=True):
        if at + 1 in chosen:
            chosen.add(at)
    people: list[Person] = []
    evidence: list[Evidence] = []
    for at in sorted(chosen):
        item = labelled[at]
        for person in bylines[at]:
            if any(person.name.casefold() == p.name.casefold() for p in people):
                continue
            people.append(person)
            evidence.append(
                Evidence(
                    field="authors",
                    value=person.name,
                    rule=f"byline in the {item.part} part: {item.why}",
                    confidence=item.sure * (confidence if at in sure else confidence - 0.2),
                    lines=item.line.numbers,
                )
            )
    return tuple(people), evidence


def _people_in(item: Labelled) -> tuple[Person, ...]:
    line = item.line
    text = text_behind_bullet(line)
    features = line.features
    lead = byline_lead(text)
    if lead or "is an agency" in features:
        dated = line.dates[0].start - (len(line.text) - len(text)) if line.dates else 0
        people = parse_byline(text[:dated] if dated > lead else text)
        if people:
            return people
    # "Le Courrier | 04.05.2015 | Par Jeanne Doe": a part of the line has the lead.
    for part in _SEPARATORS.split(text)[1:]:
        if byline_lead(part) and not lead_is_weak(part):
            people = parse_byline(part)
            if people:
                return people
    if "is a list of names" in features:
        return parse_byline(text, labelled=True)
    if not _UNLED.isdisjoint(features):
        people = parse_byline(head_of(line), labelled=True)
        beside_a_date = "is a name beside a date" in features
        return tuple(p for p in people if _is_telling(p, beside_a_date=beside_a_date))
    return ()


def _is_telling(person: Person, *, beside_a_date: bool) -> bool:
    """Whether a name without a lead is one.

    A word alone is as likely a button, capitals are a heading or a credit, and what is no agency
    but a body is the page's own.
    """
    if not beside_a_date and any(word.isupper() and len(word) > 3 for word in person.name.split()):
        return False
    if person.kind is PersonKind.ORGANIZATION:
        return agency_named(person.name) is not None
    return " " in person.name or not person.name[0].isupper()
