"""Saved pages: what no article is made of goes before any parser reads the rest."""

from __future__ import annotations

import re

from feedsvc.ingest.article import HtmlPage

# Scripts and styles are most of many a page. JSON-LD stays: it says who wrote what, and when. An
# element that is never closed goes with all that follows, as browsers have it.
_SCRIPT = re.compile(
    r"<script\b(?P<attributes>[^>]*+)>.*?(?:</script\s*>|\Z)", re.IGNORECASE | re.DOTALL
)
_STYLE = re.compile(r"<style\b[^>]*+>.*?(?:</style\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"<!--(?:-?>|.*?(?:--!?>|\Z))", re.DOTALL)


def read_html(text: str) -> HtmlPage:
    """The page without its scripts (JSON-LD apart), styles and comments."""
    text = _SCRIPT.sub(lambda m: m[0] if "ld+json" in m["attributes"].lower() else "", text)
    return HtmlPage(markup=_COMMENT.sub("", _STYLE.sub("", text)))
