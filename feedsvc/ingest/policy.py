"""What may stand in a body: elements, attributes, and the values these may have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from feedsvc.ingest.bounds import names
from feedsvc.ingest.extract.textual import balance_isolates, without_overrides
from feedsvc.ingest.links import LINK_SCHEMES, WEB_SCHEMES, absolute_url

MAX_VALUE_CHARS = 2_048
URL_ATTRIBUTES = frozenset({"href", "cite", "src"})


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What may stand in a body.

    elements: kept; those in `dropped` go with all they hold; any other is unwrapped, or becomes
    what `renamed` says, so that blocks stay blocks.
    attributes: by element, "*" for all. constants: what each such element carries whatever the
    document says.
    """

    elements: frozenset[str]
    dropped: frozenset[str]
    renamed: Mapping[str, str]
    attributes: Mapping[str, frozenset[str]]
    constants: Mapping[str, Mapping[str, str]]

    def allows(self, element: str, attribute: str) -> bool:
        """Whether such an attribute may be served at all."""
        return self.lets_choose(element, attribute) or attribute in self.constants.get(element, ())

    def lets_choose(self, element: str, attribute: str) -> bool:
        """Whether a document may state it."""
        return attribute in self.attributes["*"] or attribute in self.attributes.get(element, ())


_CELL = frozenset({"colspan", "rowspan", "headers", "scope", "abbr"})
_CITED = frozenset({"cite"})

POLICY = Policy(
    elements=names(
        """a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl
        dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s
        samp small span strong sub summary sup table tbody td tfoot th thead time tr u ul var wbr"""
    ),
    dropped=names(
        """applet area audio base canvas datalist embed frame frameset head iframe link listing map
        math meta noembed noframes noscript object option param plaintext script select source
        style svg template textarea title track video xmp"""
    ),
    renamed=MappingProxyType(
        {
            "acronym": "abbr",
            "dir": "ul",
            "menu": "ul",
            "strike": "s",
            "tt": "code",
            **dict.fromkeys(
                names(
                    """address article aside center dialog fieldset footer form header hgroup
                    main nav search section"""
                ),
                "div",
            ),
        }
    ),
    attributes=MappingProxyType(
        {
            "*": frozenset({"title", "lang", "dir"}),
            "a": frozenset({"href", "hreflang"}),
            "img": frozenset({"src", "alt", "width", "height"}),
            "td": _CELL,
            "th": _CELL,
            "ol": frozenset({"start", "reversed", "type"}),
            "li": frozenset({"value"}),
            "col": frozenset({"span"}),
            "colgroup": frozenset({"span"}),
            "time": frozenset({"datetime"}),
            "ins": frozenset({"datetime", "cite"}),
            "del": frozenset({"datetime", "cite"}),
            "blockquote": _CITED,
            "q": _CITED,
            "details": frozenset({"open"}),
            "code": frozenset({"class"}),
        }
    ),
    constants=MappingProxyType(
        {
            "a": MappingProxyType({"rel": "noopener noreferrer nofollow ugc"}),
            "img": MappingProxyType(
                {"decoding": "async", "loading": "lazy", "referrerpolicy": "no-referrer"}
            ),
        }
    ),
)

# Every element whose edges part words. An unwrapped one leaves white space behind.
BLOCK_ELEMENTS = names(
    """blockquote caption dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre
    summary table tbody td tfoot th thead tr ul"""
)


def checked_value(tag: str, name: str, value: str, base_url: str | None = None) -> str | None:
    """The value as the policy lets it stand, or None where the attribute goes."""
    if len(value) > MAX_VALUE_CHARS:
        return None
    return _checked_value(tag, name, value, base_url)


# Each sanitizer asks again for every attribute of a body. No value is so long that thousands of
# them would fill the memory.
@lru_cache(maxsize=4_096)
def _checked_value(tag: str, name: str, value: str, base_url: str | None) -> str | None:
    if name in URL_ATTRIBUTES:
        schemes = LINK_SCHEMES if name == "href" else WEB_SCHEMES
        return absolute_url(value, base_url, schemes=schemes)
    constant = POLICY.constants.get(tag, {}).get(name)
    if constant is not None:
        return constant
    rule = _VALUE_RULES.get(name)
    value = " ".join(balance_isolates(without_overrides(value)).split())
    if rule is None:
        return value
    if name in ("open", "reversed"):
        return ""
    value = value if name in ("type", "datetime") else value.lower()
    return value if rule.fullmatch(value) else None


_NUMBER = re.compile(r"\d{1,4}", re.ASCII)
_SIGNED = re.compile(r"-?\d{1,4}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{1,8}(-[a-z0-9]{1,8}){0,8}")
_BOOLEAN = re.compile("")
_VALUE_RULES: Mapping[str, re.Pattern[str]] = {
    **dict.fromkeys(("width", "height", "colspan", "rowspan", "span"), _NUMBER),
    **dict.fromkeys(("start", "value"), _SIGNED),
    **dict.fromkeys(("lang", "hreflang"), _LANGUAGE),
    **dict.fromkeys(("open", "reversed"), _BOOLEAN),
    "dir": re.compile("ltr|rtl|auto"),
    "scope": re.compile("row|col|rowgroup|colgroup"),
    "type": re.compile("[1aAiI]"),
    "datetime": re.compile(r"[0-9TZWPYMDHS:+. -]{1,64}"),
    "class": re.compile(r"language-[a-z0-9+-]{1,30}"),
}
