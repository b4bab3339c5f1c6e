"""Tables as their author built them: extraction keeps the cells, and loses captions and spans."""

from __future__ import annotations

from copy import deepcopy

from lxml.html import HtmlElement


def put_tables_back(tree: HtmlElement, body: HtmlElement) -> None:
    """Replace each table of the body by the page's own, where the two hold the same text."""
    own = {text: table for table in tree.iter("table") if (text := _text(table))}
    for table in list(body.iter("table")):
        original = own.get(_text(table))
        within = table.getparent()
        if original is not None and within is not None:
            copied = deepcopy(original)
            copied.tail = table.tail
            within.replace(table, copied)


def _text(table: HtmlElement) -> str:
    return "".join("".join(table.itertext()).split())
