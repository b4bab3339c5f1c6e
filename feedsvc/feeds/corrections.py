"""What a correction changed, as HTML for readers: before and after, word by word.

The HTML is made of escaped plain text and of `p`, `strong`, `br`, `del` and `ins` alone. Comparing
is bounded: what would take long is shown whole, before and after.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from html import escape

from feedsvc.feeds.clean import heading, plain, xml_safe
from feedsvc.model.correction import Correction, Wording
from feedsvc.model.entry import Entry, Person, Precision
from feedsvc.model.languages import UNSPACED

# Pairs of equal words, or paragraphs, that one comparison may have, and all of one correction:
# difflib looks at each of them several times.
_PAIRS_AT_ONCE = 20_000
_PAIRS = 100_000
# A paragraph is another one, not an edited one, when fewer of its words are the same.
_LEAST_ALIKE = 0.4
_ALIGNED_AT_ONCE = 400
# Longer unchanged stretches of a paragraph are left out but for so many words at either end.
_CONTEXT_WORDS = 30
_LONGEST_WHOLE_CHARS = 8_000
ELLIPSIS = "<p>…</p>"

# A mark belongs to the character before it.
_MARKS = "".join(
    chr(point)
    for first, last in ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3099, 0x309A))
    for point in range(first, last + 1)
    if unicodedata.category(chr(point)).startswith("M")
)
_SIGNS = r""".,;:!?()\[\]"“”„‘’«»…–—¡¿、。，！？：；「」『』（）"""
_WORD = re.compile(
    rf"(\s*)([{UNSPACED}][{_MARKS}\uFE00-\uFE0F]*|[{_SIGNS}]|[^\s{UNSPACED}{_SIGNS}]+)"
)


def correction_entry(correction: Correction, text_changes: str, limit_bytes: int) -> Entry:
    """A correction as feeds serve it: an entry of its own, at the permalink of the one corrected.

    text_changes: of `changed_text`. limit_bytes: of UTF-8, that its body may have.
    """
    after = correction.after
    changed = changed_wording(correction.before, after)
    return Entry(
        guid=correction.guid,
        short_id=correction.short_id,
        slug=correction.slug,
        sequence=0,
        arrived_at=correction.corrected_at,
        published=correction.corrected_at,
        precision=Precision.INSTANT,
        updated=correction.corrected_at,
        title=f"Corrected: {heading(after.title)}",
        authors=tuple(Person(name=name) for name in after.authors),
        source=None,
        categories=(),
        language=after.language,
        summary="",
        html=shortened("\n".join(filter(None, (changed, text_changes))), limit_bytes),
        excerpt_end=None,
        enclosures=(),
        canonical_url=None,
    )


def changed_wording(before: Wording, after: Wording) -> str:
    """A paragraph for each of title, authors and link that is not what it was."""
    fields = (
        ("Title", heading(before.title), heading(after.title)),
        ("Authors", _listed(before.authors), _listed(after.authors)),
        ("Link", plain(before.link or ""), plain(after.link or "")),
    )
    budget = _Budget()
    return "\n".join(
        f'<p><strong dir="ltr" lang="en">{name}:</strong> {_changed_words(old, new, budget)}</p>'
        for name, old, new in fields
        if old != new
    )


def _listed(authors: Sequence[str]) -> str:
    return ", ".join(name for name in map(plain, authors) if name)


def changed_text(before: str, after: str) -> str:
    """What became of the paragraphs of a text, which blank lines separate.

    Changed ones show their words before and after; one or more that are the same are an ellipsis.
    """
    old, new = _paragraphs(before), _paragraphs(after)
    if old == new:
        return ""
    budget = _Budget()
    shown: list[str] = []
    for tag, i, i_end, j, j_end in _compared(old, new, budget):
        if tag == "equal":
            shown.append(ELLIPSIS)
        else:
            shown += _changed_paragraphs(old[i:i_end], new[j:j_end], budget)
    return "\n".join(shown)


def shortened(html: str, limit_bytes: int) -> str:
    """The first paragraphs of changes that fit; an ellipsis stands for the others."""
    if len(html.encode()) <= limit_bytes:
        return html
    kept, size_bytes = [], len(ELLIPSIS.encode())
    for paragraph in html.split("</p>\n"):
        size_bytes += len(f"{paragraph}</p>\n".encode())
        if size_bytes > limit_bytes:
            break
        kept.append(paragraph.removesuffix("</p>") + "</p>")
    return "\n".join([*kept, ELLIPSIS])


# --- comparing, within bounds ------------------------------------------------------------------

Opcode = tuple[str, int, int, int, int]
# Isolates and overrides of direction; of a pair, one may stand in words that are left out.
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")


@dataclass(kw_only=True)
class _Budget:
    """How many pairs of equal words may still be looked at."""

    pairs: int = _PAIRS

    def allows(self, a: Sequence[str], b: Sequence[str]) -> bool:
        """Whether two sequences may be compared; what that takes is spent."""
        counts = Counter(b)
        pairs = sum(counts[word] for word in a)
        if pairs > min(_PAIRS_AT_ONCE, self.pairs):
            return False
        self.pairs -= pairs
        return True


def _compared(a: Sequence[str], b: Sequence[str], budget: _Budget) -> Iterator[Opcode]:
    """As difflib's opcodes; what is too much to compare is one replacement."""
    start = _common(a, b)
    end = _common(a[start:][::-1], b[start:][::-1])
    a_end, b_end = len(a) - end, len(b) - end
    if start:
        yield "equal", 0, start, 0, start
    middle_a, middle_b = a[start:a_end], b[start:b_end]
    if middle_a and middle_b and budget.allows(middle_a, middle_b):
        matcher = SequenceMatcher(None, middle_a, middle_b, autojunk=False)
        for tag, i, i_end, j, j_end in matcher.get_opcodes():
            yield tag, start + i, start + i_end, start + j, start + j_end
    elif middle_a or middle_b:
        yield "replace", start, a_end, start, b_end
    if end:
        yield "equal", a_end, len(a), b_end, len(b)


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    """How many elements two sequences begin with alike."""
    for number, (one, other) in enumerate(zip(a, b, strict=False)):
        if one != other:
            return number
    return min(len(a), len(b))


# --- paragraphs ---------------------------------------------------------------------------------


def _paragraphs(text: str) -> list[str]:
    return [paragraph for paragraph in text.split("\n\n") if paragraph.strip()]


def _changed_paragraphs(old: list[str], new: list[str], budget: _Budget) -> list[str]:
    """Paragraphs that took the place of others: those alike are shown as edited."""
    shown: list[str] = []
    i = j = 0
    for i_next, j_next in [*_aligned(old, new), (len(old), len(new))]:
        shown += [f"<p>{_whole('del', text)}</p>" for text in old[i:i_next]]
        shown += [f"<p>{_whole('ins', text)}</p>" for text in new[j:j_next]]
        if i_next < len(old) and j_next < len(new):
            shown.append(f"<p>{_changed_words(old[i_next], new[j_next], budget)}</p>")
        i, j = i_next + 1, j_next + 1
    return shown


def _aligned(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    """Which paragraphs are edited ones of which, in order, as alike as can be all in all."""
    if len(old) * len(new) > _ALIGNED_AT_ONCE:
        return []
    words = [Counter(_words(text)) for text in old], [Counter(_words(text)) for text in new]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    alike = [[_alike(a, b) for b in words[1]] for a in words[0]]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            both = best[i + 1][j + 1] + alike[i][j] if alike[i][j] >= _LEAST_ALIKE else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], both)
    pairs, i, j = [], 0, 0
    while i < len(old) and j < len(new):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            pairs.append((i, j))
            i, j = i + 1, j + 1
    return pairs


def _alike(a: Counter[str], b: Counter[str]) -> float:
    """0 to 1: how many of the words of two paragraphs are the same."""
    return 2 * (a & b).total() / max(1, a.total() + b.total())


# --- words --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Text:
    """A text by its words, each with the white space before it."""

    text: str

    @cached_property
    def words(self) -> list[str]:
        return [word for _, word in self._found]

    @cached_property
    def _found(self) -> list[tuple[str, str]]:
        return _WORD.findall(self.text)

    def part(self, start: int, end: int) -> str:
        """Escaped, without the white space before it."""
        told = "".join(space + word for space, word in self._found[start:end])
        return _escaped(told[len(self._found[start][0]) :]) if start < end else ""

    def space(self, number: int) -> str:
        """What stands before a word."""
        return _escaped(self._found[number][0]) if number < len(self._found) else ""


def _words(text: str) -> list[str]:
    return _Text(text).words


def _changed_words(before: str, after: str, budget: _Budget) -> str:
    """One text as it was and as it is, its words compared."""
    old, new = _Text(before), _Text(after)
    opcodes = _readable(list(_compared(old.words, new.words, budget)))
    if not any(opcode[0] == "equal" for opcode in opcodes):
        return " ".join(
            _whole(tag, text) for tag, text in (("del", before), ("ins", after)) if text
        )
    shown = []
    for tag, i, i_end, j, j_end in opcodes:
        # An added word takes its space along, a removed one that of the text it stood in.
        shown.append(new.space(j) if j < j_end else old.space(i))
        if tag == "equal":
            shown.append(_with_context(new, j, j_end))
            continue
        changed = (("del", old.part(i, i_end)), ("ins", new.part(j, j_end)))
        shown.append(" ".join(f"<{name}>{text}</{name}>" for name, text in changed if text))
    return "".join(shown).strip()


def _readable(opcodes: list[Opcode]) -> list[Opcode]:
    """Changes with a single word between them are one change: scraps are hard to read."""
    merged: list[Opcode] = []
    for number, opcode in enumerate(opcodes):
        tag, i, i_end, j, j_end = opcode
        between = 0 < number < len(opcodes) - 1
        if tag == "equal" and between and i_end - i == 1:
            tag = "replace"
        if merged and tag != "equal" and merged[-1][0] != "equal":
            _, i, _, j, _ = merged.pop()
            tag = "replace"
        merged.append((tag, i, i_end, j, j_end))
    return merged


def _with_context(text: _Text, start: int, end: int) -> str:
    if end - start <= 2 * _CONTEXT_WORDS + 1:
        return text.part(start, end)
    head = text.part(start, start + _CONTEXT_WORDS)
    return f"{head} … {text.part(end - _CONTEXT_WORDS, end)}"


def _whole(name: str, text: str) -> str:
    if len(text) > _LONGEST_WHOLE_CHARS:
        text = text[:_LONGEST_WHOLE_CHARS].rstrip() + " …"
    return f"<{name}>{_escaped(text)}</{name}>"


def _escaped(text: str) -> str:
    """Plain text as HTML, in the spelling that the sanitizer leaves as it is."""
    text = _DIRECTIONS.sub("", text)
    safe = escape(xml_safe(text).replace("\r", "\n"), quote=False).replace("\u00a0", "&nbsp;")
    return safe.replace("\n", "<br>\n")
