"""What documents and strangers wrote, as it may stand on a terminal."""

from __future__ import annotations

import json
import re

# Controls (C1's U+009B begins a sequence as ESC does), lone surrogates, other ends of line, and
# marks that turn text around.
_HOSTILE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def shown(text: object) -> str:
    """`text` on one line that drives no terminal: what would is written as its escape."""
    return _HOSTILE.sub(lambda m: m[0].encode("unicode_escape").decode("ascii"), str(text))


def shown_json(value: object) -> str:
    """`value` as one line of JSON, its letters as they are; the same characters are escaped."""
    written = json.dumps(value, ensure_ascii=False)
    return _HOSTILE.sub(lambda m: f"\\u{ord(m[0]):04x}", written)
