"""The corpus: where it is, its truths and its scorer; and what `feedsvc extract` makes of files."""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from tests.accuracy.split import is_kept_aside

CHECKOUT = Path(__file__).parents[2]
STYLES = ("light", "wet", "full", "lynx", "html")
DUMP_STYLES = STYLES[:4]
# Taken out: feedsvc refuses to start with a FEEDSVC_ variable that is none of its settings.
_NAMED = os.environ.pop("FEEDSVC_CORPUS", None)


class CorpusMissing(Exception):
    """The corpus, or a part of it that is needed, is not there; the message says what to do."""


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """What extraction made of one file; `error` where it refused it.

    authors: names. published: ISO 8601, a day or an instant. text: paragraphs, a blank line
    between them. evidence: as `feedsvc extract --jsonl` prints it.
    """

    title: str = ""
    authors: tuple[str, ...] = ()
    published: str | None = None
    language: str | None = None
    text: str = ""
    evidence: tuple[dict[str, Any], ...] = ()  # Any: JSON
    error: str | None = None

    def for_scorer(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "authors": list(self.authors),
            "published": self.published,
            "lang": self.language,
            "text": self.text,
        }


@dataclass(frozen=True, kw_only=True)
class Document:
    """A document of the corpus, its truth, what was made of it, and how right that is.

    truth: its line of `truth.jsonl`. scores: metric to a value from 0 to 1; a metric whose truth
    is not known is absent.
    """

    id: str
    style: str
    group: str
    truth: dict[str, Any]  # Any: JSON
    prediction: Prediction
    scores: dict[str, float]

    @property
    def is_kept_aside(self) -> bool:
        return is_kept_aside(self.group)


def corpus_folder() -> Path:
    """FEEDSVC_CORPUS, or shared/corpus beside the checkout.

    Raises CorpusMissing if there is none.
    """
    folder = Path(_NAMED) if _NAMED else CHECKOUT.parent / "shared" / "corpus"
    missing = [name for name in ("truth.jsonl", "score.py") if not (folder / name).is_file()]
    if missing:
        raise CorpusMissing(
            f"no corpus to measure on: {folder} has no {' and no '.join(missing)}.\n"
            "Put the corpus there, or say where it is: FEEDSVC_CORPUS=/path/to/corpus make accuracy"
        )
    return folder


@lru_cache(maxsize=1)
def scorer() -> Any:  # Any: a script without types
    """The corpus's own score.py as a module."""
    spec = importlib.util.spec_from_file_location("corpus_score", corpus_folder() / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_truths(styles: Sequence[str] = STYLES) -> list[dict[str, Any]]:
    """The lines of `truth.jsonl` of these styles."""
    with (corpus_folder() / "truth.jsonl").open(encoding="utf-8") as lines:
        truths = [json.loads(line) for line in lines if line.strip()]
    return [truth for truth in truths if truth["style"] in styles]


def read_dump(truth: dict[str, Any]) -> str:
    path: str = truth["file"]
    return (corpus_folder() / path).read_text(encoding="utf-8")


def measure(styles: Sequence[str], scratch: Path) -> list[Document]:
    """Extract every document of these styles, and score it.

    scratch: an empty folder for pages that must be unpacked.
    """
    truths = read_truths(styles)
    # Two processes: pages take as long as all dumps together.
    halves = [
        [_folder_of(style) for style in styles if style != "html"],
        [_unpacked(scratch) for style in styles if style == "html"],
    ]
    by_file = {}
    with ThreadPoolExecutor(max_workers=2) as threads:
        for predictions in threads.map(predict, [half for half in halves if half]):
            for path, prediction in predictions.items():
                by_file[f"{path.parent.name}/{path.name}"] = prediction
    documents = []
    for truth in truths:
        prediction = by_file.get(truth["file"].removesuffix(".gz"), Prediction(error="not found"))
        documents.append(
            Document(
                id=truth["id"],
                style=truth["style"],
                group=truth["group"] or truth["id"],
                truth=truth,
                prediction=prediction,
                scores=scorer().score_doc(truth, prediction.for_scorer()),
            )
        )
    return documents


def _folder_of(style: str) -> Path:
    folder = corpus_folder() / style
    if not folder.is_dir():
        raise CorpusMissing(f"{folder} is missing: the corpus is not complete.")
    return folder


def _unpacked(scratch: Path) -> Path:
    folder = scratch / "html"
    folder.mkdir()
    for packed in sorted(_folder_of("html").glob("*.gz")):
        (folder / packed.name.removesuffix(".gz")).write_bytes(gzip.decompress(packed.read_bytes()))
    return folder


def predict(folders: Iterable[Path]) -> dict[Path, Prediction]:
    """What `feedsvc extract --jsonl` says of each file in these folders."""
    command = [sys.executable, "-m", "feedsvc", "extract", "--jsonl", *map(str, folders)]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, encoding="utf-8", check=False)
    # 1: some documents were refused, and it says so in their lines.
    if done.returncode not in (0, 1) or "Traceback" in done.stderr:
        raise SystemExit(f"feedsvc extract failed:\n{done.stderr[-2000:]}")
    # Not splitlines(): a text may hold U+2028.
    told = [json.loads(line) for line in done.stdout.split("\n") if line]
    return {Path(one["path"]): _prediction(one) for one in told}


def _prediction(told: dict[str, Any]) -> Prediction:
    if "error" in told:
        return Prediction(error=told["error"])
    return Prediction(
        title=told["title"],
        authors=tuple(told["authors"]),
        published=told["published"],
        language=told["language"],
        text=told["text"],
        evidence=tuple(told["evidence"]),
    )
