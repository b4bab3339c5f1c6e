"""Saved pages: what no article is made of goes before any parser reads the rest."""

from __future__ import annotations

import re
from html import unescape

from feedsvc.ingest.article import HtmlPage
from feedsvc.ingest.extract.textual import to_xml_chars

# Scripts and styles are most of many a page. JSON-LD stays: it says who wrote what, and when. An
# element that is never closed goes with all that follows, as browsers have it.
_SCRIPT = re.compile(
    r"<script\b(?P<attributes>[^>]*+)>(?:[^<]++|<(?!/script\s*>))*+(?:</script\s*>|\Z)",
    re.IGNORECASE,
)
_STYLE = re.compile(r"<style\b[^>]*+>(?:[^<]++|<(?!/style\s*>))*+(?:</style\s*>|\Z)", re.IGNORECASE)
# Only those that may be none of XML's characters: controls, surrogates, what lies beyond.
_REFERENCE = re.compile(
    r"&#(?:x0*+(?:[0-8bcef]|1[0-9a-f]|d[89a-f][0-9a-f]{2}|fff[ef]|[0-9a-f]{5,8})(?![0-9a-f])"
    r"|0*+(?:[0-8]|1[124-9]|2[0-9]|3[01]|5[5-7][0-9]{3}|6553[45]|[0-9]{6,10})(?![0-9]));?",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"<!--(?:-?>|.*?(?:--!?>|\Z))", re.DOTALL)
# "<!--" in the value of an attribute begins no comment. Where there is such a value, tags are told
# from comments first; what looks like a tag is passed as far as it does so, ended or not: nothing
# is gone through twice.
_IN_A_VALUE = re.compile(r"=\s{0,9}+[\"'](?:[^\"'<]{1,2000}+|<(?!!--)){0,20}+<!--")
_TAG_OR_COMMENT = re.compile(
    rf"(?P<tag><[a-z](?:[^>\"']++|\"[^\"]{{0,2000}}+\"|'[^']{{0,2000}}+')*+)|{_COMMENT.pattern}",
    re.DOTALL | re.IGNORECASE,
)
# A hint for narrow columns; in titles, summaries and searches it only parts words.
_SOFT_HYPHEN = re.compile("\u00ad|&(?:shy|#173|#xad);", re.IGNORECASE)


def read_html(text: str) -> HtmlPage:
    """The page without its scripts (JSON-LD apart), styles, comments and soft hyphens.

    References to what is no XML character go as well: a tree that resolves `&#1;` cannot be edited.
    """
    text = _SCRIPT.sub(lambda m: m[0] if "ld+json" in m["attributes"].lower() else "", text)
    text = _without_comments(_STYLE.sub("", text))
    return HtmlPage(markup=_REFERENCE.sub(_xml_reference, _SOFT_HYPHEN.sub("", text)))


def _without_comments(text: str) -> str:
    if _IN_A_VALUE.search(text):
        return _TAG_OR_COMMENT.sub(lambda m: m["tag"] or "", text)
    return _COMMENT.sub("", text)


def _xml_reference(reference: re.Match[str]) -> str:
    meant = unescape(reference[0])
    return reference[0] if meant and to_xml_chars(meant) == meant else ""
