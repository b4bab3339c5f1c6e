"""What markup may cost: looks in linear time that refuse shapes which would keep a parser busy.

The parsers are quadratic in nesting and in attributes of one element, and rebuild unclosed
formatting elements in every paragraph after them; bleach is quadratic in more. What slips through
these estimates is stopped by the limits around the process.
"""

from __future__ import annotations

import re
from collections import Counter

from feedsvc.errors import RefusedDocument
from feedsvc.settings import LimitSettings

# lexbor takes 0.06 s for 5,000 levels and 1.5 s for 25,000.
MAX_OPEN_ELEMENTS = 5_000
# Of an element, counted on the tree: the first look takes a script's `i<n` for a tag, so it lets
# more pass; 0.7 s for 20,000.
MAX_ATTRIBUTES = 64
_MAX_SEEMING_ATTRIBUTES = 1_000
# In tags, text, scripts and comments, by allowed element: to look at them takes time.
_MAX_ANGLES = 4


def names(listed: str) -> frozenset[str]:
    """Names of elements, listed in one string."""
    return frozenset(listed.split())


VOID_ELEMENTS = names("area base br col embed hr img input link meta param source track wbr")
_END_TAG_OPTIONAL = names(
    "html head body p li dt dd tr td th thead tbody tfoot colgroup option optgroup rp rt"
)
_FORMATTING = names("b big code em font i s small strike strong tt u")

# The tokenizer of the HTML standard, 13.2.5, as far as tags, attributes and comments go. Possessive
# quantifiers keep it linear.
_WHITE = r"\t\n\f\r "
_VALUE = rf"""(?:[{_WHITE}]*+=[{_WHITE}]*+(?:"[^"]*+"?|'[^']*+'?|[^{_WHITE}>"'][^{_WHITE}>]*+)?+)"""
_NAME = rf"[a-zA-Z][^{_WHITE}/>]*+"
_ATTRIBUTES = (
    rf"(?:[{_WHITE}/]*+[^{_WHITE}/>][^{_WHITE}/>=]*+{_VALUE}?+)"
    rf"{{0,{_MAX_SEEMING_ATTRIBUTES}}}+[{_WHITE}/]*+"
)
_COMMENT = r"<!--(?:-?>|.*?(?:--!?>|\Z))"
# The last group takes no part where a tag has more attributes.
_TOKEN = re.compile(rf"{_COMMENT}|<(/?)({_NAME}){_ATTRIBUTES}(>|\Z)?", re.DOTALL)
_FEW_ATTRIBUTES = re.compile(
    rf"(?:[^<]++|{_COMMENT}|</?{_NAME}{_ATTRIBUTES}(?:>|\Z)|<(?!/?[a-zA-Z]|!--))*+\Z", re.DOTALL
)
_START = re.compile("<([a-zA-Z]+)")


def check_bounds(html: str, limits: LimitSettings) -> None:
    """Raise RefusedDocument where `html` is beyond a limit, in time linear in its length."""
    check_size(html, limits)
    most = limits.max_html_elements
    too_many = f"its HTML has more elements than limits.max_html_elements ({most:,})"
    # Each start may make the parser build all open formatting elements anew.
    angles = html.count("<")
    are_few = angles <= MAX_OPEN_ELEMENTS and angles * (angles + 2) <= most
    if not are_few:
        starts = _START.findall(html)
        if len(starts) > most or angles > _MAX_ANGLES * most:
            raise RefusedDocument(too_many)
        at_most = len(starts) * (1 + sum(name.lower() in _FORMATTING for name in starts))
        are_few = len(starts) <= MAX_OPEN_ELEMENTS and at_most + html.count("</") <= most
    if not are_few or not _FEW_ATTRIBUTES.match(html):
        _check_closely(html, most, too_many)


def check_size(html: str, limits: LimitSettings) -> None:
    """Raise RefusedDocument where `html` has too many bytes of UTF-8."""
    most = limits.max_html_bytes
    size_bytes = len(html)
    if size_bytes <= most < 4 * size_bytes:
        size_bytes = len(html.encode("utf-8", "surrogatepass"))
    if size_bytes > most:
        raise RefusedDocument(
            f"its HTML has {size_bytes:,} bytes or more, and limits.max_html_bytes is {most:,}"
        )


def _check_closely(html: str, max_elements: int, too_many: str) -> None:
    elements = 0
    open_elements: Counter[str] = Counter()
    depth = formatting = 0
    for token in _TOKEN.finditer(html):
        end, name, closed = token.groups()
        if not name:
            continue
        if closed is None:
            raise RefusedDocument(
                f"an element of its HTML has more than {_MAX_SEEMING_ATTRIBUTES:,} attributes"
            )
        name = name.lower()
        if name in VOID_ELEMENTS:
            elements += 1
        elif not end:
            elements += 1 + (0 if name in _FORMATTING else formatting)
            open_elements[name] += 1
            if name not in _END_TAG_OPTIONAL:
                depth += 1
                formatting += name in _FORMATTING
        elif open_elements[name] > 0:
            open_elements[name] -= 1
            if name not in _END_TAG_OPTIONAL:
                depth -= 1
                formatting -= name in _FORMATTING
        else:
            elements += 1  # </p> alone is a paragraph
        if elements > max_elements:
            raise RefusedDocument(too_many)
        if depth > MAX_OPEN_ELEMENTS:
            raise RefusedDocument(f"its HTML nests more than {MAX_OPEN_ELEMENTS:,} elements")
