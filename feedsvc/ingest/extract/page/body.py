"""The article within a page, as clean HTML: trafilatura finds it, figures are put back in place."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from functools import cache
from html import escape
from typing import Any, NamedTuple

from lxml import etree
from lxml.html import HtmlElement

from feedsvc.ingest.extract.days.dates import find_date
from feedsvc.ingest.extract.page.declared import weigh_declared
from feedsvc.ingest.extract.page.figures import put_figures_back
from feedsvc.ingest.extract.page.tables import put_tables_back
from feedsvc.ingest.extract.page.trim import (
    Origins,
    drop_teasers,
    find_origins,
    key_of,
    put_headings_back,
    put_standfirst_back,
)
from feedsvc.ingest.extract.people.byline import parse_byline
from feedsvc.ingest.extract.people.leads import byline_lead
from feedsvc.model.ids import fold

_MARKS = {"#b": "strong", "#i": "em", "#u": "u", "#t": "code", "#sub": "sub", "#sup": "sup"}
_RENAMED = {"quote": "blockquote", "lb": "br", "row": "tr", "del": "del", "ref": "a"}
_PLAIN = frozenset({"p", "table", "div", "details", "summary", "code", "br"})
# So many blocks at its top may be title, byline and date rather than text.
_HEADING_BLOCKS = 5
_MAX_BYLINE_CHARS = 120
_LONG_CHARS = 100
_MOST = 0.6
# Without a second witness, on pages of publishers that no rule was written for.
_ALONE = 0.88
# Of an "and" between the names.
_MAX_JOINING_LETTERS = 6


class PageBody(NamedTuple):
    """The body's HTML, not sanitized, its words, and the rule that found it.

    byline: a line at its top that names the authors, taken out of it; or "".
    """

    html: str
    text: str
    rule: str
    confidence: float
    byline: str = ""


def find_body(
    tree: HtmlElement, title: str, declared_text: str, descriptions: tuple[str, ...]
) -> PageBody | None:
    """The article's body without the title at its top, no heading above h2; None where none is.

    declared_text: what JSON-LD gives as `articleBody`, or "". descriptions: what the page
    declares in short.
    """
    weighed = weigh_declared(tree, _extracted(tree), declared_text)
    body = weighed.body
    has_text = body is not None and _has_letters(body)
    if not has_text:
        body = _own_paragraphs(tree)
    if body is None:
        return None
    origins = find_origins(tree, body)
    if not has_text:
        rule, confidence = "paragraphs of the page", 0.4
    elif weighed.is_declared:
        rule, confidence = "JSON-LD articleBody", 0.8
    elif weighed.agrees:
        rule, confidence = "trafilatura, as JSON-LD articleBody", 0.97
    else:
        rule, confidence = "trafilatura", _ALONE if _is_most_of_page(tree, origins) else 0.8
    drop_teasers(origins, body)
    byline = _without_heading_lines(body, title)
    put_headings_back(origins, body)
    put_standfirst_back(tree, body, title, descriptions)
    _shift_headings(body)
    text = "\n".join("".join(block.itertext()) for block in body)
    put_figures_back(tree, body)
    put_tables_back(tree, body)
    blocks = [etree.tostring(block, encoding="unicode", method="html") for block in body]
    html = escape(body.text or "", quote=False) + "\n".join(map(str.strip, blocks))
    return PageBody(html, text, rule, confidence, byline) if html.strip() else None


def _extracted(tree: HtmlElement) -> HtmlElement | None:
    found = _trafilatura()(
        tree,
        output_format="html",
        include_comments=False,
        include_formatting=True,
        include_links=True,
        with_metadata=False,
    )
    if found is None or found.body is None:
        return None
    # trafilatura takes most of <pre> for quotations.
    preformatted = {fold(pre.text_content()) for pre in tree.iter("pre")}
    for element in list(found.body.iter(etree.Element)):
        _to_html(element)
        if element.tag == "blockquote" and fold("".join(element.itertext())) in preformatted:
            element.tag = "pre"
    return found.body


def _to_html(element: HtmlElement) -> None:
    """From trafilatura's own vocabulary, which is that of TEI."""
    tag, rend = element.tag, element.get("rend") or ""
    target = element.get("target") or ""
    is_head_cell = element.get("role") == "head"
    element.attrib.clear()
    if tag == "head":
        element.tag = f"h{rend[1:]}" if rend in ("h1", "h2", "h3", "h4", "h5", "h6") else "h3"
    elif tag == "list":
        element.tag = "ol" if rend == "ol" else "ul"
    elif tag == "item":
        element.tag = "li"
    elif tag == "hi":
        element.tag = _MARKS.get(rend, "em")
    elif tag == "cell":
        element.tag = "th" if is_head_cell else "td"
    elif tag == "code":
        within = element.getparent()
        inline = within is not None and within.tag in ("p", "item", "li", "cell", "td")
        element.tag = "code" if inline and "\n" not in (element.text or "") else "pre"
    elif tag in _RENAMED:
        element.tag = _RENAMED[tag]
        if tag == "ref" and target:
            element.set("href", target)
    elif tag not in _PLAIN:
        element.tag = "div"


def _own_paragraphs(tree: HtmlElement) -> HtmlElement | None:
    """All paragraphs within main, article or body: for pages too small or odd for trafilatura."""
    for name in ("article", "main", "body"):
        scope = next(tree.iter(name), None)
        if scope is None:
            continue
        body = etree.Element("body")
        for element in scope.iter("p", "h2", "h3", "h4", "li", "blockquote", "pre"):
            text = " ".join(element.text_content().split())
            within = {ancestor.tag for ancestor in element.iterancestors()}
            if text and not within & {"nav", "footer", "aside", "form", "p", "li", "blockquote"}:
                block = etree.SubElement(body, "p" if element.tag == "li" else element.tag)
                block.text = element.text_content() if element.tag == "pre" else text
        if len(body):
            return body
        text = " ".join(scope.text_content().split())
        if text:
            etree.SubElement(body, "p").text = text
            return body
    return None


def _without_heading_lines(body: HtmlElement, title: str) -> str:
    """Take title, date and byline from the top of the body; the byline is the answer, or ""."""
    byline = ""
    for block in list(body)[:_HEADING_BLOCKS]:
        line = " ".join(" ".join(block.itertext()).split())
        if title and fold("".join(block.itertext())) == fold(title):
            body.remove(block)
        elif len(line) > _MAX_BYLINE_CHARS:
            continue
        elif _is_byline(line) or (block.tag == "p" and _is_bare_byline(block, line)):
            byline = byline or line
            body.remove(block)
        elif block.tag == "p" and (_is_date(line) or not any(map(str.isalpha, line))):
            body.remove(block)
    return byline


def _is_byline(line: str) -> bool:
    return bool(byline_lead(line) and parse_byline(line))


def _is_bare_byline(block: HtmlElement, line: str) -> bool:
    """Whether a line is names and nothing else, set apart from the text as a whole."""
    marked = [child for child in block if child.tag in ("strong", "em", "a", "u")]
    within = "".join("".join(child.itertext()) for child in marked)
    if fold(within) != fold("".join(block.itertext())):
        return False
    people = parse_byline(line, labelled=True)
    rest = line
    for person in people:
        rest = rest.replace(person.name, "")
    return bool(people) and sum(map(str.isalpha, rest)) <= _MAX_JOINING_LETTERS


def _is_date(line: str) -> bool:
    found = find_date(line, language=None) if len(line) <= _MAX_BYLINE_CHARS else None
    return found is not None and not any(map(str.isalpha, line[: found.start] + line[found.end :]))


def _shift_headings(body: HtmlElement) -> None:
    """One level down, all of them, where one is an h1: that is the title's."""
    if next(body.iter("h1"), None) is None:
        return
    for level in range(5, 0, -1):
        for heading in body.iter(f"h{level}"):
            heading.tag = f"h{level + 1}"


def _has_letters(body: HtmlElement) -> bool:
    return any(map(str.isalpha, "".join(body.itertext())))


def _is_most_of_page(tree: HtmlElement, origins: Origins) -> bool:
    """Whether the body holds most of the long paragraphs of the page: else it may lack its own."""
    held = whole = 0
    for paragraph in tree.iter("p"):
        text = paragraph.text_content()
        if len(text) >= _LONG_CHARS:
            whole += len(text)
            held += len(text) if key_of(text) in origins else 0
    return held >= _MOST * whole


@cache
def _trafilatura() -> Callable[..., Any]:  # Any: trafilatura ships no types
    # Imported late: it takes half a second, and text dumps do not need it.
    from trafilatura import bare_extraction, external

    external.JT_STOPLIST = StopWords()  # type: ignore[assignment]  # it says None there
    # They report what a page lacks as errors; here the outcome says it, once.
    for name in ("trafilatura", "htmldate", "courlan", "justext", "charset_normalizer"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    extraction: Callable[..., Any] = bare_extraction
    return extraction


class StopWords:
    """The stop words of all languages, read when justext makes a set of its own of them.

    trafilatura's tuple of the same 154,000 words stayed beside that set, and took 18 MB.
    """

    def __iter__(self) -> Iterator[str]:
        from justext import get_stoplist, get_stoplists

        for language in get_stoplists():
            yield from get_stoplist(language)


def page_day(tree: HtmlElement, url: str | None) -> str | None:
    """The day of publication as htmldate finds it anywhere in the page, ISO 8601."""
    _trafilatura()
    from htmldate import find_date

    day: str | None = find_date(tree, original_date=True, extensive_search=True, url=url)
    return day
