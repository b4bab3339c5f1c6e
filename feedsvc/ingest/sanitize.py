"""Any HTML to safe HTML with absolute links; the only module that knows bleach and nh3.

The body is parsed once and written anew from the tree by the policy; then nh3 and bleach each have
their say under the same policy. What is served is what all three agree on: a body that one of them
changes goes round again, until none does. That is also why sanitizing twice changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

import nh3
from bleach.html5lib_shim import Filter
from bleach.sanitizer import Cleaner
from selectolax.lexbor import LexborHTMLParser, LexborNode

from feedsvc.errors import RefusedDocument
from feedsvc.ingest.bounds import VOID_ELEMENTS, check_bounds
from feedsvc.ingest.extract.textual import is_xml_text, to_xml_chars
from feedsvc.ingest.links import LINK_SCHEMES
from feedsvc.ingest.policy import BLOCK_ELEMENTS, POLICY, checked_value
from feedsvc.settings import LimitSettings

# Stored with each entry. Raise it whenever a document would come out differently, be it for a
# change of policy.py or of this module.
POLICY_VERSION = 1

# bleach takes 2 s for so many, and more than linear time beyond.
MAX_REFERENCES = 100_000
_ROUNDS = 8


def sanitize_html(html: str, *, base_url: str | None, limits: LimitSettings) -> str:
    """Make any HTML safe by `POLICY`, its links absolute; what comes out, comes out again.

    base_url: what relative URLs are resolved against; without it they are dropped.
    Raises RefusedDocument beyond a limit, or where the sanitizers do not come to agree.
    """
    check_bounds(html, limits)
    body = _rewritten(html, base_url, limits)
    for _ in range(_ROUNDS):
        judged = _bleached(_ammoniated(body))
        again = _rewritten(judged, None, limits)
        if judged == again == body:
            check_safe(body)
            return body
        body = again
    raise RefusedDocument("its HTML means something else to each sanitizer; simplify its markup")


def xml_chars(text: str) -> str:
    """Without what XML 1.0 cannot hold (its `Char`); line ends become line feeds."""
    return to_xml_chars(text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", " "))


def escape(text: str) -> str:
    """Plain text as HTML, in the very spelling that the sanitizers leave as it is."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\u00a0", "&nbsp;")


# --- written anew from the tree --------------------------------------------------------------


def _rewritten(html: str, base_url: str | None, limits: LimitSettings) -> str:
    tree = LexborHTMLParser(html, is_fragment=True)
    out: list[str] = []
    depth = 0
    # What is still to be done: a node and its later siblings, or, once it is None, an end tag.
    pending: list[tuple[LexborNode | None, str]] = [(tree.root, "")]
    while pending:
        node, end_tag = pending.pop()
        if node is None:
            out.append(end_tag)
            depth -= end_tag.startswith("</")
            continue
        pending.append((node.next, end_tag))
        if node.is_text_node:
            out.append(escape(xml_chars(node.text_content or "")))
        elif node.is_element_node and node.tag not in POLICY.dropped:
            tag = POLICY.renamed.get(node.tag or "", node.tag or "")
            start_tag = _start_tag(tag, node, base_url)
            if tag in VOID_ELEMENTS:
                out.append(start_tag)
                continue
            if depth >= limits.max_html_depth or (depth == 0 and _is_wrapper(tag, node)):
                start_tag = ""
            child = _without_leading_newlines(node) if tag == "pre" else node.first_child
            edge = "\n" if tag in BLOCK_ELEMENTS else ""
            out.append(start_tag or edge)
            pending.append((child, f"</{tag}>" if start_tag else edge))
            depth += bool(start_tag)
    rewritten = "".join(out).strip()
    if rewritten.count("&") > MAX_REFERENCES:
        raise RefusedDocument(f"its HTML has more than {MAX_REFERENCES:,} escaped characters")
    return rewritten


def _start_tag(tag: str, node: LexborNode, base_url: str | None) -> str:
    """The tag with what the policy allows; "" where the element itself must go."""
    if tag not in POLICY.elements:
        return ""
    kept = dict(_kept_attributes(tag, node.attributes, base_url))
    if (tag == "img" and "src" not in kept) or (tag == "a" and "href" not in kept):
        return ""
    if tag == "img":
        kept.setdefault("alt", "")
    kept |= POLICY.constants.get(tag, {})
    return f"<{tag}{''.join(_attribute(tag, *pair) for pair in sorted(kept.items()))}>"


def _kept_attributes(
    tag: str, attributes: Mapping[str, str | None], base_url: str | None
) -> Iterator[tuple[str, str]]:
    for name, value in attributes.items():
        if POLICY.allows(tag, name):
            checked = checked_value(tag, name, xml_chars(value or ""), base_url)
            if checked is not None:
                yield name, checked


def _attribute(tag: str, name: str, value: str) -> str:
    if (tag, name) == ("details", "open"):  # the only one that bleach writes without a value
        return " open"
    return f' {name}="{escape(value).replace(chr(34), "&quot;")}"'


def _is_wrapper(tag: str, node: LexborNode) -> bool:
    """Whether a div only holds blocks together; unwrapped, it lets a body be cut between them."""
    child = node.first_child if tag == "div" else None
    while child is not None:
        name = child.tag or ""
        if POLICY.renamed.get(name, name) in BLOCK_ELEMENTS:
            return True
        child = child.next
    return False


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


# --- nh3, then bleach ---------------------------------------------------------------------------


def _ammoniated(html: str) -> str:
    return nh3.clean(
        html,
        tags=set(POLICY.elements),
        clean_content_tags=set(POLICY.dropped),
        attributes={
            tag: set(POLICY.attributes.get(tag, ())) | set(POLICY.constants.get(tag, ()))
            for tag in (*POLICY.elements, "*")
        },
        attribute_filter=checked_value,
        link_rel=None,
        url_schemes=set(LINK_SCHEMES),
    )


def _bleached(html: str) -> str:
    # A cleaner for each call: its parser keeps state, and building one takes 0.2 ms.
    cleaner = Cleaner(
        tags=POLICY.elements,
        attributes=_bleach_allows,
        protocols=LINK_SCHEMES,
        strip=True,
        strip_comments=True,
        filters=[_LastWord],
    )
    return str(cleaner.clean(html))


def _bleach_allows(tag: str, name: str, value: str) -> bool:
    # bleach leaves references in values as they are written.
    return POLICY.allows(tag, name) and checked_value(tag, name, unescape(value)) is not None


class _LastWord(Filter):  # type: ignore[misc]  # bleach ships no types
    """Checks each URL again (bleach lets `javascript:123` pass) and sets the constants."""

    def __iter__(self) -> Iterator[dict[str, Any]]:  # Any: html5lib's tokens
        for token in super().__iter__():
            if token["type"] in ("StartTag", "EmptyTag"):
                tag, data = token["name"], token["data"]
                for key in [k for k in data if k[1] in ("href", "src", "cite")]:
                    value = unescape(data[key])
                    if checked_value(tag, key[1], value) != value:
                        del data[key]
                if tag == "img" and (None, "src") not in data:
                    continue
                for name, value in POLICY.constants.get(tag, {}).items():
                    data[(None, name)] = value
            yield token


# --- the last check -----------------------------------------------------------------------------

PLAIN_TOKEN = re.compile(
    r"[^<>&]++|&(?:amp|lt|gt|nbsp|quot);"
    r'|<(?P<start>[a-z][a-z0-9]*+)(?P<attributes>(?: [a-z]++(?:="[^"<>]*+")?)*+)>'
    r"|</(?P<end>[a-z][a-z0-9]*+)>"
)
_ATTRIBUTE = re.compile(r' ([a-z]+)(?:="([^"]*)")?')


def check_safe(html: str) -> None:
    """Verify, and change nothing: every character, element, attribute and URL is in the policy.

    It reads no more than the plain spelling that `sanitize_html` and `render_blocks` write, so
    that no parser's view can differ from its own. Raises RefusedDocument.
    """
    if not is_xml_text(html) or "\r" in html:
        raise RefusedDocument("its body holds a character that XML does not allow")
    position = 0
    open_elements: list[str] = []
    while token := PLAIN_TOKEN.match(html, position):
        position = token.end()
        start, attributes, end = token.groups()
        if start:
            _check_start(start, attributes)
            if start not in VOID_ELEMENTS:
                open_elements.append(start)
        elif end and (not open_elements or open_elements.pop() != end):
            raise RefusedDocument(f"its body ends <{end}> where it did not begin")
    if position != len(html) or open_elements:
        raise RefusedDocument(f"its body is not plain HTML at character {position}")


def _check_start(tag: str, attributes: str) -> None:
    if tag not in POLICY.elements:
        raise RefusedDocument(f"its body holds <{tag}>, which the policy does not allow")
    for name, value in _ATTRIBUTE.findall(attributes):
        text = unescape(value)
        if not POLICY.allows(tag, name) or checked_value(tag, name, text) != text:
            raise RefusedDocument(f"its body holds {name} on <{tag}>, which is not allowed")
