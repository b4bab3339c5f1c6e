"""Entity tags (RFC 9110 8.8.3), from bytes alone, in a form that belongs to a file as well.

nginx names a file by its time and its size, both in hexadecimal: `-499602d2-3f2a0`. A tag is the
hash of what it names, written as a time before 1970 and a size below a megabyte: 49 bits of it. An
empty file with that time and, without its bytes, that size then stands for what it names, to be
found by whatever serves files (`web/edge.py`).
"""

from __future__ import annotations

import hashlib
import re
from typing import NamedTuple

# Codings of the same document have tags that differ in so many bits of the size.
_CODING_BITS = 2
_SIZE_BITS = 20
# What every file system can hold, and before every date that nginx reads in a request of today: it
# takes a day 0 of January 1970 for one, and what it cannot read for -1.
_EARLIEST, _LATEST = -(2**31), -(10**6)
_TAG = re.compile(r"-([0-9a-f]{1,8})-([0-9a-f]{1,5})")


class MarkerFile(NamedTuple):
    """The file that a tag belongs to: seconds since 1970, and bytes."""

    mtime: int
    size: int


def entity_tag(body: bytes) -> str:
    """The opaque tag of a document as it is, without a coding."""
    digest = int.from_bytes(hashlib.sha256(body).digest()[:8])
    ago, size = divmod(digest, 1 << (_SIZE_BITS - _CODING_BITS))
    return _written(MarkerFile(_LATEST - ago % (_LATEST - _EARLIEST + 1), size << _CODING_BITS))


def coded_tag(etag: str, coding: int) -> str:
    """The tag of a document's bytes in a coding: each has other bytes. coding: 1 to 3."""
    time, size = marker_file(etag)
    return _written(MarkerFile(time, size + coding))


def bare_tag(tag: str) -> str:
    """The tag of the same document without a coding; itself for one that we did not make."""
    if not _TAG.fullmatch(tag):
        return tag
    time, size = marker_file(tag)
    return _written(MarkerFile(time, size >> _CODING_BITS << _CODING_BITS))


def marker_file(tag: str) -> MarkerFile:
    """The file that a tag of ours belongs to."""
    _, ago, size = tag.split("-")
    return MarkerFile(-int(ago, 16), int(size, 16))


def _written(file: MarkerFile) -> str:
    return f"-{-file.mtime:x}-{file.size:x}"
