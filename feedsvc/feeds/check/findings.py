"""What a check finds: a broken rule, where, what to do about it, and who made the rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from feedsvc.feeds.check.advice import ADVICE
from feedsvc.feeds.check.rules import ERRORS, NOTES, WARNINGS


class Severity(StrEnum):
    ERROR = "error"
    """A specification is broken, or readers lose something."""
    WARNING = "warning"
    """Allowed, but some reader shows it wrong."""
    NOTE = "note"
    """Allowed and harmless; readers or the server would do better."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where in a document; both count from 1. column: None where only the line is known."""

    line: int
    column: int | None = None


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One broken rule.

    place: None where it cannot be told, or where the whole document is meant. message: what is
    wrong. advice: what to do. source: whose rule it is.
    """

    severity: Severity
    place: Place | None
    rule: str
    message: str
    advice: str
    source: str

    def __str__(self) -> str:
        """In the form of compilers, `LINE:COLUMN: severity: …`, which editors follow."""
        where = ""
        if self.place:
            where = f"{self.place.line}:"
            where += f"{self.place.column}: " if self.place.column else " "
        told = f"{self.message}; {self.advice}" if self.advice else self.message
        return f"{where}{self.severity}: {told} [{self.rule}; {self.source}]"


class Findings:
    """Collects findings; knows a rule's severity, advice and source by its name."""

    def __init__(self) -> None:
        self._found: list[tuple[Finding, Any]] = []

    # at: a Place, the number of a line, or whatever of the document `locate` will know (an element
    # of lxml's, which have no types).
    def add(self, rule: str, message: str, at: Any = None) -> None:
        severity, source = _judge(rule)
        place = Place(line=at) if isinstance(at, int) else at if isinstance(at, Place) else None
        finding = Finding(
            severity=severity,
            place=place,
            rule=rule,
            message=message,
            advice=ADVICE.get(rule, ""),
            source=source,
        )
        self._found.append((finding, at if place is None else None))

    @property
    def found(self) -> list[Finding]:
        return [finding for finding, _ in self._found]

    def locate(self, find: Callable[[list[Any]], list[Place | None]]) -> None:
        """Ask `find` once for the places of everything that findings are about."""
        asked = [number for number, (_, at) in enumerate(self._found) if at is not None]
        if not asked:
            return
        places = find([self._found[number][1] for number in asked])
        for number, place in zip(asked, places, strict=True):
            self._found[number] = (replace(self._found[number][0], place=place), None)


def _judge(rule: str) -> tuple[Severity, str]:
    for severity, rules in (
        (Severity.ERROR, ERRORS),
        (Severity.WARNING, WARNINGS),
        (Severity.NOTE, NOTES),
    ):
        if rule in rules:
            return severity, rules[rule]
    raise KeyError(rule)
