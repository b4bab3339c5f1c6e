"""A charset that nothing declares is known by the language that it makes of the bytes."""

from __future__ import annotations

import random
import unicodedata

import pytest

from feedsvc.errors import UndecodableDocument
from feedsvc.ingest.decode import decode

# Invented news of a bridge; each sentence is a document of its own.
SENTENCES = {
    "ar": "افتتح رئيس البلدية يوم السبت الجسر الجديد فوق النهر رغم المطر.",
    "be": "Мэр горада адкрыў у суботу новы мост праз раку, нягледзячы на дождж.",
    "bg": "Кметът откри в събота новия мост над реката въпреки дъжда.",
    "cs": "Starosta v sobotu otevřel nový most přes řeku navzdory dešti a větru.",
    "da": "Kommunen åbnede lørdag en ny bro over åen trods regn og blæst.",
    "de": "Der Bürgermeister eröffnete am Samstag eine neue Brücke über den Fluss.",
    "el": "Ο δήμαρχος εγκαινίασε το Σάββατο τη νέα γέφυρα παρά τη βροχή.",
    "en": "“We don’t know when,” said the mayor’s office — and nobody asked again.",
    "es": "El ayuntamiento aprobó ayer la construcción de un puente sobre el río.",
    "et": "Linnapea avas laupäeval vihmast hoolimata uue silla üle jõe.",
    "fi": "Kaupunki avasi lauantaina uuden sillan joen yli tämän päivän sateessa.",
    "fr": "Le maire a inauguré samedi le nouveau pont, malgré la pluie et le vent d'été.",
    "he": "ראש העיר פתח בשבת את הגשר החדש מעל הנהר למרות הגשם.",
    "hr": "Gradonačelnik je u subotu otvorio novi most; više od tisuću ljudi došlo je pješice.",
    "hu": "A polgármester szombaton megnyitotta az új hidat a folyó fölött.",
    "is": "Bæjarstjórinn opnaði nýja brú yfir ána á laugardaginn þrátt fyrir rigningu.",
    "it": "Il sindaco ha annunciato che la città avrà più ponti entro la primavera.",
    "ja": "市長は土曜日、雨にもかかわらず川に架かる新しい橋の開通式を行った。",
    "ko": "시장은 토요일 비가 오는데도 강 위에 놓인 새 다리를 개통했다.",
    "lt": "Meras šeštadienį nepaisydamas lietaus atidarė naują tiltą per upę.",
    "lv": "Mērs sestdien, neraugoties uz lietu, atklāja jaunu tiltu pār upi.",
    "nl": "De burgemeester opende zaterdag vóór het café een brug naar één van de eilanden.",
    "pl": "Burmistrz otworzył w sobotę nowy most nad rzeką, mimo deszczu i wiatru.",
    "pt": "A câmara municipal aprovou ontem a construção de uma ponte sobre o rio São João.",
    "ro": "Primarul a deschis sâmbătă un pod nou peste râu, lângă biserică.",
    "ru": "Мэр города открыл в субботу новый мост через реку, несмотря на дождь.",
    "sk": "Starosta v sobotu otvoril nový most cez rieku napriek dažďu a vetru.",
    "sl": "Župan je v soboto kljub dežju odprl novi most čez reko.",
    "sr": "Градоначелник је у суботу отворио нови мост преко реке упркос киши.",
    "sv": "Kommunen öppnade på lördagen en ny bro över ån, trots regn och blåst.",
    "th": "นายกเทศมนตรีเปิดสะพานใหม่ข้ามแม่น้ำเมื่อวันเสาร์แม้ว่าฝนจะตก",
    "tr": "Belediye başkanı cumartesi günü yağmura rağmen yeni köprüyü açtı.",
    "uk": "Міський голова відкрив у суботу новий міст через річку попри дощ.",
    "vi": "Thị trưởng đã khánh thành cây cầu mới qua sông hôm thứ bảy dù trời mưa.",
    "zh": "市长星期六冒雨为河上的新桥剪彩，上千居民步行前来。",
    "zh-tw": "市長星期六冒雨為河上的新橋剪綵，上千居民步行前來。",
}
# By what Python calls the charset, and the languages that are written in it.
WRITTEN_IN = {
    "cp1252": "da de en es fi fr is it nl pt sv",
    "iso8859_15": "da de es fi fr is it nl pt sv",
    "mac_roman": "da de es fi fr it pt sv",
    "cp1250": "cs hr hu pl ro sk sl",
    "iso8859_2": "cs hr hu pl ro sk sl",
    "cp1251": "be bg ru sr uk",
    "koi8_r": "bg ru",
    "koi8_u": "uk",
    "cp866": "be bg ru",
    "iso8859_5": "bg ru sr uk",
    "mac_cyrillic": "be bg ru sr uk",
    "cp1253": "el",
    "iso8859_7": "el",
    "cp1254": "tr",
    "cp1255": "he",
    "iso8859_8": "he",
    "cp1256": "ar",
    "iso8859_6": "ar",
    "cp1257": "et lt lv",
    "cp1258": "vi",
    "cp874": "th",
    "cp932": "ja",
    "euc_jp": "ja",
    "gb18030": "zh",
    "big5": "zh-tw",
    "cp949": "ko",
}


@pytest.mark.parametrize(
    ("codec", "language"),
    [(codec, language) for codec, listed in WRITTEN_IN.items() for language in listed.split()],
)
def test_one_sentence_is_read_in_its_charset(codec: str, language: str) -> None:
    sentence = _as_in_windows_1258(SENTENCES[language]) if language == "vi" else SENTENCES[language]
    assert decode(f"{sentence}\n".encode(codec)).text == f"{sentence}\n"


@pytest.mark.parametrize(
    "text",
    [
        "Café",
        "A page © 2024",
        "12 m² of land, at £3 or 5° more",
        "Add ½ cup and ¼ spoon.",
        "· One thing\n· Another",
        "Fußball im Kölner Süden",
    ],
)
def test_a_single_sign_or_accent_is_read_in_windows_1252(text: str) -> None:
    found = decode(f"{text}\n".encode("cp1252"))
    assert (found.text, found.charset, found.how) == (f"{text}\n", "windows-1252", "guessed")


def test_noise_is_no_language() -> None:
    noise = bytes(byte for byte in random.Random(4).randbytes(3_000) if byte >= 0x20)
    with pytest.raises(UndecodableDocument, match="no character encoding fits"):
        decode(noise)


def _as_in_windows_1258(text: str) -> str:
    """The five tones are marks of their own there, all other accents are parts of letters."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    written = []
    for char in unicodedata.normalize("NFC", text):
        marks = unicodedata.normalize("NFD", char)
        letter = "".join(mark for mark in marks if mark not in tones)
        tone = "".join(mark for mark in marks if mark in tones)
        written.append(unicodedata.normalize("NFC", letter) + tone)
    return "".join(written)
