"""What a check finds: a broken rule, where, and who made the rule."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from feedsvc.feeds.check.rules import ERRORS, WARNINGS


class Severity(StrEnum):
    ERROR = "error"
    """A specification is broken, or readers lose something."""
    WARNING = "warning"
    """Allowed, but some reader shows it wrong."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One broken rule. line: 1-based, None where it cannot be told. source: whose rule it is."""

    severity: Severity
    line: int | None
    rule: str
    message: str
    source: str

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        return f"{where}{self.severity}: {self.message} [{self.rule}; {self.source}]"


class Findings:
    """Collects findings; knows a rule's severity and source by its name."""

    def __init__(self) -> None:
        self.found: list[Finding] = []

    # at: the lxml element that it is about (lxml has no types), or the number of a line.
    def add(self, rule: str, message: str, at: Any = None) -> None:
        severity = Severity.ERROR if rule in ERRORS else Severity.WARNING
        self.found.append(
            Finding(
                severity=severity,
                line=at if at is None or isinstance(at, int) else at.sourceline,
                rule=rule,
                message=message,
                source=ERRORS[rule] if rule in ERRORS else WARNINGS[rule],
            )
        )
