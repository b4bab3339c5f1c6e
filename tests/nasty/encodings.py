"""Bytes that may be text: in every encoding, declared, not or wrongly; and bytes that are none."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator
from html import escape

from tests.nasty.case import Case, Fate, holding, published, refused, settled, story

# Invented reports of a lighthouse, in the scripts that encodings were made for.
_TEXTS = {
    "fr": "Le gardien du phare a déjà reçu la clé dorée ; où sont passées les âmes de l'île ?",
    "de": "Der Wärter grüßte die Möwen über der Brücke, während große Böen die Küste trafen.",
    "es": "El señor García comió piñas y añadió: «mañana habrá más niños en el camión».",
    "pl": "Latarnik zażółcił gęślą jaźń i pomógł łodzi wrócić do źródła późną nocą.",
    "cs": "Příliš žluťoučký kůň úpěl ďábelské ódy, řekl správce majáku při večeři.",
    "ru": "Смотритель маяка написал письмо, что лодка придёт в четверг, если позволит погода.",
    "uk": "Доглядач маяка написав, що човен прийде в четвер, якщо дозволить погода, і їжа буде.",
    "el": "Ο φύλακας του φάρου έγραψε ότι το καράβι θα έρθει την Πέμπτη αν το επιτρέψει ο καιρός.",
    "tr": "Fener bekçisi, teknenin perşembe günü geleceğini yazdı; ışığı söndürmeyin, dedi.",
    "he": "שומר המגדלור כתב שהסירה תגיע ביום חמישי אם מזג האוויר יאפשר זאת לכולם.",
    "ar": "كتب حارس المنارة أن القارب سيصل يوم الخميس إذا سمح الطقس بذلك للجميع.",
    "lt": "Švyturio prižiūrėtojas parašė, kad laivas atplauks ketvirtadienį, jei oras leis.",
    "vi": "Người gác đèn biển viết rằng con thuyền sẽ đến vào thứ năm.",
    "th": "ผู้ดูแลประภาคารเขียนว่าเรือจะมาถึงในวันพฤหัสบดีถ้าอากาศดี",
    "ja": "灯台の番人は、天気がよければ船が木曜日に来ると書いた。だれも驚かなかった。",
    "zh": "灯塔看守人写道，如果天气允许，船将在星期四到达，没有人感到惊讶。",
    "zh-tw": "燈塔看守人寫道，如果天氣允許，船將在星期四到達，沒有人感到驚訝。",
    "ko": "등대지기는 날씨가 허락하면 배가 목요일에 올 것이라고 썼다. 아무도 놀라지 않았다.",
}
# By the labels of the WHATWG, with what Python calls the encoding.
_ENCODINGS = (
    ("windows-1252", "cp1252", "fr"),
    ("iso-8859-1", "cp1252", "de"),
    ("iso-8859-15", "iso8859_15", "es"),
    ("windows-1250", "cp1250", "pl"),
    ("iso-8859-2", "iso8859_2", "cs"),
    ("windows-1251", "cp1251", "ru"),
    ("koi8-r", "koi8_r", "ru"),
    ("koi8-u", "koi8_u", "uk"),
    ("ibm866", "cp866", "ru"),
    ("iso-8859-5", "iso8859_5", "ru"),
    ("x-mac-cyrillic", "mac_cyrillic", "ru"),
    ("windows-1253", "cp1253", "el"),
    ("iso-8859-7", "iso8859_7", "el"),
    ("windows-1254", "cp1254", "tr"),
    ("windows-1255", "cp1255", "he"),
    ("iso-8859-8", "iso8859_8", "he"),
    ("windows-1256", "cp1256", "ar"),
    ("iso-8859-6", "iso8859_6", "ar"),
    ("windows-1257", "cp1257", "lt"),
    ("windows-1258", "cp1258", "vi"),
    ("windows-874", "cp874", "th"),
    ("macintosh", "mac_roman", "fr"),
    ("shift_jis", "cp932", "ja"),
    ("euc-jp", "euc_jp", "ja"),
    ("iso-2022-jp", "iso2022_jp", "ja"),
    ("gbk", "gbk", "zh"),
    ("gb18030", "gb18030", "zh"),
    ("big5", "big5", "zh-tw"),
    ("euc-kr", "cp949", "ko"),
    ("utf-8", "utf_8", "ru"),
    ("utf-16le", "utf_16_le", "ru"),
    ("utf-16be", "utf_16_be", "ja"),
)


def guessed(name: str, content: bytes, title: str) -> Case:
    """Text whose encoding nothing declares: the title is right where the guess is."""
    return Case(
        path=f"encodings/undeclared-{name}".encode(),
        technique="encodings",
        make=holding(content),
        fate=Fate.SETTLED,
        title=title,
    )


def encodings() -> Iterator[Case]:
    for label, codec, language in _ENCODINGS:
        sentence = _TEXTS[language]
        title, told = f"{sentence[:24].strip()} {label}", _told(sentence, label)
        wide = label.startswith("utf-16")
        # A label of UTF-16 inside a page cannot be right, and is read as UTF-8.
        declared = _page(title, told, "utf-8" if wide else label)
        yield published(
            "encodings",
            f"declared-{label}.html",
            _encoded(declared, "utf_8" if wide else codec),
            title=title if _has_all(sentence, codec) else None,
        )
        dump = f"{title}\n\n{told}\n"
        if not _has_all(sentence, codec):
            continue
        undeclared = {"txt": dump, "md": f"# {dump}", "html": _page(title, told)}
        for suffix, text in undeclared.items():
            yield guessed(f"{label}.{suffix}", _encoded(text, codec), title)
        wrong = "euc-kr" if label != "euc-kr" else "windows-1251"
        page = _page(f"Wrong {title}", told, wrong)
        yield settled("encodings", f"wrongly-declared-{label}.html", _encoded(page, codec))
    yield from _marked()
    yield from _odd()


def _marked() -> Iterator[Case]:
    for name, bom, codec in (
        ("utf-8", codecs.BOM_UTF8, "utf_8"),
        ("utf-16le", codecs.BOM_UTF16_LE, "utf_16_le"),
        ("utf-16be", codecs.BOM_UTF16_BE, "utf_16_be"),
    ):
        for suffix in ("txt", "html", "md"):
            title = f"Отмечено {name} {suffix}"
            told = _told(_TEXTS["ru"], f"{name} {suffix}")
            written = {
                "txt": f"{title}\n\n{told}\n",
                "html": _page(title, told, "shift_jis"),
                "md": f"# {title}\n\n{told}\n",
            }[suffix]
            yield published(
                "encodings", f"marked-{name}.{suffix}", bom + written.encode(codec), title=title
            )
    for name, bom, codec in (
        ("utf-32le", codecs.BOM_UTF32_LE, "utf_32_le"),
        ("utf-32be", codecs.BOM_UTF32_BE, "utf_32_be"),
    ):
        content = bom + story(f"In {name}").encode(codec)
        yield refused("encodings", f"marked-{name}.txt", content, "UTF-32")
    two = codecs.BOM_UTF8 * 2 + story("Marked twice").encode()
    yield published("encodings", "marked-twice.txt", two, title="Marked twice")
    half = codecs.BOM_UTF16_LE + story("Half a character").encode("utf_16_le") + b"x"
    yield settled("encodings", "marked-half-a-character.txt", half)
    lone = codecs.BOM_UTF16_LE + ("Lone\n\n" + "\ud800 surrogate here. " * 50).encode(
        "utf_16_le", "surrogatepass"
    )
    yield settled("encodings", "marked-lone-surrogates.txt", lone)


def _odd() -> Iterator[Case]:
    good = story("Damaged here and there").encode()
    yield settled("encodings", "nul-here-and-there.txt", good.replace(b" the ", b" the\0 "))
    yield settled("encodings", "broken-utf8.txt", story("Bröken häre").encode() + b"\xc3\x28" * 3)
    yield settled("encodings", "cut-utf8.txt", (story("Cut") + "é").encode()[:-1])
    yield settled("encodings", "overlong-utf8.txt", good + b"\xc0\xaf\xe0\x80\xaf")
    yield settled("encodings", "cesu-8.txt", good + "\ud83d\ude00".encode("utf-8", "surrogatepass"))
    yield settled("encodings", "utf-7.txt", story("In seven bits").encode("utf_7"))
    yield settled("encodings", "utf-7-declared.html", _page("Seven", "+ADw-script+AD4-", "utf-7"))
    yield settled("encodings", "ebcdic.txt", story("In EBCDIC").encode("cp037"))
    yield settled("encodings", "mixed.txt", good + _TEXTS["ru"].encode("cp1251") * 3)
    twice = _told(_TEXTS["fr"], "mojibake").encode().decode("cp1252", "ignore")
    yield published("encodings", "mojibake.txt", f"Two times encoded\n\n{twice}\n")
    thrice = twice.encode().decode("cp1252", "ignore")
    yield published("encodings", "mojibake-twice.txt", f"Three times encoded\n\n{thrice}\n")
    for label in (
        "no-such-charset",
        "hz-gb-2312",
        "replacement",
        "x-user-defined",
        "",
        "'><",
        "a" * 900,
    ):
        content = _page(f"Declared as {label[:20]}", _told(_TEXTS["de"], label[:20]), label)
        yield settled(
            "encodings", f"declared-{label[:16].strip('<>') or 'x'}{len(label)}.html", content
        )


def binaries() -> Iterator[Case]:
    """Programs, pictures, archives and bombs under the names of articles."""
    chance = random.Random(7)
    nothing = bytes(1_000_000)
    contents: dict[str, tuple[bytes, str]] = {
        "png": (_png(), "PNG"),
        "jpeg": (b"\xff\xd8\xff\xe0\x00\x10JFIF" + chance.randbytes(4_000), "JPEG"),
        "gif": (b"GIF89a" + chance.randbytes(4_000), "GIF"),
        "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + chance.randbytes(4_000), "PDF"),
        "elf": (b"\x7fELF\x02\x01\x01" + bytes(9) + chance.randbytes(4_000), "program"),
        "zip-bomb": (_zip({"article.txt": nothing * 20}), "ZIP"),
        "zip-slip": (_zip({"../../../../tmp/escaped.txt": b"x"}), "ZIP"),
        "zip-of-zips": (_zip({f"{n}.zip": _zip({"a": nothing}) for n in range(20)}), "ZIP"),
        "docx": (_zip({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}), "ZIP"),
        "gzip-bomb": (gzip.compress(nothing * 20), "gzip"),
        "gzip-of-text": (gzip.compress(story("Packed").encode()), "gzip"),
        "bzip2-bomb": (bz2.compress(nothing * 20), "bzip2"),
        "xz-bomb": (lzma.compress(nothing * 20), "xz"),
        "zlib-stream": (zlib.compress(nothing), ""),
        "zstd-magic": (b"\x28\xb5\x2f\xfd" + chance.randbytes(500), "zstd"),
        "7z-magic": (b"7z\xbc\xaf\x27\x1c" + chance.randbytes(500), "7z"),
        "sqlite": (b"SQLite format 3\x00" + bytes(4_000), "database"),
        "ole": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + chance.randbytes(4_000), "office"),
        "random": (chance.randbytes(20_000), ""),
        "zeros": (bytes(20_000), "control"),
        "control-characters": (bytes(range(1, 32)) * 200, "control"),
        "pickle": (b"\x80\x04\x95" + chance.randbytes(200) + bytes(50), ""),
        "java": (b"\xca\xfe\xba\xbe" + bytes(40) + chance.randbytes(2_000), ""),
        "wasm": (b"\0asm\1\0\0\0" + bytes(200), ""),
        "tar": (b"a.txt".ljust(100, b"\0") + bytes(412) + b"x" * 100 + bytes(924), ""),
        "rtf": (b"{\\rtf1\\ansi hello}", "RTF"),
    }
    for name, (content, reason) in contents.items():
        for suffix in ("txt", "html", "md"):
            yield refused("binaries", f"{name}.{suffix}", content, reason)
    for name in ("photo.png", "scan.pdf", "pack.zip", "tool.exe", "mail.eml", "feed.xml"):
        yield refused("binaries", name, contents["png"][0], "there is no reader for")
    late = story("Text at first").encode() + bytes(9_000)
    yield Case(
        path=b"binaries/text-at-first.txt",
        technique="binaries",
        make=holding(late),
        fate=Fate.REFUSED,
        reason="control",
    )


def _told(sentence: str, label: str) -> str:
    return "\n\n".join(f"{sentence} ({nth}, {label}) {sentence}" for nth in range(1, 5))


def _page(title: str, told: str, charset: str | None = None) -> str:
    meta = f'<meta charset="{escape(charset)}">' if charset is not None else ""
    text = "".join(f"<p>{line}</p>" for line in told.split("\n\n"))
    return (
        f"<!doctype html><html><head>{meta}<title>{title}</title></head>"
        f"<body><article><h1>{title}</h1>{text}</article></body></html>"
    )


def _encoded(text: str, codec: str) -> bytes:
    return text.encode(codec, "replace")


def _has_all(sentence: str, codec: str) -> bool:
    return sentence.encode(codec, "replace").decode(codec) == sentence


def _png() -> bytes:
    """A picture of 30,000 times 30,000 pixels in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(100_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def _zip(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()
