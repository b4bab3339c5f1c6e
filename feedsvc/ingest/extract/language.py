"""The language of a text: by its script where that says it, else by py3langid."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any

# Measured on news in 24 languages, py3langid is right on 99.9 % of pieces of this length, and on
# all those of which it is surer than _SURE; the others get a second, longer look.
_MAX_CHARS = 250
_MAX_CHARS_IN_DOUBT = 1000
_SURE = 0.95
_MIN_LETTERS = 25
# Below this the model is guessing, unless it saw enough to be torn between sister languages.
_MIN_CONFIDENCE = 0.5
_MIN_CONFIDENCE_OF_MUCH = 0.3
_MUCH_CHARS = 500

# A script that news of one language alone is written in.
_ONE_LANGUAGE = (
    ("ja", re.compile("[\u3041-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7a3]")),
    ("he", re.compile("[\u05d0-\u05ea]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("th", re.compile("[\u0e01-\u0e5b]")),
    ("hy", re.compile("[\u0531-\u058f]")),
    ("ka", re.compile("[\u10a0-\u10ff]")),
    ("ta", re.compile("[\u0b80-\u0bff]")),
    ("te", re.compile("[\u0c00-\u0c7f]")),
    ("ml", re.compile("[\u0d00-\u0d7f]")),
    ("gu", re.compile("[\u0a80-\u0aff]")),
    ("pa", re.compile("[\u0a00-\u0a7f]")),
    ("kn", re.compile("[\u0c80-\u0cff]")),
    ("km", re.compile("[\u1780-\u17ff]")),
    ("si", re.compile("[\u0d80-\u0dff]")),
)
# What is neither Latin nor Cyrillic; where there is none of it, the model is asked at once.
_OTHER_SCRIPT = re.compile("[\u0370-\u03ff\u0531-\u1cff\u3041-\ud7a3]")
_HAN = re.compile("[\u3400-\u9fff]")
_DENSE = re.compile("[\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
# Letters of Sindhi alone, which py3langid does not know.
_SINDHI = re.compile("[ٻڀٺٽڦڄڃڇڌڏڍڙڳڱڻڪ]")
# What the model tells apart and news does not: the dialects of Arabic are written as Standard
# Arabic, Norwegian is one feed, and its "Southern Kurdish" is what it makes of Sorani.
_WRITTEN_AS = {"nn": "no", "arz": "ar", "ary": "ar", "sdh": "ckb", "uzs": "uz"}
_NO_LANGUAGE = "zxx"


@dataclass(frozen=True, kw_only=True)
class FoundLanguage:
    """A BCP 47 code, and how sure it is (0 to 1)."""

    code: str
    confidence: float


def identify_language(text: str) -> FoundLanguage | None:
    """The language of a body; None where nothing certain can be said."""
    found = _identify(_sample(text, _MAX_CHARS))
    if len(text) <= _MAX_CHARS or (found and found.confidence >= _SURE):
        return found
    return _identify(_sample(text, _MAX_CHARS_IN_DOUBT)) or found


def _sample(text: str, chars: int) -> str:
    """From within: a dateline, a caption or what is left of a menu stands at the ends."""
    start = max(0, len(text) - chars) // 3
    return unicodedata.normalize("NFC", text[start : start + chars])


def _identify(sample: str) -> FoundLanguage | None:
    if _OTHER_SCRIPT.search(sample):
        letters = sum(map(str.isalpha, sample))
        # A sign of Chinese, Japanese or Korean says as much as several letters.
        if letters + 2 * len(_DENSE.findall(sample)) < _MIN_LETTERS:
            return None
        for code, script in _ONE_LANGUAGE:
            share = len(script.findall(sample)) / letters
            if share > (0.1 if code in ("ja", "ko") else 0.5):
                return FoundLanguage(code=code, confidence=0.99)
        if len(_HAN.findall(sample)) > 0.5 * letters:
            return FoundLanguage(code="zh", confidence=0.97)
        if len(_SINDHI.findall(sample)) > 0.05 * letters:
            return FoundLanguage(code="sd", confidence=0.95)
    found_letters = filter(str.isalpha, sample)
    if next(islice(found_letters, _MIN_LETTERS - 1, None), None) is None:
        return None
    code, confidence = identifier().classify(sample)
    enough = _MIN_CONFIDENCE if len(sample) < _MUCH_CHARS else _MIN_CONFIDENCE_OF_MUCH
    if confidence < enough or code == _NO_LANGUAGE:
        return None
    return FoundLanguage(code=_WRITTEN_AS.get(code, code), confidence=round(float(confidence), 3))


@lru_cache(maxsize=1)
def identifier() -> Any:  # Any: py3langid ships no types
    """The model, loaded at the first use (half a second)."""
    # Imported late, with numpy: most processes never extract.
    from feedsvc.ingest.extract.language_model import SmallIdentifier

    return SmallIdentifier()
