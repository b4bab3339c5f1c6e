"""Hugo and Pelican, building the same articles as Markdown: their pages, and one full-text feed.

Each is measured twice: with all the pages that it makes unless told not to, those of lists, authors
and sections, as feedsvc has them; and kept from all but a page of each article. They come from PyPI
into an environment of their own (rivals.txt), so that nothing of theirs gets among what feedsvc
needs.
"""

from __future__ import annotations

import subprocess
import sys
import venv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.benchmarks.dumps import markdown, place
from tests.benchmarks.figures import Figure, figure_of
from tests.benchmarks.measured import measure

_WANTED = Path(__file__).with_name("rivals.txt")
# As many entries as a feed of feedsvc has at most.
_FEED_ITEMS = 500

_HUGO = f"""
baseURL = "https://news.example.org/"
title = "Articles"
[params]
items = {_FEED_ITEMS}
[outputs]
home = ["HTML", "RSS"]
section = ["HTML"]
taxonomy = ["HTML"]
term = ["HTML"]
"""
_ARTICLES_ALONE_OF_HUGO = """
disableKinds = ["taxonomy", "term", "section", "sitemap", "robotsTXT", "404"]
"""
# It has no theme of its own.
_LAYOUTS_OF_HUGO = {
    "layouts/single.html": """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ .Title }}</title></head>
<body><article><h1>{{ .Title }}</h1><p>{{ .Params.author }}, {{ .Date.Format "2 January 2006" }}</p>
{{ .Content }}</article></body></html>
""",
    "layouts/home.html": """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ .Title }}</title></head>
<body>{{ range first 50 site.RegularPages.ByDate.Reverse }}
<p><a href="{{ .RelPermalink }}">{{ .Title }}</a></p>{{ end }}</body></html>
""",
    "layouts/list.html": """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ .Title }}</title></head>
<body>{{ range .Pages.ByDate.Reverse }}
<p><a href="{{ .RelPermalink }}">{{ .Title }}</a></p>{{ end }}</body></html>
""",
    "layouts/home.rss.xml": """<rss version="2.0"><channel><title>{{ .Title }}</title>
<link>{{ .Permalink }}</link><description>{{ .Title }}</description>
{{ range first site.Params.items site.RegularPages.ByDate.Reverse }}
<item><title>{{ .Title }}</title>
<link>{{ .Permalink }}</link><guid>{{ .Permalink }}</guid>
<pubDate>{{ .Date.Format "Mon, 02 Jan 2006 15:04:05 -0700" }}</pubDate>
<description>{{ .Content | transform.XMLEscape | safeHTML }}</description></item>
{{ end }}</channel></rss>
""",
}
_PELICAN = f"""
AUTHOR = "Editors"
SITENAME = "Articles"
SITEURL = "https://news.example.org"
PATH = "content"
TIMEZONE = "UTC"
DEFAULT_LANG = "en"
ARTICLE_SAVE_AS = ARTICLE_URL = "articles/{{slug}}.html"
FEED_ALL_RSS = "feeds/all.rss.xml"
RSS_FEED_SUMMARY_ONLY = False
FEED_MAX_ITEMS = {_FEED_ITEMS}
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = None
AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
"""
_ARTICLES_ALONE_OF_PELICAN = """
THEME = "simple"
STATIC_PATHS = []
DIRECT_TEMPLATES = []
CATEGORY_SAVE_AS = AUTHOR_SAVE_AS = TAG_SAVE_AS = ""
"""


@dataclass(frozen=True, kw_only=True)
class Rival:
    """A generator of static sites with its settings. pages, feed: what it writes, by which its work
    is checked."""

    name: str
    up_to: int
    files: dict[str, str]
    command: Sequence[str]
    pages: str
    feed: str


def install_rivals() -> list[Rival]:
    """Both of them twice, ready to run."""
    programs = environment_of(_WANTED) / "bin"
    hugo = partial(
        Rival,
        up_to=100_000,
        command=[str(programs / "hugo"), "--quiet"],
        pages="public/*/*/index.html",
        feed="public/index.xml",
    )
    pelican = partial(
        Rival,
        up_to=10_000,
        command=[str(programs / "pelican"), "--quiet", "--settings", "pelicanconf.py"],
        pages="output/articles/*.html",
        feed="output/feeds/all.rss.xml",
    )
    return [
        hugo(name=f"Hugo {_pinned('hugo')}", files={"hugo.toml": _HUGO, **_LAYOUTS_OF_HUGO}),
        hugo(
            name="Hugo, articles alone",
            files={"hugo.toml": _ARTICLES_ALONE_OF_HUGO + _HUGO, **_LAYOUTS_OF_HUGO},
        ),
        pelican(name=f"Pelican {_pinned('pelican')}", files={"pelicanconf.py": _PELICAN}),
        pelican(
            name="Pelican, articles alone",
            files={"pelicanconf.py": _PELICAN + _ARTICLES_ALONE_OF_PELICAN},
        ),
    ]


def environment_of(wanted: Path) -> Path:
    """An environment beside our own with the packages that a file names, made once."""
    home = Path(sys.prefix) / wanted.stem
    done = home / ".installed"
    if not done.exists() or done.read_text(encoding="utf-8") != wanted.read_text(encoding="utf-8"):
        venv.create(home, with_pip=True, clear=True)
        pip = [str(home / "bin" / "pip"), "--disable-pip-version-check", "--quiet"]
        subprocess.run([*pip, "install", "--requirement", str(wanted)], check=True)
        done.write_text(wanted.read_text(encoding="utf-8"), encoding="utf-8")
    return home


def _pinned(package: str) -> str:
    pins = dict(line.split("==") for line in _WANTED.read_text().splitlines() if "==" in line)
    return pins[package]


def bench_rival(rival: Rival, documents: int, folder: Path) -> Iterator[Figure]:
    """Build a site in a folder, then once more with one article added."""
    yield bench_build(rival, documents, folder)
    _write(folder / "content" / f"{place(documents)}.md", markdown(documents))
    cost = measure(rival.command, folder=folder)
    _check(rival, folder, documents + 1)
    yield figure_of(cost, rival.name, "one new file", documents)


def bench_build(rival: Rival, documents: int, folder: Path) -> Figure:
    """Build a site in a folder."""
    for name, text in rival.files.items():
        _write(folder / name, text)
    for number in range(documents):
        _write(folder / "content" / f"{place(number)}.md", markdown(number))
    cost = measure(rival.command, folder=folder)
    _check(rival, folder, documents)
    return figure_of(cost, rival.name, "build", documents)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _check(rival: Rival, folder: Path, documents: int) -> None:
    pages = sum(1 for _ in folder.glob(rival.pages))
    items = (folder / rival.feed).read_text(encoding="utf-8").count("<item>")
    assert pages == documents, f"{rival.name} made {pages:,} pages of {documents:,} articles"
    assert items == min(documents, _FEED_ITEMS), f"{rival.name} made a feed of {items:,} items"
