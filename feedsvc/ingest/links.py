"""The one check of every URL a document names: absolute, rebuilt from its parts, or refused."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from urllib.parse import SplitResult, quote, urljoin, urlsplit

WEB_SCHEMES = frozenset({"http", "https"})
LINK_SCHEMES = frozenset({"http", "https", "mailto"})
MAX_URL_CHARS = 2_048

_DEFAULT_PORTS = {"http": 80, "https": 443}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_C0_OR_SPACE = "".join(map(chr, range(0x21)))
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\Z")
# Controls, invisible and bidirectional marks, lone surrogates, line and paragraph separators.
_REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_PATH_SAFE = "/:@!$&'()*+,;=-._~%"
_QUERY_SAFE = _PATH_SAFE + "?[]"
# What a reader that decodes an address as HTML, once or more often, would take for "<", or for the
# "#" of a reference to it; with the sign that must be hidden from it.
_TAG_REFERENCE = re.compile(
    "(&(?:(?:amp|AMP);?)*+(?:#(?=[0-9xX])|(?=lt|LT|nvlt;|num;)))(.)", re.DOTALL
)


def absolute_url(
    value: str, base_url: str | None = None, *, schemes: frozenset[str] = WEB_SCHEMES
) -> str | None:
    """The absolute URL that `value` means against `base_url`, rebuilt; None where it is refused.

    Accepted are `schemes` alone, with a host, without a user, backslash, control, bidirectional or
    invisible character, and at most `MAX_URL_CHARS`. What was rebuilt once comes back unchanged.
    """
    text = value.strip(_C0_OR_SPACE).translate({9: None, 10: None, 13: None})
    if not text or len(text) > MAX_URL_CHARS or "\\" in text:
        return None
    if not text.isascii() and any(unicodedata.category(c) in _REFUSED_CATEGORIES for c in text):
        return None
    if text.isascii() and not text.isprintable():
        return None
    match = _SCHEME.match(text)
    if match and match[1].lower() not in schemes:
        return None
    if match and match[1].lower() == "mailto":
        address = quote(text[match.end() :], safe=_QUERY_SAFE)
        return _bounded("mailto:" + _without_tag_references(address))
    try:
        if not match:
            base = absolute_url(base_url) if base_url else None
            if base is None:
                return None
            text = urljoin(base, text)
        return _bounded(_rebuilt(urlsplit(text)))
    except ValueError:  # what urllib says of a bad port, bracket or host
        return None


def _rebuilt(parts: SplitResult) -> str | None:
    scheme = parts.scheme.lower()
    if scheme not in WEB_SCHEMES or "@" in parts.netloc:
        return None
    host = _checked_host(parts.hostname or "")
    if host is None:
        return None
    port = "" if parts.port in (None, _DEFAULT_PORTS[scheme]) else f":{parts.port}"
    path = quote(parts.path, safe=_PATH_SAFE)
    query = "?" + quote(parts.query, safe=_QUERY_SAFE) if parts.query else ""
    fragment = "#" + quote(parts.fragment, safe=_QUERY_SAFE) if parts.fragment else ""
    return _without_tag_references(f"{scheme}://{host}{port}{path}{query}{fragment}")


def _without_tag_references(url: str) -> str:
    """The same address (RFC 3986 section 6.2.2.2) with a sign of each reference to "<" encoded.

    Addresses stand in feeds as plain text as well, and some readers show that as HTML.
    """
    if "&" not in url:
        return url
    return _TAG_REFERENCE.sub(lambda found: f"{found[1]}%{ord(found[2]):02X}", url)


def _checked_host(host: str) -> str | None:
    """The host in ASCII: a name (IDNA) or an address; ValueError or None where it is neither."""
    if ":" in host:
        return f"[{ipaddress.IPv6Address(host)}]" if "%" not in host else None
    if not host or len(host) > 253:
        return None
    ascii_host = host.encode("idna").decode("ascii").lower()
    labels = ascii_host.removesuffix(".").split(".")
    return ascii_host if all(map(_LABEL.match, labels)) else None


def _bounded(url: str | None) -> str | None:
    return url if url and len(url) <= MAX_URL_CHARS else None
