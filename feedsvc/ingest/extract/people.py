"""Names of authors out of bylines: several names, agencies, and nothing that is no name.

A byline is read from its lead ("By", "Von", "بقلم") to where the names end: a title, a place, a
date, an address. What does not have the shape of a name is dropped, never repaired. All of it is
asked of every short line of a page, so a look at the first word tells most of them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from feedsvc.ingest.extract import peoplewords as words_of
from feedsvc.ingest.extract.days.months import fold, month_of
from feedsvc.ingest.extract.textual import clean_text
from feedsvc.model.entry import Person, PersonKind

_MAX_PEOPLE = 12
_MAX_BYLINE_CHARS = 400
_MAX_LEAD_CHARS = 80
_MAX_AGENCY_CHARS = 40
# Of a name's words, and of those that are no particles ("de los").
_MAX_NAME_WORDS = 7
_MAX_CAPITALISED = 5
MAX_NAME_CHARS = 80

# Latin, Greek, Cyrillic and Armenian letters, in which small and capital ones take turns.
_CASED = [chr(code) for code in range(0x41, 0x590)]
_UPPER = "".join(filter(str.isupper, _CASED))
_LOWER = "".join(filter(str.islower, _CASED))

# Agencies

_AGENCY_NAMES = frozenset(
    written.casefold()
    for name, also in words_of.AGENCIES.items()
    for written in (name, *(a.strip("()") for a in also))
)
_AGENCY_BEGINNINGS = frozenset(name.split()[0] for name in _AGENCY_NAMES)
_AGENCY_ENDINGS = frozenset(name.split()[-1] for name in _AGENCY_NAMES)
_PRINTED_AGENCIES = frozenset(
    form
    for name, also in words_of.AGENCIES.items()
    for form in (name, *(a if len(a) > 4 else a.upper() for a in also))
)
_ARTICLES = ("L'", "l'", "L’", "l’")
_AGENCY_EDGES = " .,()[]-–—"
_SMALL_IN_BODIES = frozenset(["of", "for", "the", "and"])
# A piece with one of these is no name of a body either.
_IN_NO_BODY = frozenset(
    """
this these those is are was be have more most all your my we you they not but if when how why what
who latest breaking related follow subscribe sign read watch listen live next previous
""".split()
)

# Leads


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
    rf"(?=[{_UPPER}][{_LOWER}'’])"
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
_CJK = "\u2e80"
_CASELESS = "\u0590"
_BEYOND_LATIN = re.compile("[\u0370-\uffff]")

# "Posted on May 3, 2020 by Ann Poe", "vor 2 Tagen von Ann Poe"
_BEFORE_NAMES = " .*"
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
_WEEKDAYS = frozenset(
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
_SIGN_BEGINNINGS = _LEAD_BEGINNINGS | _in_all_cases(_AGENCY_BEGINNINGS)
_FIRST_SIGNS = _HAN_SIGNS | frozenset("0123456789")

# Where names end

_END_SIGN = re.compile(
    r"[|●►▪•·«»“”\"„\d]|\s(?:[-–—]{1,2}\s|[-–—]{2}|[@#]\w|\[)|https?://|www\.|@\w|"
    rf"(?<=[{_LOWER}]{{2}})\.\s[{_UPPER}][{_LOWER}]+\s[{_LOWER}]"
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
    rf"\s(?:{'|'.join(sorted(_BEFORE_PLACES))})\s(?:the |der |den |la |le )?(?=[{_UPPER}]).*"
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

# Names

_TITLE_SIGN = re.compile(words_of.TITLE_SIGN, re.IGNORECASE)
_ORGANIZATION_SIGN = re.compile(words_of.ORGANIZATION_SIGN, re.IGNORECASE)
_TITLE_AND_ORGANIZATION_WORDS = words_of.TITLE_WORDS | words_of.ORGANIZATION_WORDS
_TITLE_OR_ORGANIZATION_SIGN = re.compile(
    f"{words_of.TITLE_SIGN}|{words_of.ORGANIZATION_SIGN}", re.IGNORECASE
)
_DESKS = re.compile(rf"\b(?:{words_of.DESKS})$", re.IGNORECASE)
_TOKEN = re.compile(r"[^\W_][^\s,.;:|()/]*")
_ROLE_BEHIND = re.compile(rf"\s*(?:{words_of.ROLES_BEHIND})(?=$|[\s=＝(（|,·・@])")
_BYLINE_BRACKET = re.compile(r"^[(\[【][^)\]】]{1,24}[)\]】]\s*")
_MARKS = (
    "\u0300-\u036f\u0591-\u05c7\u05f3\u05f4\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0dff"
    "\u0e31-\u0e4e\u200c\u200d"
)
_ARABIC_ARTICLE = "ال"
# The article behind a preposition or "and": a clause.
_ARABIC_PREPOSITIONS = ("لل", "بال", "وال", "كال", "فال")
_SMALL_PREFIX = re.compile(
    rf"(?:[aeu][ldnrstz]|ash|esh|abu|ibn|bin|ben|[dltn])[-'’‑][{_UPPER}][{_LOWER}]"
)
_NAME_TOKEN = re.compile(rf"[^\W\d_](?:[^\W\d_]|[{_MARKS}'’ʼ`´.\-‐‑])*$")
_NO_LETTER_OF_A_NAME = re.compile(
    rf"^[{_UPPER}]{{2,}}-[{_UPPER}]?[{_LOWER}]|[^\W\d_]{{3}}\.[^\W\d_]|['’]$|n['’]t$|['’][sS]$|-$"
)
_GLUED = re.compile(rf"(?<=[{_LOWER}])(?=[{_UPPER}][{_LOWER}])")
_CAPITAL_INSIDE = re.compile(rf"[{_LOWER}][{_UPPER}]")
_PREFIXED = re.compile(
    rf"(?:Mc|Mac|De|Di|Du|Da|La|Le|Lo|Van|Von|Fitz|Del|Della|Ó|Ni|Mb|El|Al|Ab|St|San|Vander)[{_UPPER}]"
)
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
# Endings of words for ideas, things and kinds, as menus and headings have them.
_NO_NAME_ENDINGS = (
    "tion", "tions", "ology", "ologie", "ología", "ologia", "ität", "ités", "idad", "idades",
    "idade", "idades", "schaft", "schaften", "keit", "heit", "heiten", "ungen", "ismus", "isme",
    "ismo", "ments", "ción", "ciones", "ção", "ções", "zione", "zioni", "ship", "ships", "ность",
    "ости", "ение", "ация", "ации", "ство", "ości", "ością", "cja", "cje", "ische", "ischen",
    "isches", "liche", "lichen", "liches", "ating", "izing", "ability", "ables", "ically", "ností",
    "ování", "leri", "ları", "lerin", "ların", "syon", "isation",
)  # fmt: skip
_ROMAN = frozenset(["II", "III", "IV", "VI"])
_DOTTED = frozenset(["jr", "sr", "st", "dr", "ph.d", "esq"])
_HANDLE = re.compile(r"(?=.*\d)[a-zA-Z][a-zA-Z0-9_]{2,23}$")

_NO_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_HAN_NAME = re.compile(r"[\u3400-\u9fff々]{2,4}$")
_JAPANESE_NAME = re.compile(r"[\u3040-\u309f\u3400-\u9fff々]{2,7}$")
_KANA_NAME = re.compile(r"[\u3040-\u30ff\u3400-\u9fff々ー・＝]{2,14}$")
_REPORT = re.compile(r"(?P<name>[\u3400-\u9fff]{2,3})[\u3400-\u9fff]{0,3} ?(?:報導|报道)$")
_KATAKANA_NAME = re.compile(r"[\u30a0-\u30ff]{2,10}(?:[・＝][\u30a0-\u30ff]{2,10}){1,3}$")
_HANGUL_NAME = re.compile(r"[\uac00-\ud7a3]{2,4}$")
_NO_HAN_NAME = re.compile(
    "[社部局报報网網院校者的了是在不覧検索聞从從将將被把向对對获獲悉記记館馆]|(?<=.)[をはがへ]|から|より"
)
_NO_BARE_HAN_NAME = re.compile(
    "[会會省市県縣区區国國版欄栏店有和与與表録录集事件情新着気無料一製品応策文]"
)
# The hundred most common family names of Chinese, and those of Korean: a closed class.
_HAN_FAMILIES = frozenset(
    "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何林高梁郑鄭罗羅宋谢謝唐韩韓曹许許邓鄧萧蕭冯馮"
    "曾程蔡彭潘袁于董余苏蘇叶葉吕呂魏蒋蔣田杜丁沈姜范江傅钟鍾卢盧汪戴崔任陆陸廖姚方金邱丘夏谭譚韦韋贾賈"
    "邹鄒石熊孟秦阎閻薛侯雷白龙龍段郝孔邵史毛常万萬顾顧赖賴武康贺賀严嚴尹钱錢施牛洪龚龔汤湯陶黎温溫莫易樊"
    "乔喬文安殷颜顏庄莊章鲁魯倪庞龐邢俞翟蓝藍聂聶齐齊向申葛柴伍覃骆駱关關焦柳欧歐祝纪紀尚毕畢耿芦左季管符"
    "辛苗詹曲靳祁路涂兰蘭甘裴梅童翁霍游阮尤岳柯牟滕谷舒卜成饶饒宁寧凌盛查单冉鲍鮑华華包屈房喻解蒲卫衛简簡"
    "时時连連车車项項闵閔邬吉党宫费費卓岑"
)
_HANGUL_FAMILIES = frozenset(
    "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구나민진지엄채원천방공현"
    "함변염여추도소석선설마길연위표명기반라왕금옥육인맹제모탁국어은편용"
)


def parse_byline(text: str, *, labelled: bool = False) -> tuple[Person, ...]:
    """The authors that a byline names, in its order; none where it names nobody.

    labelled: `text` is known to be a byline (a metadata value, an author line): it may begin with
    a name. Otherwise it needs a lead ("By", "Von"), or must be an agency as a whole.
    """
    begun = ""
    if not _may_sign(text):
        begun = text[:_MAX_BYLINE_CHARS].lstrip(_BEFORE_NAMES) if labelled else ""
        if not _may_begin_with_a_name(begun):
            return ()
    line = _one_line(text)
    whole = agency_named(line)
    if whole:
        return (Person(name=whole, kind=PersonKind.ORGANIZATION),)
    lead = _lead_of(line)
    if lead:
        end, weak = lead
        line = line[end:]
        # "By" and "Written by" follow one another where a label stands before its value.
        if line.casefold() not in words_of.NOBODY:
            line = line[byline_lead(line) :]
    elif labelled or _has_a_role_behind(line):
        weak = False
    else:
        return ()
    if not weak and " " not in line and _is_handle(line):
        return (Person(name=line),)
    if line != begun and not _may_begin_with_a_name(line):
        return ()
    # "Text Size", "Di più": after such a lead only names may stand, and more than one word.
    return tuple(_people(line, weak=weak, led=bool(lead)))[:_MAX_PEOPLE]


def byline_lead(line: str) -> int:
    """How many characters of a line lead in a byline; 0 where nothing does."""
    lead = _lead_of(line)
    return lead[0] if lead else 0


def lead_is_weak(line: str) -> bool:
    """Whether the lead is a word that begins ordinary sentences too."""
    lead = _lead_of(line)
    return bool(lead and lead[1])


def agency_named(text: str) -> str | None:
    """The agency that `text` is as a whole, as printed there."""
    if len(text) > _MAX_AGENCY_CHARS:
        return None
    name = text.strip(_AGENCY_EDGES)
    folded = name.casefold()
    if folded not in _AGENCY_NAMES or folded in words_of.NEEDS_A_LEAD:
        return None
    return name if _is_written_as_agency(name, folded) else None


def is_name(text: str) -> bool:
    """Whether `text` has the shape of a person's full name.

    Two to five words, particles not counted, or four signs of a script without spaces.
    """
    if len(text) > MAX_NAME_CHARS:
        return False
    return _is_name(text.strip(), bare=True)


# Leads


def _may_sign(text: str) -> bool:
    """Whether a text may be a byline without anybody saying so; a look at its first word."""
    head = text[:_MAX_LEAD_CHARS].lstrip(_BEFORE_A_BYLINE)
    if head[:2] not in _SIGN_BEGINNINGS and head[:1] not in _FIRST_SIGNS:
        return head[:1] >= _CASELESS and _has_a_role_behind(head)
    first = _FIRST_WORD.match(head)
    if first is None:
        return False
    word = first[0]
    folded = word.casefold().rstrip("-")
    if folded in _FIRST_WORDS or folded.rstrip(").],") in _AGENCY_BEGINNINGS:
        return True
    if head[0] >= _CASELESS and (head[0] in _HAN_SIGNS or _has_a_role_behind(head)):
        return True
    return _is_glued_to_a_lead(word, folded) or _may_lead_with_a_date(head, word)


def _lead_of(line: str) -> tuple[int, bool] | None:
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


def _is_glued_to_a_lead(word: str, folded: str) -> bool:
    return folded.startswith(_GLUED_BEGINNINGS) and _GLUED_LEAD.match(word) is not None


def _may_lead_with_a_date(line: str, first: str) -> bool:
    if line[0] not in _FIRST_SIGNS and first[:2].lower() not in _DATE_BEGINNINGS:
        return False
    return _DIGIT_SOON.match(line) is not None and _is_of_a_date(first.strip(".,("))


def _is_a_date(text: str) -> bool:
    tokens = _TOKEN.findall(text)
    return all(map(_is_of_a_date, tokens)) and (len(tokens) > 1 or not text.strip().isdigit())


def _is_of_a_date(token: str) -> bool:
    folded = fold(token)
    return (
        folded in _DATE_WORDS
        or folded in _WEEKDAYS
        or any(map(str.isdigit, folded))
        or month_of(folded) is not None
    )


def _has_a_role_behind(line: str) -> bool:
    """Whether a role stands behind a name, where that is how bylines are written: "김철수 기자"."""
    role = _ROLE_BEHIND.search(line[:_MAX_LEAD_CHARS])
    return role is not None and 0 < len(_BYLINE_BRACKET.sub("", line[: role.start()])) <= 24


# Names out of what follows the lead


def _one_line(text: str) -> str:
    plain = len(text) <= _MAX_BYLINE_CHARS and text.isascii() and text.isprintable()
    line = " ".join(text.split()) if plain else clean_text(text, _MAX_BYLINE_CHARS)
    return _trimmed(line.lstrip(_BEFORE_NAMES).removesuffix("…"))


def _trimmed(piece: str) -> str:
    """A piece without signs around it; the dot of "Jr." and "R." is no such sign."""
    bare = piece.strip(" .,;:|/–—-*=＝")
    if piece.endswith(".") and bare:
        last = bare.rpartition(" ")[2].casefold()
        if last != bare.casefold() and (len(last) == 1 or last in _DOTTED):
            return bare + "."
    return bare


def _may_begin_with_a_name(line: str) -> bool:
    """Whether a look at the first words leaves hope: most lines of a page are told by it."""
    words = line.split(None, _MAX_NAME_WORDS + 1)
    if not words:
        return False
    if words[0].casefold() in _AGENCY_BEGINNINGS:
        return True
    for at, word in enumerate(words):
        if not word.isalpha():
            return at > 0 or word[0] not in _NO_BEGINNINGS
        folded = word.casefold()
        if at and folded in _MAY_END_A_NAME:
            return True
        if (
            (_begins_small(word) and folded not in words_of.PARTICLES)
            or at == _MAX_NAME_WORDS
            or folded in words_of.NOT_IN_A_NAME
            or (at == 0 and folded in words_of.NEVER_FIRST)
        ):
            # "senior writer": behind a title another name may follow; a body has a name too.
            return _has_title_or_signs_as_a_body(line)
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
        and (names.isascii() or not _BEYOND_LATIN.search(names))
    )


def _may_be_a_place(sign: str, piece: str, *, weak: bool) -> bool:
    """Whether a piece behind a name may say where or for whom; or else it makes a heading."""
    if weak or sign[:1] not in _BETWEEN_EXTRAS:
        return (sign == "i" or sign in _COMMAS) and " " not in piece and not _begins_small(piece)
    return True


def _is_aside(sign: str) -> bool:
    return sign[:1] in _COMMAS or sign.casefold() in words_of.WITH_WORDS


def _is_explained(piece: str) -> bool:
    """Whether a piece that names nobody may yet stand in a byline: a title, a body, a place."""
    folded = piece.casefold()
    if folded in words_of.NOBODY or folded in words_of.PLACES or _has_title(piece):
        return True
    return _signs_as_a_body(piece) or (piece.isupper() and " " not in piece and len(piece) <= 6)


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
    role = None if names.isascii() else _ROLE_BEHIND.search(names, 0, end)
    if role and role.start() and not _NO_SPACES.search(names, role.end(), end):
        end = role.start()
    return _SUFFIX.sub(" ", _before_an_end_word(names[:end])), dated


def _before_an_end_word(names: str) -> str:
    if _ENDS.isdisjoint(_TOKEN.findall(names.casefold())):
        return names.rstrip()
    for token in _TOKEN.finditer(names):
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
            piece = _ROLE_BEHIND.sub("", piece)
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
        if last not in _WEEKDAYS and not (months and month_of(last) is not None):
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
    if _NO_SPACES.match(words[0]):
        return _apart_in_han(piece, words)
    if _CAPITAL_INSIDE.search(piece):
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
        if " " not in before.strip() or _PREFIXED.match(before.rpartition(" ")[2] + behind[0]):
            continue
        first = fold(behind.split()[0])
        if (
            before == behind
            or first in words_of.END_WORDS
            or first in _WEEKDAYS
            or month_of(first) is not None
            or _has_title(behind)
        ):
            return [before]
    return [piece]


def _apart_in_han(piece: str, words: list[str]) -> list[str]:
    if len(words) > 1 and all(map(_HAN_NAME.match, words)):
        # "张三丰 李四光" are two people, "山田 太郎" is one.
        two = all(len(w) >= 3 for w in words) or sum(map(len, words)) > 2 * len(words) + 1
        return words if two else [piece]
    return [piece]


def _person(piece: str, *, alone: bool, led: bool) -> Person | None:
    if piece.startswith(_ARTICLES) and piece[2:].casefold() in _AGENCY_NAMES:
        piece = piece[2:]
    folded = piece.casefold()
    if folded in _AGENCY_NAMES and _is_written_as_agency(piece, folded):
        return Person(name=piece, kind=PersonKind.ORGANIZATION)
    if not piece or len(piece) > MAX_NAME_CHARS or folded in words_of.NOBODY:
        return None
    words = _without_agency(piece.split())
    piece = " ".join(words)
    if _signs_as_a_body(piece) and (len(words) > 1 or _DESKS.search(piece)):
        body = _is_body_name(piece, words, led=led)
        return Person(name=piece, kind=PersonKind.ORGANIZATION) if body else None
    if _is_name(piece, bare=False):
        return Person(name=piece)
    without = _without_role(words)
    if without and _is_name(without, bare=False):
        return Person(name=without)
    # One word is a name only where nothing else stands in the byline: "By Madonna".
    if alone and len(words) == 1 and _is_one_word_name(piece, folded):
        return Person(name=piece)
    return None


def _without_agency(words: list[str]) -> list[str]:
    """ "Ann Poe Associated Press": the name before an agency's."""
    if len(words) < 3 or words[-1].casefold() not in _AGENCY_ENDINGS:
        return words
    for of_agency in (3, 2, 1):
        if len(words) >= of_agency + 2 and " ".join(words[-of_agency:]).casefold() in _AGENCY_NAMES:
            name = words[:-of_agency]
            return name if _is_name(" ".join(name), bare=False) else words
    return words


def _is_one_word_name(word: str, folded: str) -> bool:
    if folded in words_of.NEVER_ALONE or _has_title(word) or _NO_SPACES.match(word):
        return False
    if month_of(fold(word)) is not None or fold(word) in _WEEKDAYS:
        return False
    if len(word) < 2 or _begins_small(word) or word.startswith(_ARABIC_ARTICLE):
        return False
    return _NAME_TOKEN.match(word) is not None


# Shapes


def _is_written_as_agency(name: str, folded: str) -> bool:
    """Whether a name that is a word too ("App", "Spa") is written as an agency's."""
    return folded not in words_of.WORDLIKE_AGENCIES or name in _PRINTED_AGENCIES


def _has_title(text: str) -> bool:
    """Whether a word says what somebody is, not who: "editor", "Leiterin", "مراسل"."""
    return _has_word(text, words_of.TITLE_WORDS, _TITLE_SIGN)


def _signs_as_a_body(text: str) -> bool:
    return _has_word(text, words_of.ORGANIZATION_WORDS, _ORGANIZATION_SIGN)


def _has_title_or_signs_as_a_body(text: str) -> bool:
    return _has_word(text, _TITLE_AND_ORGANIZATION_WORDS, _TITLE_OR_ORGANIZATION_SIGN)


def _has_word(text: str, words: frozenset[str], sign: re.Pattern[str]) -> bool:
    folded = text.casefold()
    if "-" in folded or "/" in folded:
        folded = folded.replace("-", " ").replace("/", " ")
    if not words.isdisjoint(folded.split()):
        return True
    return (
        not text.isascii()
        and _BEYOND_LATIN.search(text) is not None
        and sign.search(text) is not None
    )


def _is_body_name(piece: str, words: list[str], *, led: bool) -> bool:
    """Whether what signs as a body is written like its name, and not like a menu."""
    folded = [word.casefold() for word in words]
    if len(words) > 6 or folded[-1] == "staff" or not _IN_NO_BODY.isdisjoint(folded):
        return False
    small = [word for word in words if word[0].islower()]
    if small[:1] == words[:1] or any(
        w not in words_of.PARTICLES and w not in _SMALL_IN_BODIES for w in small
    ):
        return False
    if led or _DESKS.search(piece):
        return True
    others = words_of.NOT_IN_A_NAME.intersection(folded) - words_of.ORGANIZATION_WORDS
    return not others


def _without_role(words: list[str]) -> str:
    """The name beside a title without a comma: "Ann Poe Staff Writer", "Senior Editor Ann Poe"."""
    if not _has_title(" ".join(words)):
        return ""
    titles = [_has_title(word) for word in words]
    if True not in titles:
        return ""
    first = titles.index(True)
    if first >= 2:
        return " ".join(words[:first])
    last = len(titles) - titles[::-1].index(True)
    return " ".join(words[last:])


def _is_name(text: str, *, bare: bool) -> bool:
    """Whether a text has the shape of a full name.

    bare: nothing else says that it is one. Then a sign of a Chinese or Korean family must open a
    name without spaces, and an abbreviation is none.
    """
    if text >= _CJK and _NO_SPACES.match(text):
        return _is_east_asian_name(text, bare=bare) and not _has_title(text)
    words = text.split(None, _MAX_NAME_WORDS)
    if not 2 <= len(words) <= _MAX_NAME_WORDS or (
        words[-1][0].islower() and _begins_small(words[-1]) and not _SMALL_PREFIX.match(words[-1])
    ):
        return False
    folded = text.casefold().split()
    if (
        not words_of.NOT_IN_A_NAME.isdisjoint(folded)
        or not words_of.TITLE_WORDS.isdisjoint(folded)
        or folded[0] in words_of.NEVER_FIRST
    ):
        return False
    if not _are_name_words(words, folded, bare=bare) or ("-" in text and _has_title(text)):
        return False
    if not text.isascii() and _BEYOND_LATIN.search(text) and _TITLE_SIGN.search(text):
        return False
    return text.casefold() not in words_of.PLACES


def _are_name_words(words: list[str], folded: list[str], *, bare: bool) -> bool:
    """Whether each word may stand in a name and enough of them are capitalised.

    Scripts without case are taken as they are; the lists of words guard them.
    """
    last = len(words) - 1
    capitals = all(map(str.isupper, words))
    capitalised = 0
    for at, word in enumerate(words):
        if _begins_small(word):
            if _SMALL_PREFIX.match(word):
                capitalised += 1
            elif at in (0, last) or folded[at] not in words_of.PARTICLES:
                return False
            continue
        if not word.isalpha() and not (_NAME_TOKEN.match(word) and _is_joined_name(word)):
            return False
        if len(word) > 2:
            if _CAPITAL_INSIDE.search(word) and not _PREFIXED.match(word):
                return False
            if not capitals and word.isupper() and not _is_capital_surname(word, at, last, bare):
                return False
            if folded[at].endswith(_NO_NAME_ENDINGS) and len(word) > 6:
                return False
        elif word == "A" or (bare and word.isupper() and at and word.isalpha() and len(word) == 2):
            return capitals and word != "A"
        if len(word.rstrip(".")) > 1 or at < last:
            capitalised += 1
    return 2 <= capitalised <= _MAX_CAPITALISED and not (
        words[0][0] >= "\u0600" and _is_arabic_clause(words)
    )


def _is_arabic_clause(words: list[str]) -> bool:
    return words[0].startswith(_ARABIC_ARTICLE) or any(
        len(word) > 5 and word.startswith(_ARABIC_PREPOSITIONS) for word in words
    )


def _begins_small(word: str) -> bool:
    """Whether a word begins with a small letter, where there are capital ones to begin with."""
    first = word[0]
    return first.islower() and not "\u10d0" <= first <= "\u10ff"


def _is_joined_name(word: str) -> bool:
    """Whether dots, hyphens and apostrophes stand in a word as they do in names."""
    return _NO_LETTER_OF_A_NAME.search(word) is None


def _is_capital_surname(word: str, at: int, last: int, bare: bool) -> bool:
    """Whether a word in capitals beside others that are not is a surname ("Jean ROUX")."""
    if not word.isalpha() or word in _ROMAN:
        return True
    if not bare:
        return True
    return (at == last and len(word) >= 4) or (at == 0 and len(word) >= 6)


def _is_east_asian_name(text: str, *, bare: bool) -> bool:
    plain = text.replace(" ", "").replace("\u3000", "")
    if not 2 <= len(plain) <= 24:
        return False
    if _NO_HAN_NAME.search(plain) or (bare and _NO_BARE_HAN_NAME.search(plain)):
        return False
    apart = len(plain) < len(text)
    if _HANGUL_NAME.match(plain):
        return not bare or (plain[0] in _HANGUL_FAMILIES and len(plain) == 3)
    if _HAN_NAME.match(plain):
        if not bare:
            return True
        if apart:
            return all(len(word) <= 3 for word in text.split()) and text.count(" ") <= 1
        return plain[0] in _HAN_FAMILIES and len(plain) == 3
    if _KATAKANA_NAME.match(plain):
        return True
    if not bare and _JAPANESE_NAME.match(plain):
        return True
    return bool(apart and len(plain) <= 12 and _KANA_NAME.match(plain))
