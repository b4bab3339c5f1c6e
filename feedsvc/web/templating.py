"""What templates know besides their own values: the site, its addresses, dates and languages."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask
from jinja2 import StrictUndefined

from feedsvc.model.entry import Entry, Precision
from feedsvc.model.feed import Feed
from feedsvc.model.languages import is_right_to_left, language_name
from feedsvc.model.selection import FeedFormat, Selection, SelectionKind
from feedsvc.web.assets import asset_path

if TYPE_CHECKING:
    from feedsvc.runtime import Runtime

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_KIND_HEADINGS = {
    SelectionKind.CUSTOM: "Selections",
    SelectionKind.SOURCE: "Sources",
    SelectionKind.AUTHOR: "Authors",
    SelectionKind.TAG: "Tags",
    SelectionKind.LANGUAGE: "Languages",
}


def install_templating(app: Flask, runtime: Runtime) -> None:
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    # Links inside the site hold its path alone, so that pages also work through a tunnel.
    prefix = urlsplit(runtime.site.urls.base_url).path
    app.jinja_env.filters.update(
        path=lambda url: urlsplit(url).path,
        relative=lambda url: urlsplit(url)._replace(scheme="", netloc="").geturl(),
        day=day,
        moment=moment,
        machine_date=machine_date,
        anchor=anchor,
        direction=direction,
        kind_heading=_KIND_HEADINGS.__getitem__,
        feed_title=lambda feed: feed_title(runtime, feed),
    )
    app.jinja_env.globals.update(
        site=runtime.site,
        formats=tuple(FeedFormat),
        everything=Selection(),
        all_corrections=Selection(kind=SelectionKind.CORRECTIONS),
        language_name=language_name,
        asset=lambda name: prefix + asset_path(name),
    )


def day(instant: datetime) -> str:
    """A date as English writes it everywhere alike: 13 November 2022."""
    return f"{instant.day} {_MONTHS[instant.month - 1]} {instant.year}"


def moment(entry: Entry) -> str:
    """When an entry was published, no more exactly than its article says."""
    if entry.precision is Precision.INSTANT:
        return f"{day(entry.published)}, {entry.published:%H:%M} UTC"
    return day(entry.published)


def machine_date(entry: Entry) -> str:
    """The same for `<time datetime>`."""
    if entry.precision is Precision.DAY:
        return entry.published.date().isoformat()
    return entry.published.isoformat(timespec="seconds").replace("+00:00", "Z")


def anchor(instant: datetime) -> str:
    """What names a moment within a page."""
    return f"at-{instant:%Y%m%dT%H%M%S%f}Z"


def direction(language: str | None) -> str:
    """The value of `dir`; without a language, browsers look at the letters."""
    if language is None:
        return "auto"
    return "rtl" if is_right_to_left(language) else "ltr"


def feed_title(runtime: Runtime, feed: Feed) -> str:
    """Distinct over kinds, where an agency is a source and an author too."""
    if feed.selection.kind is SelectionKind.CUSTOM:
        return feed.title(runtime.site)
    return f"{feed.title(runtime.site)} ({feed.selection.kind})"
