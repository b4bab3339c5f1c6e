"""Atom's schema: RFC 4287 in RELAX NG, `atom.rng`."""

from __future__ import annotations

from importlib.resources import files

from lxml import etree

from feedsvc.feeds.check.findings import Findings
from feedsvc.feeds.check.xml import ATOM, Element, children

_SCHEMA = files("feedsvc.feeds.check").joinpath("atom.rng").read_bytes()


def check_schema(findings: Findings, feed: Element) -> None:
    """The first element that the schema refuses. feed: the root."""
    # Made anew each time (a millisecond): it keeps the errors of its last validation.
    schema = etree.RelaxNG(etree.fromstring(_SCHEMA))
    if schema.validate(feed):
        return
    refused = _refused(schema, feed)
    schema.validate(refused)
    name = refused.tag.removeprefix(ATOM)
    told = schema.error_log[0].message
    findings.add("atom-schema", f"{name} is not as Atom has it ({told})", refused)


def _refused(schema: etree.RelaxNG, element: Element) -> Element:
    """The innermost element that is refused by itself: libxml2 blames whatever is around it."""
    for child in children(element):
        if child.tag.startswith(ATOM) and not schema.validate(child):
            return _refused(schema, child)
    return element
