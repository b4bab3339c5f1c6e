"""Pictures between an article's paragraphs: found in the page, put back into the extracted body."""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement

from feedsvc.model.ids import fold

MAX_FIGURES = 40
_MIN_PIXELS = 100
_MIN_ANCHOR_CHARS = 20
_MAX_CAPTION_CHARS = 500
_ELSEWHERE = frozenset({"nav", "aside", "footer", "header", "form", "button", "li", "noscript"})
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-lazy", "src")
_IMAGE_NAME = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)(?:[?#]|$)", re.IGNORECASE)
_NO_IMAGE = re.compile(r"^data:|^about:|blank\.|spacer|placeholder|pixel\.|1x1", re.IGNORECASE)


def put_figures_back(tree: HtmlElement, body: HtmlElement) -> None:
    """Insert each picture that stands between two blocks of the body after the first of them.

    Extraction with its images on brings teasers along; only what lies between two known blocks of
    the article surely belongs to it. One before the first block must be a <figure>.
    """
    blocks = {_key("".join(block.itertext())): block for block in body}
    blocks.pop("", None)
    last: HtmlElement | None = None
    waiting: list[tuple[HtmlElement | None, HtmlElement]] = []
    placed: list[tuple[HtmlElement | None, HtmlElement]] = []
    seen: set[str] = set()
    for element in tree.iter("p", "h2", "h3", "h4", "h5", "blockquote", "figure", "img"):
        if element.tag in ("figure", "img"):
            figure = _figure(element, seen)
            if figure is not None and (last is not None or element.tag == "figure"):
                waiting.append((last, figure))
        else:
            block = blocks.get(_key(element.text_content()))
            if block is not None:
                placed += waiting
                waiting.clear()
                last = block
    for after, figure in reversed(placed[:MAX_FIGURES]):
        if after is None:
            body.insert(0, figure)
        else:
            after.addnext(figure)


def _key(text: str) -> str:
    folded = fold(text)[:200]
    return folded if len(folded) >= _MIN_ANCHOR_CHARS else ""


def _figure(element: HtmlElement, seen: set[str]) -> HtmlElement | None:
    if any(ancestor.tag in _ELSEWHERE for ancestor in element.iterancestors()):
        return None
    link = next(element.iterancestors("a"), None)
    if link is not None and not _IMAGE_NAME.search(link.get("href") or ""):
        return None  # a teaser's picture leads to another article
    image = element if element.tag == "img" else next(element.iter("img"), None)
    source = _source(image) if image is not None else None
    if image is None or not source or source in seen or _is_small(image):
        return None
    seen.add(source)
    figure = etree.Element("figure")
    etree.SubElement(figure, "img", src=source, alt=_plain(image.get("alt") or ""))
    caption = next(element.iter("figcaption"), None)
    text = _plain(caption.text_content()) if caption is not None else ""
    if text and len(text) <= _MAX_CAPTION_CHARS:
        etree.SubElement(figure, "figcaption").text = text
    return figure


def _source(image: HtmlElement) -> str | None:
    """Its address; where it is loaded late, the one that a script would put in."""
    for name in _LAZY:
        value = (image.get(name) or "").strip()
        if value and not _NO_IMAGE.search(value):
            return value
    candidates = (image.get("data-srcset") or image.get("srcset") or "").split(",")
    return candidates[-1].split()[0] if candidates[-1].split() else None


def _is_small(image: HtmlElement) -> bool:
    sizes = (image.get("width") or "", image.get("height") or "")
    return any(size.isdigit() and int(size[:6]) < _MIN_PIXELS for size in sizes if size.isascii())


def _plain(text: str) -> str:
    return " ".join(text.split())
