"""The formats of a feed, and what renders each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from feedsvc.feeds import atom, jsonfeed, rss
from feedsvc.model.entry import Entry
from feedsvc.model.feed import Feed, FeedDocument, Site
from feedsvc.model.selection import FeedFormat

Renderer = Callable[[Site, Feed, Sequence[Entry], datetime], FeedDocument]

RENDERERS: Mapping[FeedFormat, Renderer] = {
    FeedFormat.ATOM: atom.render,
    FeedFormat.RSS: rss.render,
    FeedFormat.JSON: jsonfeed.render,
}
