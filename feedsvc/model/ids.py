"""Names that last: guids, short ids, slugs, and the fingerprint that knows an article again."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import uuid
from datetime import datetime
from itertools import islice

_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
_SHORT_ID_LENGTH = 10
SLUG_MAX_CHARS = 60
_NO_ASCII_SLUG = re.compile("[^a-z0-9]+")
FINGERPRINT_MIN_LETTERS = 120


def mint_guid() -> str:
    """A new `urn:uuid:` from a random UUID (RFC 9562 5.4): permanent, ASCII, tied to no host."""
    return uuid.uuid4().urn


def short_id(guid: str) -> str:
    """Ten characters of Crockford base32 from the last 50 bits of the guid's UUID.

    Derived, so that a store rebuilt with the same guids keeps every permalink.
    """
    bits = uuid.UUID(guid).int
    return "".join(_CROCKFORD[(bits >> (5 * i)) & 31] for i in reversed(range(_SHORT_ID_LENGTH)))


def fold(text: str) -> str:
    """NFKC, case and white space folded: two names that fold alike are one name."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def slugify(name: str) -> str:
    """Letters, marks and digits of every script, the rest as single hyphens; "-" never at an end.

    At most `SLUG_MAX_CHARS`, cut at a hyphen where there is one. "" for a name without letters.
    """
    folded = unicodedata.normalize("NFKC", fold(name))
    if folded.isascii():
        slug = _NO_ASCII_SLUG.sub("-", folded).strip("-")
    else:
        kept = "".join(c if unicodedata.category(c)[0] in "LMN" else "-" for c in folded)
        slug = re.sub("-+", "-", kept).strip("-")
    if len(slug) <= SLUG_MAX_CHARS:
        return slug
    return slug[: SLUG_MAX_CHARS + 1].rpartition("-")[0] or slug[:SLUG_MAX_CHARS]


def content_fingerprint(title: str, published: datetime | None, text: str) -> bytes | None:
    """SHA-256 over title, date (if one was found) and body text, folded.

    None under `FINGERPRINT_MIN_LETTERS` letters of body: short texts are alike by chance.
    """
    body = fold(text)
    letters = filter(str.isalpha, body)
    if next(islice(letters, FINGERPRINT_MIN_LETTERS - 1, None), None) is None:
        return None
    date = published.isoformat() if published else ""
    return hashlib.sha256("\0".join((fold(title), date, body)).encode()).digest()
