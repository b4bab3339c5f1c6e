"""Any HTML to safe HTML with absolute links; the only module that knows bleach and nh3.

The body is parsed once and written anew from the tree by the policy; then nh3 and bleach each have
their say under the same policy, and bleach the last one. What is served is what all of them leave
as it is: a body that one changes goes round again. That is also why sanitizing twice changes
nothing.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

import bleach
import nh3
from bleach.html5lib_shim import Filter
from bleach.sanitizer import Cleaner
from selectolax.lexbor import LexborHTMLParser, LexborNode

from feedsvc.errors import RefusedDocument
from feedsvc.ingest.bounds import MAX_ATTRIBUTES, VOID_ELEMENTS, check_bounds, check_size
from feedsvc.ingest.cost import check_cost, check_likely_cost
from feedsvc.ingest.extract.textual import (
    balance_isolates,
    holds_override,
    is_undirected,
    is_xml_text,
    to_xml_chars,
    without_overrides,
)
from feedsvc.ingest.links import LINK_SCHEMES
from feedsvc.ingest.policy import BLOCK_ELEMENTS, POLICY, checked_value
from feedsvc.settings import LimitSettings

_Token = dict[str, Any]  # Any: html5lib's own

_ROUNDS = 8
# Of those, how many may ask bleach, which takes ten times as long as all others.
_BLEACHINGS = 2
# bleach's parser appends each reference to the text before it by copying both: a listing of 500 kB
# would take minutes. Where there are more than a few references, no text may be longer than this.
_FEW_REFERENCES = 500
_TEXT_CHARS = 8_192

_NO_AGREEMENT = "its HTML means something else to each sanitizer; simplify its markup"


def require_bleach(version: str) -> None:
    """Raise ImportError for one with known holes (GHSA-8rfp-98v4-mmr6, GHSA-gj48-438w-jh9v)."""
    if tuple(map(int, version.split(".")[:2])) < (6, 4):
        raise ImportError(f"feedsvc needs bleach 6.4.0 or newer, and this is {version}")


require_bleach(bleach.__version__)


def sanitize_html(html: str, *, base_url: str | None, limits: LimitSettings) -> str:
    """Make any HTML safe by `POLICY`, its links absolute; what comes out, comes out again.

    base_url: what relative URLs are resolved against; without it they are dropped.
    Raises RefusedDocument beyond a limit, or where the sanitizers do not come to agree.
    """
    check_size(html, limits)
    check_likely_cost(html)
    check_bounds(html, limits)
    body = _rewritten(html, base_url, limits)
    bleachings = 0
    for _ in range(_ROUNDS):
        judged: str = _with_bare_open(_AMMONIA.clean(body.lean))
        if judged == body.lean and bleachings < _BLEACHINGS:
            bleachings += 1
            judged = _BLEACH.cleaner.clean(_with_short_texts(body.lean))
            if judged == body.served:
                check_safe(judged)
                return judged
        body = _rewritten(judged, None, limits)
    raise RefusedDocument(_NO_AGREEMENT)


def xml_chars(text: str) -> str:
    """Without what XML 1.0 cannot hold (its `Char`); line ends become line feeds."""
    if "\r" in text or "\f" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ")
    return to_xml_chars(text)


def escape(text: str) -> str:
    """Plain text as HTML, in the very spelling that the sanitizers leave as it is."""
    # To look first takes a fifth of the time of a replacement that finds nothing.
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    if "\u00a0" in text:
        text = text.replace("\u00a0", "&nbsp;")
    return text


# --- written anew from the tree --------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Written:
    """What the policy keeps of a tree.

    served: as it must come out. lean: as the sanitizers are given it, without the constants, which
    bleach's filter adds.
    """

    served: str
    lean: str


def _rewritten(html: str, base_url: str | None, limits: LimitSettings) -> _Written:
    dirty = _needs_cleaning(html)
    out: list[str] = []
    bare: dict[int, str] = {}  # by place in `out`: a tag without its constants
    depth = 0
    outer_div: tuple[int, int] | None = None  # with nothing around it: its places in out, end_tags
    # For each element that the node is in: what ends it, and the node that follows it.
    end_tags = [""]
    following: list[LexborNode | None] = [None]
    node = _parsed(html).root
    while end_tags:
        if node is None:
            end_tag = end_tags.pop()
            out.append(end_tag)
            if end_tag[:2] == "</":
                depth -= 1
            node = following.pop()
            continue
        if node.is_text_node:
            text = node.text_content or ""
            out.append(escape(without_overrides(xml_chars(text)) if dirty else text))
            node = node.next
            continue
        element = _ELEMENTS.get(node.tag or "", _UNWRAPPED)
        if element is _DROPPED or not node.is_element_node:
            node = node.next
            continue
        tag, bare_start, end_tag, is_void, is_block = element
        if is_block and outer_div and depth == 1 and not is_void:
            # That div only holds blocks together; without it, a body can be cut between them.
            out[outer_div[0]] = end_tags[outer_div[1]] = "\n"
            depth = 0
        start_tag = ""
        if is_void or depth < limits.max_html_depth:
            attributes = node.attributes
            start_tag = _start_tag(tag, attributes, base_url) if attributes else bare_start
        if not is_void:
            if start_tag:
                if depth == 0:
                    outer_div = (len(out), len(end_tags)) if tag == "div" else None
                depth += 1
            else:
                start_tag = end_tag = "\n" if is_block else ""
            end_tags.append(end_tag)
            following.append(node.next)
        if start_tag and tag in _CONSTANTS:
            bare[len(out)] = start_tag
            start_tag = f"{start_tag[:-1]}{_CONSTANTS[tag]}>"
        out.append(start_tag)
        if is_void:
            node = node.next
        else:
            node = _without_leading_newlines(node) if tag == "pre" else node.first_child
    if dirty:
        _balance_blocks(out)
    served = "".join(out).strip()
    for place, start_tag in bare.items():
        out[place] = start_tag
    lean = "".join(out).strip()
    check_cost(lean)
    return _Written(served=served, lean=lean)


def _parsed(html: str) -> LexborHTMLParser:
    return LexborHTMLParser(html, is_fragment=True)


def _needs_cleaning(html: str) -> bool:
    """Whether a text of its tree may hold controls, or directs what is around it.

    `&#1;` is the trap; no named reference means such a character.
    """
    return ("#" in html and "&#" in html) or not is_undirected(html)  # "#" is rare, quickly found


def _balance_blocks(out: list[str]) -> None:
    """Take the isolates out of the texts of `out` that do not end in the block they begin in."""
    texts: list[int] = []  # of one block: their places in `out`

    def balance() -> None:
        balanced = balance_isolates("\0".join([out[at] for at in texts]))
        for at, text in zip(texts, balanced.split("\0") if texts else (), strict=True):
            out[at] = text
        texts.clear()

    for at, part in enumerate(out):
        tag = _PLAIN_TAG.match(part)
        if tag is None:
            texts.append(at)
        elif (tag["start"] or tag["end"]) in BLOCK_ELEMENTS:
            balance()
    balance()


def _start_tag(tag: str, attributes: Mapping[str, str | None], base_url: str | None) -> str:
    """The tag with what the policy allows, but the constants; "" where the element itself goes."""
    if tag not in POLICY.elements:
        return ""
    if len(attributes) > MAX_ATTRIBUTES:
        raise RefusedDocument(f"an element of its HTML has more than {MAX_ATTRIBUTES} attributes")
    kept = {}
    for name, value in attributes.items():
        if POLICY.lets_choose(tag, name):
            checked = checked_value(tag, name, xml_chars(value or ""), base_url)
            if checked is not None:
                kept[name] = checked
    if (tag == "img" and "src" not in kept) or (tag == "a" and "href" not in kept):
        return ""
    if tag == "img":
        kept.setdefault("alt", "")
    return f"<{tag}{''.join([_attribute(tag, *pair) for pair in sorted(kept.items())])}>"


def _attribute(tag: str, name: str, value: str) -> str:
    if name == "open" and tag == "details":  # the only one that bleach writes without a value
        return " open"
    value = escape(value).replace('"', "&quot;")
    return f' {name}="{value}"'


_CONSTANTS = {
    tag: "".join(_attribute(tag, *pair) for pair in constants.items())
    for tag, constants in POLICY.constants.items()
}


class _Element(NamedTuple):
    """How an element is written: as `tag`, and without attributes as `bare_start`."""

    tag: str
    bare_start: str
    end_tag: str
    is_void: bool
    is_block: bool


def _element(name: str) -> _Element:
    tag = POLICY.renamed.get(name, name)
    return _Element(
        tag, _start_tag(tag, {}, None), f"</{tag}>", tag in VOID_ELEMENTS, tag in BLOCK_ELEMENTS
    )


_UNWRAPPED = _element("")
_DROPPED = _element("script")
_ELEMENTS = {
    **{name: _element(name) for name in (*POLICY.elements, *POLICY.renamed)},
    **dict.fromkeys(POLICY.dropped, _DROPPED),
}


def _without_leading_newlines(pre: LexborNode) -> LexborNode | None:
    """Its first child; parsers drop one line feed after <pre>, each time they meet it."""
    first = pre.first_child
    while first is not None and first.is_text_node:
        text = (first.text_content or "").lstrip("\r\n")
        if text:
            first.replace_with(text)
            return pre.first_child
        first = first.next
    return first


# --- nh3, then bleach ----------------------------------------------------------------------------

_AMMONIA = nh3.Cleaner(
    tags=set(POLICY.elements),
    clean_content_tags=set(POLICY.dropped),
    attributes={tag: set(POLICY.attributes.get(tag, ())) for tag in (*POLICY.elements, "*")},
    link_rel=None,
    url_schemes=set(LINK_SCHEMES),
)
# The only attribute that bleach, and we with it, write without its empty value.
_DETAILS_OPEN = re.compile('(<details(?: [^<>]*)?) open=""')


def _with_bare_open(html: str) -> str:
    return _DETAILS_OPEN.sub(r"\1 open", html) if "<details" in html else html


def _with_short_texts(lean: str) -> str:
    """With cuts in long texts, which make bleach's parser begin a new one."""
    if lean.count("&") <= _FEW_REFERENCES:
        return lean
    return _LONG_TEXT.sub(lambda text: _CUT.join(_SHORT_TEXT.findall(text[0])), lean)


# An element that is text to every parser, with an attribute that the policy lets nobody choose.
_CUT = "<wbr cut>"
_CUT_KEY = (None, "cut")
_LONG_TEXT = re.compile(f"(?:^|>)[^<]{{{_TEXT_CHARS},}}+")
_SHORT_TEXT = re.compile(f"(?:[^&]|&[a-z]++;){{1,{_TEXT_CHARS}}}+")  # cuts no reference in two


def _tokens(fragment: Element) -> Iterator[_Token]:
    """What a walker of html5lib's tells of a tree, without the cuts.

    Its own looks at all children of an element for each of them that has children itself: a table
    of 5,000 rows would take minutes.
    """
    if fragment.text:
        yield {"type": "Characters", "data": fragment.text}
    # Of each element that is open: itself, and what follows in it.
    pending = [(fragment, iter(fragment))]
    while pending:
        parent, following = pending[-1]
        element = next(following, None)
        if element is None:
            pending.pop()
            if not pending:
                return
            element = parent
            yield {"type": "EndTag", "name": element.tag, "namespace": None}
        else:
            data = {(None, name): value for name, value in element.items()}
            if element.tag not in VOID_ELEMENTS:
                yield {"type": "StartTag", "name": element.tag, "namespace": None, "data": data}
                if element.text:
                    yield {"type": "Characters", "data": element.text}
                pending.append((element, iter(element)))
                continue
            if _CUT_KEY not in data:
                yield {"type": "EmptyTag", "name": element.tag, "namespace": None, "data": data}
        if element.tail:
            yield {"type": "Characters", "data": element.tail}


def _is_in_policy(tag: str, name: str, value: str) -> bool:
    return POLICY.lets_choose(tag, name)


class _LastWord(Filter):  # type: ignore[misc]  # bleach ships no types
    """Checks each value again (bleach lets `javascript:123` pass) and sets the constants."""

    def __iter__(self) -> Iterator[_Token]:
        for token in self.source:
            if token["type"] in _STARTS and (data := token["data"]):
                tag = token["name"]
                for key, value in tuple(data.items()):
                    if "&" in value:  # bleach leaves references as they are written
                        value = unescape(value)
                    if checked_value(tag, key[1], value) != value:
                        del data[key]
                if tag == "img" and (None, "src") not in data:
                    continue
                if tag in _CONSTANT_DATA:
                    data.update(_CONSTANT_DATA[tag])
            yield token


_STARTS = frozenset({"StartTag", "EmptyTag"})
_CONSTANT_DATA = {
    tag: {(None, name): value for name, value in constants.items()}
    for tag, constants in POLICY.constants.items()
}


class _Bleach(threading.local):
    """One cleaner a thread: its parser keeps state, and building one takes 0.2 ms."""

    def __init__(self) -> None:
        self.cleaner = Cleaner(
            tags=POLICY.elements,
            attributes=_is_in_policy,
            protocols=LINK_SCHEMES,
            strip=True,
            strip_comments=True,
            filters=[_LastWord],
        )
        self.cleaner.walker = _tokens


_BLEACH = _Bleach()


# --- the last check -----------------------------------------------------------------------------

_REFERENCE = "&(?:amp|lt|gt|nbsp|quot);"
_TEXT = rf"[^<>&]++|{_REFERENCE}"
_ATTRIBUTES = r'(?: [a-z]++(?:="[^"<>]*+")?)*+'
_NAME = "[a-z][a-z0-9]*+"
_TAG = f"<(?P<start>{_NAME})(?P<attributes>{_ATTRIBUTES})>|</(?P<end>{_NAME})>"
PLAIN_TOKEN = re.compile(f"{_TEXT}|{_TAG}")
_PLAIN_TAG = re.compile(_TAG)
_ATTRIBUTE = re.compile(r' ([a-z]+)(?:="([^"]*)")?')
_BETWEEN_ANGLES = re.compile("<[^<>]*+>")
_PLAIN_REFERENCE = re.compile(_REFERENCE)


def check_safe(html: str) -> None:
    """Verify, and change nothing: every character, element, attribute and URL is in the policy.

    It reads no more than the plain spelling that `sanitize_html` and `render_blocks` write, so
    that no parser's view can differ from its own. Raises RefusedDocument.
    """
    if not is_undirected(html):  # mostly it is; if not, it may still hold isolates
        if not is_xml_text(html) or "\r" in html:
            raise RefusedDocument("its body holds a character that XML does not allow")
        if holds_override(html):
            raise RefusedDocument("its body holds a character that overrides the direction of text")
    # Where all angles and ampersands are of these, what is between them is text.
    tags = _BETWEEN_ANGLES.findall(html)
    references = len(_PLAIN_REFERENCE.findall(html))
    if (html.count("<"), html.count(">"), html.count("&")) != (len(tags), len(tags), references):
        raise RefusedDocument("its body is not the plain HTML that is written here")
    open_elements: list[str] = []
    for tag in tags:
        if tag[1] == "/":
            if not open_elements or open_elements.pop() != tag:
                raise RefusedDocument(f"its body has {tag} where it did not begin")
        else:
            end_tag = _BARE_STARTS.get(tag)
            if end_tag is None:
                end_tag = _checked_start(tag)
            if end_tag:
                open_elements.append(end_tag)
    if open_elements:
        raise RefusedDocument(f"its body does not have {open_elements[-1]}")


_END_TAGS = {name: "" if name in VOID_ELEMENTS else f"</{name}>" for name in POLICY.elements}
# Most have no attributes.
_BARE_STARTS = {f"<{name}>": end_tag for name, end_tag in _END_TAGS.items()}


def _checked_start(start_tag: str) -> str:
    """The end tag that it asks for, "" of a void element. Raises RefusedDocument."""
    plain = _PLAIN_TAG.fullmatch(start_tag)
    if plain is None:
        raise RefusedDocument("its body is not the plain HTML that is written here")
    name = plain["start"]
    if name not in POLICY.elements:
        raise RefusedDocument(f"its body holds <{name}>, which the policy does not allow")
    for attribute, value in _ATTRIBUTE.findall(plain["attributes"]):
        text = unescape(value)
        if not POLICY.allows(name, attribute) or checked_value(name, attribute, text) != text:
            raise RefusedDocument(f"its body holds {attribute} on <{name}>, which is not allowed")
    return _END_TAGS[name]
