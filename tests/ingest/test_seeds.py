"""The sample seeds come out exactly as a person would read them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from feedsvc.bundled import bundled
from feedsvc.errors import DocumentError
from feedsvc.ingest.pipeline import draft_entry
from feedsvc.model.entry import EntryDraft, PersonKind, Precision
from feedsvc.settings import load_settings
from tests.casebook import Case, cases

REAL_SEED = Path(__file__).parents[3] / "shared" / "seeds" / "000_85a0e0d8c90aca57.txt"


def draft(path: str, raw: bytes) -> EntryDraft:
    settings = load_settings()
    return draft_entry(path.encode(), raw, settings.limits, settings.feeds.body_excerpt_bytes)


def seed(case: Case) -> EntryDraft:
    path = case.expected["path"]
    return draft(path, (bundled("seeds") / path).read_bytes())


def folded(text: str) -> str:
    """Spaces, tabs and line ends alike; no-break spaces stay what they are."""
    return " ".join(part for part in text.replace("\n", " ").replace("\t", " ").split(" ") if part)


def instant(value: str) -> datetime | None:
    if not value:
        return None
    if len(value) == 10:
        return datetime.fromisoformat(value).replace(hour=12, tzinfo=UTC)
    return datetime.fromisoformat(value).astimezone(UTC)


SEEDS = pytest.mark.parametrize("case", cases("seeds"), ids=str)


@SEEDS
def test_a_seed_has_its_title_authors_and_source(case: Case) -> None:
    found, expected = seed(case), case.expected
    assert found.title == expected["title"]
    assert [person.name for person in found.authors] == expected["authors"]
    assert (found.source or "") == expected["source"]


@SEEDS
def test_a_seed_has_its_date_and_language(case: Case) -> None:
    found, expected = seed(case), case.expected
    assert found.published == instant(expected["published"])
    assert found.precision == expected["precision"]
    assert found.language == expected["language"]


@SEEDS
def test_a_seed_has_its_whole_body_and_nothing_else(case: Case) -> None:
    found, expected = seed(case), case.expected
    text = folded(found.text)
    assert text.startswith(folded(expected["first"]))
    assert text.endswith(folded(expected["last"]))
    for part in expected["absent"]:
        assert folded(part) not in text
    for part in expected.get("present", []):
        assert folded(part) in folded(LexborHTMLParser(found.html).text())


@SEEDS
def test_a_seed_keeps_its_structure(case: Case) -> None:
    expected, tree = case.expected, LexborHTMLParser(seed(case).html)

    def count(selector: str) -> int:
        return len(tree.css(selector))

    outside = "p:not(blockquote p):not(li p):not(figure p):not(td p)"
    assert count(outside) == expected["paragraphs"]
    assert count("h2, h3, h4, h5, h6") == expected.get("headings", 0)
    assert count("li") == expected.get("list_items", 0)
    assert count("blockquote") == expected.get("quotations", 0)
    assert count("table") == expected.get("tables", 0)
    assert [link.attributes["href"] for link in tree.css("a[href]")] == expected.get("links", [])
    assert [image.attributes["src"] for image in tree.css("img")] == expected.get("images", [])


def test_every_sample_seed_has_a_case() -> None:
    folder = bundled("seeds")
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert {case.expected["path"] for case in cases("seeds")} == there - {"feeds.toml"}


@pytest.mark.parametrize("case", cases("seeds-nasty"), ids=str)
def test_what_is_no_article_is_refused_with_its_stage(case: Case) -> None:
    path = case.expected["path"]
    with pytest.raises(DocumentError) as refused:
        draft(path, case.read(path))
    assert refused.value.stage == case.expected["stage"]
    assert len(refused.value.reason) > 20


@pytest.mark.skipif(not REAL_SEED.exists(), reason=f"the real input is not at {REAL_SEED}")
def test_the_real_input_comes_out_exactly_right() -> None:
    found = draft(REAL_SEED.name, REAL_SEED.read_bytes())
    assert found.title == "Ukraine says West on way to ‘joint victory’ after Russia retreat"
    assert [(p.name, p.kind) for p in found.authors] == [("AFP", PersonKind.ORGANIZATION)]
    assert found.published == datetime(2022, 11, 13, 12, tzinfo=UTC)
    assert found.precision is Precision.DAY
    assert found.language == "en"
    paragraphs = found.text.split("\n\n")
    assert len(paragraphs) == 19
    assert paragraphs[0].startswith("KYIV, Ukraine: Kyiv said on Saturday")
    assert paragraphs[-1].endswith("nine months of fighting.")
    written = REAL_SEED.read_text(encoding="utf-8").split("\n\n")[-19:]
    assert paragraphs == [paragraph.strip() for paragraph in written]
    assert paragraphs[0].startswith(found.summary.rstrip("…"))
    assert found.summary.startswith("KYIV, Ukraine: Kyiv said on Saturday")
