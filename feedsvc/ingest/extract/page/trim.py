"""What extraction takes along goes, be it teaser or caption; the standfirst it left comes back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from lxml import etree
from lxml.html import HtmlElement

from feedsvc.ingest.extract.page.shown import BLOCKS, is_unseen, shown_text
from feedsvc.model.ids import fold

# By the key of each block of the body: the page's element that it was taken from.
Origins = Mapping[str, HtmlElement]

# Shares of a block's letters that stand in links, measured on news: above, few are prose.
_LINKED = 0.6
_ALL_LINKED = 0.95
_MAX_TEASER_CHARS = 200
_EDGE_BLOCKS = 4
_MAX_EDGE_CHARS = 120
_LAST_BLOCKS = 2
_SHARE_ASIDE = 0.2
_MIN_STANDFIRST_CHARS = 40
_MAX_STANDFIRST_CHARS = 700
_SAME_START = 60
_MAX_STANDFIRSTS = 2
_MAX_BETWEEN = 60
_KEY_CHARS = 200
_MAX_ANCESTORS = 12

_TEASER = re.compile(
    r"^\W{0,3}(?:read (?:more|also|next|full)|also read|see also|more on this|related|watch|"
    r"don.t miss|you (?:may|might) also|"
    r"lesen sie|mehr (?:zum|dazu|zu|über)|auch interessant|siehe auch|hintergrund:|"
    r"(?:à )?lire (?:aussi|également)|voir aussi|sur le même|"
    r"le[ae] también|lea además|leer más|te puede|ver también|más información|"
    r"leia (?:mais|também)|veja (?:mais|também)|saiba mais|"
    r"leggi anche|potrebbe interessarti|approfondisci|"
    r"lees (?:ook|meer|verder)|läs (?:också|mer|även)|les (?:også|mer)|læs (?:også|mere)|"
    r"lue (?:myös|lisää)|czytaj (?:też|także|również|więcej)|zobacz (?:też|także)|"
    r"čtěte (?:také|více)|přečtěte si|čítajte|olvass|citește|pročitajte|διαβάστε|"
    r"ayrıca|ilgili haber|baca juga|"
    r"чита(?:йте|ть) (?:также|також)|смотрите также|по теме|"
    r"اقرأ أيض|إقرأ أيض|بیشتر بخوان|مزید پڑھ|(?:यह|ये) भी पढ़|और पढ़|"
    r"関連記事|あわせて読み|相关(?:阅读|新闻|文章)|延伸閱讀|相關|관련 ?기사)",
    re.IGNORECASE,
)
_ASIDE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:promos?|related|recirc|recirculation|read-?more|also-?read|read-?also|"
    r"newsletters?|sign-?up|subscribe|whatsapp|most-?read|popular|trending|recommend(?:ed|ation)s?|"
    r"author-?(?:bio|info|box|card|description)|about-?author|captions?|wp-caption-text|"
    r"advert(?:isement|orial)?|outbrain|taboola)(?:$|[\s_-])",
    re.IGNORECASE,
)
_STANDFIRST_CLASS = re.compile(
    r"(?:^|[\s_-])(?:stand-?first|sub-?(?:title|head|headline|heading|line)|dek|deck|ledes?|lead|"
    r"leadin|intro|introduction|excerpt|summary|abstract|chapeau|chapo|sommario|sottotitolo|"
    r"occhiello|catenaccio|bajada|entradilla|copete|volanta|linha-?fina|vorspann|anreisser|"
    r"anriss|ingress|manchet|perex|zajawka|description|kicker-?text|snippet)(?:$|[\s_-])",
    re.IGNORECASE,
)


def drop_teasers(origins: Origins, body: HtmlElement) -> None:
    """Take out what leads elsewhere, and captions that stand among the paragraphs."""
    blocks = [(block, " ".join("".join(block.itertext()).split())) for block in body]
    chars = sum(len(text) for _, text in blocks)
    for at, (block, text) in enumerate(blocks):
        from_end = len(blocks) - at
        edge = at < _EDGE_BLOCKS or from_end <= _EDGE_BLOCKS
        is_last = from_end <= _LAST_BLOCKS and len(text) <= _MAX_EDGE_CHARS
        linked = _share_linked(block, text)
        if (
            (is_last and linked >= _LINKED)
            or _is_teaser(block, text, linked, edge=edge)
            or _stands_aside(origins.get(key_of(text)), chars)
        ):
            body.remove(block)


def find_origins(tree: HtmlElement, body: HtmlElement) -> Origins:
    """Where in the page each block of the body comes from, by its key; the first of several."""
    wanted = {key_of("".join(block.itertext())) for block in body} - {""}
    found: dict[str, HtmlElement] = {}
    for element in tree.iter("p", "h2", "h3", "h4", "h5", "li", "blockquote", "pre", "div"):
        if element.tag != "div" or not any(child.tag in BLOCKS for child in element):
            key = key_of(element.text_content())
            if key in wanted:
                found.setdefault(key, element)
    return found


def key_of(text: str) -> str:
    """The beginning of a block's text, by which it is known again; "" where it has no letter."""
    return fold(text[:_KEY_CHARS]) if any(map(str.isalnum, text[:_KEY_CHARS])) else ""


def _stands_aside(element: HtmlElement | None, chars: int) -> bool:
    """Whether it is a caption, or in a small part of the page that a class tells to lead elsewhere.

    chars: the length of the body; what holds a good part of that is the article itself.
    """
    for _ in range(_MAX_ANCESTORS):
        if element is None or element.tag in ("body", "html"):
            break
        if element.tag == "figcaption":
            return True
        if _is_aside(element.get("class") or ""):
            return len(element.text_content()) <= _SHARE_ASIDE * chars
        element = element.getparent()
    return False


@lru_cache(maxsize=4096)
def _is_aside(label: str) -> bool:
    return _ASIDE_CLASS.search(label) is not None


def _share_linked(block: HtmlElement, text: str) -> float:
    linked = sum(len(" ".join("".join(a.itertext()).split())) for a in block.iter("a"))
    return linked / len(text) if text else 0.0


def _is_teaser(block: HtmlElement, text: str, linked: float, *, edge: bool) -> bool:
    if linked < _LINKED:
        return False
    if block.tag in ("ul", "ol") or (_TEASER.match(text) and len(text) <= _MAX_TEASER_CHARS):
        return True
    if linked < _ALL_LINKED:
        return False
    return block.tag != "p" or (edge and len(text) <= _MAX_EDGE_CHARS)


def put_headings_back(origins: Origins, body: HtmlElement) -> None:
    """Insert each heading that stands right between two blocks of the body, and was left out."""
    before: HtmlElement | None = None
    for block in list(body):
        element = origins.get(key_of("".join(block.itertext())))
        heading = element.getprevious() if element is not None else None
        if (
            heading is not None
            and before is not None
            and heading.tag in ("h2", "h3", "h4")
            and heading.getprevious() is before
        ):
            text = shown_text(heading)
            is_short = 0 < len(text) <= _MAX_EDGE_CHARS
            if is_short and not _TEASER.match(text) and _share_linked(heading, text) < _LINKED:
                put_back = etree.Element(heading.tag)
                put_back.text = text
                block.addprevious(put_back)
        before = element


def put_standfirst_back(
    tree: HtmlElement, body: HtmlElement, title: str, stated: Iterable[str]
) -> None:
    """Insert what stands between the headline and the text, and is told by class or metadata.

    stated: what the page declares as its description.
    """
    known = fold(" ".join("".join(body.itertext()).split()))
    first = _first_key(body)
    begins = [fold(text)[:_SAME_START] for text in stated if len(text) >= _MIN_STANDFIRST_CHARS]
    found: list[str] = []
    for element in _below_headline(tree, title):
        text = shown_text(element)
        folded = fold(text)
        if first and folded.startswith(first):
            break
        if not _MIN_STANDFIRST_CHARS <= len(text) <= _MAX_STANDFIRST_CHARS:
            continue
        if folded[:_SAME_START] in known or any(fold(other) in folded for other in found):
            continue
        if _is_standfirst(element, folded, begins):
            found.append(text)
            if len(found) == _MAX_STANDFIRSTS:
                break
    for text in reversed(found):
        paragraph = etree.Element("p")
        paragraph.text = text
        body.insert(0, paragraph)


def _is_standfirst(element: HtmlElement, folded: str, begins: list[str]) -> bool:
    if sum(len(shown_text(a)) for a in element.iter("a")) > _LINKED * len(folded):
        return False
    if any(folded.startswith(begin) for begin in begins):
        return True
    labels = [element.get("class") or ""]
    parent = element.getparent()
    if element.tag == "p" and parent is not None:
        labels.append(parent.get("class") or "")
    return any(map(_STANDFIRST_CLASS.search, labels))


def _first_key(body: HtmlElement) -> str:
    texts = (fold(" ".join("".join(block.itertext()).split())) for block in body)
    return next((text[:_SAME_START] for text in texts if len(text) >= _MIN_STANDFIRST_CHARS), "")


def _below_headline(tree: HtmlElement, title: str) -> list[Any]:  # Any: lxml's elements
    """The elements of text that follow the headline, in order, the first of many."""
    wanted = fold(title)
    found: list[HtmlElement] = []
    is_below = False
    for element in tree.iter("h1", "h2", "h3", "p", "div", "span", "strong", "li"):
        if not is_below:
            is_below = element.tag in ("h1", "h2") and wanted in fold(element.text_content())
        elif element.tag != "h1" and not _holds_blocks(element) and not is_unseen(element):
            found.append(element)
            if len(found) == _MAX_BETWEEN:
                break
    return found


def _holds_blocks(element: HtmlElement) -> bool:
    return next(element.iterdescendants("p", "div", "ul", "h2", "h3", "section"), None) is not None
