"""Whether the formats of one feed tell the same: the same entries, in order, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from feedsvc.feeds.check.findings import Finding, Findings
from feedsvc.feeds.check.seen import SeenEntry, read_entries
from feedsvc.model.selection import FeedFormat


def check_agreement(documents: Mapping[FeedFormat, bytes]) -> list[Finding]:
    """What the formats of one feed tell differently; each is compared with the first.

    Only for documents without an error in `check_document`: others raise what parsing raises.
    """
    findings = Findings()
    seen = [(format.label, read_entries(format, body)) for format, body in documents.items()]
    (first, expected), *others = seen
    for label, entries in others:
        _compare(findings, f"{label} against {first}", expected, entries)
    return findings.found


def _compare(
    findings: Findings, where: str, expected: list[SeenEntry], entries: list[SeenEntry]
) -> None:
    ids, others = [e.id for e in expected], [e.id for e in entries]
    if sorted(ids) != sorted(others):
        differing = sorted(set(ids) ^ set(others))
        findings.add("agreement-ids", f"{where}: ids differ: {differing or 'their number'}")
        return
    if ids != others:
        findings.add("agreement-order", f"{where}: the order differs")
        return
    for one, other in zip(expected, entries, strict=True):
        for field in fields(SeenEntry):
            left, right = getattr(one, field.name), getattr(other, field.name)
            if left != right:
                told = f"{field.name} of {one.id} is {right!r}, not {left!r}"
                findings.add("agreement-fields", f"{where}: {told}")
