"""`feedsvc check`: is every feed as readers need it? Ours, or any in the world."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import click

from feedsvc.cli.options import common_options
from feedsvc.clock import Clock
from feedsvc.errors import CannotCheck, StoreError
from feedsvc.feeds.check.findings import Finding, Severity
from feedsvc.runtime import open_runtime
from feedsvc.services.checks import CheckedFeed, check_feeds
from feedsvc.services.elsewhere import check_elsewhere
from feedsvc.settings import Settings

EXIT_FOUND = 1
EXIT_UNCHECKED = 2
_SHOWN_OF_A_RULE = 10


@click.command()
@click.argument("targets", nargs=-1, metavar="[URL|FILE|-]...")
@click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How findings are written; json holds all of them.",
)
@click.option("--warnings-as-errors", is_flag=True, help="Exit status 1 for warnings too.")
@common_options
def check(
    settings: Settings, targets: tuple[str, ...], style: str, warnings_as_errors: bool
) -> None:
    """Check feeds strictly: every feed of the store, or files, addresses, - for standard input.

    Atom, RSS 2.0, JSON Feed and OPML, whoever made them. Of an address, the answers of its server
    are checked too; files are checked without any network.

    Exit status: 0 no errors; 1 errors; 2 something could not be checked.
    """
    report = Report()
    for feed in _check_targets(targets, report) if targets else _check_store(settings):
        report.take(feed)
        if style == "text":
            for line in _lines(feed):
                click.echo(line)
    if style == "json":
        click.echo(json.dumps(_as_json(report), ensure_ascii=False, indent=2))
    else:
        click.echo(_summary(report))
    sys.exit(_status(report, warnings_as_errors))


@dataclass
class Report:
    """What was checked, and what could not be."""

    feeds: list[CheckedFeed] = field(default_factory=list)
    unchecked: list[CannotCheck] = field(default_factory=list)
    counts: Counter[Severity] = field(default_factory=Counter)

    def take(self, feed: CheckedFeed) -> None:
        self.feeds.append(feed)
        self.counts.update(finding.severity for finding in feed.findings)


def _check_store(settings: Settings) -> Iterator[CheckedFeed]:
    runtime = open_runtime(settings)
    try:
        database = runtime.store.sqlite_path
        if database and not database.exists():
            # Connecting would make an empty one.
            told = f"there is no database at {database}; feedsvc serve or ingest makes it"
            raise StoreError(told)
        runtime.publication.check_ready()
        yield from check_feeds(runtime.publication, runtime.site, runtime.clock.now())
    finally:
        runtime.close()


def _check_targets(targets: Iterable[str], report: Report) -> Iterator[CheckedFeed]:
    clock = Clock()
    for target in targets:
        try:
            yield check_elsewhere(target, clock.now())
        except CannotCheck as error:
            report.unchecked.append(error)
            click.echo(f"feedsvc: {error}", err=True)


def _lines(feed: CheckedFeed) -> Iterator[str]:
    """The findings of one feed; of a rule that is broken many times only the first."""
    counts = Counter(finding.rule for finding in feed.findings)
    told: Counter[str] = Counter()
    for finding in feed.findings:
        told[finding.rule] += 1
        if told[finding.rule] <= _SHOWN_OF_A_RULE:
            yield f"{feed.name}:{'' if finding.place else ' '}{finding}"
    for rule, count in counts.items():
        if count > _SHOWN_OF_A_RULE:
            yield f"{feed.name}: and {count - _SHOWN_OF_A_RULE} more [{rule}]"


def _summary(report: Report) -> str:
    counts = ", ".join(_counted(report.counts[severity], severity) for severity in Severity)
    told = f"{_counted(len(report.feeds), 'document')} checked: {counts}."
    if report.unchecked:
        told += f" {len(report.unchecked)} could not be checked."
    return told


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _as_json(report: Report) -> dict[str, object]:
    return {
        "documents": [
            {"name": feed.name, "findings": [_finding_as_json(f) for f in feed.findings]}
            for feed in report.feeds
        ],
        "unchecked": [{"name": e.what, "reason": e.reason} for e in report.unchecked],
        "counts": {severity.value: report.counts[severity] for severity in Severity},
    }


def _finding_as_json(finding: Finding) -> dict[str, object]:
    return {
        "severity": finding.severity,
        "line": finding.place.line if finding.place else None,
        "column": finding.place.column if finding.place else None,
        "rule": finding.rule,
        "message": finding.message,
        "advice": finding.advice,
        "source": finding.source,
    }


def _status(report: Report, warnings_as_errors: bool) -> int:
    if report.unchecked:
        return EXIT_UNCHECKED
    found = report.counts[Severity.ERROR]
    if warnings_as_errors:
        found += report.counts[Severity.WARNING]
    return EXIT_FOUND if found else 0
