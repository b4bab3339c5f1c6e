"""What a body costs to sanitize: how much work it is for bleach, which is the slowest by far."""

from __future__ import annotations

import re
from collections import Counter

from feedsvc.errors import RefusedDocument
from feedsvc.ingest.bounds import VOID_ELEMENTS
from feedsvc.ingest.policy import POLICY

# What bleach does in about three seconds. A reference is one piece of work, a tag two, an attribute
# six: 60,000 elements, 24,000 links, or a page of listings with 240,000 signs that are escaped.
MAX_WORK = 240_000

_TOO_MUCH = "its HTML has too many elements, attributes and escaped characters together; split it"

_START = re.compile("<([a-zA-Z][a-zA-Z0-9]*+)")
_STATED = re.compile(r"""[\s"'/]([a-zA-Z]++)\s*+=""")
_DECODED = re.compile("&(?!(?:amp|lt|gt|nbsp);)[#a-zA-Z0-9]++;")

_WORK_OF_ELEMENTS = {
    **{name: 2 if name in VOID_ELEMENTS else 4 for name in POLICY.elements},
    **dict.fromkeys(POLICY.renamed, 4),
    "img": 8,  # with an alt, which is added where it is not stated
}
_BEARERS = {
    name: [tag for tag, names in POLICY.attributes.items() if name in names]
    for name in frozenset[str]().union(*POLICY.attributes.values()) - {"alt"}
}


def check_likely_cost(html: str) -> None:
    """Raise RefusedDocument where what the policy keeps of any HTML would not pass `check_cost`.

    A look in linear time, before it is parsed and each address in it is checked, which would take
    half a second. It takes for kept what only looks so: what stands in scripts, and addresses that
    are refused later, as relative ones are without a base.
    """
    references = html.count("&")
    if references + 8 * html.count("<") + 6 * html.count("=") <= MAX_WORK:
        return
    starts = Counter(map(str.lower, _START.findall(html)))
    stated = Counter(map(str.lower, _STATED.findall(html)))
    starts["*"] = starts.total()
    work = references - len(_DECODED.findall(html))
    work += sum(starts[name] * each for name, each in _WORK_OF_ELEMENTS.items())
    for name, bearers in _BEARERS.items():
        work += 6 * min(stated[name], sum(starts[bearer] for bearer in bearers))
    if work > MAX_WORK:
        raise RefusedDocument(_TOO_MUCH)


def check_cost(html: str) -> None:
    """Raise RefusedDocument where bleach would take seconds for HTML as it is written here."""
    if 3 * len(html) <= MAX_WORK:  # no shorter one can be so much work
        return
    if html.count("&") + 2 * html.count("<") + 6 * html.count('="') > MAX_WORK:
        raise RefusedDocument(_TOO_MUCH)
