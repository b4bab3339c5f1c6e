"""The terms of a text, by which searching finds it: made here alone, for either database.

A term is a word, folded: NFKC, case, the accents of Latin and Greek, the points of Arabic and
Hebrew, the shape of digits. Scripts that put no space between words give overlapping pairs of
characters, so that a search for any two of them finds them, wherever words begin or end.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from html import unescape
from itertools import islice, pairwise

from feedsvc.model.ids import fold

# Stored beside the index. Raise it whenever the terms of a text change: the index is made anew.
RULES = 1
# Stands where something was left out: no phrase reaches over it, and no search asks for it.
GAP = "\ue000"
TERM_MAX_CHARS = 64
# What a text is cut to, so that PostgreSQL can take it: a tsvector is at most 1 MiB, counts to
# 16,383 and remembers 256 places of a word. SQLite could take more, and would then find more.
_BODY_PLACES, _BODY_PLACES_OF_TERM, _BODY_BYTES = 14_000, 200, 400_000
_LEAD_PLACES, _LEAD_PLACES_OF_TERM, _LEAD_BYTES = 2_000, 50, 40_000
_LOOSE_TERMS, _LOOSE_BYTES = 30_000, 200_000


@dataclass(frozen=True, kw_only=True)
class Terms:
    """The terms of a text. All are words, letters and digits with a space between.

    ordered: in the order of the text, with GAPs; here phrases are found. loose: terms that are
    found by themselves: what a long text has besides, and the characters of pairs, each alone.
    """

    ordered: str
    loose: str

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """By term, where it stands in `ordered`, counted from 1."""
        found: dict[str, list[int]] = {}
        for place, term in enumerate(self.ordered.split(), start=1):
            if term != GAP:
                found.setdefault(term, []).append(place)
        return found


def terms_of_article(
    *,
    title: str,
    summary: str,
    source: str | None,
    names: Iterable[str],
    tags: Iterable[str],
    body: Terms,
) -> Terms:
    """The terms of an article: each field ends with a GAP.

    Of names that fold alike, and of such tags, one counts: the store keeps no more.
    body: `terms_of_html`, which takes much longer than the rest.
    """
    named = {fold(name): name for name in names}
    tagged = {fold(tag): tag for tag in tags}
    found: list[str] = []
    for text in (title, summary, source, *named.values(), *tagged.values()):
        if text:
            found += [*split_terms(text), GAP]
    lead = _terms(
        found, places=_LEAD_PLACES, places_of_term=_LEAD_PLACES_OF_TERM, size_bytes=_LEAD_BYTES
    )
    loose = dict.fromkeys([*lead.loose.split(), *body.loose.split()])
    return Terms(
        ordered=f"{lead.ordered} {body.ordered}".strip(), loose=_within(loose, _LOOSE_BYTES)
    )


def terms_of_html(html: str) -> Terms:
    """The terms of a sanitized body, within what both databases can take."""
    text = _INLINE_TAG.sub("", _ASIDE.sub("", html)) if "<" in html else html
    return _terms(
        split_terms(unescape(_TAG.sub(" ", text))),
        places=_BODY_PLACES,
        places_of_term=_BODY_PLACES_OF_TERM,
        size_bytes=_BODY_BYTES,
    )


def _terms(found: Sequence[str], *, places: int, places_of_term: int, size_bytes: int) -> Terms:
    ordered = found[:places]
    if len(ordered) > places_of_term:
        ordered = _with_gaps(ordered, places_of_term)
    kept = _within(ordered, size_bytes)
    rest = found[kept.count(" ") + 1 if kept else 0 :]
    if not rest and not _PAIRED.search(_beyond_ascii(kept)):
        return Terms(ordered=kept, loose="")
    loose = dict.fromkeys(term for term in rest if term != GAP)
    loose |= dict.fromkeys(_characters_of_pairs(found))
    return Terms(ordered=kept, loose=_within(islice(loose, _LOOSE_TERMS), _LOOSE_BYTES))


def _with_gaps(terms: Sequence[str], at_most: int) -> Sequence[str]:
    """The same with a GAP for every further time that a term stands there."""
    often = {term for term, times in Counter(terms).items() if times > at_most}
    if not often:
        return terms
    met: Counter[str] = Counter()
    kept = []
    for term in terms:
        if term in often:
            met[term] += 1
        kept.append(GAP if met[term] > at_most else term)
    return kept


def _within(terms: Iterable[str], size_bytes: int) -> str:
    """As many of the terms as have room in so many bytes, with a space between."""
    joined = " ".join(terms)
    raw = joined.encode()
    if len(raw) <= size_bytes:
        return joined
    return raw[: size_bytes + 1].decode(errors="ignore").rpartition(" ")[0]


def _characters_of_pairs(terms: Iterable[str]) -> list[str]:
    characters = set("".join({term for term in terms if len(term) == 2 and not term.isascii()}))
    return sorted(filter(_PAIRED.match, characters))


# From a text to its terms


def split_terms(text: str) -> list[str]:
    """The terms of a text in their order; a run of a script without spaces gives its pairs."""
    runs = split_runs(text)
    # To ask every run takes longer than to find them all.
    if text.isascii() or not _PAIRED.search(_beyond_ascii("".join(runs))):
        return runs
    return [term for run in runs for term in terms_of_run(run)]


def split_runs(text: str) -> list[str]:
    """The words of a text, folded; where the script changes to or from pairs, a new one begins."""
    folded = fold_text(text).replace("_", " ")
    others = _beyond_ascii(folded)
    is_marked = bool(others) and _mark().search(others) is not None
    if not is_marked and not _WORD.search(others):
        # Most texts of Latin letters, once these are folded: nothing else in them but signs.
        raw = folded.encode("ascii", "replace").translate(_TO_WORDS)
        words = raw.decode().split()
        # To look for one long word in all takes a quarter of the time of measuring each.
        return _shortened(words) if _LONG in raw.translate(_LETTERS_ALIKE) else words
    words = (_marked_word() if is_marked else _WORD).findall(folded)
    if not _PAIRED.search(others):
        return _shortened(words)
    runs: list[str] = []
    for word in words:
        if word.isascii() or not _PAIRED.search(word):
            runs.append(word[:TERM_MAX_CHARS])
        else:
            runs += _cut(word)
    return runs


def _shortened(words: list[str]) -> list[str]:
    return [word[:TERM_MAX_CHARS] for word in words]


def terms_of_run(run: str) -> list[str]:
    """The terms of one of `split_runs`: itself, or its pairs."""
    characters = characters_of_run(run)
    return [a + b for a, b in pairwise(run)] if len(characters) > 1 else [run]


def characters_of_run(run: str) -> list[str]:
    """One of `split_runs`, in characters where its script puts no space between words."""
    return list(run) if _PAIRED.match(run) else [run]


def _cut(word: str) -> Iterator[str]:
    for piece in _PAIRED_RUN.split(word):
        # A mark that stands on a letter of the other kind belongs to neither.
        begin = _WORD.search(piece)
        if begin:
            run = piece[begin.start() :]
            yield run if _PAIRED.match(run) else run[:TERM_MAX_CHARS]


def fold_text(text: str) -> str:
    """NFKC, lower case, and without what people leave out when they search."""
    if text.isascii():
        return text.lower()
    if _IGNORED.search(_beyond_ascii(text)):
        text = _IGNORED.sub("", text)
    text = unicodedata.normalize("NFKC", text).casefold()
    text = unicodedata.normalize("NFD", text.replace("ё", "е"))
    if _SELDOM.search(_beyond_ascii(text)):
        text = _POINTS.sub("", _APOSTROPHES.sub(" ", text))
        text = _FOLDED_LETTERS.sub(lambda found: _LETTERS[found[0]], text)
        text = _OTHER_DIGIT.sub(lambda found: str(unicodedata.digit(found[0])), text)
    return unicodedata.normalize("NFKC", _LATIN_ACCENTS.sub("", text))


def _beyond_ascii(text: str) -> str:
    """The other characters of a text: to search these few for one of them is soon done."""
    if text.isascii():
        return ""
    raw = text.encode("utf-8", "surrogatepass").translate(None, _ASCII)
    return raw.decode("utf-8", "surrogatepass")


@cache
def _mark() -> re.Pattern[str]:
    """Finds a mark; beyond the Basic Plane, where a set is slow to search, any character."""
    return re.compile(f"[{_marks(_MARKS_FROM, 0x10000)}\U00010000-\U0010ffff]")


@cache
def _marked_word() -> re.Pattern[str]:
    # Not one set of all: one that holds `\w` is searched through from its beginning.
    return re.compile(rf"\w+(?:[{_marks(_MARKS_FROM, _MARKS_TO)}]+\w*)*")


def _marks(first: int, end: int) -> str:
    """The marks that words hold and `\\w` does not know, as ranges for the inside of a set.

    Looking at every character takes a while: it is done when it is first needed.
    """
    is_mark = {n for n in range(first, end) if unicodedata.category(chr(n)) in ("Mn", "Mc")}
    starts = sorted(n for n in is_mark if n - 1 not in is_mark)
    ends = sorted(n for n in is_mark if n + 1 not in is_mark)
    return "".join(f"{chr(a)}-{chr(z)}" for a, z in zip(starts, ends, strict=True))


# Han, kana, Thai, Lao, Khmer, Myanmar, with their marks. Digits and signs are no part of pairs.
_PAIRED_SET = (
    "\u2e80-\u2fd5\u3005\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U000323af\u3041-\u3096\u3099\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u31f0-\u31ff\U0001aff0-\U0001b16f\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u0edc-\u0edf"
    "\u1780-\u17d3\u17d7\u17dc\u17dd\u1000-\u103f\u1050-\u108f\u109a-\u109d\ua9e0-\ua9ef"
    "\ua9fa-\ua9fe\uaa60-\uaa76\uaa7a-\uaa7f"
)
_PAIRED = re.compile(f"[{_PAIRED_SET}]")
_PAIRED_RUN = re.compile(f"([{_PAIRED_SET}]+)")
_WORD = re.compile(r"\w+")
_ASCII = bytes(range(0x80))
# Of folded ASCII: what is part of no word becomes a space.
_TO_WORDS = re.sub(b"[^a-z0-9]", b" ", bytes(range(0x100)))
# Of these: every letter and digit becomes the same, so that words differ by their lengths alone.
_LETTERS_ALIKE = re.sub(b"[a-z0-9]", b"a", _TO_WORDS)
_LONG = b"a" * (TERM_MAX_CHARS + 1)
# Where Unicode has them, but for variation selectors, which are ignored.
_MARKS_FROM, _MARKS_TO = 0x300, 0x1F000
# Joiners, soft hyphens, directions, variations: within words, and nothing that is searched for.
_IGNORED = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200c-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
# What begins with a set is found several times as fast as what begins by looking back.
_LATIN_ACCENTS = re.compile(
    "[\u0300-\u036f](?<=[a-zͰ-Ͽæøœßðþłđħıŋ][\u0300-\u036f])[\u0300-\u036f]*+"
)
# Vowel points, cantillation, the tatweel, the hamza above an alef, the nukta: seldom typed.
_POINT_SET = (
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u093c"
)
_POINTS = re.compile(f"[{_POINT_SET}]")
# Letters without a decomposition, and those that Persian and Urdu write with a code of their own.
_LETTERS = {
    "æ": "ae",
    "ø": "o",
    "œ": "oe",
    "ð": "d",
    "þ": "th",
    "ł": "l",
    "đ": "d",
    "ħ": "h",
    "ı": "i",
    "ی": "ي",
    "ى": "ي",
    "ک": "ك",
}
_LETTER_SET = "".join(_LETTERS)
_FOLDED_LETTERS = re.compile(f"[{_LETTER_SET}]")
_OTHER_DIGIT = re.compile(r"[^\D0-9]")
# Unicode takes them for letters: they part words as other apostrophes do.
_APOSTROPHE_SET = "\u02b9-\u02bf\u02c8\u02ee"
_APOSTROPHES = re.compile(f"[{_APOSTROPHE_SET}]")
# Any of those, and digits; most texts hold none.
_SELDOM = re.compile(rf"[{_POINT_SET}{_LETTER_SET}{_APOSTROPHE_SET}\d]")
# The readings beside Han characters would part them.
_ASIDE = re.compile(r"<r[tp]\b[^>]*+>[^<]*+</r[tp]>")
_INLINE = (
    "a|abbr|b|bdi|bdo|cite|code|del|dfn|em|i|ins|kbd|mark|q|rb|ruby|s|samp|small|span|strong|"
    "sub|sup|time|u|var|wbr"
)
_ATTRIBUTES = r"""(?:[^<>"']|"[^"]*"|'[^']*')*+"""
_INLINE_TAG = re.compile(rf"</?(?:{_INLINE})\b{_ATTRIBUTES}>")
_TAG = re.compile(rf"</?[a-z]{_ATTRIBUTES}>")
