"""Where in its document a thing stands: elements of XML, and objects of JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from lxml import etree

from feedsvc.feeds.check.findings import Place
from feedsvc.feeds.check.xml import Element

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]', re.DOTALL)


def find_elements(body: bytes, root: Element, elements: list[Element]) -> list[Place | None]:
    """Where the start tags of `elements` are. body: what `root` was parsed from, without a DTD.

    lxml knows no columns, and a feed may be one long line; so expat counts the start tags once
    more, and the nth of its is the nth of lxml's.
    """
    starts = _start_tags(body)
    wanted = set(elements)
    places = {
        element: start
        for element, start in zip(root.iter(etree.Element), starts, strict=False)
        if element in wanted
    }
    return [places.get(element) or Place(line=element.sourceline) for element in elements]


def _start_tags(body: bytes) -> list[Place]:
    """Every start tag, in the order of the document; none where expat reads less than libxml2."""
    parser = expat.ParserCreate()
    starts: list[Place] = []

    def start(_name: str, _attributes: dict[str, str]) -> None:
        starts.append(Place(line=parser.CurrentLineNumber, column=parser.CurrentColumnNumber + 1))

    parser.StartElementHandler = start
    try:
        parser.Parse(body, True)
    except expat.ExpatError:  # an encoding that it does not have
        return []
    return starts


def find_values(text: str, document: Any, wanted: list[Any]) -> list[Place | None]:
    """Where objects and members of a JSON document begin. text: it is sound, no name stands twice.

    wanted: an object (dict) of `document`, or an object and the name of one of its members.
    """
    starts = dict(zip(map(id, _containers(document)), _objects_in(text), strict=True))
    return [_place(text, starts, value) for value in wanted]


def _place(text: str, starts: dict[int, tuple[int, dict[str, int]]], value: Any) -> Place | None:
    owner, name = value if isinstance(value, tuple) else (value, "")
    offset, members = starts[id(owner)]
    offset = members.get(name, offset)
    line_start = text.rfind("\n", 0, offset) + 1
    return Place(line=text.count("\n", 0, offset) + 1, column=offset - line_start + 1)


def _containers(value: Any) -> Iterator[Any]:
    """Every object and list, in the order in which they begin."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, (dict, list)):
            yield value
            inner = value.values() if isinstance(value, dict) else value
            waiting.extend(reversed(list(inner)))


def _objects_in(text: str) -> list[tuple[int, dict[str, int]]]:
    """Of every object and list: where it begins, and where its members do, by name."""
    found: list[tuple[int, dict[str, int]]] = []
    open_ones: list[tuple[int, dict[str, int]]] = []
    last = (0, "")
    for token in _TOKEN.finditer(text):
        kind = token[0][0]
        if kind in "{[":
            found.append((token.start(), {}))
            open_ones.append(found[-1])
        elif kind in "}]":
            open_ones.pop()
        elif kind == '"':
            last = (token.start(), token[0])
        elif kind == ":":
            open_ones[-1][1][last[1][1:-1]] = last[0]
    return found
