"""Every feed of the store against the strict checks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from feedsvc.feeds.check.agreement import check_agreement
from feedsvc.feeds.check.document import check_document
from feedsvc.feeds.check.findings import Finding, Severity
from feedsvc.feeds.check.history import check_reached, feed_ids, walk_archives
from feedsvc.model.archive import read_range
from feedsvc.model.feed import Feed, FeedDocument, Site
from feedsvc.model.selection import FeedFormat, Selection, SelectionKind
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

    The archive of each is walked to its end, and must hold every entry that the feed does not show.

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
    for format, document in documents.items():
        yield from _check_archive(publication, site, feed, format, document, now)


def _check_archive(
    publication: Publication,
    site: Site,
    feed: Feed,
    format: FeedFormat,
    document: FeedDocument,
    now: datetime | None,
) -> Iterator[CheckedFeed]:
    def fetch(url: str) -> bytes | None:
        wanted = read_range(url.rpartition("/")[2].removesuffix(f".{format}"))
        if wanted is None or url != site.urls.feed(feed.selection, format, wanted):
            return None
        found = publication.archive(feed.selection, wanted, format)
        return found.body if found.history.own == wanted else None

    url = site.urls.feed(feed.selection, format)
    reached = feed_ids(format, document.body)
    for page in walk_archives(format, url, document.body, fetch):
        findings = list(page.findings)
        if page.body:
            findings += check_document(
                page.body, media_type=document.media_type, url=page.url, now=now
            )
        reached.update(page.ids)
        yield CheckedFeed(name=page.url, findings=tuple(findings))
    incomplete = tuple(check_reached(len(reached), feed.entry_count))
    # What is published meanwhile is no fault: only a feed that stood still must be complete.
    if incomplete and _counts_entries(feed.selection) and feed in publication.feeds():
        yield CheckedFeed(name=url, findings=incomplete)


def _counts_entries(selection: Selection) -> bool:
    """Corrections are made of what entries said: the store counts none for their feed."""
    return selection.kind is not SelectionKind.CORRECTIONS


def _checked(url: str, document: FeedDocument, now: datetime | None) -> CheckedFeed:
    findings = check_document(document.body, media_type=document.media_type, url=url, now=now)
    return CheckedFeed(name=url, findings=tuple(findings))
