"""`python -m tests.fuzz TARGET FOLDER [libFuzzer's options]`: one target until it fails.

FOLDER: where inputs that reached something new are kept; it is begun with what tests know. Where a
file is named behind it, that input alone is tried.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import atheris

# What is imported here is rewritten, so that the fuzzer sees which branches an input takes.
with atheris.instrument_imports(include=["feedsvc", "bleach"]):
    from feedsvc.errors import DocumentError, RefusedDocument
    from feedsvc.ingest.blocks import html_text, render_blocks
    from feedsvc.ingest.decode import decode, html_charset
    from feedsvc.ingest.extract.dump.article import extract_dump
    from feedsvc.ingest.extract.textual import is_xml_text
    from feedsvc.ingest.readers.text import read_text
    from feedsvc.ingest.sanitize import check_safe, sanitize_html
    from feedsvc.settings import load_settings

from tests.attacks.audit import armed_in
from tests.attacks.payloads import all_payloads

LIMITS = load_settings(None, {}).limits
CASES = Path(__file__).parent.parent / "cases"
BASE = "https://quay.example/2024/page.html"


def fuzz_decode(raw: bytes) -> None:
    """Any bytes are refused with a reason, or become text that XML can carry."""
    try:
        decoded = decode(raw, declared=html_charset(raw))
    except DocumentError:
        return
    _require(is_xml_text(decoded.text) and "\r" not in decoded.text, "text is not clean")


def fuzz_dump(raw: bytes) -> None:
    """Any text is refused with a reason, or has a title and a body that is safe."""
    try:
        extraction = extract_dump(read_text(decode(raw).text))
    except DocumentError:
        return
    html = render_blocks(extraction.blocks)
    check_safe(html)
    _require(bool(extraction.title and html_text(html)), "it has no title or text")


def fuzz_sanitize(raw: bytes) -> None:
    """Any HTML is refused with a reason, or comes out unarmed, and comes out again."""
    html = raw.decode("utf-8", "surrogateescape")
    try:
        safe = sanitize_html(html, base_url=BASE, limits=LIMITS)
    except RefusedDocument:
        return
    _require(not armed_in(safe), f"armed: {armed_in(safe)}")
    _require(sanitize_html(safe, base_url=None, limits=LIMITS) == safe, "it changes again")


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise AssertionError(otherwise)


def _case_files(*suffixes: str) -> Iterator[bytes]:
    for path in sorted(CASES.rglob("*")):
        if path.suffix in suffixes and path.stat().st_size < 20_000:
            yield path.read_bytes()


TARGETS: Mapping[str, tuple[Callable[[bytes], None], Callable[[], Iterator[bytes]]]] = {
    "decode": (fuzz_decode, lambda: _case_files(".txt", ".html", ".md", ".bin")),
    "dump": (fuzz_dump, lambda: _case_files(".txt")),
    "sanitize": (fuzz_sanitize, lambda: (p.markup.encode() for p in all_payloads())),
}


def main() -> None:
    target, seeds = TARGETS[sys.argv[1]]
    folder = Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for seed in seeds():
        (folder / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    atheris.Setup([sys.argv[0], *_arguments(folder, sys.argv[3:])], target)
    atheris.Fuzz()


def _arguments(folder: Path, rest: Sequence[str]) -> Sequence[str]:
    return rest if any(map(os.path.isfile, rest)) else [str(folder), *rest]


if __name__ == "__main__":
    main()
