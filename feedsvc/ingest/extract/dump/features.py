"""What is true of a line by itself: its features, short phrases that `roles.py` weighs.

Nothing here decides anything; what is true of a line among its neighbours is in `context.py`.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from feedsvc.ingest.extract import cues
from feedsvc.ingest.extract.days.dates import FoundDate, find_dates, may_hold_a_date
from feedsvc.ingest.extract.days.months import fold
from feedsvc.ingest.extract.dump.lines import WIDE, Line
from feedsvc.ingest.extract.people.byline import parse_byline
from feedsvc.ingest.extract.people.leads import byline_lead, lead_is_weak
from feedsvc.ingest.extract.people.names import agency_named, is_name

# From this width on a line may be a paragraph.
TEXTY_WIDTH = 80
# Dates and names are looked for in lines up to this width; longer ones are prose.
_MAX_DATED_WIDTH = 260
_MAX_BYLINE_WIDTH = 200

_SEPARATED = re.compile(r" ?[|•·] ?| [/–—-] |,|  ")
_LISTED = re.compile(r",\s*|\s?/\s?|\s+(?:&|and|und|et|y|e|och|og|en|ja|i|és|ve|и|та|و)\s+")
_PARTS = re.compile(r" ?[|•·] ?| [/–—-] ")
_SEPARATOR = re.compile(r"[|•·/–—,-]|  ")
_DIGIT = re.compile("[0-9]")
_DIGITS_ALIKE = str.maketrans("123456789", "000000000")
_CLOCK = re.compile(r"\d[:.h時시点點]\d\d(?![\d.])|\d ?[ap]\.?m\b|\d ?uhr")
_WEEKDAY = re.compile(
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|"
    r"montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|"
    r"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|"
    r"lunes|martes|miercoles|jueves|viernes|sabado|domingo|"
    r"segunda|terca|quarta|quinta|sexta|"
    r"lunedi|martedi|mercoledi|giovedi|venerdi|"
    r"maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|"
    r"mandag|tirsdag|onsdag|torsdag|fredag|lordag|sondag|"
    r"понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|"
    r"الاثنين|الثلاثاء|الاربعاء|الخميس|الجمعه|السبت|الاحد|曜日|星期|요일"
)


def describe_lines(lines: list[Line]) -> None:
    """Tell the features of each line, and find its dates."""
    seen = Counter([line.folded for line in lines])
    # Every sixth line of a whole page is there twice: menus, teasers.
    wide = _Memory(len(lines))
    for line in lines:
        told, line.dates = (_SHORT_LINES if line.width <= TEXTY_WIDTH else wide).tell(line)
        line.features = list(told)
        line.bullet = "has a bullet" in told
        if seen[line.folded] > 1:
            line.features.append("stands elsewhere too")


# The features and dates of a line, which its text alone tells. Tuples: the garbage collector leaves
# those of strings alone, while thousands of lists make it look through all objects more often.
_Told = tuple[tuple[str, ...], tuple[FoundDate, ...]]


class _Memory:
    """What the latest lines told, by their texts; at most so many."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._told: dict[str, _Told] = {}

    def tell(self, line: Line) -> _Told:
        told = self._told.get(line.text)
        if told is None:
            if len(self._told) >= self._most:
                self._told.clear()
            features = tuple(_own_features(line))
            told = self._told[line.text] = (features, line.dates)
        return told


# Menus, bylines and days are the same in many dumps of a site. About 2 MB at most.
_SHORT_LINES = _Memory(4_096)


def _own_features(line: Line) -> list[str]:
    text, folded, width = line.text, line.folded, line.width
    found = [_width_feature(width)]
    add = found.append
    if _has_hardly_a_letter(text):
        add("hardly a letter")
    if folded.strip(" .:…›»>|*[]()") in cues.FURNITURE:
        add("is furniture")
    elif width <= 160 and cues.FURNITURE_BEGINS.match(folded):
        add("begins like furniture")
    if width <= 200 and cues.TAIL.match(folded):
        add("begins like the tail")
    if width <= 400 and _speaks_of_a_picture(line):
        add("speaks of a picture")
    digits = width <= _MAX_DATED_WIDTH and _DIGIT.search(folded) is not None
    if digits and width <= 120 and cues.AGO.search(folded):
        add("so long ago")
    if ("://" in folded or "www." in folded) and cues.URL.search(folded):
        add("has an address")
    if line.bullet:
        add("has a bullet")
    if text[0] in "#@":
        add("begins with # or @")
    if width <= 240 and ("|" in text or " / " in text or "›" in text or " > " in text):
        add("has separators")
    if width >= 30 and _says_twice(folded):
        add("says the same twice")
    if _claims_copyright(folded):
        add("claims copyright")
    if width <= 80 and cues.SOURCE_LABEL.match(folded):
        add("names its source")
    _add_sentence_features(line, found)
    if digits and may_hold_a_date(folded):
        _add_date_features(line, found)
    if not line.dates:
        add("has no date")
    prose = width > 130 and "ends like a sentence" in found
    if prose or width > _MAX_BYLINE_WIDTH or not _add_name_feature(line, found):
        add("has no name")
    return found


def _has_hardly_a_letter(text: str) -> bool:
    # A word at the beginning, or behind a bullet, settles it for most lines.
    if len(text) >= 5 and (text[:3].isalpha() or text[2:5].isalpha()):
        return False
    return sum(map(str.isalpha, text[:60])) < 3


def _says_twice(folded: str) -> bool:
    """Whether the line is a text and the same again: that of a picture, and its caption."""
    half = len(folded) // 2
    if folded.find(folded[:6], half) < 0:
        return False
    return any(folded[:cut].strip() == folded[cut:].strip() for cut in (half, half + 1))


def _claims_copyright(folded: str) -> bool:
    if folded.startswith(("©", "copyright ", "(c)")) or "all rights reserved" in folded:
        return True
    # The sign alone stands in captions, the words alone in prose.
    if "©" in folded or "(c)" in folded or "copyright" in folded:
        return cues.RIGHTS.search(folded) is not None
    return cues.RIGHTS.match(folded) is not None


def _speaks_of_a_picture(line: Line) -> bool:
    hinted = not line.words.isdisjoint(cues.CAPTION_WORDS) or (
        not line.text.isascii() and cues.CAPTION_SIGNS.search(line.folded) is not None
    )
    return hinted and cues.CAPTION.search(line.folded) is not None


def _width_feature(width: int) -> str:
    for limit, name in ((12, "tiny"), (25, "very short"), (45, "short"), (80, "middling")):
        if width < limit:
            return name
    return "wide" if width < 130 else "very wide" if width < 250 else "a paragraph"


def _add_sentence_features(line: Line, found: list[str]) -> None:
    text, width, last = line.text, line.width, line.text[-1]
    if last in "?？؟":
        found.append("asks")
    if cues.SENTENCE_END.search(text[-4:]):
        found.append("ends like a sentence")
        if width > 100:
            found.append("is a long sentence")
    elif last in cues.QUOTE_END:
        found.append("ends with a quotation")
    elif last == ":":
        found.append("ends with a colon")
    elif last == "…" or text.endswith("..."):
        found.append("ends with an ellipsis")
    else:
        found.append("ends openly")
    if cues.SENTENCE_INSIDE.search(text, 0, 600):
        found.append("holds several sentences")
    if text.startswith(cues.QUOTE_START):
        found.append("begins with a quotation")
    if width >= 40 and _begins_with_a_place(text):
        found.append("begins with a place")
    words = text[:240].split()
    if len(words) == 1 and line.text.isalpha() and not WIDE.match(text):
        found.append("one word")
    if len(words) >= 3:
        initials = [word[0] for word in words]
        small = sum(map(str.islower, initials))
        # Of most prose the small ones alone are enough.
        mostly_small = small >= max(3, 0.6 * len(words))
        cased = small if mostly_small else small + sum(map(str.isupper, initials))
        if cased >= 3:
            if small >= 0.6 * cased:
                found.append("reads like prose")
            elif small <= 0.25 * cased:
                found.append("written like names")
    if len(text) >= 4 and text.isupper():
        found.append("in capitals")
    elif text[0].islower():
        found.append("begins small")
    if width > TEXTY_WIDTH and ("," in text or "、" in text or "،" in text):
        found.append("has a comma")


def _begins_with_a_place(text: str) -> bool:
    if cues.PLACE_IN_CAPITALS.match(text, 0, 60):
        return True
    # Most lines hold no sign of a dateline so near their beginning.
    return bool(cues.DATELINE_SIGN.search(text, 0, 90) and cues.DATELINE.match(text, 0, 90))


def _add_date_features(line: Line, found: list[str]) -> None:
    folded = line.folded
    line.dates = find_dates(line.text, language=None)
    if not line.dates:
        return
    found.append("has a date")
    if line.bullet and line.dates[0].start == 0:
        # "6. 1. 2026" is no item of a list.
        line.bullet = False
        found.remove("has a bullet")
    dated = sum(d.end - d.start for d in line.dates)
    rest = len(line.text) - dated
    if rest <= 24:
        found.append("is a date")
    elif rest <= 70:
        found.append("is mostly a date")
    found += _said_with_a_date(folded.translate(_DIGITS_ALIKE))


@lru_cache(maxsize=2_048)
def _said_with_a_date(folded: str) -> tuple[str, ...]:
    """What a line with a date says beside it. folded: with zeros for digits, as of any day."""
    found = []
    if _CLOCK.search(folded):
        found.append("tells the time")
    if _WEEKDAY.search(folded):
        found.append("names a weekday")
    if cues.RENDERED.search(folded):
        found.append("tells when the page was made")
    elif cues.PUBLISHED.search(folded):
        found.append("says published")
    elif cues.UPDATED.search(folded):
        found.append("says updated")
    return tuple(found)


def _add_name_feature(line: Line, found: list[str]) -> bool:
    """Say what kind of names a line may hold; False where it holds none."""
    feature = _name_feature(line)
    if feature:
        found.append(feature)
    return bool(feature)


def _name_feature(line: Line) -> str:
    text = text_behind_bullet(line)
    if agency_named(text):
        return "is an agency"
    if byline_lead(text) and parse_byline(text):
        return "may lead in names" if lead_is_weak(text) else "leads in names"
    separated = _SEPARATOR.search(text) is not None
    if separated:
        for part in _PARTS.split(text)[1:5]:
            # "The Paper | 1 May 2020 | By Jane Doe": a part of the line leads in.
            if byline_lead(part) and not lead_is_weak(part) and parse_byline(part):
                return "leads in names"
    if line.width > 120:
        return ""
    # A name, alone or before a date, a title or a separator: "Jane Doe | 1 May 2020".
    if separated and is_list_of_names(text):
        return "is a list of names"
    head = head_of(line) if separated or line.dates else _bare(text)
    feature = _feature_of_head(head, alone=len(head) >= len(text) - 2)
    if feature:
        folded = fold(head)
        if cues.PUBLISHED.search(folded) or cues.UPDATED.search(folded):
            return ""
    return feature


def _feature_of_head(head: str, *, alone: bool) -> str:
    if agency_named(head):
        return "begins with a name"
    first, _, more = head.partition(" ")
    if fold(first) in cues.FURNITURE:
        return ""
    if head[:1].isalpha() and is_name(head):
        return "is a name" if alone else "begins with a name"
    if more and len(head) <= 80 and parse_byline(head, labelled=True):
        return "may begin with a name"
    return ""


def text_behind_bullet(line: Line) -> str:
    """The text of a line with plain spaces, without the bullet before it."""
    text = line.text.replace("\xa0", " ")
    return cues.BULLET.sub("", text, count=1) if line.bullet else text


def is_list_of_names(text: str) -> bool:
    """Whether a text is names and nothing else: "Ann Poe, Jan Roe", "Ann Poe/Jan Roe"."""
    names = [name for name in _LISTED.split(text) if name]
    return len(names) >= 2 and all(map(is_name, names))


def head_of(line: Line) -> str:
    """What may be a name in a byline without a lead: before its date, or else behind it."""
    text = line.text.replace("\xa0", " ")
    if line.dates:
        first, last = line.dates[0].start, line.dates[-1].end
        text = text[:first] if first > 1 else text[last:]
    if not _SEPARATOR.search(text):
        return _bare(text)
    return next((p for p in map(_bare, _SEPARATED.split(text)) if p), "")


def _bare(text: str) -> str:
    return text.strip(" ,:|–—-•·")
