"""Every feed of the store against the strict checks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from feedsvc.feeds.check.agreement import check_agreement
from feedsvc.feeds.check.document import check_document
from feedsvc.feeds.check.findings import Finding, Severity
from feedsvc.model.feed import Feed, FeedDocument, Site
from feedsvc.model.selection import FeedFormat
from feedsvc.services.publication import Publication


@dataclass(frozen=True, kw_only=True)
class CheckedFeed:
    """One feed document, or the agreement of one feed's formats, and what is wrong with it."""

    name: str
    findings: tuple[Finding, ...]

    @property
    def has_errors(self) -> bool:
        return self.count(Severity.ERROR) > 0

    def count(self, severity: Severity) -> int:
        return sum(finding.severity is severity for finding in self.findings)


def check_feeds(
    publication: Publication, site: Site, now: datetime | None = None
) -> Iterator[CheckedFeed]:
    """Check every feed in every format, that the formats agree, and the list of all feeds.

    now: the time; without it nothing is said to be in the future.
    """
    for feed in publication.feeds():
        yield from _check_feed(publication, site, feed, now)
    yield _checked(site.urls.opml, publication.opml(), now)


def _check_feed(
    publication: Publication, site: Site, feed: Feed, now: datetime | None
) -> Iterator[CheckedFeed]:
    documents = {format: publication.feed(feed.selection, format) for format in FeedFormat}
    has_errors = False
    for format, document in documents.items():
        checked = _checked(site.urls.feed(feed.selection, format), document, now)
        has_errors = has_errors or checked.has_errors
        yield checked
    if not has_errors:
        bodies = {format: document.body for format, document in documents.items()}
        findings = tuple(check_agreement(bodies))
        if findings:
            yield CheckedFeed(name=f"{feed.title(site)}: its formats", findings=findings)


def _checked(url: str, document: FeedDocument, now: datetime | None) -> CheckedFeed:
    findings = check_document(document.body, media_type=document.media_type, url=url, now=now)
    return CheckedFeed(name=url, findings=tuple(findings))
