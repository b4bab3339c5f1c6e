"""No file name, title or reason drives the terminal of whoever looks at it, or forges a line."""

from __future__ import annotations

import json
import logging
import os
import sys

import pytest

from feedsvc.cli.shown import shown, shown_json
from feedsvc.logs import set_up_logging
from tests.service import article

from .conftest import CommandLine

# Red letters, a new title of the window, a forged line, CSI in one character, text turned around.
NAMES = (
    b"\x1b[31mred\x1b[0m",
    b"\x1b]0;title\x07",
    b"two\nlines: new",
    b"\xc2\x9b31m",
    b"\xe2\x80\xaetxt.exe",
    b"bad \xff\xfe utf-8",
    b"\rback\x08\x7f",
    b"\xe2\x80\xa8line",
)
HOSTILE = {*map(chr, {*range(0x20), *range(0x7F, 0xA0)}), *"\u2028\u2029\u202a\u202e\u2066\u2069"}


def assert_harmless(out: str) -> None:
    """Nothing but text in lines."""
    assert not HOSTILE & set(out.replace("\n", "")), ascii(out)
    out.encode()  # no lone surrogate


@pytest.mark.parametrize("options", [(), ("--jsonl",), ("--explain",)])
@pytest.mark.parametrize("suffix", [b".txt", b".md", b".doc"])
def test_extract_shows_no_control_of_a_name_a_title_or_a_line(
    feedsvc: CommandLine, options: tuple[str, ...], suffix: bytes
) -> None:
    folder = feedsvc.folder.path
    text = article(title="A storm \x9b31m\x1b[31m\u202eshuts", author="Jane \x9bDoe")
    for name in NAMES:
        path = os.path.join(os.fsencode(folder), name + suffix)  # noqa: PTH118
        with open(path, "wb") as file:  # noqa: PTH123  (names are bytes)
            file.write(text.encode())
        alone = feedsvc("extract", *options, os.fsdecode(path), color=False)
        assert_harmless(alone.output)
    whole = feedsvc("extract", *options, str(folder), color=False)
    assert_harmless(whole.output)
    if options == ("--jsonl",):
        assert len([json.loads(line) for line in whole.output.splitlines()]) == len(NAMES)


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_ingest_tells_each_refusal_on_a_line_of_its_own(
    feedsvc: CommandLine, options: tuple[str, ...]
) -> None:
    for name in NAMES:
        path = os.path.join(os.fsencode(feedsvc.folder.path), name + b".txt")  # noqa: PTH118
        with open(path, "wb") as file:  # noqa: PTH123
            file.write(b"\0\1\2" * 50)
    result = feedsvc("ingest", *options)
    assert_harmless(result.stdout)
    assert_harmless(result.stderr)
    lines = 1 if options else len(NAMES) + 1
    assert len(result.stdout.splitlines()) == lines


def test_a_log_line_stays_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        set_up_logging("INFO")
        for name in NAMES:
            extra = {"path": os.fsdecode(name), "raw": name}
            logging.getLogger("feedsvc.test").info("entry stored", extra=extra)
        sys.stderr.flush()
    finally:
        root.handlers[:], root.level = handlers, level
        logging.captureWarnings(False)
    told = capsys.readouterr().err
    assert_harmless(told)
    assert len(told.splitlines()) == len(NAMES)


def test_letters_of_every_script_are_shown_as_they_are() -> None:
    text = "ÜÖ עיתון می\u200cخواهم 👩\u200d👩 naïve\u00a0x"
    assert shown(text) == text
    assert json.loads(shown_json({text: "\x9b\udcff"})) == {text: "\x9b\udcff"}
