"""A text dump gives up its article; its data lie under cases/dump."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.errors import EmptyDocument
from feedsvc.ingest.article import BlockKind, Extraction
from feedsvc.ingest.decode import decode
from feedsvc.ingest.extract.dump import features
from feedsvc.ingest.extract.dump.article import extract_dump, label_lines, read_lines
from feedsvc.ingest.extract.dump.parts import STATES, Part, Role
from feedsvc.ingest.extract.dump.roles import role_model
from feedsvc.ingest.readers.text import read_text
from feedsvc.model.entry import PersonKind, Precision
from tests.casebook import Case, cases

CASES = Path(__file__).parents[1] / "cases" / "dump"
SEED = Path(__file__).parents[3] / "shared" / "seeds" / "000_85a0e0d8c90aca57.txt"


def extracted(raw: bytes) -> Extraction:
    return extract_dump(read_text(decode(raw).text))


@pytest.mark.parametrize("case", cases("dump"), ids=str)
def test_a_dump_says_what_its_page_said(case: Case) -> None:
    article, expected = extracted(case.read("source.txt")), case.expected
    rules = {e.field: e.rule for e in article.evidence}
    text = "\n".join(block.text for block in article.blocks)
    assert article.title == expected["title"]
    assert [p.name for p in article.authors] == expected["authors"]
    assert [p.name for p in article.authors if p.kind is PersonKind.ORGANIZATION] == expected.get(
        "organizations", []
    )
    assert _published(article) == expected.get("published")
    assert article.language == expected.get("language", article.language)
    assert article.source == expected.get("source")
    assert article.canonical_url == expected.get("canonical_url")
    assert len(article.blocks) == expected.get("paragraphs", len(article.blocks))
    assert [b.kind for b in article.blocks] == expected.get(
        "kinds", [b.kind for b in article.blocks]
    )
    assert article.blocks[0].text == expected.get("first", article.blocks[0].text)
    assert rules["title"] == expected.get("title_rule", rules["title"])
    assert [word for word in expected.get("absent", []) if word in text] == []


def _published(article: Extraction) -> str | None:
    if article.published is None:
        assert article.precision is Precision.ARRIVAL
        return None
    if article.precision is Precision.DAY:
        return article.published.date().isoformat()
    return article.published.isoformat()


@pytest.mark.skipif(not SEED.exists(), reason="the sample dump is not beside this checkout")
def test_the_sample_dump_gives_its_article_and_nothing_else() -> None:
    raw = SEED.read_bytes()
    article = extracted(raw)
    assert article.title == "Ukraine says West on way to ‘joint victory’ after Russia retreat"
    assert [(p.name, p.kind) for p in article.authors] == [("AFP", PersonKind.ORGANIZATION)]
    assert (_published(article), article.precision) == ("2022-11-13", Precision.DAY)
    assert article.language == "en"
    assert len(article.blocks) == 19
    assert {block.kind for block in article.blocks} == {BlockKind.PARAGRAPH}
    assert article.blocks[0].text.startswith("KYIV, Ukraine: Kyiv said on Saturday")
    assert article.blocks[-1].text.endswith("nine months of fighting.")
    # Every paragraph stands in the file as it is, each quotation mark the same.
    assert all(block.text in raw.decode() for block in article.blocks)
    assert article.summary == article.blocks[0].text
    assert article.source is None


def test_each_field_names_the_lines_it_came_from() -> None:
    case = next(c for c in cases("dump") if str(c).startswith("page-date"))
    evidence = {e.field: e for e in extracted(case.read("source.txt")).evidence}
    assert evidence["title"].lines == (4,)
    assert evidence["authors"].lines == (6,)
    assert evidence["published"].lines == (7,)
    assert evidence["body"].lines == (9, 11, 13, 15)
    assert all(0.0 <= e.confidence <= 1.0 for e in evidence.values())


def test_every_line_is_told_its_role_and_why() -> None:
    case = next(c for c in cases("dump") if str(c).startswith("page-date"))
    labelled = label_lines(read_text(decode(case.read("source.txt")).text))
    assert [item.role for item in labelled][:5] == [
        Role.CHROME,
        Role.MASTHEAD_DATE,
        Role.TITLE,
        Role.BYLINE,
        Role.PUBLISHED,
    ]
    assert all(item.why for item in labelled)


def test_the_title_never_stands_in_the_body() -> None:
    for case in cases("dump"):
        article = extracted(case.read("source.txt"))
        if not article.title.endswith("…"):
            assert article.title not in [block.text for block in article.blocks]


def test_an_ambiguous_date_follows_the_order_of_another() -> None:
    body = "The ferry left the harbour on Tuesday with forty people on board, the port said. " * 4
    dump = (
        f"The ferry has left the island\nBy Ines Haldorsen\n3/4/2022\nUpdated: 25/4/2022\n\n{body}"
    )
    assert _published(extracted(dump.encode())) == "2022-04-03"


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("© 2019-2025 The Island Courier. All rights reserved.", "The Island Courier"),
        ("(c) 2024 The Island Courier", "The Island Courier"),
        ("© Inselbote 2026 – Alle Rechte vorbehalten", "Inselbote"),
        ("Todos los derechos reservados © 2024 El Faro", "El Faro"),
        ("© 2024 «Маяк острова». Все права защищены", "Маяк острова"),
        ("جميع الحقوق محفوظة © 2024 منارة الجزيرة", "منارة الجزيرة"),
        ("جملہ حقوق محفوظ ہیں © ۲۰۲۴ء روزنامہ مینار", "روزنامہ مینار"),
        ("版权所有 © 2024 海岛日报 未经授权不得转载", "海岛日报"),
        ("The Island Courier © All rights reserved", "The Island Courier"),
        ("© Ann Poe/Agency", None),
        ("© Riproduzione riservata", None),
        ("© Copyright. Printed from https://courier.example", None),
    ],
)
def test_a_copyright_line_names_the_publisher_and_nothing_else(
    line: str, source: str | None
) -> None:
    one = "The ferry left the harbour on Tuesday with forty people on board, the port said. " * 4
    two = "Nobody on the island expected it to come back before the winter storms were over. " * 4
    dump = f"The ferry has left the island\nBy Ines Haldorsen\n\n{one}\n\n{two}\n\nShare\n{line}"
    assert extracted(dump.encode()).source == source


@pytest.mark.parametrize("raw", [b"", b"\n\n \n", b"123\n--\n", b"***"])
def test_a_dump_without_text_is_empty(raw: bytes) -> None:
    with pytest.raises(EmptyDocument):
        extracted(raw)


@given(
    st.lists(
        st.one_of(
            st.text(max_size=200),
            st.sampled_from(
                [
                    "",
                    "By Jane Doe",
                    "By",
                    "and",
                    "13 May 2020",
                    "Share",
                    "* item",
                    "© 2020 The Courier",
                    "The ferry left the harbour on Tuesday with forty passengers on board. " * 3,
                ]
            ),
        ),
        max_size=12,
    )
)
@settings(deadline=None)
def test_any_lines_give_an_article_or_are_empty(lines: list[str]) -> None:
    try:
        article = extract_dump(read_text("\n".join(lines)))
    except EmptyDocument:
        return
    assert article.title
    assert article.blocks


@pytest.mark.parametrize(
    "piece", ["a", "a ", "A. ", "1 ", "- ", "(", "“", "a/", "By ", "https://a", "、"]
)
def test_a_line_of_two_megabytes_does_not_hang(piece: str) -> None:
    line = piece * (2_000_000 // len(piece))
    extracted(b"The ferry left.\n")  # loads month names and the language model
    begun = time.process_time()
    with suppress(EmptyDocument):
        extracted(f"Title of it all\n{line}\n".encode())
    assert time.process_time() - begun < 5.0


def test_where_signs_alone_would_fill_a_title_it_begins_with_the_first_letter() -> None:
    dump = "\u02d9" * 122 + "The ferry left."
    assert extracted(dump.encode()).title == "The ferry left."


@pytest.mark.parametrize("most", [1, 3, 4_096])
def test_lines_tell_the_same_whatever_was_read_before(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = ["Menu", "6. 1. 2026", "Updated 3 May 2022", "By Jane Roe", "1. Sport", "Menu"]
    dumps = [tuple(lines), tuple(reversed(lines)), ("The ferry left. " * 9, *lines)]

    def features_in(dump: tuple[str, ...]) -> list[list[str]]:
        return [line.features for line in read_lines(dump)]

    alone = []
    for dump in dumps:
        monkeypatch.setattr(features, "_SHORT_LINES", features._Memory(4_096))
        alone.append(features_in(dump))
    monkeypatch.setattr(features, "_SHORT_LINES", features._Memory(most))
    assert [features_in(dump) for dump in dumps * 2] == alone * 2


def test_the_weights_speak_of_every_state_and_know_the_features() -> None:
    dump = read_text("The Harbour\n\nFerry leaves\n\nBy Jane Roe\n3 May 2022\n\nThe ferry left.\n")
    lines = read_lines(dump.lines)
    model = role_model()
    known = {name for state in STATES for name in model.speak_for(state, lines[0].features, 99)}
    assert known
    assert all(
        model.speak_for(state, [f for line in lines for f in line.features]) for state in STATES
    )


def test_a_path_goes_on_from_part_to_part_and_says_how_sure_it_is() -> None:
    dump = read_text((CASES / "german-page-with-a-label-before-the-name/source.txt").read_text())
    labelled = label_lines(dump)
    order = list(Part)
    places = [order.index(item.part) for item in labelled]
    assert places == sorted(places)
    assert all(0 <= item.sure <= 1 and 0 <= item.text <= 1.0001 for item in labelled)
