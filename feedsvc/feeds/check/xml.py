"""XML as the checks read it: hardened, by namespace, without comments."""

from __future__ import annotations

from typing import Any

from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
XHTML = "{http://www.w3.org/1999/xhtml}"
XML = "{http://www.w3.org/XML/1998/namespace}"

Element = Any  # lxml has no types


def parse_xml(body: bytes) -> Element:
    """The root of an XML document, parsed without entities, network or DTD.

    Raises XMLSyntaxError (lxml).
    """
    # A parser each time: one of lxml's must not be shared between threads.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    return etree.fromstring(body, parser)


def words(text: str) -> frozenset[str]:
    """The names in a list of names."""
    return frozenset(text.split())


def text_of(parent: Element, name: str) -> str:
    """All the text within the first child `name`, "" where there is none."""
    child = parent.find(name)
    return "" if child is None else whole_text(child)


def whole_text(element: Element) -> str:
    return "".join(element.itertext())


def children(parent: Element) -> list[Element]:
    """The child elements, without comments and processing instructions."""
    return [child for child in parent if isinstance(child.tag, str)]
