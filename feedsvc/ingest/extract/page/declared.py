"""The article's text as JSON-LD gives it, held against what extraction found in the page."""

from __future__ import annotations

import re
from html import unescape
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement

from feedsvc.ingest.extract.page.shown import BLOCKS

# Shares of letters, measured on news: a declared text that holds so much of the body, and is held
# by it so far, is the whole article, and what it lacks is no part of it.
_OF_BODY = 0.75
_OF_DECLARED = 0.85
# One that is so much longer than what was found is the better text. Where lengths are alike and
# texts are not, the declared one is garbled.
_LOST = 0.5
_MIN_LETTERS = 400
_MIN_BLOCK_LETTERS = 20
_KEY_LETTERS = 60
_MAX_CHARS = 1_000_000

_BLOCK_TAG = re.compile(r"</?(?:p|br|div|h[1-6]|li|blockquote)\b[^<>]{0,1000}>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,1000}>")
_NO_LETTER = re.compile(r"[\W_]+")


def letters(text: str) -> str:
    """Letters and digits alone: what two spellings of one text have in common."""
    return _NO_LETTER.sub("", text).casefold()


class Weighed(NamedTuple):
    """A body, and whether the declared text agrees with it or took its place."""

    body: HtmlElement | None
    agrees: bool = False
    is_declared: bool = False


def weigh_declared(tree: HtmlElement, body: HtmlElement | None, declared: str) -> Weighed:
    """The body that extraction found without what the declared text shows to be no part of it.

    Where it lost most of that text: the page's own blocks that the text consists of, or the text
    itself. declared: `articleBody`, or "".
    """
    declared = _plain(declared[:_MAX_CHARS])
    wanted = letters(declared)
    if len(wanted) < _MIN_LETTERS:
        return Weighed(body)
    blocks = [(block, letters("".join(block.itertext()))) for block in _blocks(body)]
    held = sum(len(text) for _, text in blocks if _is_in(text, wanted))
    whole = sum(len(text) for _, text in blocks)
    lines = sum(map(bool, map(str.strip, declared.splitlines())))
    if len(blocks) == 1 < lines and held >= _OF_DECLARED * len(wanted) and not len(blocks[0][0]):
        # trafilatura took it from the same script, and made one paragraph of it.
        return Weighed(_paragraphs(declared), is_declared=True)
    if held >= max(_OF_BODY * whole, _OF_DECLARED * len(wanted)):
        _drop_others(blocks, wanted)
        return Weighed(body, agrees=True)
    if whole < _LOST * len(wanted):
        own = _own_blocks(tree, wanted)
        return Weighed(own if own is not None else _paragraphs(declared), is_declared=True)
    return Weighed(body)


def _blocks(body: HtmlElement | None) -> list[HtmlElement]:
    return list(body) if body is not None else []


def _plain(declared: str) -> str:
    """Its text with a line a block, should it be markup."""
    if not _BLOCK_TAG.search(declared):
        return declared
    return unescape(_TAG.sub("", _BLOCK_TAG.sub("\n", declared)))


def _is_in(text: str, wanted: str) -> bool:
    return text[:_KEY_LETTERS] in wanted or text[-_KEY_LETTERS:] in wanted


def _drop_others(blocks: list[tuple[HtmlElement, str]], wanted: str) -> None:
    """Paragraphs that the declared text lacks; those above its beginning may be a standfirst."""
    has_begun = False
    for block, text in blocks:
        if _is_in(text, wanted):
            has_begun = has_begun or len(text) >= _MIN_BLOCK_LETTERS
        elif has_begun and block.tag in ("p", "div"):
            parent = block.getparent()
            if parent is not None:
                parent.remove(block)


def _own_blocks(tree: HtmlElement, wanted: str) -> HtmlElement | None:
    body = etree.Element("body")
    found = 0
    seen: set[str] = set()
    for element in tree.iter("p", "h2", "h3", "h4", "li", "blockquote", "pre", "div"):
        if element.tag == "div" and any(child.tag in BLOCKS for child in element):
            continue
        text = letters(element.text_content())
        if len(text) < _MIN_BLOCK_LETTERS or text in seen or not _is_in(text, wanted):
            continue
        seen.add(text)
        found += len(text)
        block = etree.SubElement(body, element.tag if element.tag not in ("li", "div") else "p")
        block.text = element.text_content() if element.tag == "pre" else _joined(element)
    return body if found >= _OF_DECLARED * len(wanted) else None


def _joined(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _paragraphs(declared: str) -> HtmlElement:
    body = etree.Element("body")
    for line in filter(str.strip, declared.splitlines()):
        etree.SubElement(body, "p").text = line.strip()
    return body
