"""A Markdown document says who wrote what, and when; its data lie under cases/markdown."""

from __future__ import annotations

import pytest

from feedsvc.errors import EmptyDocument, RefusedDocument, UnsupportedDocument
from feedsvc.ingest.extract.markdown import extract_markdown
from feedsvc.ingest.pipeline import draft_entry
from feedsvc.ingest.readers.markdown import read_markdown
from feedsvc.model.entry import EntryDraft
from feedsvc.settings import load_settings
from tests.casebook import Case, cases
from tests.ingest.drafts import differences

LIMITS = load_settings().limits


def draft(text: str) -> EntryDraft:
    return draft_entry(b"note.md", text.encode(), LIMITS, 131_072)


@pytest.mark.parametrize("case", cases("markdown"), ids=str)
def test_a_markdown_document_says_what_its_author_meant(case: Case) -> None:
    found = draft_entry(b"note.md", case.read("source.md"), LIMITS, 131_072)
    assert differences(found, case.expected) == []


@pytest.mark.parametrize(
    "mark", ["draft: true", 'draft: "yes"', "published: false", "status: draft", "Draft: True"]
)
def test_a_draft_is_not_published(mark: str) -> None:
    with pytest.raises(RefusedDocument, match="marked as draft"):
        draft(f"---\ntitle: A note\n{mark}\n---\nText.")


@pytest.mark.parametrize(
    ("front", "reason"),
    [
        ("---\ntitle: One: two\n---\n", r"not YAML at line 2 .*put quotes"),
        ("---\ntitle: a\n  b: [c\n---\n", "not YAML at line"),
        ("---\n- a\n- b\n---\n", "`key: value`"),
        ("---\ndate: 2024-13-45\n---\n", "not YAML .*month"),
        ("---\ntitle: !!python/object:os.system x\n---\n", "not YAML at line 2"),
        ("---\na: " + "[" * 20_000 + "\n---\n", "nested too deep"),
        ("---\ntitle: " + "x" * 70_000 + "\n---\n", "max_front_matter_bytes"),
        ("---\na: [" + "1," * 3_000 + "]\n---\n", "more than 2,000 values"),
        ("---\na: &a [*a]\n---\n", "more than 2,000 values"),
        ("+++\ntitle = One\n+++\n", r"not TOML .*line 2"),
        ("+++\na = " + "[" * 20_000 + "\n+++\n", "TOML|nested"),
        ("+++\na = [" + "1," * 3_000 + "]\n+++\n", "more than 2,000 values"),
    ],
)
def test_a_front_matter_that_cannot_be_read_is_refused_with_line_and_remedy(
    front: str, reason: str
) -> None:
    with pytest.raises(UnsupportedDocument, match=reason):
        read_markdown(f"{front}Text.", LIMITS)


def test_a_few_lines_of_aliases_are_not_expanded() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 10)]
    with pytest.raises(UnsupportedDocument, match="more than 2,000 values"):
        read_markdown("---\n" + "\n".join(lines) + "\n---\n", LIMITS)


def test_an_alias_that_is_used_twice_is_no_bomb() -> None:
    text = "---\nauthor: &me Ada Wren\neditor: *me\n---\n"
    assert read_markdown(text, LIMITS).front_matter == {"author": "Ada Wren", "editor": "Ada Wren"}


@pytest.mark.parametrize(
    "date",
    ["0001-01-01 00:00:00 +14:00", "9999-12-31T23:59:59-14:00", "[1, 2]", "{a: b}", "''", "~"],
)
def test_an_odd_date_is_no_date(date: str) -> None:
    assert draft(f"---\ntitle: A note\ndate: {date}\n---\nText.").published is None


@pytest.mark.parametrize("value", ["[[a]]", "{a: {b: c}}", "1.5", "2024-01-01", "!!binary YQ=="])
def test_front_matter_of_any_shape_is_read_without_an_error(value: str) -> None:
    keys = "title date authors tags lang summary canonical_url source enclosures draft params"
    front = "\n".join(f"{key}: {value}" for key in keys.split())
    assert draft(f"---\n{front}\n---\n# A note\n\nText.").html.endswith("<p>Text.</p>")


def test_a_document_without_any_text_is_empty() -> None:
    with pytest.raises(EmptyDocument):
        draft("")
    with pytest.raises(EmptyDocument):
        draft("---\ntitle: A title alone\n---\n")


def test_a_text_larger_than_the_limit_is_refused() -> None:
    with pytest.raises(RefusedDocument, match="max_html_bytes"):
        extract_markdown(read_markdown("a" * 2_000_001, LIMITS), LIMITS)


def test_footnote_like_brackets_and_dunders_stay_words() -> None:
    assert "snake_case_name and [1]" in draft("# A note\n\nsnake_case_name and [1]").text
