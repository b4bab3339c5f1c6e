"""The language of a body is told where there is enough of it, and not guessed otherwise."""

from __future__ import annotations

import random

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from feedsvc.ingest.extract.language import identifier, identify_language

TEXTS = {
    "en": "The last ferry of the season left the harbour on Tuesday with forty people on board.",
    "de": "Die letzte Fähre der Saison hat den Hafen am Dienstag mit vierzig Menschen verlassen.",
    "fr": "Le dernier ferry de la saison a quitté le port mardi avec quarante personnes à bord.",
    "es": "El último transbordador de la temporada salió del puerto el martes con "
    "cuarenta personas.",
    "ar": "غادرت آخر عبّارة هذا الموسم الميناء يوم الثلاثاء وعلى متنها أربعون راكبا "
    "كما أعلنت السلطة",
    "fa": "آخرین کشتی این فصل روز سه‌شنبه با چهل مسافر بندر را ترک کرد و دو هفته "
    "زودتر از برنامه رفت",
    "ur": "اس موسم کی آخری کشتی منگل کے روز چالیس مسافروں کے ساتھ بندرگاہ سے روانہ "
    "ہوئی، حکام نے بتایا",
    "ja": "今季最後のフェリーが火曜日、乗客四十人を乗せて港を出た。予定より二週間早い。",
    "zh": "本季最后一班渡轮星期二载着四十名乘客离开港口，比原定时间提前了两个星期，港务局说。",
    "ko": "이번 계절의 마지막 배가 화요일에 승객 마흔 명을 태우고 항구를 떠났다고 당국이 밝혔다.",
    "ru": "Последний паром сезона вышел во вторник из гавани с сорока пассажирами на борту.",
    "uk": "Останній пором сезону вийшов у вівторок із гавані з сорока пасажирами на "
    "борту, повідомили.",
    "ps": "د دې موسم وروستۍ کښتۍ د سې شنبې په ورځ له څلوېښتو مسافرو سره له بندر څخه ووتله",
    "ckb": "دوایین کەشتیی ئەم وەرزە ڕۆژی سێشەممە بە چل گەشتیارەوە لە بەندەرەکە دەرچوو و گوتیان",
    "sd": "هن موسم جي آخري ٻيڙي اڱاري ڏينهن چاليهن مسافرن سان بندرگاهه مان روانو ٿي، "
    "عملدارن ٻڌايو ته طوفان اچي رهيو آهي",
    "my": "ရာသီ၏ နောက်ဆုံးကူးတို့သင်္ဘောသည် အင်္ဂါနေ့တွင် ခရီးသည်လေးဆယ်ဖြင့် ဆိပ်ကမ်းမှ ထွက်ခွာသွားသည်",
    "no": "Sesongens siste ferge forlot havnen tirsdag med førti passasjerer om bord, to uker "
    "tidligere enn planlagt, opplyser havnemyndighetene.",
    "da": "Sæsonens sidste færge forlod havnen tirsdag med fyrre passagerer om bord, to uger "
    "tidligere end planlagt, oplyser havnemyndighederne.",
    "sv": "Säsongens sista färja lämnade hamnen på tisdagen med fyrtio passagerare ombord, två "
    "veckor tidigare än planerat, uppger hamnmyndigheten.",
    "cs": "Poslední trajekt této sezóny vyplul v úterý z přístavu se čtyřiceti cestujícími.",
    "sk": "Posledný trajekt tejto sezóny vyplával v utorok z prístavu so štyridsiatimi "
    "cestujúcimi.",
    "id": "Feri terakhir musim ini meninggalkan pelabuhan pada hari Selasa dengan empat puluh "
    "penumpang, dua minggu lebih awal dari yang direncanakan, kata otoritas pelabuhan.",
    "pt": "A última balsa da temporada deixou o porto na terça-feira com quarenta passageiros.",
    "gl": "O último transbordador da tempada saíu do porto o martes con corenta persoas a bordo.",
    "bg": "Последният ферибот за сезона напусна пристанището във вторник с четиридесет пътници.",
    "hi": "इस मौसम की आखिरी नाव मंगलवार को चालीस यात्रियों के साथ बंदरगाह से रवाना हुई, अधिकारियों ने कहा।",
}


@pytest.mark.parametrize("code", TEXTS)
def test_a_sentence_or_two_tell_their_language(code: str) -> None:
    found = identify_language(TEXTS[code])
    assert found is not None
    assert found.code == code


def test_the_model_made_small_answers_as_py3langid_does() -> None:
    whole = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    chance = random.Random(1)
    noise = ["".join(chr(chance.randrange(1, 0x3000)) for _ in range(250)) for _ in range(200)]
    for text in [*TEXTS.values(), " ".join(TEXTS.values()), TEXTS["en"].upper(), *noise, "", "\0"]:
        # Sums of floats in another order.
        assert dict(identifier().rank(text)) == pytest.approx(dict(whole.rank(text)), abs=1e-4)


def test_a_confidence_stands_beside_the_language() -> None:
    found = identify_language(TEXTS["en"])
    assert found is not None
    assert 0.5 <= found.confidence <= 1.0


def test_norwegian_is_one_language_however_it_is_written() -> None:
    nynorsk = "Den siste ferja for sesongen forlét hamna tysdag med førti passasjerar om bord, to "
    found = identify_language(nynorsk + "veker tidlegare enn planlagt, opplyser hamnestyret.")
    assert found is not None
    assert found.code == "no"


@pytest.mark.parametrize("code", ["de", "ja"])
def test_what_is_left_of_a_menu_before_a_long_text_does_not_decide(code: str) -> None:
    menu = "Our privacy policy has changed. Read about the cookies that we and our partners use. "
    found = identify_language(menu * 3 + 40 * TEXTS[code])
    assert found is not None
    assert found.code == code


def test_a_text_that_leaves_doubts_gets_a_longer_look() -> None:
    names = "Anna Ferrari, Jane Doe, Marco Rossi, Olga Petrova, Wei Zhang, Maria Silva, Ali Khan. "
    found = identify_language(TEXTS["fr"] + 6 * names + TEXTS["fr"])
    assert found is not None
    assert found.code == "fr"


@pytest.mark.parametrize("text", ["", "Share", "12:30 – 13:45", "Read more on page four"])
def test_a_few_words_tell_nothing(text: str) -> None:
    assert identify_language(text) is None
