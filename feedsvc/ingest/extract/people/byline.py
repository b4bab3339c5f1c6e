"""Names of authors out of bylines: several names, agencies, and nothing that is no name.

A byline is read from its lead to where the names end: a title, a place, a date, an address. What
does not have the shape of a name is dropped, never repaired.
"""

from __future__ import annotations

import re
from functools import lru_cache

from feedsvc.ingest.extract.days.months import fold, month_of
from feedsvc.ingest.extract.people import words as words_of
from feedsvc.ingest.extract.people.leads import (
    BEFORE_NAMES,
    TOKEN,
    WEEKDAYS,
    byline_lead,
    has_a_role_behind,
    lead_of,
    may_sign,
)
from feedsvc.ingest.extract.people.names import (
    AGENCY_BEGINNINGS,
    AGENCY_ENDINGS,
    AGENCY_NAMES,
    ARABIC_ARTICLE,
    ARTICLES,
    BEYOND_LATIN,
    CAPITAL_INSIDE,
    DESKS,
    DOTTED,
    HAN_NAME,
    LOWER,
    MAX_NAME_CHARS,
    MAX_NAME_WORDS,
    NAME_TOKEN,
    NO_SPACES,
    PREFIXED,
    ROLE_BEHIND,
    UPPER,
    agency_named,
    begins_small,
    has_title,
    has_title_or_signs_as_a_body,
    is_body_name,
    is_shaped_like_a_name,
    is_written_as_agency,
    signs_as_a_body,
    without_role,
)
from feedsvc.ingest.extract.textual import clean_text
from feedsvc.model.entry import Person, PersonKind

_MAX_PEOPLE = 12
_MAX_BYLINE_CHARS = 400
_MAX_REMEMBERED_CHARS = 120
_END_SIGN = re.compile(
    r"[|●►▪•·«»“”\"„\d]|\s(?:[-–—]{1,2}\s|[-–—]{2}|[@#]\w|\[)|https?://|www\.|@\w|"
    rf"(?<=[{LOWER}]{{2}})\.\s[{UPPER}][{LOWER}]+\s[{LOWER}]"
)
_ADDRESS = re.compile(r"\S{1,64}@\S")
_PICTURE_BRACKET = re.compile(
    r"[^,;()（）]{1,60}[(（](?:fotos?|photos?|bilder|bild|videos?|illustration|фото|写真|撮影|사진|"
    r"kamera|grafik)\b[^)）]{0,30}[)）]",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\s?[(\[（【][^)\]）】]{0,80}[)\]）】]?")
_BEFORE_PLACES = words_of.PLACE_WORDS - words_of.PARTICLES
_PLACE = re.compile(
    rf"\s(?:{'|'.join(sorted(_BEFORE_PLACES))})\s(?:the |der |den |la |le )?(?=[{UPPER}]).*"
)
_SUFFIX = re.compile(r",\s+(?=(?:Jr|Sr|II|III|IV)\b)")
_BETWEEN_SIGNS = re.compile(
    r"(?<=[\u3400-\u9fff\uac00-\ud7a3])[·・•](?=[\u3400-\u9fff\uac00-\ud7a3])"
)
_AND = re.compile(
    r"\s*[,،、，;；&＆/／+]\s*(?:(?:and|und|et|y|e|og|och|en|и|і|και)\s)?"
    rf"|\s(?:{'|'.join(sorted(words_of.AND_WORDS))})\s"
    rf"|\s(?:{'|'.join(words_of.AND_WORDS_IN_CAPITALS)})\s"
    r"|\s(?:و(?=[\u0621-\u06d3]{3})|و\s)\s*"
)
_BETWEEN_EXTRAS = frozenset(",،、，/／|")
_COMMAS = frozenset(",،、，;；")
_MAY_END_A_NAME = (
    words_of.AND_WORDS | words_of.END_WORDS | words_of.SMALL_END_WORDS | words_of.PLACE_WORDS
)
_ENDS = words_of.END_WORDS | words_of.SMALL_END_WORDS
_SEPARATOR = re.compile(r"[,،、，;；&＆/／+]|\sو")
_ANDS = words_of.AND_WORDS | frozenset(words_of.AND_WORDS_IN_CAPITALS)
_NO_BEGINNINGS = frozenset("0123456789#@$€£%&+<>{}~")
_GLUED = re.compile(rf"(?<=[{LOWER}])(?=[{UPPER}][{LOWER}])")
_GLUED_AND = re.compile(r"([^\W\d_]{3,}?)(?:and|und)$")
_ENDS_IN_AND = (
    "land",
    "rand",
    "mand",
    "nand",
    "hand",
    "grund",
    "lund",
    "mund",
    "sand",
    "tand",
    "yand",
)
_HANDLE = re.compile(r"(?=.*\d)[a-zA-Z][a-zA-Z0-9_]{2,23}$")
_REPORT = re.compile(r"(?P<name>[\u3400-\u9fff]{2,3})[\u3400-\u9fff]{0,3} ?(?:報導|报道)$")


def parse_byline(text: str, *, labelled: bool = False) -> tuple[Person, ...]:
    """The authors that a byline names, in its order; none where it names nobody.

    labelled: `text` is known to be a byline (a metadata value, an author line): it may begin with
    a name. Otherwise it needs a lead ("By", "Von"), or must be an agency as a whole.
    """
    begun = ""
    if not may_sign(text):
        begun = text[:_MAX_BYLINE_CHARS].lstrip(BEFORE_NAMES) if labelled else ""
        if not _may_begin_with_a_name(begun):
            return ()
    parse = _parse_once if len(text) <= _MAX_REMEMBERED_CHARS else _parse
    return parse(text, begun, labelled)


def _parse(text: str, begun: str, labelled: bool) -> tuple[Person, ...]:
    line = _one_line(text)
    whole = agency_named(line)
    if whole:
        return (Person(name=whole, kind=PersonKind.ORGANIZATION),)
    lead = lead_of(line)
    if lead:
        end, weak = lead
        line = line[end:]
        # "By" and "Written by" follow one another where a label stands before its value.
        if line.casefold() not in words_of.NOBODY:
            line = line[byline_lead(line) :]
    elif labelled or has_a_role_behind(line):
        weak = False
    else:
        return ()
    if not weak and " " not in line and _is_handle(line):
        return (Person(name=line),)
    if line != begun and not _may_begin_with_a_name(line):
        return ()
    # "Text Size", "Di più": after such a lead only names may stand, and more than one word.
    return tuple(_people(line, weak=weak, led=bool(lead)))[:_MAX_PEOPLE]


# Few people write for a site, and a byline is asked for as a feature and again as a field.
_parse_once = lru_cache(maxsize=2_048)(_parse)


def _one_line(text: str) -> str:
    plain = len(text) <= _MAX_BYLINE_CHARS and text.isascii() and text.isprintable()
    line = " ".join(text.split()) if plain else clean_text(text, _MAX_BYLINE_CHARS)
    return _trimmed(line.lstrip(BEFORE_NAMES).removesuffix("…"))


def _trimmed(piece: str) -> str:
    """A piece without signs around it; the dot of "Jr." and "R." is no such sign."""
    bare = piece.strip(" .,;:|/–—-*=＝")
    if piece.endswith(".") and bare:
        last = bare.rpartition(" ")[2].casefold()
        if last != bare.casefold() and (len(last) == 1 or last in DOTTED):
            return bare + "."
    return bare


def _may_begin_with_a_name(line: str) -> bool:
    """Whether a look at the first words leaves hope: most lines of a page are told by it."""
    words = line.split(None, MAX_NAME_WORDS + 1)
    if not words:
        return False
    if words[0].casefold() in AGENCY_BEGINNINGS:
        return True
    for at, word in enumerate(words):
        if not word.isalpha():
            return at > 0 or word[0] not in _NO_BEGINNINGS
        folded = word.casefold()
        if at and folded in _MAY_END_A_NAME:
            return True
        if (
            (begins_small(word) and folded not in words_of.PARTICLES)
            or at == MAX_NAME_WORDS
            or folded in words_of.NOT_IN_A_NAME
            or (at == 0 and folded in words_of.NEVER_FIRST)
        ):
            # "senior writer": behind a title another name may follow; a body has a name too.
            return has_title_or_signs_as_a_body(line)
    return True


def _people(names: str, *, weak: bool, led: bool) -> list[Person]:
    """Persons and agencies, in order; nobody where the first piece is neither nor known."""
    if _is_one_plain_piece(names):
        pieces = [("", piece) for piece in _unglued(names)]
    else:
        names, dated = _up_to_the_end(names)
        pieces = _pieces(names, dated=dated)
    people: list[Person] = []
    for at, (sign, piece) in enumerate(pieces):
        named = piece if _BEFORE_PLACES.isdisjoint(piece.split()) else _PLACE.sub("", piece)
        alone = not weak and len(pieces) == 1 and named is piece
        person = _person(named, alone=alone, led=led)
        if person is None:
            if _is_explained(piece):
                continue
            # "Von Angela Au und der Wahrheit", "Text Size and Colour" are headings.
            if at == 0 or not _may_be_a_place(sign, piece, weak=weak):
                return []
            continue
        if person.kind is PersonKind.ORGANIZATION and people and _is_aside(sign):
            # "Jane Doe, Reuters" tells for whom she writes.
            continue
        if all(person.name.casefold() != p.name.casefold() for p in people):
            people.append(person)
    return people


def _is_one_plain_piece(names: str) -> bool:
    """Whether there are only words, of which none joins or ends names."""
    return (
        names.replace(" ", "").isalpha()
        and _MAY_END_A_NAME.isdisjoint(names.casefold().split())
        and (names.isascii() or not BEYOND_LATIN.search(names))
    )


def _may_be_a_place(sign: str, piece: str, *, weak: bool) -> bool:
    """Whether a piece behind a name may say where or for whom; or else it makes a heading."""
    if weak or sign[:1] not in _BETWEEN_EXTRAS:
        return (sign == "i" or sign in _COMMAS) and " " not in piece and not begins_small(piece)
    return True


def _is_aside(sign: str) -> bool:
    return sign[:1] in _COMMAS or sign.casefold() in words_of.WITH_WORDS


def _is_explained(piece: str) -> bool:
    """Whether a piece that names nobody may yet stand in a byline: a title, a body, a place."""
    folded = piece.casefold()
    if folded in words_of.NOBODY or folded in words_of.PLACES or has_title(piece):
        return True
    return signs_as_a_body(piece) or (piece.isupper() and " " not in piece and len(piece) <= 6)


def _is_handle(word: str) -> bool:
    """Whether one word is a name as people choose it to log in: "ann42", not "G20" or "12b"."""
    if not _HANDLE.match(word):
        return False
    letters = sum(map(str.isalpha, word))
    return letters >= 3 or word[0].islower()


def _up_to_the_end(names: str) -> tuple[str, bool]:
    """What stands before the first sign, word or address with which the names end.

    Also whether it was a digit, before which a month or a day of the week is no part of a name.
    """
    if not names.isascii():
        names = _BETWEEN_SIGNS.sub("、", names)
    if "(" in names or "（" in names or "[" in names or "【" in names:
        names = _BRACKETS.sub("", _PICTURE_BRACKET.sub("", names))
    ends = [m.start() for m in (_END_SIGN.search(names),) if m]
    if "@" in names:
        ends += [m.start() for m in (_ADDRESS.search(names),) if m]
    end = min(ends, default=len(names))
    dated = end < len(names) and names[end].isdigit()
    role = None if names.isascii() else ROLE_BEHIND.search(names, 0, end)
    if role and role.start() and not NO_SPACES.search(names, role.end(), end):
        end = role.start()
    return _SUFFIX.sub(" ", _before_an_end_word(names[:end])), dated


def _before_an_end_word(names: str) -> str:
    if _ENDS.isdisjoint(TOKEN.findall(names.casefold())):
        return names.rstrip()
    for token in TOKEN.finditer(names):
        word = token[0]
        folded = word.casefold()
        ends = folded in words_of.END_WORDS or (
            word in words_of.SMALL_END_WORDS and token.start() > 0
        )
        if ends and not (word.isupper() and len(word) < 3):
            return names[: token.start()].rstrip()
    return names.rstrip()


def _pieces(names: str, *, dated: bool) -> list[tuple[str, str]]:
    """What may be names, each with the sign or word before it."""
    pieces: list[tuple[str, str]] = []
    begun, sign = 0, ""
    several = not _ANDS.isdisjoint(names.split()) or _SEPARATOR.search(names)
    for mark in [*(_AND.finditer(names) if several else ()), None]:
        piece = _trimmed(names[begun : mark.start() if mark else len(names)])
        if dated:
            piece = _without_a_date(piece, months=mark is None)
        if not piece.isascii():
            piece = _without_place_in_han(piece, first=not pieces)
            piece = ROLE_BEHIND.sub("", piece)
        if piece:
            pieces += [(sign, p) for p in _unglued(piece)]
        if mark:
            begun, sign = mark.end(), mark[0].strip() or ","
    return pieces


def _without_place_in_han(piece: str, *, first: bool) -> str:
    """ "張三丰台北報導" tells behind the three signs of a name where it was written."""
    report = _REPORT.match(piece)
    if not report:
        return piece
    return report["name"] if first else ""


def _without_a_date(piece: str, *, months: bool) -> str:
    """ "Ann Poe October", cut off before a digit."""
    words = piece.split()
    while words:
        last = fold(words[-1]).strip(".,")
        if last not in WEEKDAYS and not (months and month_of(last) is not None):
            break
        words.pop()
    return " ".join(words)


def _unglued(piece: str) -> list[str]:
    """A piece taken apart where inline elements lost the space between them."""
    words = piece.split()
    half = len(words) // 2
    if half > 1 and words[:half] == words[half:]:
        # The name of a picture, and the name beside it.
        return [" ".join(words[:half])]
    if NO_SPACES.match(words[0]):
        return _apart_in_han(piece, words)
    if CAPITAL_INSIDE.search(piece):
        return _unglued_words(piece, words)
    if len(words) == 4 and all(word[0].isupper() for word in words[1:]):
        glued = _GLUED_AND.match(words[1])
        if glued and not words[1].endswith(_ENDS_IN_AND):
            return [f"{words[0]} {glued[1]}", " ".join(words[2:])]
    return [piece]


def _unglued_words(piece: str, words: list[str]) -> list[str]:
    """ "Ann PoeStaff Writer", "Ann PoeMarch", "Ann PoeAnn Poe" to the name alone."""
    for glue in _GLUED.finditer(piece):
        before, behind = piece[: glue.start()], piece[glue.start() :]
        if " " not in before.strip() or PREFIXED.match(before.rpartition(" ")[2] + behind[0]):
            continue
        first = fold(behind.split()[0])
        if (
            before == behind
            or first in words_of.END_WORDS
            or first in WEEKDAYS
            or month_of(first) is not None
            or has_title(behind)
        ):
            return [before]
    return [piece]


def _apart_in_han(piece: str, words: list[str]) -> list[str]:
    if len(words) > 1 and all(map(HAN_NAME.match, words)):
        # "张三丰 李四光" are two people, "山田 太郎" is one.
        two = all(len(w) >= 3 for w in words) or sum(map(len, words)) > 2 * len(words) + 1
        return words if two else [piece]
    return [piece]


def _person(piece: str, *, alone: bool, led: bool) -> Person | None:
    if piece.startswith(ARTICLES) and piece[2:].casefold() in AGENCY_NAMES:
        piece = piece[2:]
    folded = piece.casefold()
    if folded in AGENCY_NAMES and is_written_as_agency(piece, folded):
        return Person(name=piece, kind=PersonKind.ORGANIZATION)
    if not piece or len(piece) > MAX_NAME_CHARS or folded in words_of.NOBODY:
        return None
    words = _without_agency(piece.split())
    piece = " ".join(words)
    if signs_as_a_body(piece) and (len(words) > 1 or DESKS.search(piece)):
        body = is_body_name(piece, words, led=led)
        return Person(name=piece, kind=PersonKind.ORGANIZATION) if body else None
    if is_shaped_like_a_name(piece, bare=False):
        return Person(name=piece)
    without = without_role(words)
    if without and is_shaped_like_a_name(without, bare=False):
        return Person(name=without)
    # One word is a name only where nothing else stands in the byline: "By Madonna".
    if alone and len(words) == 1 and _is_one_word_name(piece, folded):
        return Person(name=piece)
    return None


def _without_agency(words: list[str]) -> list[str]:
    """ "Ann Poe Associated Press": the name before an agency's."""
    if len(words) < 3 or words[-1].casefold() not in AGENCY_ENDINGS:
        return words
    for of_agency in (3, 2, 1):
        if len(words) >= of_agency + 2 and " ".join(words[-of_agency:]).casefold() in AGENCY_NAMES:
            name = words[:-of_agency]
            return name if is_shaped_like_a_name(" ".join(name), bare=False) else words
    return words


def _is_one_word_name(word: str, folded: str) -> bool:
    if folded in words_of.NEVER_ALONE or has_title(word) or NO_SPACES.match(word):
        return False
    if month_of(fold(word)) is not None or fold(word) in WEEKDAYS:
        return False
    if len(word) < 2 or begins_small(word) or word.startswith(ARABIC_ARTICLE):
        return False
    return NAME_TOKEN.match(word) is not None
