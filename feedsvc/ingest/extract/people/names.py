"""What has the shape of a name: of a person, of an agency, of another body.

It is asked of every short line of a page, so a look at the first word tells most of them apart.
"""

from __future__ import annotations

import re

from feedsvc.ingest.extract.people import words as words_of

_MAX_AGENCY_CHARS = 40
# Of a name's words, and of those that are no particles ("de los").
MAX_NAME_WORDS = 7
_MAX_CAPITALISED = 5
MAX_NAME_CHARS = 80
# Latin, Greek, Cyrillic and Armenian letters, in which small and capital ones take turns.
_CASED = [chr(code) for code in range(0x41, 0x590)]
UPPER = "".join(filter(str.isupper, _CASED))
LOWER = "".join(filter(str.islower, _CASED))
AGENCY_NAMES = frozenset(
    written.casefold()
    for name, also in words_of.AGENCIES.items()
    for written in (name, *(a.strip("()") for a in also))
)
AGENCY_BEGINNINGS = frozenset(name.split()[0] for name in AGENCY_NAMES)
AGENCY_ENDINGS = frozenset(name.split()[-1] for name in AGENCY_NAMES)
_PRINTED_AGENCIES = frozenset(
    form
    for name, also in words_of.AGENCIES.items()
    for form in (name, *(a if len(a) > 4 else a.upper() for a in also))
)
ARTICLES = ("L'", "l'", "L’", "l’")
_AGENCY_EDGES = " .,()[]-–—"
_SMALL_IN_BODIES = frozenset(["of", "for", "the", "and"])
# A piece with one of these is no name of a body either.
_IN_NO_BODY = frozenset(
    """
this these those is are was be have more most all your my we you they not but if when how why what
who latest breaking related follow subscribe sign read watch listen live next previous
""".split()
)
_CJK = "\u2e80"
BEYOND_LATIN = re.compile("[\u0370-\uffff]")
_TITLE_SIGN = re.compile(words_of.TITLE_SIGN, re.IGNORECASE)
_ORGANIZATION_SIGN = re.compile(words_of.ORGANIZATION_SIGN, re.IGNORECASE)
_TITLE_AND_ORGANIZATION_WORDS = words_of.TITLE_WORDS | words_of.ORGANIZATION_WORDS
_TITLE_OR_ORGANIZATION_SIGN = re.compile(
    f"{words_of.TITLE_SIGN}|{words_of.ORGANIZATION_SIGN}", re.IGNORECASE
)
DESKS = re.compile(rf"\b(?:{words_of.DESKS})$", re.IGNORECASE)
ROLE_BEHIND = re.compile(rf"\s*(?:{words_of.ROLES_BEHIND})(?=$|[\s=＝(（|,·・@])")
_MARKS = (
    "\u0300-\u036f\u0591-\u05c7\u05f3\u05f4\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0dff"
    "\u0e31-\u0e4e\u200c\u200d"
)
ARABIC_ARTICLE = "ال"
# The article behind a preposition or "and": a clause.
_ARABIC_PREPOSITIONS = ("لل", "بال", "وال", "كال", "فال")
_SMALL_PREFIX = re.compile(
    rf"(?:[aeu][ldnrstz]|ash|esh|abu|ibn|bin|ben|[dltn])[-'’‑][{UPPER}][{LOWER}]"
)
NAME_TOKEN = re.compile(rf"[^\W\d_](?:[^\W\d_]|[{_MARKS}'’ʼ`´.\-‐‑])*$")
_NO_LETTER_OF_A_NAME = re.compile(
    rf"^[{UPPER}]{{2,}}-[{UPPER}]?[{LOWER}]|[^\W\d_]{{3}}\.[^\W\d_]|['’]$|n['’]t$|['’][sS]$|-$"
)
CAPITAL_INSIDE = re.compile(rf"[{LOWER}][{UPPER}]")
PREFIXED = re.compile(
    rf"(?:Mc|Mac|De|Di|Du|Da|La|Le|Lo|Van|Von|Fitz|Del|Della|Ó|Ni|Mb|El|Al|Ab|St|San|Vander)[{UPPER}]"
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
DOTTED = frozenset(["jr", "sr", "st", "dr", "ph.d", "esq"])
NO_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
HAN_NAME = re.compile(r"[\u3400-\u9fff々]{2,4}$")
_JAPANESE_NAME = re.compile(r"[\u3040-\u309f\u3400-\u9fff々]{2,7}$")
_KANA_NAME = re.compile(r"[\u3040-\u30ff\u3400-\u9fff々ー・＝]{2,14}$")
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


def agency_named(text: str) -> str | None:
    """The agency that `text` is as a whole, as printed there."""
    if len(text) > _MAX_AGENCY_CHARS:
        return None
    name = text.strip(_AGENCY_EDGES)
    folded = name.casefold()
    if folded not in AGENCY_NAMES or folded in words_of.NEEDS_A_LEAD:
        return None
    return name if is_written_as_agency(name, folded) else None


def is_name(text: str) -> bool:
    """Whether `text` has the shape of a person's full name.

    Two to five words, particles not counted, or four signs of a script without spaces.
    """
    if len(text) > MAX_NAME_CHARS:
        return False
    return is_shaped_like_a_name(text.strip(), bare=True)


def is_written_as_agency(name: str, folded: str) -> bool:
    """Whether a name that is a word too ("App", "Spa") is written as an agency's."""
    return folded not in words_of.WORDLIKE_AGENCIES or name in _PRINTED_AGENCIES


def has_title(text: str) -> bool:
    """Whether a word says what somebody is, not who: "editor", "Leiterin", "مراسل"."""
    return _has_word(text, words_of.TITLE_WORDS, _TITLE_SIGN)


def signs_as_a_body(text: str) -> bool:
    return _has_word(text, words_of.ORGANIZATION_WORDS, _ORGANIZATION_SIGN)


def has_title_or_signs_as_a_body(text: str) -> bool:
    return _has_word(text, _TITLE_AND_ORGANIZATION_WORDS, _TITLE_OR_ORGANIZATION_SIGN)


def is_body_name(piece: str, words: list[str], *, led: bool) -> bool:
    """Whether what signs as a body is written like its name, and not like a menu."""
    folded = [word.casefold() for word in words]
    if len(words) > 6 or folded[-1] == "staff" or not _IN_NO_BODY.isdisjoint(folded):
        return False
    small = [word for word in words if word[0].islower()]
    if small[:1] == words[:1] or any(
        w not in words_of.PARTICLES and w not in _SMALL_IN_BODIES for w in small
    ):
        return False
    if led or DESKS.search(piece):
        return True
    others = words_of.NOT_IN_A_NAME.intersection(folded) - words_of.ORGANIZATION_WORDS
    return not others


def without_role(words: list[str]) -> str:
    """The name beside a title without a comma: "Ann Poe Staff Writer", "Senior Editor Ann Poe"."""
    if not has_title(" ".join(words)):
        return ""
    titles = [has_title(word) for word in words]
    if True not in titles:
        return ""
    first = titles.index(True)
    if first >= 2:
        return " ".join(words[:first])
    last = len(titles) - titles[::-1].index(True)
    return " ".join(words[last:])


def is_shaped_like_a_name(text: str, *, bare: bool) -> bool:
    """Whether a text has the shape of a full name.

    bare: nothing else says that it is one. Then a sign of a Chinese or Korean family must open a
    name without spaces, and an abbreviation is none.
    """
    if text >= _CJK and NO_SPACES.match(text):
        return _is_east_asian_name(text, bare=bare) and not has_title(text)
    words = text.split(None, MAX_NAME_WORDS)
    if not 2 <= len(words) <= MAX_NAME_WORDS or (
        words[-1][0].islower() and begins_small(words[-1]) and not _SMALL_PREFIX.match(words[-1])
    ):
        return False
    folded = text.casefold().split()
    if (
        not words_of.NOT_IN_A_NAME.isdisjoint(folded)
        or not words_of.TITLE_WORDS.isdisjoint(folded)
        or folded[0] in words_of.NEVER_FIRST
    ):
        return False
    if not _are_name_words(words, folded, bare=bare) or ("-" in text and has_title(text)):
        return False
    if not text.isascii() and BEYOND_LATIN.search(text) and _TITLE_SIGN.search(text):
        return False
    return text.casefold() not in words_of.PLACES


def begins_small(word: str) -> bool:
    """Whether a word begins with a small letter, where there are capital ones to begin with."""
    first = word[0]
    return first.islower() and not "\u10d0" <= first <= "\u10ff"


def _has_word(text: str, words: frozenset[str], sign: re.Pattern[str]) -> bool:
    folded = text.casefold()
    if "-" in folded or "/" in folded:
        folded = folded.replace("-", " ").replace("/", " ")
    if not words.isdisjoint(folded.split()):
        return True
    return (
        not text.isascii()
        and BEYOND_LATIN.search(text) is not None
        and sign.search(text) is not None
    )


def _are_name_words(words: list[str], folded: list[str], *, bare: bool) -> bool:
    """Whether each word may stand in a name and enough of them are capitalised.

    Scripts without case are taken as they are; the lists of words guard them.
    """
    last = len(words) - 1
    capitals = all(map(str.isupper, words))
    capitalised = 0
    for at, word in enumerate(words):
        if begins_small(word):
            if _SMALL_PREFIX.match(word):
                capitalised += 1
            elif at in (0, last) or folded[at] not in words_of.PARTICLES:
                return False
            continue
        if not word.isalpha() and not (NAME_TOKEN.match(word) and _is_joined_name(word)):
            return False
        if len(word) > 2:
            if CAPITAL_INSIDE.search(word) and not PREFIXED.match(word):
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
    return words[0].startswith(ARABIC_ARTICLE) or any(
        len(word) > 5 and word.startswith(_ARABIC_PREPOSITIONS) for word in words
    )


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
    if HAN_NAME.match(plain):
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
