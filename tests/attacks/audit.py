"""What is armed in a piece of HTML, as several parsers see it; none of them is asked to agree.

The lists are stated here once more, so that a mistake in the policy itself is found too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from html.parser import HTMLParser

import lxml.html
from lxml.etree import ParserError
from selectolax.lexbor import LexborHTMLParser

ELEMENTS = frozenset(
    """a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em
    figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small
    span strong sub summary sup table tbody td tfoot th thead time tr u ul var wbr""".split()
)
ATTRIBUTES = frozenset(
    """title lang dir href hreflang rel src alt width height loading decoding referrerpolicy colspan
    rowspan headers scope abbr start reversed type value span datetime cite open class""".split()
)
SCHEMES: Mapping[str, tuple[str, ...]] = {
    "href": ("https://", "http://", "mailto:"),
    "src": ("https://", "http://"),
    "cite": ("https://", "http://"),
}
_CLASS = re.compile(r"language-[a-z0-9+-]{1,30}")
# Controls that no text needs, what XML cannot hold, and overrides of direction.
_HOSTILE = re.compile("[\x00-\x08\x0b-\x1f\u202a-\u202e\ud800-\udfff\ufffe\uffff]")
_IGNORED = re.compile("[\x00-\x20\u007f-\u00a0\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\u00ad]")

Attributes = list[tuple[str, str]]


def armed_in(html: str) -> list[str]:
    """Every element, attribute, address and character that must not be there; [] if all is well."""
    found = hostile_characters(html)
    for parser, elements in (
        ("html.parser", _by_the_standard_library(html)),
        ("libxml2", _by_libxml2(html)),
        ("lexbor", _by_lexbor(html)),
    ):
        for tag, attributes in elements:
            found += (f"{problem} for {parser}" for problem in _problems(tag, attributes))
    return found


def hostile_characters(text: str) -> list[str]:
    """What no text may hold, be it HTML or plain."""
    return [f"character {ord(c):#x}" for c in sorted(set(_HOSTILE.findall(text)))]


def elements_in(text: str) -> list[str]:
    """The elements that a reader makes of plain text which it takes for HTML, decoded or not."""
    readings = (text, unescape(text), unescape(unescape(text)))
    return [tag for reading in readings for tag, _ in _by_lexbor(reading)]


def _problems(tag: str, attributes: Attributes) -> Iterator[str]:
    if tag not in ELEMENTS:
        yield f"<{tag[:40]}>"
    for name, value in attributes:
        if name not in ATTRIBUTES:
            yield f"<{tag} {name[:40]}>"
        for reading in (value, unescape(value), unescape(unescape(value))):
            allowed = SCHEMES.get(name)
            if allowed and not _IGNORED.sub("", reading).lower().startswith(allowed):
                yield f"<{tag} {name}={reading[:60]!r}>"
        if name == "class" and not _CLASS.fullmatch(value):
            yield f"<{tag} class={value[:40]!r}>"


def _by_the_standard_library(html: str) -> list[tuple[str, Attributes]]:
    class Collector(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.elements: list[tuple[str, Attributes]] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.elements.append((tag, [(name, value or "") for name, value in attrs]))

        handle_startendtag = handle_starttag

    collector = Collector()
    collector.feed(html)
    collector.close()
    return collector.elements


def _by_libxml2(html: str) -> list[tuple[str, Attributes]]:
    try:
        tree = lxml.html.fragment_fromstring(f"<body>{html}</body>", create_parent=False)
    except (ParserError, ValueError):  # nothing in it; characters that `armed_in` has told of
        return []
    elements = [element for element in tree.iter() if isinstance(element.tag, str)]
    return [
        (element.tag, [(str(name), str(value)) for name, value in element.items()])
        for element in elements
        if element.tag not in ("html", "body")
    ]


def _by_lexbor(html: str) -> list[tuple[str, Attributes]]:
    root = LexborHTMLParser(html, is_fragment=True).root
    if root is None:
        return []
    return [
        (node.tag or "", [(name, value or "") for name, value in node.attributes.items()])
        for node in root.traverse(include_text=False)
        if node.is_element_node and node.tag != "html"
    ]
