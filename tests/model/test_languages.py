"""Which way a language runs, and what its speakers call it."""

from __future__ import annotations

import pytest

from feedsvc.model.languages import is_right_to_left, language_name


@pytest.mark.parametrize("language", ["ar", "UR", "fa-IR", "he", "ckb", "dv", "yi", "az-Arab"])
def test_these_run_from_right_to_left(language: str) -> None:
    assert is_right_to_left(language)


@pytest.mark.parametrize("language", ["en", "de-AT", "sd-Deva", "ar-Latn-EG", "zh-Hant", "a"])
def test_these_run_from_left_to_right(language: str) -> None:
    assert not is_right_to_left(language)


@pytest.mark.parametrize(
    ("language", "name"),
    [("ur", "اردو"), ("de-AT", "Deutsch"), ("PT", "Português"), ("tlh", "tlh")],
)
def test_a_language_is_named_as_its_speakers_do_or_by_its_tag(language: str, name: str) -> None:
    assert language_name(language) == name
