"""Every public URL, from the base URL alone and without a request."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from feedsvc.model.archive import ArchiveRange, History
from feedsvc.model.selection import FeedFormat, Selection, SelectionKind


@dataclass(frozen=True, kw_only=True)
class SiteUrls:
    """Builds absolute URLs. base_url: absolute http(s), without a slash at its end."""

    base_url: str

    @property
    def home(self) -> str:
        return f"{self.base_url}/"

    @property
    def feeds_page(self) -> str:
        """The page for people that lists and explains the feeds."""
        return f"{self.base_url}/feeds"

    @property
    def opml(self) -> str:
        return f"{self.base_url}/feeds.opml"

    @property
    def icon(self) -> str:
        """A square PNG, 192 pixels a side."""
        return f"{self.base_url}/static/icon-192.png"

    @property
    def favicon(self) -> str:
        return f"{self.base_url}/favicon.ico"

    @property
    def opensearch(self) -> str:
        """Tells browsers how to search here."""
        return f"{self.base_url}/opensearch.xml"

    def search(self, query: str = "") -> str:
        """The page for people that searches; with its form filled in, and what was found."""
        return f"{self.base_url}/search" + (f"?q={quote(query, safe='')}" if query else "")

    def search_feeds(self, format: FeedFormat) -> str:
        """Where the feeds of searches are, without a query."""
        return f"{self.base_url}/feeds/search.{format}"

    def feed(
        self, selection: Selection, format: FeedFormat, archive: ArchiveRange | None = None
    ) -> str:
        """The subscription document of a feed, or one of its archive documents."""
        is_search = selection.kind is SelectionKind.SEARCH
        name = str(selection.kind)
        if selection.slug and not is_search:
            name += f"/{quote(selection.slug, safe='')}"
        if archive:
            name += f"/{archive}"
        query = f"?q={quote(selection.slug, safe='')}" if is_search else ""
        return f"{self.base_url}/feeds/{name}.{format}{query}"

    def history(self, selection: Selection, format: FeedFormat, history: History) -> dict[str, str]:
        """By relation, the other documents of a feed that one links to (RFC 5005 section 4)."""
        links = {}
        if history.previous:
            links["prev-archive"] = self.feed(selection, format, history.previous)
        if history.following:
            links["next-archive"] = self.feed(selection, format, history.following)
        if history.own:
            links["current"] = self.feed(selection, format)
        return links

    def article(self, short_id: str, slug: str) -> str:
        """The permalink: the short id decides, the slug is for people."""
        path = f"{short_id}/{quote(slug, safe='')}" if slug else short_id
        return f"{self.base_url}/articles/{path}"

    def corrections(self, short_id: str) -> str:
        """The page that says what was corrected in an article."""
        return f"{self.base_url}/corrections/{short_id}"
