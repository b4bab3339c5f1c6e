"""What leads in a byline: "By", "Von", "بقلم", "Posted on May 3 by"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from feedsvc.ingest.extract.days.months import fold, month_of
from feedsvc.ingest.extract.people import words as words_of
from feedsvc.ingest.extract.people.names import AGENCY_BEGINNINGS, LOWER, ROLE_BEHIND, UPPER

_MAX_LEAD_CHARS = 80


def _alternatives(phrases: Iterable[str]) -> str:
    return "|".join(re.escape(p) for p in sorted(phrases, key=len, reverse=True))


_AFTER_A_LEAD = r"(?P<sign> ?[:：՝/／|–—-]{1,2} ?)|(?= )"
_LEAD = re.compile(
    rf"(?:(?P<strong>{_alternatives(words_of.STRONG_LEADS)}"
    rf"|(?:eine? )?(?:{words_of.GERMAN_KINDS}) von"
    r"|aus [^\d,]{2,30} berichtet|es berichtet"
    r"|(?:text|texte|texto|testo|tekst|words) (?:und|&|and|et|y|e|och|og|i|/) "
    r"(?:fotos?|photos?|bild|bilder|foto's|immagini|imagens|pictures|video)"
    r"(?: (?:by|von|av|af|di))?)"
    rf"|(?P<weak>{_alternatives(words_of.WEAK_LEADS)}))(?:{_AFTER_A_LEAD}) ?",
    re.IGNORECASE,
)
_HAN_LEAD = re.compile(
    rf"{words_of.HAN_LEADS} ?[:：/／|＝=]? ?|(?:{words_of.HAN_LEADS_WITH_A_SIGN}) ?[:：/／|＝=・] ?"
)
# "ByAnn Poe": inline elements lose the space between them.
_GLUED_LEAD = re.compile(
    rf"(?:[Bb]y|BY|[Vv]on|[Pp]ar|[Pp]or|[Oo]leh|Author|Autore?|Autorin|Auteur|Автор|Автори)"
    rf"(?=[{UPPER}][{LOWER}'’])"
)
_FIRST_WORDS = frozenset(
    [
        phrase.split()[0].rstrip(":").casefold()
        for phrase in words_of.STRONG_LEADS + words_of.WEAK_LEADS
    ]
    + [*words_of.GERMAN_KINDS.split("|"), "ein", "eine", "aus", "es", "words"]
)
_FIRST_WORD = re.compile(r"[^\s:：՝/／|–—&]{1,24}")
# By its first two characters, or its first, most lines are told to have no lead.
_DATE_BEGINNINGS = frozenset(
    """
ja fe ma ap ju au se oc no de mä ok dé fé ao av ab en se sie lu ag os gr st wr li xi ge gi mo tu we
th fr sa su mi do so lu ve je di pu po vo am on le el il cr vi al um
""".split()
)


def _in_all_cases(beginnings: Iterable[str]) -> frozenset[str]:
    return frozenset(
        form
        for b in (f"{beginning} "[:2] for beginning in beginnings)
        for form in (b, b.upper(), b.title(), b.lower())
    )


_GLUED_BEGINNINGS = ("by", "vo", "pa", "po", "ol", "au", "ав")
_HAN_SIGNS = frozenset("本新中特实實記记通作著撰執执筆采採報ライター编編文字图圖取聞構글기취저필작")
_CASELESS = "\u0590"
# "Posted on May 3, 2020 by Ann Poe", "vor 2 Tagen von Ann Poe"
BEFORE_NAMES = " .*"
_BEFORE_A_BYLINE = " \t\n\xa0.,;:|/–—-*(["
_COLONS = frozenset([":", "：", "՝"])
_DIGIT_SOON = re.compile(r"\D{0,24}[0-9]")
_DATED_LEAD = re.compile(
    r"(?P<date>[^@!?“”\"«»©]{3,70}?)(?<!\w) ?\b"
    r"(?:by|von|par|por|di|door|av|af|oleh|автор:?) +(?=\S)",
    re.IGNORECASE,
)
_DATE_WORDS = frozenset(
    """
posted published on at am um uhr vor le el il den der om à a as alle kl pm et est edt gmt utc
cest cet ist bst pst pdt ago hours hour minutes minute mins min days day weeks week months month
tagen tag stunden stunde minuten monaten monat wochen woche jahren jahr std veröffentlicht
geschrieben gespeichert eingestellt erstellt submitted created updated aktualisiert publié
publicado pubblicato il geplaatst gepubliceerd publicerad publisert skrevet il y heures jours de
del do hace horas días the st nd rd th last modified h m und and
""".split()
)
WEEKDAYS = frozenset(
    fold(day)
    for day in """
mon tue tues wed thu thur thurs fri sat monday tuesday wednesday thursday friday saturday sunday
montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag lundi mardi mercredi jeudi
vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo segunda terça quarta
quinta sexta lunedì martedì mercoledì giovedì venerdì sabato domenica maandag dinsdag woensdag
donderdag vrijdag zaterdag zondag måndag tisdag onsdag torsdag fredag lördag söndag mandag tirsdag
lørdag søndag maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai poniedziałek
wtorek środa czwartek piątek sobota niedziela pondělí úterý středa čtvrtek pátek neděle pazartesi
salı çarşamba perşembe cuma cumartesi pazar senin selasa rabu kamis jumat sabtu понедельник вторник
среда четверг пятница суббота воскресенье понеділок вівторок середа четвер п'ятниця субота неділя
""".split()
)
_LEAD_BEGINNINGS = _in_all_cases([*_FIRST_WORDS, *_GLUED_BEGINNINGS, *_DATE_BEGINNINGS])
_SIGN_BEGINNINGS = _LEAD_BEGINNINGS | _in_all_cases(AGENCY_BEGINNINGS)
_FIRST_SIGNS = _HAN_SIGNS | frozenset("0123456789")
TOKEN = re.compile(r"[^\W_][^\s,.;:|()/]*")
_BYLINE_BRACKET = re.compile(r"^[(\[【][^)\]】]{1,24}[)\]】]\s*")


def byline_lead(line: str) -> int:
    """How many characters of a line lead in a byline; 0 where nothing does."""
    lead = lead_of(line)
    return lead[0] if lead else 0


def lead_is_weak(line: str) -> bool:
    """Whether the lead is a word that begins ordinary sentences too."""
    lead = lead_of(line)
    return bool(lead and lead[1])


def may_sign(text: str) -> bool:
    """Whether a text may be a byline without anybody saying so; a look at its first word."""
    head = text[:_MAX_LEAD_CHARS].lstrip(_BEFORE_A_BYLINE)
    if head[:2] not in _SIGN_BEGINNINGS and head[:1] not in _FIRST_SIGNS:
        return head[:1] >= _CASELESS and has_a_role_behind(head)
    first = _FIRST_WORD.match(head)
    if first is None:
        return False
    word = first[0]
    folded = word.casefold().rstrip("-")
    if folded in _FIRST_WORDS or folded.rstrip(").],") in AGENCY_BEGINNINGS:
        return True
    if head[0] >= _CASELESS and (head[0] in _HAN_SIGNS or has_a_role_behind(head)):
        return True
    return _is_glued_to_a_lead(word, folded) or _may_lead_with_a_date(head, word)


def lead_of(line: str) -> tuple[int, bool] | None:
    """Where the lead of a byline ends, and whether it is a weak one."""
    if line[:2] not in _LEAD_BEGINNINGS and line[:1] not in _FIRST_SIGNS:
        return None
    first = _FIRST_WORD.match(line)
    if first is None:
        return None
    word = first[0]
    folded = word.casefold().rstrip("-")
    lead = None
    if folded in _FIRST_WORDS:
        lead = _LEAD.match(line[:_MAX_LEAD_CHARS].replace("\xa0", " "))
        if lead:
            return lead.end(), bool(lead["weak"]) and (lead["sign"] or "-").strip() not in _COLONS
    if line[0] in _HAN_SIGNS:
        lead = _HAN_LEAD.match(line)
    elif _is_glued_to_a_lead(word, folded):
        lead = _GLUED_LEAD.match(word)
    elif _may_lead_with_a_date(line, word):
        lead = _DATED_LEAD.match(line[:_MAX_LEAD_CHARS].replace("\xa0", " "))
        if lead and not _is_a_date(lead["date"]):
            return None
    return (lead.end(), False) if lead else None


def has_a_role_behind(line: str) -> bool:
    """Whether a role stands behind a name, where that is how bylines are written: "김철수 기자"."""
    role = ROLE_BEHIND.search(line[:_MAX_LEAD_CHARS])
    return role is not None and 0 < len(_BYLINE_BRACKET.sub("", line[: role.start()])) <= 24


def _is_glued_to_a_lead(word: str, folded: str) -> bool:
    return folded.startswith(_GLUED_BEGINNINGS) and _GLUED_LEAD.match(word) is not None


def _may_lead_with_a_date(line: str, first: str) -> bool:
    if line[0] not in _FIRST_SIGNS and first[:2].lower() not in _DATE_BEGINNINGS:
        return False
    return _DIGIT_SOON.match(line) is not None and _is_of_a_date(first.strip(".,("))


def _is_a_date(text: str) -> bool:
    tokens = TOKEN.findall(text)
    return all(map(_is_of_a_date, tokens)) and (len(tokens) > 1 or not text.strip().isdigit())


def _is_of_a_date(token: str) -> bool:
    folded = fold(token)
    return (
        folded in _DATE_WORDS
        or folded in WEEKDAYS
        or any(map(str.isdigit, folded))
        or month_of(folded) is not None
    )
