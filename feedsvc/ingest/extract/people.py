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
_ORGANIZATION_WORD = re.compile(
    r"(?:\b(?:news|newsroom|agency|agencies|press|desk|bureau|team|editorial|board|media|network|"
    r"times|post|herald|tribune|gazette|guardian|magazine|online|tv|radio|wire|redaktion|"
    r"agentur|nachrichten|redacción|agencias?|redazione|rédaction|redactie|redakcja|redakce|"
    r"redaksi|redação|toimitus|haber|merkezi|institute|university|committee|foundation)\b|"
    r"редакция|агентство|وكالات|وكالة|تحریریہ|خبرگزاری|ڈیسک|डेस्क|編集部|编辑部|取材班|"
    r"新聞社|通信社|뉴스|기자단)",
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
_END = re.compile(
    r"\s*(?:[|•·►●▪]|\s[-–—]{1,2}\s|\s[-–—]{2}|https?://|www\.|\S{1,64}@\S|\s@\w|"
    r"\bfor the\b|\bfor [A-Z]|"
    r"\b(?:on|at|published|updated|posted|last|editing|additional|translated|photo|photos|"
    r"photography|reporting|veröffentlicht|aktualisiert|stand|publié|mis à jour|publicado|"
    r"actualizado|pubblicato|aggiornato|fotos?|opublikowano)\b|"
    r"\d|[«»“”\"]|\s\[|\.\s[A-Z][a-z]+\s[a-z])"
)
_BRACKETS = re.compile(r"\s?[(\[（][^)\]）]{0,80}[)\]）]?")
_PLACE = re.compile(r"\s(?:in|at|near|from|à|aux|aus|bei|desde|из|в)\s(?=[A-ZÀ-ÞА-ЯІЇЄ]).*")
_AND = re.compile(
    r"\s*(?:[,،、，;；&＆/／]|\s(?:and|und|et|with|mit|avec|con|com|og|och|ja|oraz|y|e|i|en|og|ve|dan|"
    r"и|та|и|và|a|και|și|اور|एवं|और|तथा)\s|\s(?:و(?=[\u0621-\u06d3]{3})|و\s))\s*"
)
_TITLE_WORD = re.compile(
    r"(?:\b(?:editor|editors|correspondent|reporter|writer|staff|chief|senior|director|columnist|"
    r"producer|fellow|professor|analyst|journalist|contributor|manager|head|associate|assistant|"
    r"deputy|president|ceo|founder|photographer|intern|author|ma|md|phd|rn|bsc|msc|jr|sr|esq|"
    r"redakteur|redakteurin|redaktor|korrespondent|korrespondentin|reporterin|leiter|leiterin|"
    r"volontär|chefredakteur|chefredakteurin|autor|autorin|ressortleiter|freier|freie|"
    r"journaliste|rédacteur|rédactrice|correspondant|correspondante|envoyé|envoyée|spécial|"
    r"chef|service|periodista|redactor|redactora|corresponsal|enviado|enviada|especial|"
    r"inviato|inviata|corrispondente|giornalista|repórter|colunista|jornalista|"
    r"redacteur|verslaggever|journalistin|toimittaja|redaktør|dziennikarz|redaktorka|muhabir|"
    r"politics|political|business|sports?|science|technology|health|economics?|world|"
    r"culture|education|environment|news)\b|"
    r"корреспондент|журналист|редактор|обозреватель|кореспондент|журналіст|"
    r"مراسل|محرر|صحفي|صحافي|نامہ نگار|संवाददाता|특파원|논설위원)",
    re.IGNORECASE,
)
# "Ann PoeStaff Writer": inline elements lose the space between them.
_GLUED_ROLE = re.compile(
    r"(?<=[a-zà-ÿ])(?=(?:Senior|Staff|Editor|Deputy|Chief|Political|Business|Correspondent|"
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
    # "Text Size", "Di più": one word after such a lead is hardly a name.
    return tuple(_people(line, one_word=not weak))[:_MAX_PEOPLE]


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
    if not 2 <= len(text) <= MAX_NAME_CHARS or _TITLE_WORD.search(text):
        return False
    if _NO_SPACES.search(text):
        return _is_east_asian_name(text)
    words = text.split()
    if not 2 <= len(words) <= 5:
        return False
    return _are_name_words(words)


def _one_line(text: str) -> str:
    return clean_text(text, _MAX_BYLINE_CHARS).strip(" .,;:|/–—-*")


def _people(names: str, *, one_word: bool) -> list[Person]:
    """Persons and agencies, in order, up to the first piece that is neither nor a known extra."""
    people: list[Person] = []
    ended = _END.search(names)
    if ended:
        names = names[: ended.start()]
    names = _GLUED_ROLE.sub(" ", _BRACKETS.sub("", names))
    names = names.removesuffix("…").strip(" .,;:|/–—-")
    pieces = _pieces(names)
    for at, piece in enumerate(pieces):
        person = _person(_PLACE.sub("", piece), alone=one_word and len(pieces) == 1)
        if person is None:
            if at == 0 and not _TITLE_WORD.search(piece):
                return []
            continue
        if person.kind is PersonKind.ORGANIZATION and people and _follows_comma(names, piece):
            # "Jane Doe, Reuters" tells for whom she writes.
            continue
        if all(person.name.casefold() != p.name.casefold() for p in people):
            people.append(person)
    return people


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
    if any(w.casefold() in _NOT_IN_A_NAME - _PARTICLES for w in words):
        return None
    if _ORGANIZATION_WORD.search(piece) and (_DESKS.search(piece) or len(words) > 1):
        capital = all(w[0].isupper() or not w[0].islower() for w in words)
        return Person(name=piece, kind=PersonKind.ORGANIZATION) if capital else None
    if is_name(piece):
        return Person(name=piece)
    piece = _without_role(words)
    if piece and is_name(piece):
        return Person(name=piece)
    # One word is a name only where nothing else stands in the byline: "By Madonna".
    if alone and len(words) == 1 and _are_name_words(words) and not _TITLE_WORD.search(words[0]):
        return Person(name=words[0])
    return None


def _without_role(words: list[str]) -> str:
    """The name beside a title without a comma: "Ann Poe Staff Writer", "Senior Editor Ann Poe"."""
    for at in range(len(words) - 1, 0, -1):
        head, tail = " ".join(words[:at]), " ".join(words[at:])
        if _TITLE_WORD.search(tail) and at > 1 and not _TITLE_WORD.search(head):
            return head
        if _TITLE_WORD.search(words[at - 1]) and not _TITLE_WORD.search(tail):
            return tail
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
