"""What a root says of its documents, where they themselves are silent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from feedsvc.ingest.article import Extraction
from feedsvc.model.document import NO_DEFAULTS, RootDefaults
from feedsvc.model.entry import Evidence, Precision
from feedsvc.model.ids import fold

FOLDER_DEFAULT = "the folder's default"


def with_defaults(extraction: Extraction, defaults: RootDefaults) -> Extraction:
    """Fill in what a document does not say; tags are added to its own.

    A clock without a zone is of the root's time zone: the day it told becomes an instant.
    """
    if defaults == NO_DEFAULTS:
        return extraction
    published, precision = extraction.published, extraction.precision
    if extraction.local_time and defaults.time_zone:
        published = _instant(extraction.local_time, defaults.time_zone)
        precision = Precision.INSTANT
    known = {fold(tag) for tag in extraction.tags}
    given = replace(
        extraction,
        published=published,
        precision=precision,
        source=extraction.source or defaults.source,
        language=extraction.language or defaults.language,
        tags=extraction.tags + tuple(tag for tag in defaults.tags if fold(tag) not in known),
    )
    return replace(given, evidence=extraction.evidence + tuple(_evidence(extraction, given)))


def _instant(local_time: datetime, time_zone: str) -> datetime:
    return local_time.replace(tzinfo=ZoneInfo(time_zone)).astimezone(UTC)


def _evidence(before: Extraction, after: Extraction) -> Iterator[Evidence]:
    """One for each field that has its value from the root."""
    values = {
        "published": after.published.isoformat() if after.published else "",
        "source": after.source or "",
        "language": after.language or "",
        "tags": ", ".join(after.tags[len(before.tags) :]),
    }
    for field, value in values.items():
        if getattr(before, field) != getattr(after, field):
            yield Evidence(field=field, value=value, rule=FOLDER_DEFAULT, confidence=1.0)
