"""Globs: which documents a path or pattern names, in a time that no pattern can stretch."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.model.document import DocumentPath
from feedsvc.model.globs import PathPattern, matches_any


def matches(pattern: str, path: str | bytes, root: str = "seeds") -> bool:
    raw = path.encode() if isinstance(path, str) else path
    return PathPattern(pattern).matches(DocumentPath(root=root, path=raw))


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("a.txt", "a.txt"),
        ("seeds/a.txt", "a.txt"),
        ("seeds", "a.txt"),
        ("seeds/", "a.txt"),
        ("news", "news/deep/a.txt"),
        ("news/", "news/a.txt"),
        ("seeds/news", "news/a.txt"),
        ("*.txt", "a.txt"),
        ("*", "news/a.txt"),
        ("?.txt", "ä.txt"),
        ("news/*.txt", "news/a.txt"),
        ("**", "a.txt"),
        ("**/a.txt", "a.txt"),
        ("**/a.txt", "news/deep/a.txt"),
        ("news/**", "news/deep/a.txt"),
        ("news/**/a.txt", "news/a.txt"),
        ("news/**/a.txt", "news/x/y/a.txt"),
        ("**/deep/**/*.txt", "news/deep/deep/x/a.txt"),
        ("seeds/**/a.txt", "a.txt"),
        ("*/a.txt", "a.txt"),
        ("[a].txt", "[a].txt"),
        ("a+(b).txt", "a+(b).txt"),
        ("a?b.txt", "a\nb.txt"),
        ("*.txt", b"\xff\n.txt"),
        ("گاہ/*", "گاہ/🌊.txt"),
    ],
)
def test_a_pattern_names(pattern: str, path: str | bytes) -> None:
    assert matches(pattern, path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("a.txt", "b.txt"),
        ("a.txt", "news/a.txt"),
        ("a", "a.txt"),
        ("*.txt", "news/a.txt"),
        ("news/*.txt", "news/deep/a.txt"),
        ("n?/a.txt", "n/a.txt"),
        ("news?a.txt", "news/a.txt"),
        ("news/**", "newsletter/a.txt"),
        ("news/**/a.txt", "news/a.txt.bak"),
        ("wire/a.txt", "a.txt"),
        ("[ab].txt", "a.txt"),
        ("A.txt", "a.txt"),
        ("a.txt/b", "a.txt"),
        ("**/b/**/c", "b/a"),
    ],
)
def test_a_pattern_does_not_name(pattern: str, path: str) -> None:
    assert not matches(pattern, path)


@pytest.mark.parametrize(
    ("pattern", "folder", "reaches"),
    [
        ("seeds/news/a.txt", b"news/", True),
        ("news/a.txt", b"news/", True),
        ("news/deep/a.txt", b"news/", True),
        ("news/*.txt", b"news/", True),
        ("news", b"news/", True),
        ("news", b"news/deep/", True),
        ("seeds", b"news/", True),
        ("**/a.txt", b"news/deep/", True),
        ("n*/**/a.txt", b"news/deep/", True),
        ("seeds/a.txt", b"", True),
        ("seeds/b/a.txt", b"news/", False),
        ("*.txt", b"news/", False),
        ("news/*.txt", b"news/deep/", False),
        ("n?/**", b"news/", False),
        ("wire/news/a.txt", b"news/", False),
    ],
)
def test_a_pattern_reaches_the_folders_that_may_hold_what_it_names(
    pattern: str, folder: bytes, reaches: bool
) -> None:
    path = DocumentPath(root="seeds", path=folder)
    assert PathPattern(pattern).reaches(path) is reaches


@pytest.mark.parametrize(
    "pattern", ["", "/", "/etc/passwd", "..", "../a", "a/../b", "a//b", "./a", "a/.", "x" * 4_097]
)
def test_what_can_name_no_document_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="path"):
        PathPattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("**/" * 1_300 + "x", b"a/" * 2_000 + b"y"),
        ("*a" * 2_000 + "b", b"a" * 255),
        ("**/*a*/" * 500 + "x", b"a/" * 2_000 + b"y"),
        ("*?" * 2_000 + "b", b"a" * 255),
    ],
    ids=["folders", "stars", "both", "signs"],
)
def test_no_pattern_takes_long(pattern: str, path: bytes) -> None:
    began = time.process_time()
    assert not PathPattern(pattern).matches(DocumentPath(root="seeds", path=path))
    assert time.process_time() - began < 2


NAME = st.text(st.characters(blacklist_characters="/*?\0", blacklist_categories=["Cs"]), min_size=1)
NAMES = st.lists(NAME.filter(lambda name: name not in (".", "..")), min_size=1, max_size=5)


@given(NAMES)
def test_every_path_names_itself_and_what_lies_in_it(names: list[str]) -> None:
    path = "/".join(names)
    assert matches(path, path)
    assert matches(path, f"{path}/below")
    assert matches(f"seeds/{path}", path)


@given(NAMES, st.data())
def test_folders_can_be_left_out_with_two_stars(names: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(names)))
    end = data.draw(st.integers(start, len(names)))
    pattern = "/".join([*names[:start], "**", *names[end:]])
    if end < len(names) or start < end:
        assert matches(pattern, "/".join(names))


def test_no_pattern_at_all_names_every_document() -> None:
    assert matches_any([], DocumentPath(root="seeds", path=b"a.txt"))


def test_one_pattern_of_many_is_enough() -> None:
    patterns = [PathPattern("x"), PathPattern("*.txt")]
    assert matches_any(patterns, DocumentPath(root="seeds", path=b"a.txt"))
    assert not matches_any(patterns, DocumentPath(root="seeds", path=b"a.md"))
