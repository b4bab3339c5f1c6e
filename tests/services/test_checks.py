"""Whatever documents hold, every feed of the store passes the strict checks."""

from __future__ import annotations

import gzip
import os
import random
import unicodedata
from collections.abc import Iterator
from html import escape
from pathlib import Path

import pytest

from feedsvc.bundled import bundled
from feedsvc.feeds.check import Severity
from feedsvc.ingest.pool import ExtractionPool
from feedsvc.services.checks import check_feeds
from tests.accuracy.corpus import CorpusMissing, corpus_folder
from tests.databases import SqliteFiles
from tests.service import Service, open_service

# How many files of any text, and of a corpus each how manieth; `make soak` asks for more.
_FILES = int(os.environ.get("SOAK_CODE_POINT_FILES", "30"))
_EVERY = int(os.environ.get("SOAK_EVERY", "30"))

_TITLES = (
    "How <b> and </b> are used",
    "AT&amp;T &lt;rises&gt; &#38; falls",
    "Closed ]]> too early",
    """He said "it's 'so'" & left""",
    "👩‍👩‍👧‍👦 🏳️‍🌈 and a keycap 1️⃣",
    "\u05e9\u05dc\u05d5\u05dd (English) \u0645\u0631\u062d\u0628\u0627 123",
    "\u2066isolated\u2069 \u202eoverridden\u202c",
    "<script>alert(1)</script>",
    "<!-- a comment --> <![CDATA[ a section ]]>",
    "Comma, comma, comma",
    "{{ braces }} %s %(x)s ${y} \\u0041",
    "Zalgo " + "e\u0301\u0302\u0303" * 40,
    "long " * 200,
)


@pytest.fixture
def alone(
    tmp_path: Path,
    sqlite_files: SqliteFiles,
    pool: ExtractionPool,
) -> Iterator[Service]:
    service = open_service(tmp_path, sqlite_files.make_database(tmp_path), pool)
    yield service
    service.lease.release()
    service.runtime.close()


def page(title: str | None, *, author: str = "", date: str = "", body: str) -> str:
    head = "" if title is None else f"<title>{escape(title)}</title>"
    head += f'<meta name="author" content="{escape(author)}">' if author else ""
    if date:
        head += f'<meta property="article:published_time" content="{date}">'
    heading = "" if title is None else f"<h1>{escape(title)}</h1>"
    return f"<!doctype html><html><head>{head}</head><body><article>{heading}{body}</article>"


def paragraphs(word: str, number: int = 4) -> str:
    said = f"The harbour master closed both gates for the {word}, and nobody disagreed. " * 3
    return "".join(f"<p>{said} That was thing {n}.</p>" for n in range(number))


def check_clean(service: Service) -> int:
    """Assert that nothing is wrong with any feed; how many documents were checked."""
    runtime = service.runtime
    checked = list(check_feeds(runtime.publication, runtime.site, runtime.clock.now()))
    wrong = [
        f"{feed.name}: {finding}"
        for feed in checked
        for finding in feed.findings
        if finding.severity is not Severity.NOTE
    ]
    assert not wrong, "\n".join(["", *wrong[:20]])
    return len(checked)


def test_feeds_of_nasty_articles_are_clean(alone: Service) -> None:
    for number, title in enumerate(_TITLES):
        body = paragraphs(f"matter {number}") + f"<p>{escape(title)}</p>"
        told = page(title, author=title[:60], date="2024-05-06T07:08:09Z", body=body)
        alone.folder.write(f"{number}.html", told)
        alone.folder.write(
            f"{number}.md",
            f"---\ntitle: {title!r}\ntags: [{title!r}, plain]\nauthor: {title!r}\n---\n\n"
            f"{title}\n\n{'It rained upon the quay, and then it rained again. ' * 9}{number}\n",
        )
    flood = "\n\n".join(f"The water rose {n} hands at the quay. " * 50 for n in range(1_000))
    alone.folder.write("large.md", f"# Large\n\n{flood}\n")
    alone.folder.write("no-title.html", page(None, body=paragraphs("storm")))
    alone.folder.write("nothing-said.html", page("Bare", body=paragraphs("fog")))
    names = "\n".join(f"  - Person {chr(65 + n % 26)}{n}son" for n in range(300))
    alone.folder.write(
        "crowd.md",
        f"---\ntitle: A crowd wrote this\nauthors:\n{names}\n---\n\n{'They all agreed. ' * 60}\n",
    )
    alone.folder.write("future.html", page("Soon", date="2099-01-01", body=paragraphs("moon")))
    alone.folder.write("ancient.html", page("Old", date="1874-01-01", body=paragraphs("sail")))

    alone.ingest()

    assert len(alone.entries()) > 15
    assert len(alone.entries()["A crowd wrote this"].authors) > 9
    assert len(alone.entries()["Large"].html) > 1_900_000
    assert check_clean(alone) > 100


def test_feeds_of_any_code_points_in_files_and_their_names_are_clean(alone: Service) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    for number in range(_FILES):
        alone.folder.write(name_of(chance, number), text_of(chance, number))
    alone.ingest()
    check_clean(alone)


def name_of(chance: random.Random, number: int) -> str:
    letters = (any_letter(chance) for _ in range(50))
    name = "".join(letter for letter in letters if letter not in "/\0")
    return f"{number} {name}.{chance.choice(['html', 'md', 'txt'])}"


def text_of(chance: random.Random, number: int) -> bytes:
    some = ["".join(any_letter(chance) for _ in range(40)) for _ in range(9)]
    body = f"{paragraphs(f'tide {number}')}<p>{'</p><p>'.join(some)}</p>"
    return page(some[0], author=some[1], body=body).encode("utf-8", "surrogatepass")


def any_letter(chance: random.Random) -> str:
    """Any code point; assigned ones more often than they are. Surrogates are not for file names."""
    for _ in range(3):
        letter = chr(chance.randrange(chance.choice([0x100, 0x3000, 0x110000])))
        if unicodedata.category(letter) not in ("Cs", "Cn", "Co"):
            return letter
    return chr(chance.randrange(0xE000, 0x110000))


def test_the_feeds_of_the_sample_site_are_clean(alone: Service) -> None:
    for path in sorted(bundled("seeds").rglob("*")):
        if path.is_file():
            alone.folder.write(str(path.relative_to(bundled("seeds"))), path.read_bytes())
    alone.ingest()
    assert check_clean(alone) > 50


def test_the_feeds_of_a_corpus_are_clean(alone: Service) -> None:
    try:
        corpus = corpus_folder()
    except CorpusMissing as error:
        pytest.skip(str(error))
    files = [p for p in sorted(corpus.glob("*/*")) if p.name.endswith((".txt", ".html.gz"))]
    for path in files[::_EVERY]:
        raw = path.read_bytes()
        name = str(path.relative_to(corpus))
        if path.suffix == ".gz":
            raw, name = gzip.decompress(raw), name.removesuffix(".gz")
        alone.folder.write(name, raw)
    assert alone.ingest()
    check_clean(alone)
