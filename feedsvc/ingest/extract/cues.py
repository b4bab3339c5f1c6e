"""Words by which the parts of a news page around its article are known, in many languages.

They are common words of every page, none of one site, and lie in words/, a file a table. All are
compared folded (`months.fold`).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from feedsvc.ingest.extract.days.months import fold

_WORDS = Path(__file__).with_name("words")

_SIGNS_BEFORE = re.compile(r"[^\w]{1,4}")
# All that may stand behind a label that is a line of its own: "Comments (12) »".
_BEHIND_A_LABEL = frozenset(" .,:;…!›»>→▶▼|()[]/+-–—#*0123456789")
_SHORT = 70
# Phrases are found by their first three letters; of Chinese, Japanese and Korean two are enough.
_FAR_EAST = "\u2e80"
_STOPS = ("।", "۔", "。", "！", "!", "．", "։")


def _blocks(name: str) -> dict[str, list[str]]:
    """The phrases of words/NAME.txt, folded; by what stands in brackets above each block."""
    text = (_WORDS / f"{name}.txt").read_text(encoding="utf-8")
    blocks: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.startswith("["):
            phrases = blocks.setdefault(line[1:-1], [])
        elif line and not line.startswith("# "):
            phrases += fold(unicodedata.normalize("NFC", line)).split(";")
    return blocks


def _phrases(name: str) -> list[str]:
    """The phrases of words/NAME.txt, of all languages."""
    return [phrase for block in _blocks(name).values() for phrase in block]


class Beginnings:
    """Phrases with which lines begin; each says how the line may go on.

    "menu" is a line of its own; "tags:" may have a colon and more behind it; "more on ~" goes on
    as a short line that is no sentence; "reporting by *" goes on as it likes. Without the space
    ("关注~", "aktualis*") the phrase may end inside a word. "get *newsletter" is a short line
    that says "newsletter" later, "show # ~" has a number there. Few lines
    begin with the first three letters of any phrase: looking for these first costs as little as a
    regular expression of a tenth of the phrases.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        endings: dict[str, dict[str, list[str]]] = {}
        for phrase in dict.fromkeys(phrases):
            words = phrase.partition("*")[0].strip(" :~#([¿¡<")
            key = f"{words} "[:3] if words < _FAR_EAST else words[:2]
            known = endings.setdefault(key, {}).setdefault(words, [])
            known.append(phrase.partition(words)[2])
        self._known = {key: (tuple(by_words), by_words) for key, by_words in endings.items()}

    def match(self, folded: str) -> str | None:
        """The phrase with which a line begins, behind at most four signs."""
        at = 0
        first = folded[:1]
        if not first.isalnum() and (signs := _SIGNS_BEFORE.match(folded)):
            at = signs.end()
            first = folded[at : at + 1]
        known = self._known.get(folded[at : at + (3 if first < _FAR_EAST else 2)])
        if known is None or not folded.startswith(known[0], at):
            return None
        for words, endings in known[1].items():
            if folded.startswith(words, at):
                end = at + len(words)
                if any(_may_end(folded, end, ending) for ending in endings):
                    return words
        return None

    search = match


def _may_end(folded: str, end: int, ending: str) -> bool:
    """Whether a line may go on like this behind a phrase that ends at `end`."""
    behind = folded[end : end + 1]
    if not behind or ending == "*":
        return True
    if ending == "~":
        return _is_short(folded)
    later = ending.lstrip(" *")
    if ending and later and later not in (":", "~"):
        if "#" in later:
            return folded[end : end + 2].lstrip()[:1].isdigit()
        return later in folded[end:] and _is_short(folded)
    if ending and not behind.isalnum():
        if ending == " *":
            return True
        if ending == " ~" and _is_short(folded):
            return True
        if folded[end : end + 2].lstrip()[:1] == ":":
            return True
    return len(folded) - end <= 12 and _BEHIND_A_LABEL.issuperset(folded[end:])


def _is_short(folded: str) -> bool:
    if len(folded) > _SHORT or folded.endswith(_STOPS):
        return False
    return not folded.endswith(".") or folded.endswith("..")


# Whole lines that are buttons, menus, sections and labels.
FURNITURE = frozenset(_phrases("furniture"))

_ODD_FURNITURE = re.compile(
    r"\[(?: |_|im|button)|\(button\)|\d+ ?(?:of|/|von|de|sur|di|van|av|из|з) ?\d+$"
)
_NUMBER_BEFORE = re.compile(
    r"\d[\d.,]*(?: ?(?:k|m|tsd\.?|mil|тыс\.?|tis\.|만|万|萬|천)(?!\w))? ?\+? ?"
)
_COUNT = re.compile(r" ?[\d.,]+\)?")
_FURNITURE_AND_SIGNS = FURNITURE | frozenset("|/>›»·•,&-–—<+")
_DIGITS = frozenset("0123456789")
_ODD_FIRST = _DIGITS | frozenset("[(")
_COUNT_LAST = _DIGITS | frozenset(")")


class _FurnitureBegins:
    """Lines that begin with a phrase of furniture or a count, or hold nothing but furniture."""

    def __init__(self, phrases: Iterable[str], counted: Iterable[str]) -> None:
        self._phrases, self._counted = Beginnings(phrases), Beginnings(counted)

    def match(self, folded: str) -> str | None:
        """What of a line is furniture, or None."""
        if phrase := self._phrases.match(folded):
            return phrase
        if len(folded) > _SHORT:
            return None
        if folded[0] in _ODD_FIRST:
            if _ODD_FURNITURE.match(folded):
                return folded
            number = _NUMBER_BEFORE.match(folded)
            return self._counted.match(folded[number.end() :]) if number else None
        if folded[-1] in _COUNT_LAST:
            label, _, count = folded.rpartition("(" if folded[-1] == ")" else ":")
            return label if label.rstrip() in FURNITURE and _COUNT.fullmatch(count) else None
        word, _, more = folded.partition(" ")
        if word in FURNITURE and more and _FURNITURE_AND_SIGNS.issuperset(more.split()):
            return folded
        return None


FURNITURE_BEGINS = _FurnitureBegins(_phrases("furniture_begins"), _phrases("counted"))

# Lines after which a page speaks of something else.
TAIL = Beginnings(_phrases("tail"))

# Who claims the rights in a page, and in what words; the name stands before or behind them.
RIGHTS = re.compile(
    r"all rights? reserved|alle rechte(?: vorbehalten)?|tous droits(?: reserves)?|"
    r"todos los derechos(?: reservados)?|los derechos reservados|derechos reservados|"
    r"todos os direitos(?: reservados)?|direitos reservados|tots els drets(?: reservats)?|"
    r"tutti i diritti(?: riservati)?|diritti riservati|riproduzione riservata|"
    r"alle rechten(?: voorbehouden)?|toate drepturile(?: rezervate)?|"
    r"alla rattigheter|med ensamratt|alle rettigheder|alle rettigheter|kaikki oikeudet|"
    r"koik oigused|visas tiesibas|visos teises saugomos|"
    r"wszelkie prawa(?: zastrzezone)?|vsechna prava(?: vyhrazena)?|vsetky prava(?: vyhradene)?|"
    r"vse pravice pridrzane|sva prava (?:pridrzana|zadrzana)|minden jog fenntartva|"
    r"(?:her|tum) hakki(?: saklidir)?|tum haklari(?: saklidir)?|"
    r"butun huquqlar(?:i)?(?: qorunur)?|hak cipta(?: dilindungi| terpelihara)?|"
    r"giu ban quyen|haki zote zimehifadhiwa|"
    r"все права(?: защищены)?|(?:усі|всі) права(?: захищені)?|"
    r"всички права(?: запазени)?|сва права (?:задржана|придржана)|"
    r"ολα τα δικαιωματα|με επιφυλαξη παντοσ δικαιωματοσ|"
    r"(?:جميع|كافة|كل|تمام)? ?(?:ال)?حقوق(?: النشر)? محفوظة?(?: ل)?|"
    r"جملہ حقوق(?: بحق .{2,30})? محفوظ(?: ہ[ي]ں)?|"
    r"(?:تمامي|تمام|كليه) حقوق(?: .{2,60} محفوظ است)?|"
    r"सर्वाधिकार सुरक्षित|सर्व हक्क (?:सुरक्षित|राखीव)|সর্বস্বত্ব|"
    r"అన్ని హక్కులు|כל הזכויות שמורות|բոլոր իրավունքները|ყველა უფლება დაცულია|สงวนลิขสิทธิ์|"
    r"版权所有|版權所有|著作權所有|無断(?:転載|複製)\S*|禁止転載|"
    r"未经\S*(?:授权|许可)\S*|未經\S*(?:授權|許可)\S*|不得转载|"
    r"무단 ?전재\S*(?: .{2,12}금지)?|저작권자?"
)
COPYRIGHT = re.compile(r"©|\(c\)|copyright")

# Lines that say where a text was taken from.
SOURCE_LABEL = re.compile(
    r"(?:文章|信息|新闻)?(?:来源|來源|出处|稿源)(?: ?[:|]|$)|"
    r"(?:출처|자료|出典|引用元|資料來源) ?:|"
    r"(?:quellen?|sources?|fuentes?|fontes?|fonti|fonts?|bron(?:nen)?|sursa|surse|kilder?|"
    r"kall(?:a|or)|"
    r"lahde|lahteet|allikas|allikad|avots|avoti|saltini(?:s|ai)|zrodł[oa]|zdroje?|viri?|izvori?|"
    r"forras(?:ok)?|kaynak|m[eə]nb[eə]|sumber|nguon|chanzo|источники?|джерел[оа]|източни(?:к|ци)|"
    r"πηγ(?:η|εσ)|المصدر|المصادر|منبع|منابع|ماخذ|بشكريہ|स्रोत|সূত্র|ஆதாரம்|మూలం|מקור|"
    r"աղբյուր[ը]?|წყარო|ที่มา) ?: ?\S"
)

_OF_PICTURES = _blocks("pictures")
_PICTURE_LABELS = frozenset(_OF_PICTURES["label"])
_PICTURE_PHRASES = (*_OF_PICTURES["phrase"], *dict.fromkeys(_OF_PICTURES["alone"]))
_AGENCIES = (
    "afp|ap|reuters|epa|dpa|getty|getty images|imago|efe|ansa|tass|xinhua|apa|picture alliance|"
    "scanpix|ntb|keystone|lusa|belga|anp|ritzau|lehtikuva|pap|ctk|mti|pti|ani|"
    "dha|iha|antara|bernama|unian|tanjug|agerpres|elta|leta|bns|afp/getty|реитер|тасс"
)
_PICTURE_BEGINS = re.compile(
    rf"(?:{_AGENCIES})/[^\W\d_]|(?:file|pictured|above|left|right|pictured above|from left|im bild|"
    r"auf dem bild|sur la photo|en la imagen|na foto|nella foto|op de foto|pa bilden|na zdjeciu|"
    r"na snimku|na fotografii|на фото|на снимке|на снимката|на фотографіі|图为|圖為) ?[-–—:]|"
    r"图为|圖為|上图|下图|上圖|下圖|写真は|写真上"
)
_PICTURE_ENDS = re.compile(
    rf"(?:[/|] ?|\. ?|© ?)(?:{_AGENCIES})(?:[/ ][\w .,/-]{{0,24}})?\)?$|"
    r"\.(?:jpe?g|png|gif|webp)$|사진$|=.{0,20}撮影"
)
_PICTURE_IN_BRACKETS = re.compile(
    r"[(\[](?:(?:photos?|fotos?|bild(?:er)?|images?|pictures?|file|quelle|archiv|symbolbild|kuvat?|"
    rf"фото|صورة|사진|写真|撮影|צילום)(?!\w)|(?:{_AGENCIES})(?:/| photo)|"
    r".{0,20}(?:提供|撮影|写真).{0,10}\))"
)
_BEHIND_A_WORD = re.compile(r"[:/|=] ?\S")
_BEFORE_A_WORD = re.compile(r"[\s()\[\]<>,;\"“„。、/|:=]")


# Most phrases have so many characters in common with others ("foto", "phot"): these are looked
# for first.
_COMMON = 4


class _Caption:
    """Lines that speak of a picture: a label with a name behind it, a telling phrase, a credit."""

    def __init__(self, phrases: Iterable[str]) -> None:
        parts_of = {
            phrase: [phrase[at : at + _COMMON] for at in range(max(1, len(phrase) - _COMMON + 1))]
            for phrase in phrases
        }
        common = Counter(part for parts in parts_of.values() for part in parts)
        by_part: dict[str, list[str]] = {}
        for phrase, parts in parts_of.items():
            by_part.setdefault(max(parts, key=common.__getitem__), []).append(phrase)
        self._phrases = tuple(by_part.items())
        self._ascii_phrases = tuple(item for item in self._phrases if item[0].isascii())

    def search(self, folded: str) -> str | None:
        """What in a line speaks of a picture, or None."""
        found = _PICTURE_BEGINS.match(folded) or _PICTURE_ENDS.search(folded[-50:])
        if not found and ("(" in folded or "[" in folded):
            found = _PICTURE_IN_BRACKETS.search(folded)
        if found:
            return found[0]
        for sign in _BEHIND_A_WORD.finditer(folded):
            before = folded[max(0, sign.start() - 24) : sign.start()].rstrip()
            before = before.removesuffix(" by").removesuffix(" credit")
            word = _BEFORE_A_WORD.split(before)[-1].rstrip(".")
            if word in _PICTURE_LABELS:
                return word
        known = self._ascii_phrases if folded.isascii() else self._phrases
        for part, phrases in known:
            if part in folded:
                for phrase in phrases:
                    if phrase in folded:
                        return phrase
        return None


CAPTION = _Caption(_PICTURE_PHRASES)

# One of these is in every line that CAPTION finds: looking for words is faster than searching.
CAPTION_WORDS = frozenset(
    [
        *_OF_PICTURES["label"],
        *_OF_PICTURES["alone"],
        *_OF_PICTURES["hint"],
        *re.split(r"[|/ ]", _AGENCIES),
    ]
)
# The same for scripts whose words have no spaces or hold signs that are no letters.
CAPTION_SIGNS = re.compile(
    "提供|撮影|写真|图片|圖片|图源|圖源|图为|圖為|图:|圖:|上图|下图|上圖|下圖|摄影|攝影|資料|资料图|示意|配图|参考|イメージ|"
    "사진|이미지|그래픽|ภาพ|फोटो|तस्वीर|छायाचित्र|ছবি|படம்|ఫోటో|ఫొటో|చిత్రం"
)


def _any_of(stems: Iterable[str]) -> re.Pattern[str]:
    """A pattern of many: by what each begins with, so that most are passed over at once."""
    behind: dict[str, list[str]] = {}
    for stem in stems:
        begins_plainly = stem[0].isalpha() and stem[1:2] not in "?*+{"
        first = stem[0] if begins_plainly else ""
        behind.setdefault(first, []).append(stem.removeprefix(first))
    return re.compile("|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in behind.items()))


_OF_DATES = {kind: _any_of(stems) for kind, stems in _blocks("dates").items()}
PUBLISHED, UPDATED = _OF_DATES["published"], _OF_DATES["updated"]
# What is said of the day on which a page was shown or printed.
RENDERED = _OF_DATES["rendered"]

_OF_AGO = _blocks("ago")
_UNITS = frozenset(_OF_AGO["unit"])
_AGO_BEFORE = tuple(f" {word}" for word in _OF_AGO["before"])
_AGO_BEHIND = frozenset(_OF_AGO["behind"])
_AGO_TOGETHER = tuple(_OF_AGO["together"])
_AGO_LINKS = frozenset(_OF_AGO["link"])
_NUMBER = re.compile(r"(?<![\d.,:/])\d{1,3}(?![\d.,:/])")


class _Ago:
    """How long ago: "5 hours ago", "vor 3 Tagen", "2時間前"."""

    def search(self, folded: str) -> str | None:
        """The number in a line that says how long ago, or None."""
        numbers = _NUMBER.finditer(folded)
        return next((number[0] for number in numbers if _is_ago(folded, number)), None)


def _is_ago(folded: str, number: re.Match[str]) -> bool:
    behind = folded[number.end() : number.end() + 40].lstrip()
    if behind.startswith(_AGO_TOGETHER):
        return True
    words = behind.split(None, 3)[:3]
    if not words:
        return False
    unit = words[0].rstrip(".,;·|")
    before = folded[: number.start()].rstrip()
    if unit not in _UNITS:
        # Swahili puts the unit first.
        return before.rpartition(" ")[2] in _UNITS and unit in ("zilizopita", "iliyopita")
    if len(words) > 1 and words[1].rstrip(".,;:·|") in _AGO_BEHIND:
        return True
    if len(words) > 2 and words[2].rstrip(".,;:·|") in _AGO_BEHIND:
        return words[1] in _AGO_LINKS
    if len(words) == 1 and unit in ("h", "hrs") and len(folded) <= _SHORT:
        return True
    return _is_short(folded) and f" {before}".endswith(_AGO_BEFORE)


AGO = _Ago()

URL = re.compile(r"(?:https?://|www\.)\S")
BULLET = re.compile(r"^\s*(?:[*•·●▪◦‣■□∙⁃▸►➤➢✓✔◆◇–—-]|\+|o(?= [A-Z])|\(?\d{1,2}[.)])\s+(?=\S)")

_UPPER = "".join(
    chr(code)
    for first, last in (
        (0x41, 0x24F),
        (0x386, 0x3AB),
        (0x400, 0x4FF),
        (0x531, 0x556),
        (0x1EA0, 0x1EF9),
    )
    for code in range(first, last + 1)
    if chr(code).isupper()
)
_LOWER = "a-zß-öø-ÿ\u0101-\u024fα-ωά-ώа-џա-և\u10d0-\u10fa\u1ea1-\u1ef9"
# Letters of a word, with the signs of vowels that Python takes for no letters.
_IN_A_WORD = r"\w'’.\u0900-\u0963\u0966-\u0dff\u0e00-\u0e7f-"
DATELINE = re.compile(
    rf"^(?:[^\W\d_][{_IN_A_WORD}]*[ ,/]{{1,2}}){{0,6}}[^\W\d_][{_IN_A_WORD}]*,? ?"
    r"(?:\d{1,2}\.? [^\W\d_]{3,10}\.? ?)?"
    rf"(?:\((?:[{_UPPER}][\w./ -]{{1,24}})\))? ?(?:--|[–—:-]) \S|"
    r"^【[^】]{2,24}】|^（?[^（）]{2,16}[社網网]）|^.{2,16}\d{1,2}[日号][电電讯訊]|"
    r"^\([^)]{2,30}\) ?(?:--|[–—-])|^[\[(][^\])=]{2,20}=[^\])]{2,20}[\])]"
)
# One of these is in every line that DATELINE finds. It begins with its signs, which a search finds
# far faster than one way of several.
DATELINE_SIGN = re.compile(
    r"[–—:)=】）電电讯訊-](?:(?<=[–—:-]) |(?<=\)) ?[–—-]|(?<=[=】）電电讯訊]))"
)
PLACE_IN_CAPITALS = re.compile(rf"^[{_UPPER}][{_UPPER} .'’-]{{2,30}}[,:(–—-]")

SENTENCE_END = re.compile(r"[.!。！।॥۔?？؟։።][\"'”’»)\]」』）]{0,3}$")
QUOTE_END = ('"', "”", "»", "」", "』", "’", "“")
# Every way begins with the stop itself, which a search finds far faster than a letter before it.
SENTENCE_INSIDE = re.compile(
    rf"[.!?。！？।۔؟։](?:(?<=[{_LOWER}0-9\"”’»)][.!?])[\"”»)]? {{1,2}}[\"“«„(¿¡]?[{_UPPER}]|"
    r"(?<=[。！？])[^」』）]|(?<=[।۔؟։]) )"
)
QUOTE_START = ("“", '"', "«", "„", "「", "『", "»", "‘", "”")
