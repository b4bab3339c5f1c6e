"""Bylines name people and agencies; nobody is invented."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.ingest.extract.people import parse_byline
from feedsvc.model.entry import PersonKind


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Jane Doe", ["Jane Doe"]),
        ("By\u00a0Jane Doe and John Roe, Political Editor", ["Jane Doe", "John Roe"]),
        ("BY JANE DOE", ["JANE DOE"]),
        ("byJane Doe", ["Jane Doe"]),
        ("By Jane Doe in London and John Roe in Paris", ["Jane Doe", "John Roe"]),
        ("By Mary O’Neil, Ben de la Cruz & Li Wei", ["Mary O’Neil", "Ben de la Cruz", "Li Wei"]),
        ("By Jane Doe @janedoe May 1, 2020", ["Jane Doe"]),
        ("By Jane Doe - The Island Courier - Friday", ["Jane Doe"]),
        ("By Jane Doe jane@courier.example", ["Jane Doe"]),
        ("By Jane DoeStaff Writer", ["Jane Doe"]),
        ("By Senior Editor Jane Doe", ["Jane Doe"]),
        ("By Jane Doe, Reuters", ["Jane Doe"]),
        ("By Jane Doe | Reuters", ["Jane Doe"]),
        ("Von Ursula von der Au", ["Ursula von der Au"]),
        ("Par Jeanne Dubois (avec Paul Martin)", ["Jeanne Dubois"]),
        ("Por María García y José Pérez", ["María García", "José Pérez"]),
        ("di Viola Conti", ["Viola Conti"]),
        ("Text: Anna Müller und Max Mustermann", ["Anna Müller", "Max Mustermann"]),
        ("Автор: Иван Петров", ["Иван Петров"]),
        ("بقلم: أحمد علي", ["أحمد علي"]),
        ("از محمد رضایی", ["محمد رضایی"]),
        ("رپورٹ: علی خان", ["علی خان"]),
        ("文/张三", ["张三"]),
        ("本报记者 张三丰 李四光", ["张三丰", "李四光"]),
        ("記者 山田太郎", ["山田太郎"]),
        ("김철수 기자", ["김철수"]),
        ("By Madonna", ["Madonna"]),
    ],
)
def test_a_byline_names_its_people(byline: str, names: list[str]) -> None:
    people = parse_byline(byline)
    assert [p.name for p in people] == names
    assert {p.kind for p in people} == {PersonKind.PERSON}


@pytest.mark.parametrize(
    "byline",
    [
        "By\u00a0AFP",
        "AFP",
        "Reuters",
        "By Agence France-Presse",
        "Von dpa",
        "By Web Desk Lahore News",
    ],
)
def test_an_agency_or_a_desk_signs_as_an_organization(byline: str) -> None:
    (person,) = parse_byline(byline)
    assert person.kind is PersonKind.ORGANIZATION


def test_people_and_agencies_may_sign_together() -> None:
    people = parse_byline("By Jane Doe and AFP")
    assert [(p.name, p.kind) for p in people] == [
        ("Jane Doe", PersonKind.PERSON),
        ("AFP", PersonKind.ORGANIZATION),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "By the time he arrived, it was over",
        "By Staff Writer",
        "Author: admin",
        "Von hier aus geht es weiter",
        "Por favor espere",
        "Jane Doe",
        "Text Size",
        "By 2030 the sea will have risen",
        "",
    ],
)
def test_nobody_is_invented(line: str) -> None:
    assert parse_byline(line) == ()


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("Jane Doe", ["Jane Doe"]),
        ("jane@courier.example", []),
        ("https://courier.example/jane", []),
        ("Jane Doe, John Roe", ["Jane Doe", "John Roe"]),
    ],
)
def test_a_labelled_value_may_begin_with_a_name(value: str, names: list[str]) -> None:
    assert [p.name for p in parse_byline(value, labelled=True)] == names


@given(st.text(max_size=200), st.booleans())
def test_any_text_gives_names_on_one_line_or_none(text: str, labelled: bool) -> None:
    for person in parse_byline(text, labelled=labelled):
        assert person.name == " ".join(person.name.split())
        assert 0 < len(person.name) <= 80


@pytest.mark.parametrize("piece", ["a", "A b ", " ", "(", "By ", "a.", "@", ", "])
def test_a_byline_of_two_megabytes_takes_no_longer_than_a_page(piece: str) -> None:
    begun = time.process_time()
    parse_byline("By " + piece * (2_000_000 // len(piece)), labelled=True)
    assert time.process_time() - begun < 1.0
