"""`feedsvc extract`: what would be made of a document, and why, without a store."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import click
import pytest

from feedsvc.bundled import bundled
from tests.cli.conftest import CommandLine
from tests.service import article

FIELDS = [
    "path",
    "title",
    "authors",
    "published",
    "precision",
    "language",
    "source",
    "tags",
    "canonical_url",
    "summary",
    "text",
    "html",
    "evidence",
]


def test_in_short_a_document_is_three_lines(feedsvc: CommandLine) -> None:
    feedsvc.folder.write("a.txt", article())
    done = feedsvc("extract", "seeds/a.txt")
    assert done.exit_code == 0
    title, told, summary, *rest = done.stdout.splitlines()
    assert title == "Storm shuts the harbour"
    assert told == "  Jane Doe · 2022-11-13 · en · seeds/a.txt"
    assert summary.startswith("  The first thing to say")
    assert rest == [""]


@pytest.mark.parametrize(
    ("path", "source", "tags"),
    [("seeds/a.txt", "The Wire", ["wire"]), ("seeds", "The Wire", ["wire"]), ("b.txt", None, [])],
)
def test_what_a_watched_folder_says_holds_in_it_alone(
    feedsvc: CommandLine, path: str, source: str | None, tags: list[str]
) -> None:
    Path("site.toml").write_text(
        '[ingest.roots.seeds]\npath = "seeds"\nsource = "The Wire"\ntags = ["wire"]\n'
    )
    feedsvc.folder.write("a.txt", article())
    Path("b.txt").write_text(article())
    (line,) = feedsvc("extract", "--config", "site.toml", "--jsonl", path).stdout.splitlines()
    told = json.loads(line)
    assert (told["source"], told["tags"]) == (source, tags)


def test_json_lines_hold_every_field(feedsvc: CommandLine) -> None:
    feedsvc.folder.write("a.txt", article())
    (line,) = feedsvc("extract", "--jsonl", "seeds/a.txt").stdout.splitlines()
    told = json.loads(line)
    assert list(told) == FIELDS
    assert (told["path"], told["title"]) == ("seeds/a.txt", "Storm shuts the harbour")
    assert (told["authors"], told["language"]) == (["Jane Doe"], "en")
    assert (told["published"], told["precision"]) == ("2022-11-13", "day")
    assert told["html"].count("<p>") == 4
    assert "<" not in told["text"]
    assert {"field", "value", "rule", "confidence"} <= told["evidence"][0].keys()


def test_an_explanation_names_each_line_and_each_reason(feedsvc: CommandLine) -> None:
    feedsvc.folder.write("a.txt", article())
    coloured = feedsvc("extract", "--explain", "seeds/a.txt", color=True).stdout
    assert coloured != click.unstyle(coloured)
    told = click.unstyle(coloured)
    assert told == feedsvc("extract", "--explain", "seeds/a.txt").stdout
    roles = {line.split()[1] for line in told.splitlines() if line[:5].strip().isdigit()}
    assert {"title", "byline", "published", "body"} <= roles
    assert "  title         Storm shuts the harbour\n" in told
    assert "  published     2022-11-13\n" in told
    assert told.count("%: ") >= 5


def test_an_explanation_says_which_line_gave_which_field(feedsvc: CommandLine) -> None:
    feedsvc.folder.write("a.txt", article())
    told = feedsvc("extract", "--explain", "seeds/a.txt").stdout
    (headline,) = [line for line in told.splitlines() if "→title" in line]
    assert headline.split()[1] == "title"
    assert "Storm shuts the harbour" in headline


def test_an_explanation_says_what_was_not_found(feedsvc: CommandLine) -> None:
    feedsvc.folder.write("a.txt", article().replace("By Jane Doe\n", ""))
    told = feedsvc("extract", "--explain", "seeds/a.txt").stdout
    assert "  authors       none: nothing names an author\n" in told


def test_an_explanation_says_how_the_charset_was_known(feedsvc: CommandLine) -> None:
    feedsvc.folder.write("a.txt", article())
    told = feedsvc("extract", "--explain", "seeds/a.txt").stdout
    assert "  charset       utf-8\n" in told

    written = article("Шторм закрыл гавань: паромы стоят у причала").encode("cp1251", "replace")
    feedsvc.folder.write("b.txt", written)
    told = feedsvc("extract", "--explain", "seeds/b.txt").stdout
    assert "  charset       windows-1251\n" in told
    assert "95%: guessed\n" in told


@pytest.mark.parametrize("columns", [60, 100, 160])
def test_an_explanation_fits_the_terminal(feedsvc: CommandLine, columns: int) -> None:
    feedsvc.folder.write("a.txt", article())
    feedsvc.folder.write("b.txt", article("東京の港が嵐で閉鎖、再開の見通しは立たず" * 3))
    feedsvc.environment["COLUMNS"] = str(columns)
    told = feedsvc("extract", "--explain", "seeds").stdout
    lines = [line for line in told.splitlines() if line[:5].strip().isdigit()]
    assert lines
    for line in lines:
        wide = sum(unicodedata.east_asian_width(char) in "WF" for char in line)
        assert len(line) + wide <= columns


def test_no_color_means_no_colour(feedsvc: CommandLine) -> None:
    feedsvc.folder.write("a.txt", article())
    feedsvc.environment["NO_COLOR"] = "1"
    told = feedsvc("extract", "--explain", "seeds/a.txt", color=True).stdout
    assert told == click.unstyle(told)


@pytest.mark.parametrize("how", [(), ("--jsonl",), ("--explain",)])
def test_every_sample_can_be_shown(feedsvc: CommandLine, how: tuple[str, ...]) -> None:
    done = feedsvc("extract", *how, str(bundled("seeds")))
    assert done.exit_code == 0
    if how == ("--jsonl",):
        assert len(done.stdout.splitlines()) == 18


def test_a_refusal_is_told_and_the_others_are_shown(feedsvc: CommandLine) -> None:
    feedsvc.folder.write("a.txt", b"")
    feedsvc.folder.write("b.txt", article())
    done = feedsvc("extract", "seeds")
    assert done.exit_code == 1
    assert "seeds/a.txt: refused at " in done.stdout
    assert "Storm shuts the harbour" in done.stdout
    refused = json.loads(feedsvc("extract", "--jsonl", "seeds/a.txt").stdout)
    assert list(refused) == ["path", "stage", "error"]


def test_nothing_is_stored(feedsvc: CommandLine, tmp_path: Path) -> None:
    feedsvc.environment["FEEDSVC_DATABASE"] = f"sqlite:///{tmp_path}/none.db"
    feedsvc.folder.write("a.txt", article())
    feedsvc("extract", "seeds/a.txt")
    assert not (tmp_path / "none.db").exists()


def test_a_file_that_is_not_there_and_two_ways_at_once_are_refused(feedsvc: CommandLine) -> None:
    missing = feedsvc("extract", "seeds/a.txt")
    assert missing.exit_code == 2
    assert "there is no file seeds/a.txt" in missing.stderr
    both = feedsvc("extract", "--jsonl", "--explain", "seeds")
    assert both.exit_code == 2
    assert "choose one of --jsonl and --explain" in both.stderr
