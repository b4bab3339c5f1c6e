"""Names of authors out of bylines: several names, agencies, and nothing that is no name.

A byline is read from its lead ("By", "Von", "بقلم") to where the names end: a title, a place, a
date, an address. What does not have the shape of a name is dropped, never repaired.
"""

from __future__ import annotations

import re

from feedsvc.ingest.extract.textual import clean_text
from feedsvc.model.entry import Person, PersonKind

_MAX_PEOPLE = 12
_MAX_BYLINE_CHARS = 400
MAX_NAME_CHARS = 80


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Each agency, and how else it signs; compared without case, kept as printed.
_AGENCIES: dict[str, tuple[str, ...]] = {
    "AFP": ("agence france-presse", "agence france presse", "afp.com", "أ ف ب", "ا ف ب", "(أ ف ب)"),
    "AP": ("associated press", "the associated press", "the ap"),
    "Reuters": ("thomson reuters", "reuters staff"),
    "dpa": ("deutsche presse-agentur", "dpa-afx", "dpa/lno"),
    "Press Association": ("pa", "pa media", "the press association", "pa news agency"),
    "Xinhua": ("xinhua news agency",),
    "TASS": ("itar-tass",),
    "EFE": ("agencia efe", "agencias efe"),
    "ANSA": ("agenzia ansa", "redazione ansa"),
    "Europa Press": (),
    "UPI": ("united press international",),
    "Bloomberg": ("bloomberg news",),
    "Kyodo": ("kyodo news",),
    "Jiji": ("jiji press",),
    "Yonhap": ("yonhap news agency", "yonhap news"),
    "PTI": ("press trust of india",),
    "ANI": ("asian news international",),
    "IANS": (),
    "APP": ("associated press of pakistan",),
    "Anadolu": ("anadolu agency", "anadolu ajansı"),
    "DHA": (),
    "İHA": ("iha",),
    "APA": (),
    "SDA": ("keystone-sda", "sda-keystone", "ats", "keystone-ats"),
    "KNA": (),
    "epd": (),
    "SID": (),
    "ANP": (),
    "Belga": (),
    "NTB": (),
    "TT": ("tt nyhetsbyrån",),
    "Ritzau": (),
    "STT": (),
    "PAP": (),
    "ČTK": ("ctk",),
    "Lusa": ("agência lusa",),
    "Agência Brasil": (),
    "Estadão Conteúdo": (),
    "Notimex": (),
    "Télam": (),
    "Adnkronos": (),
    "AGI": (),
    "Askanews": (),
    "Interfax": (),
    "RIA Novosti": (),
    "Ukrinform": (),
    "UNIAN": (),
    "ТАСС": (),
    "Интерфакс": (),
    "РИА Новости": (),
    "Укрінформ": (),
    "УНІАН": (),
    "Antara": (),
    "Bernama": (),
    "The Canadian Press": ("canadian press",),
    "La Presse canadienne": (),
    "AAP": ("australian associated press",),
    "IRNA": (),
    "ISNA": (),
    "SANA": (),
    "WAM": (),
    "SPA": (),
    "MENA": (),
    "فرانس برس": ("وكالة فرانس برس",),
    "رويترز": (),
    "الأناضول": (),
    "ایسنا": (),
    "ایرنا": (),
    "فارس": ("خبرگزاری فارس",),
    "اے ایف پی": (),
    "روئٹرز": (),
    "एएफपी": (),
    "पीटीआई": (),
    "भाषा": (),
    "新华社": (),
    "新華社": (),
    "法新社": (),
    "路透社": (),
    "中新社": (),
    "中央社": (),
    "共同通信": ("共同通信社",),
    "時事通信": ("時事通信社",),
    "ロイター": (),
    "연합뉴스": (),
}
_AGENCY_NAMES = frozenset(
    written.casefold() for name, also in _AGENCIES.items() for written in (name, *also)
)
# Words of which one makes the whole a body that signs, not a person.
_ORGANIZATION_WORDS = _words(
    """
news newsroom agency agencies press desk bureau team editorial board media network times post
herald tribune gazette guardian magazine online tv radio wire redaktion agentur nachrichten
redacción agencia agencias redazione rédaction redactie redakcja redakce redaksi redação toimitus
haber merkezi institute university committee foundation
"""
)
# The same where words have endings, or no spaces between them.
_ORGANIZATION_SIGN = re.compile(
    r"редакция|агентство|وكالات|وكالة|تحریریہ|خبرگزاری|ڈیسک|डेस्क|編集部|编辑部|取材班|"
    r"新聞社|通信社|뉴스|기자단",
    re.IGNORECASE,
)
# Bodies that everybody has: a byline of these names nobody.
_NOBODY = frozenset(
    """staff;staff writer;staff writers;staff reporter;staff report;staff reports;our correspondent;
our staff reporter;a correspondent;correspondent;reporter;editor;admin;administrator;author;
anonymous;guest;unknown;contributor;guest author;guest contributor;special correspondent;
our reporter;news;press release;sponsored;none;n/a;redaktion;redacción;redazione;la rédaction;
rédaction;redactie;newsroom;editorial;agencies;news agencies;agencias;agentur;agenturen;wire;
wire services;web desk;news desk;online desk;monitoring desk;more;follow;share;us;me""".replace(
        "\n", ""
    ).split(";")
)
_DESKS = re.compile(r"\b(?:desk|newsroom|redaktion|redacción|rédaction|redazione|agencies)$", re.I)

_LATIN_LEADS = (
    "written by|reported by|words by|story by|text by|report by|analysis by|opinion by|article by|"
    "posted by|published by|author|authors|by|"
    "geschrieben von|ein gastbeitrag von|ein kommentar von|eine analyse von|"
    "ein beitrag von|kommentar von|interview von|aus .{2,20} berichtet|von|autor|autoren|autorin|"
    "text|texte|texto|tekst|"
    "écrit par|propos recueillis par|par|auteur|"
    "escrito por|redactado por|por|autora|"
    "a cura di|scritto da|articolo di|di|autore|"
    "door|geschreven door|skrevet av|skriven av|af|av|"
    "napisał|napisała|autorzy|tekst|yazan|haber|oleh|penulis|reporter|teksti|napsal|autoři|"
    "redaktør|journalist|reportage|na|mwandishi|na mwandishi"
)
_LEAD = re.compile(
    rf"^(?:(?P<latin>{_LATIN_LEADS})(?: ?[:/|–—-] ?| )"
    r"|(?-i:[Bb]y(?=[A-Z][a-z]))"
    r"|(?:автор|автор текста|автори|авторы|текст|текст подготовил|подготовил|подготовила)"
    r"(?: ?[:：/|–—-] ?| )"
    r"|(?:بقلم|كتب|كتبت|كتبها|إعداد|اعداد|تحرير|المصدر|نویسنده|نوشته|نوشتهٔ|گزارش از|گزارش|از|"
    r"تحریر|مصنف|رپورٹ|خبرنگار)(?: ?[:：/|–—-] ?| )"
    r"|(?:द्वारा|लेखक|रिपोर्ट|संवाददाता|रिपोर्टर)(?: ?[:：/|–—-] ?| )"
    r"|(?:本報|本报|新华社|新華社)?(?:記者|记者|作者|撰文|撰稿|编辑|編輯|執筆|筆者|責任編輯|責编)"
    r"(?: ?[:：/／|] ?| )"
    r"|(?:文|取材・文|文・写真|文・写真=|聞き手)(?: ?[:：/／|=・] ?)"
    r"|(?:글|기자|취재)(?: ?[:：/=] ?))",
    re.IGNORECASE,
)
# Leads that are also the beginning of ordinary sentences: only a line of names may follow.
_WEAK_LEADS = _words(
    """
di na haber text texte texto tekst journalist reporter af av
"""
)

# Where the names of a byline end, whatever follows.
_END_SIGN = re.compile(
    r"[|•·►●▪«»“”\"\d]|\s(?:[-–—]{1,2}\s|[-–—]{2}|@\w|\[)|https?://|www\.|"
    r"\.\s[A-Z][a-z]+\s[a-z]"
)
_END_WORDS = _words(
    """
on at published updated posted last editing additional translated photo photos photography
reporting veröffentlicht aktualisiert stand publié mis publicado actualizado pubblicato aggiornato
foto fotos opublikowano for
"""
)
_END_WORD = re.compile(
    rf"\b(?:{'|'.join(sorted(_END_WORDS - {'mis', 'for'}))}|mis à jour|for the)\b|\bfor [A-Z]"
)
_ADDRESS = re.compile(r"\S{1,64}@\S")
_BRACKETS = re.compile(r"\s?[(\[（][^)\]）]{0,80}[)\]）]?")
_PLACE = re.compile(r"\s(?:in|at|near|from|à|aux|aus|bei|desde|из|в)\s(?=[A-ZÀ-ÞА-ЯІЇЄ]).*")
_AND_WORDS = _words(
    """
and und et with mit avec con com og och ja oraz y e i en og ve dan и та и và a και și اور एवं और तथा
"""
)
_AND = re.compile(
    rf"(?:[,،、，;；&＆/／]|\s(?:{'|'.join(sorted(_AND_WORDS))})\s|"
    r"\s(?:و(?=[\u0621-\u06d3]{3})|و\s))\s*"
)
_TITLE_WORDS = _words(
    """
editor editors correspondent reporter writer staff chief senior director columnist producer fellow
professor analyst journalist contributor manager head associate assistant deputy president ceo
founder photographer intern author ma md phd rn bsc msc jr sr esq
redakteur redakteurin redaktor korrespondent korrespondentin reporterin leiter leiterin volontär
chefredakteur chefredakteurin autor autorin ressortleiter freier freie
journaliste rédacteur rédactrice correspondant correspondante envoyé envoyée spécial chef service
periodista redactor redactora corresponsal enviado enviada especial
inviato inviata corrispondente giornalista repórter colunista jornalista
redacteur verslaggever journalistin toimittaja redaktør dziennikarz redaktorka muhabir
politics political business sport sports science technology health economic economics world culture
education environment news
"""
)
_TITLE_SIGN = re.compile(
    r"корреспондент|журналист|редактор|обозреватель|кореспондент|журналіст|"
    r"مراسل|محرر|صحفي|صحافي|نامہ نگار|संवाददाता|특파원|논설위원",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"\w+")
# "Ann PoeStaff Writer": inline elements lose the space between them.
_GLUED_ROLE = re.compile(
    r"([a-zà-ÿ])(?=(?:Senior|Staff|Editor|Deputy|Chief|Political|Business|Correspondent|"
    r"Reporter|"
    r"Writer|Associate|Assistant|Special|Executive|Managing|Contributing|Freelance)\b)"
)
_KOREAN_ROLE = re.compile(r"\s*(?:기자|특파원|記者|记者|報道員|通讯员)$")
_PARTICLES = _words(
    """
de da do dos das del della delle di der den des du van von vom zu zum zur la le el al bin ibn
ben bint ter ten te af av i y e und d’ d' o’ mac mc st abu um ul ur ud san santa
"""
)
_NAME_TOKEN = re.compile(
    r"(?:[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u0900-\u0dff\u064b-\u0652\u200c\u200d'’ʼ`´.\-‐‑])*)$"
)
_HAN_NAME = re.compile(r"[\u3400-\u9fff々]{2,4}$")
_KANA_NAME = re.compile(r"[\u3040-\u30ff\u3400-\u9fff々ー・＝]{2,14}$")
_HANGUL_NAME = re.compile(r"[\uac00-\ud7a3]{2,4}$")
_NO_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
# Function words: a piece with one of these is a clause, not a name.
_NOT_IN_A_NAME = _words(
    """
the this that these those is are was were be been has have had will would can could of to for
from as it its his her their our your my we you they not but or if when how why what who which
where than then more most all new now after before about over into out up down der die das ein
eine ist sind und mit für auf im am als auch nicht wie wer les des une est sont dans pour avec
sur pas plus que qui ce cette ces los las una es son para como más su sus het een zijn voor niet
met op read share follow subscribe sign log click menu search home video photo photos image
credit copyright related comments comment email print facebook twitter whatsapp newsletter
"""
)
_NEVER_IN_A_NAME = _NOT_IN_A_NAME - _PARTICLES
# Behind these the first name may be over.
_MAY_END_A_NAME = _AND_WORDS | _END_WORDS | _words("in at near from à aux aus bei desde из в")
_AGENCY_BEGINNINGS = frozenset(name.split()[0] for name in _AGENCY_NAMES)


def parse_byline(text: str, *, labelled: bool = False) -> tuple[Person, ...]:
    """The authors that a byline names, in its order; none where it names nobody.

    labelled: `text` is known to be a byline (a metadata value, an author line): it may begin with
    a name. Otherwise it needs a lead ("By", "Von"), or must be an agency as a whole.
    """
    line = _one_line(text)
    whole = agency_named(line)
    if whole:
        return (Person(name=whole, kind=PersonKind.ORGANIZATION),)
    lead, weak = byline_lead(line), lead_is_weak(line)
    if lead:
        line = line[lead:]
        # "By" and "Written by" follow one another where a label stands before its value.
        line = line[byline_lead(line) :]
    elif not labelled and not _KOREAN_ROLE.search(line):
        return ()
    if not _may_begin_with_a_name(line):
        return ()
    # "Text Size", "Di più": one word after such a lead is hardly a name.
    return tuple(_people(line, one_word=not weak))[:_MAX_PEOPLE]


def _may_begin_with_a_name(line: str) -> bool:
    """Whether a look at the single words leaves hope: most lines of a page are told by it."""
    words = line.split()
    if not words or words[0].casefold() in _AGENCY_BEGINNINGS:
        return True
    for word in words:
        folded = word.casefold()
        if not word.isalpha() or folded in _MAY_END_A_NAME:
            return True
        if folded in _NEVER_IN_A_NAME or (word[0].islower() and folded not in _PARTICLES):
            # "Senior writer": behind a title another name may follow.
            return _has_title(line)
    return True


def byline_lead(line: str) -> int:
    """How many characters of a line lead in a byline; 0 where nothing does."""
    lead = _LEAD.match(line)
    return lead.end() if lead else 0


def lead_is_weak(line: str) -> bool:
    """Whether the lead is a word that begins ordinary sentences too."""
    lead = _LEAD.match(line)
    return bool(lead and lead["latin"] and lead["latin"].casefold() in _WEAK_LEADS)


def agency_named(text: str) -> str | None:
    """The agency that `text` is as a whole, as printed there."""
    name = text.strip(" .,()[]-–—")
    return name if name.casefold() in _AGENCY_NAMES else None


def is_name(text: str) -> bool:
    """Whether `text` has the shape of a person's full name: two to five words, or four signs."""
    text = text.strip()
    if not 2 <= len(text) <= MAX_NAME_CHARS:
        return False
    if not text.isascii() and _NO_SPACES.search(text):
        return _is_east_asian_name(text) and not _has_title(text)
    words = text.split()
    return 2 <= len(words) <= 5 and _are_name_words(words) and not _has_title(text)


def _has_title(text: str) -> bool:
    """Whether a word says what somebody is, not who: "editor", "Leiterin", "مراسل"."""
    return _has_word(text, _TITLE_WORDS, _TITLE_SIGN)


def _has_word(text: str, words: frozenset[str], sign: re.Pattern[str]) -> bool:
    if not words.isdisjoint(_TOKEN.findall(text.casefold())):
        return True
    return not text.isascii() and sign.search(text) is not None


def _one_line(text: str) -> str:
    return clean_text(text, _MAX_BYLINE_CHARS).strip(" .,;:|/–—-*")


def _people(names: str, *, one_word: bool) -> list[Person]:
    """Persons and agencies, in order, up to the first piece that is neither nor a known extra."""
    people: list[Person] = []
    names = _up_to_the_end(names)
    names = _GLUED_ROLE.sub(r"\1 ", _BRACKETS.sub("", names))
    names = names.removesuffix("…").strip(" .,;:|/–—-")
    pieces = _pieces(names)
    for at, piece in enumerate(pieces):
        person = _person(_PLACE.sub("", piece), alone=one_word and len(pieces) == 1)
        if person is None:
            if at == 0 and not _has_title(piece):
                return []
            continue
        if person.kind is PersonKind.ORGANIZATION and people and _follows_comma(names, piece):
            # "Jane Doe, Reuters" tells for whom she writes.
            continue
        if all(person.name.casefold() != p.name.casefold() for p in people):
            people.append(person)
    return people


def _up_to_the_end(names: str) -> str:
    """What stands before the first sign, word or address with which the names end."""
    ends = [_END_SIGN.search(names)]
    if not _END_WORDS.isdisjoint(_TOKEN.findall(names)):
        ends.append(_END_WORD.search(names))
    if "@" in names:
        ends.append(_ADDRESS.search(names))
    return names[: min((end.start() for end in ends if end), default=len(names))].rstrip()


def _follows_comma(names: str, piece: str) -> bool:
    return names[: names.find(piece)].rstrip().endswith((",", "،", "，"))


def _pieces(names: str) -> list[str]:
    pieces = [p.strip(" .,;:|-–—") for p in _AND.split(names)]
    apart: list[str] = []
    for piece in filter(None, pieces):
        piece = _KOREAN_ROLE.sub("", piece)
        words = piece.split()
        if len(words) > 1 and all(_HAN_NAME.match(w) and len(w) > 1 for w in words):
            # "张三 李四" are two people, "山田 太郎" is one.
            apart += (
                words if all(len(w) >= 3 or _is_chinese_pair(words) for w in words) else [piece]
            )
        else:
            apart.append(piece)
    return apart


def _is_chinese_pair(words: list[str]) -> bool:
    return sum(map(len, words)) > 2 * len(words) + 1


def _person(piece: str, *, alone: bool) -> Person | None:
    agency = agency_named(piece)
    if agency:
        return Person(name=agency, kind=PersonKind.ORGANIZATION)
    folded = piece.casefold()
    if not piece or len(piece) > MAX_NAME_CHARS or folded in _NOBODY:
        return None
    words = piece.split()
    if not _NEVER_IN_A_NAME.isdisjoint(folded.split()):
        return None
    signs_as_a_body = _has_word(piece, _ORGANIZATION_WORDS, _ORGANIZATION_SIGN)
    if signs_as_a_body and (len(words) > 1 or _DESKS.search(piece)):
        capital = all(w[0].isupper() or not w[0].islower() for w in words)
        return Person(name=piece, kind=PersonKind.ORGANIZATION) if capital else None
    if is_name(piece):
        return Person(name=piece)
    piece = _without_role(words)
    if piece and is_name(piece):
        return Person(name=piece)
    # One word is a name only where nothing else stands in the byline: "By Madonna".
    if alone and len(words) == 1 and _are_name_words(words) and not _has_title(piece):
        return Person(name=words[0])
    return None


def _without_role(words: list[str]) -> str:
    """The name beside a title without a comma: "Ann Poe Staff Writer", "Senior Editor Ann Poe"."""
    titles = [_has_title(word) for word in words]
    if True not in titles:
        return ""
    for at in range(len(words) - 1, 0, -1):
        if at > 1 and True in titles[at:] and True not in titles[:at]:
            return " ".join(words[:at])
        if titles[at - 1] and True not in titles[at:]:
            return " ".join(words[at:])
    return ""


def _is_east_asian_name(text: str) -> bool:
    plain = text.replace(" ", "").replace("\u3000", "")
    return bool(
        _HAN_NAME.match(plain)
        or _HANGUL_NAME.match(plain)
        or (_KANA_NAME.match(plain) and len(plain) <= 12 and " " in text)
    )


def _are_name_words(words: list[str]) -> bool:
    """Whether each word may stand in a name and enough of them are capitalised.

    Scripts without case are taken as they are; the lists of function words guard them.
    """
    capitalised = 0
    for at, word in enumerate(words):
        folded = word.casefold()
        if folded in _PARTICLES and word[0].islower() and at < len(words) - 1:
            continue
        if folded in _NOT_IN_A_NAME or not _NAME_TOKEN.match(word):
            return False
        if word[0].islower():
            return False
        if len(word.rstrip(".")) > 1 or at < len(words) - 1:
            capitalised += 1
    return capitalised >= min(2, len(words))
