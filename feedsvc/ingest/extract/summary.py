"""A summary that only ever says what the article says: its beginning, cut with care."""

from __future__ import annotations

import re
import unicodedata

from feedsvc.ingest.extract.textual import cut_at_grapheme, is_grapheme_start

# A lede shorter than this (a dateline, "Update:") is continued with what follows.
_SHORT_LEDE_CHARS = 80
# Whole sentences are preferred unless they would leave this much of the space unused.
_MIN_USED_SHARE = 0.4

_SENTENCE_END = re.compile(r"[.!?…।۔؟](?:[\"'”’»)\]]{0,3})(?=\s|$)|[。！？](?:[」』”’）]{0,3})")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"“])(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|Gen|Col|Lt|Sgt|Capt|Sen|Rep|Gov|Rev|Jr|Sr|No|vs|"
    r"Inc|Co|Corp|Ltd|U\.S|U\.K|U\.N|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|approx|etc|"
    r"z\.\s?B|d\.\s?h|u\.\s?a|bzw|ca|Nr|Mio|Mrd|Str|M|Mme|Mlle|Sr|Sra|Dra|Av|p|г|т|ул|\d{1,2})\.$"
)
_SOFT_STOP = "、，,;；：،؛"


def summarize(text: str, limit: int = 300) -> str:
    """The beginning of a body in at most `limit` characters.

    text: blocks separated by blank lines. Whole sentences if they fit, else cut between two words
    (in scripts without spaces, between two signs) with "…".
    """
    lede = _lede(text, limit)
    if len(lede) <= limit:
        return lede
    ends = [
        m.end()
        for m in _SENTENCE_END.finditer(lede, 0, limit + 1)
        if m.end() <= limit and not _ABBREVIATION.search(lede[: m.start() + 1][-12:])
    ]
    if ends and ends[-1] >= _MIN_USED_SHARE * limit:
        return lede[: ends[-1]]
    return _cut_between_words(lede, limit)


def _lede(text: str, limit: int) -> str:
    """The first block on one line, with the next ones where it says next to nothing."""
    lede = ""
    # Blocks beyond these are never reached: each adds a word at least.
    for block in re.split(r"\n\s*\n", text[: 40 * limit].strip())[:20]:
        if lede and len(lede) >= _SHORT_LEDE_CHARS:
            break
        words = " ".join(block.split())
        if lede and lede[-1].isalnum():
            # A heading or a dateline: what follows is no part of its sentence.
            lede += "."
        lede = f"{lede} {words}".strip()
    return lede


def _cut_between_words(text: str, limit: int) -> str:
    end = limit - 1
    if not text[end].isspace():
        space = text.rfind(" ", 0, end)
        if space >= limit // 2:
            end = space
        else:
            while end > 1 and not is_grapheme_start(text, end):
                end -= 1
            stop = max(text.rfind(c, 0, end) for c in _SOFT_STOP)
            end = stop if stop >= limit * 3 // 4 else end
    cut = text[:end].rstrip()
    while cut and (cut[-1] in _SOFT_STOP or unicodedata.category(cut[-1]) in ("Ps", "Pi", "Pd")):
        cut = cut[:-1].rstrip()
    return f"{cut}…" if cut else cut_at_grapheme(text, limit)
