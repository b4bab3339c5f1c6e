"""Content codings: which one a client wants, and bytes in it (RFC 9110 8.4.1 and 12.5.3)."""

from __future__ import annotations

import gzip
from enum import StrEnum
from functools import lru_cache

import brotli
import zstandard
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

# Feeds are compressed once a change and sent many times; beyond these levels the time goes up by
# far more than the size goes down.
_GZIP_LEVEL = 6
_BROTLI_QUALITY = 5
_ZSTD_LEVEL = 6


class Coding(StrEnum):
    """A content coding, by its name in headers; the best first, where a client likes some alike."""

    BROTLI = "br"
    ZSTD = "zstd"
    GZIP = "gzip"
    IDENTITY = "identity"


_NAMES = {
    Coding.BROTLI: ("br",),
    Coding.ZSTD: ("zstd",),
    Coding.GZIP: ("gzip", "x-gzip"),  # RFC 9110 8.4.1.3: one coding with two names
}


@lru_cache(maxsize=1024)
def choose_coding(accept_encoding: str) -> Coding:
    """The coding liked best; identity only where it is liked better, or nothing else is accepted.

    "*" stands for gzip: whoever names no coding is the likeliest to know the oldest.
    """
    accepted = parse_accept_header(accept_encoding, Accept)
    liking = {coding.lower(): quality for coding, quality in accepted}
    if "gzip" not in liking and "x-gzip" not in liking and "*" in liking:
        liking["gzip"] = liking["*"]
    best, most = Coding.IDENTITY, liking.get("identity", 0.0)
    for coding, names in _NAMES.items():
        quality = max(liking.get(name, 0.0) for name in names)
        if quality > most or (quality == most > 0 and best is Coding.IDENTITY):
            best, most = coding, quality
    return best


def encode(coding: Coding, body: bytes) -> bytes:
    """`body` in a coding, without a time stamp: the same bytes always give the same bytes."""
    if coding is Coding.BROTLI:
        compressed: bytes = brotli.compress(body, mode=brotli.MODE_TEXT, quality=_BROTLI_QUALITY)
        return compressed
    if coding is Coding.ZSTD:
        return zstandard.compress(body, level=_ZSTD_LEVEL)
    if coding is Coding.GZIP:
        return gzip.compress(body, compresslevel=_GZIP_LEVEL, mtime=0)
    return body
