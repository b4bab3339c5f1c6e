"""Strict checks of feeds, ours or not: one document by itself, and one feed in several formats.

`check_document` asks of a document what RFC 4287, RSS 2.0 with the Advisory Board's profile, JSON
Feed 1.1 and OPML 2.0 ask, and what real readers need beyond that. `rules.py` lists every rule.
"""

from feedsvc.feeds.check.agreement import check_agreement
from feedsvc.feeds.check.document import check_document
from feedsvc.feeds.check.findings import Finding, Severity

__all__ = ["Finding", "Severity", "check_agreement", "check_document"]
