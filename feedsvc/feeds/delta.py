"""What a feed document says that an earlier one did not (RFC 3229 with the feed manipulation)."""

from __future__ import annotations

import json
import re
from hashlib import sha256

from feedsvc.model.feed import FeedDocument
from feedsvc.model.selection import FeedFormat

# Bodies are escaped inside: an end tag of these names is one.
_ITEMS = {
    FeedFormat.ATOM.media_type: re.compile(rb"\s*<entry[ >].*?</entry>", re.DOTALL),
    FeedFormat.RSS.media_type: re.compile(rb"\s*<item[ >].*?</item>", re.DOTALL),
}

Items = frozenset[bytes]


def items_of(document: FeedDocument) -> Items:
    """What tells the items of a document apart: a digest of each, all that it says included."""
    pattern = _ITEMS.get(document.media_type)
    if pattern is None:
        return frozenset(map(_digest_of_json, json.loads(document.body)["items"]))
    return frozenset(_digest(found[0]) for found in pattern.finditer(document.body))


def without_items(document: FeedDocument, known: Items) -> bytes:
    """The document without the items that are known, each to the letter."""
    pattern = _ITEMS.get(document.media_type)
    if pattern is not None:
        return pattern.sub(lambda found: _new(found[0], known), document.body)
    feed = json.loads(document.body)
    feed["items"] = [item for item in feed["items"] if _digest_of_json(item) not in known]
    return json.dumps(feed, ensure_ascii=False, separators=(",", ":")).encode()


def _new(item: bytes, known: Items) -> bytes:
    return b"" if _digest(item) in known else item


def _digest(item: bytes) -> bytes:
    return sha256(item.strip()).digest()


def _digest_of_json(item: object) -> bytes:
    return _digest(json.dumps(item).encode())
