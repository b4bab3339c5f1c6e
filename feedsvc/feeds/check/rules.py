"""Every rule by name, and whose it is; a test breaks each of them once.

"W3C" is the W3C feed validator; "readers" are those measured for this project, by name.
"""

from __future__ import annotations

_PROFILE = "RSS Advisory Board profile"
_RSS = "RSS 2.0"
_JSON = "JSON Feed 1.1"
_OPML = "OPML 2.0"

ERRORS = {
    # any document
    "not-well-formed": "XML 1.0 2.1, RFC 8259",
    "format-unknown": "RFC 4287, RSS 2.0, JSON Feed 1.1, OPML 2.0",
    "doctype": "XML 1.0 2.8; readers refuse entities",
    "encoding": "RFC 7303 3, RFC 8259 8.1",
    "media-type": "RFC 4287 7, RSS Advisory Board profile, JSON Feed 1.1, OPML 2.0",
    "self-differs": "RFC 4287 4.2.7.2, JSON Feed 1.1; readers subscribe to self",
    # every kind of entry
    "id-duplicate": "RFC 4287 4.1.1, JSON Feed 1.1; readers merge such entries",
    "id-not-absolute": "RFC 4287 4.2.6",
    "date-missing": "RFC 4287 4.1.1, 4.1.2",
    "date-invalid": "RFC 3339 5.6, RFC 822 5.1",
    "link-not-absolute": "RFC 3986 4.3; readers ignore xml:base",
    "enclosure-length": "RSS 2.0 <enclosure>, RFC 4287 4.2.7.6, JSON Feed 1.1 attachments",
    "enclosure-type": "RSS 2.0 <enclosure>, RFC 4287 4.2.7.3, JSON Feed 1.1 attachments",
    "control-character": "XML 1.0 2.2",
    "content-unsafe-element": "W3C SecurityRisk",
    "content-unsafe-attribute": "W3C SecurityRiskAttr",
    "content-unsafe-url": "RFC 3986 7; runs as script in readers",
    "paging-loop": "RFC 5005 3, 4",
    "archive-loop": "RFC 5005 4",
    "archive-missing": "RFC 5005 4",
    "archive-next-differs": "RFC 5005 4",
    "archive-current-differs": "RFC 5005 4",
    "archive-entry-twice": "RFC 5005 4; an aggregator would take it for two",
    "archive-incomplete": "RFC 5005 4; who follows the links misses entries",
    # Atom
    "atom-schema": "RFC 4287 appendix B",
    "atom-id-missing": "RFC 4287 4.1.1, 4.1.2",
    "atom-title-missing": "RFC 4287 4.1.1, 4.1.2",
    "atom-author-missing": "RFC 4287 4.1.1, 4.1.2",
    "atom-author-name": "RFC 4287 3.2.1",
    "atom-duplicate-element": "RFC 4287 4.1.1, 4.1.2",
    "atom-unknown-element": "RFC 4287 4.1.1, 4.1.2",
    "atom-element-after-entry": "RFC 4287 appendix B",
    "atom-text-type": "RFC 4287 3.1.1",
    "atom-content-type": "RFC 4287 4.1.3.1",
    "atom-alternate-missing": "RFC 4287 4.1.2",
    "atom-summary-missing": "RFC 4287 4.1.2",
    "atom-alternate-duplicate": "RFC 4287 4.1.1, 4.1.2",
    "atom-link-href": "RFC 4287 4.2.7.1",
    "atom-category-term": "RFC 4287 4.2.2.1",
    # RSS
    "rss-version": _RSS,
    "rss-channel": _RSS,
    "rss-channel-required": _RSS,
    "rss-item-empty": _RSS,
    "rss-duplicate-element": _PROFILE,
    "rss-unknown-element": 'RSS 2.0, "Extending RSS"',
    "rss-guid-not-permalink": "RSS 2.0 <guid>",
    "rss-author-address": "RSS 2.0 <author>",
    "rss-weekday": "RFC 822 5.2, W3C IncorrectDOW",
    "rss-ttl": "RSS 2.0 <ttl>",
    "rss-image": "RSS 2.0 <image>",
    # JSON Feed
    "json-version": _JSON,
    "json-title": _JSON,
    "json-items": _JSON,
    "json-id": _JSON,
    "json-content-missing": _JSON,
    "json-type": _JSON,
    "json-attachment": _JSON,
    "json-author-name": _JSON,
    "json-next-url": _JSON,
    "json-extension-name": _JSON,
    "json-hub": _JSON,
    # OPML
    "opml-version": _OPML,
    "opml-structure": _OPML,
    "opml-text": _OPML,
    "opml-xml-url": _OPML,
    # HTTP
    "http-etag-form": "RFC 9110 8.8.3",
    "http-date-form": "RFC 9110 5.6.7",
    "http-last-modified-future": "RFC 9110 8.8.2.1",
    "http-coding-forced": "RFC 9110 12.5.3",
    "http-accept": "Miniflux and FreshRSS accept HTML, and are sent no feed",
    # one feed in several formats
    "agreement-ids": "readers that change the format see entries again",
    "agreement-order": "readers that change the format see entries again",
    "agreement-fields": "what an entry says does not depend on the format",
}

WARNINGS = {
    # any document
    "document-too-large": "W3C stops at 5 MB, and so do readers",
    "byte-order-mark": "RFC 4287 2; some readers fail",
    "charset-missing": "RFC 7303 3",
    "stylesheet": "Chromium fetches none for a feed",
    "xml-base": "yarr and Miniflux ignore xml:base",
    "self-missing": "RFC 4287 4.1.1, RSS Advisory Board profile, JSON Feed 1.1",
    "self-type": "RSS Advisory Board profile, RFC 4287 4.2.7.3",
    # every kind of entry
    "id-missing": "RSS Advisory Board profile; readers guess by link and date",
    "id-not-ascii": "FreshRSS drops what is not ASCII",
    "id-not-canonical": "RFC 4287 4.2.6.1",
    "id-is-web-address": "yarr shows each edit as a new entry",
    "id-uuid": "RFC 9562 4",
    "id-tag": "RFC 4151 2.1",
    "id-not-unique": "W3C NotSufficientlyUnique",
    "title-empty": "readers show an empty line",
    "title-markup": "some readers show the tags of such a title, others lose them",
    "date-before-1970": "W3C ImplausibleDate",
    "date-in-future": "W3C ImplausibleDate; readers keep it on top",
    "date-published-after-updated": "RFC 4287 4.2.9, 4.2.15",
    "date-updated-twice": "W3C DuplicateUpdated",
    "date-feed-older-than-entry": "RFC 4287 4.2.15",
    "language-tag": "BCP 47",
    "summary-repeats-content": "RFC 4287 4.2.13",
    "link-characters": "RFC 3986 2; RSS takes no IRI",
    "category-comma": "FreshRSS splits a label at its commas",
    "enclosure-length-zero": "RSS Advisory Board profile; readers show no size",
    "content-relative-url": "W3C ContainsRelRef; readers ignore xml:base",
    "content-nesting": "W3C NotHtml",
    "content-custom-element": "W3C NotHtml",
    "content-ampersand": "HTML 13.1.4",
    "archive-mark-missing": "RFC 5005 4",
    "archive-current-missing": "RFC 5005 4, W3C MissingCurrentInArchive",
    "history-link-in-entry": "W3C FeedHistoryRelInEntry",
    # Atom
    "atom-prefix": "NetNewsWire ignores prefixed children of an entry",
    "atom-category-label": "readers show the term, which is no text for people",
    # RSS
    "rss-link-is-feed": "RSS 2.0 <link>: the page, not the feed",
    "rss-date-form": "W3C ProblematicalRFC822Date",
    "rss-description-after-content": "W3C NeedDescriptionBeforeContent",
    "rss-author-name": "W3C MissingRealName",
    "rss-author-and-creator": "W3C DuplicateItemSemantics",
    "rss-date-twice": "W3C DuplicateItemSemantics",
    "rss-enclosures": "RSS Advisory Board profile",
    "rss-image-differs": "W3C ImageTitleDoesntMatch, ImageLinkDoesntMatch",
    # JSON Feed
    "json-version-first": _JSON,
    "json-author-deprecated": _JSON,
    "json-duplicate-name": "RFC 8259 4",
    # HTTP
    "http-validators-missing": "RFC 9110 8.8; every poll fetches the whole feed",
    "http-not-modified": "RFC 9110 13.1.2; every poll fetches the whole feed",
    "http-unstable": "readers show entries again; every poll fetches the whole feed",
    "http-304-headers": "RFC 9110 15.4.5; SimplePie takes over the 304's headers",
    "http-precedence": "RFC 9110 13.1.3",
    "http-vary": "RFC 9110 12.5.5, 15.4.5",
    "http-shared-etag": "RFC 9110 8.8.3.3",
    "http-cache-refused": "RFC 9111 5.2.2; Miniflux drops the ETag at Expires: 0",
    "http-link-self": "WebSub 4",
    "http-head": "RFC 9110 9.3.2",
    # OPML
    "opml-title": "W3C MissingTitleAttr",
    "opml-type": _OPML,
}

NOTES = {
    # any document
    "document-large": "readers on a phone fetch and read it whole",
    "entries-many": "readers cap what they keep",
    "order-oldest-first": "newsboat and yarr show the order of the feed",
    "language-missing": "RFC 4287 2, RSS 2.0 <language>, JSON Feed 1.1",
    "icon-missing": "readers ask for / and /favicon.ico in its place",
    "home-missing": "RFC 4287 4.1.1, JSON Feed 1.1",
    "page-declares": "WHATWG HTML 4.6.7.1",
    # every kind of entry
    "title-like-markup": "yarr drops what looks like a tag, rss2email resolves entities",
    "summary-markup": "readers show a summary as plain text",
    "date-not-utc": "RFC 3339 4.3; some readers ignore the zone",
    "date-absent": "Miniflux dates such an entry with the time of its fetch",
    # RSS
    "rss-docs-missing": "RSS 2.0 <docs>",
    "rss-ttl-missing": "Miniflux polls by ttl",
    # HTTP
    "http-moved": "RFC 9110 15.4.2, 15.4.9",
    "http-etag-missing": "RFC 9110 8.8.3",
    "http-last-modified-missing": "RFC 9110 8.8.2; some readers know no ETag",
    "http-not-modified-list": "RFC 9110 13.1.2; caches send such lists",
    "http-not-modified-since": "RFC 9110 13.1.3; some readers send the date alone",
    "http-uncompressed": "W3C Uncompressed",
    "http-gzip-time": "the same feed has other bytes each second",
    "http-cache-missing": "SimplePie, Miniflux and NetNewsWire poll by max-age",
    "http-max-age": "SimplePie, Miniflux and NetNewsWire poll by max-age",
    "http-nosniff": "WHATWG Fetch; browsers guess a type without it",
    "http-cors": "WHATWG Fetch; readers in a browser cannot fetch the feed without it",
}
