"""Hostile HTML by grammar and by mutation, with two judges that know nothing of our rules.

SANITIZE_EXAMPLES: how many; `make soak` asks for 100,000.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import nh3
import pytest
from bleach.sanitizer import Cleaner
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from feedsvc.errors import RefusedDocument
from feedsvc.ingest import sanitize
from feedsvc.ingest.policy import POLICY, URL_ATTRIBUTES
from feedsvc.ingest.sanitize import sanitize_html
from feedsvc.settings import load_settings

EXAMPLES = int(os.environ.get("SANITIZE_EXAMPLES", "300"))
LIMITS = load_settings(None, {}).limits
BASE = "https://quay.example/2024/page.html"

_ELEMENTS = sorted(
    POLICY.elements
    | POLICY.dropped
    | set(POLICY.renamed)
    | {"font", "button", "mi", "mtext", "annotation-xml", "desc", "foreignObject", "x-y", "image"}
)
_VALUES = [
    *("", "x", "/a?b=c&d", "1", "ltr", "javascript:1", "java\tscript:alert(1)", "data:text/html,x"),
    *("&#106;avascript:1", "https://a.example/", "//b.example", "mailto:a@b.example", "vbscript:1"),
    *('"', "'", "`", "<", ">", "--!>", "&quot;", "&lt;img src=x onerror=alert(1)&gt;", "\\", "é"),
]
_NAMES = ["href", "src", "title", "onclick", "style", "id", "class", "cite", "xlink:href", "open"]
_ATTRIBUTE = st.builds(
    "{}={}{}{}".format,
    st.sampled_from(_NAMES),
    st.sampled_from(['"', "'", "", "`"]),
    st.sampled_from(_VALUES),
    st.sampled_from(['"', "'", "", "`"]),
)
_TEXTS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        [
            *("&", "&lt", "&amp;lt;", "&nbsp;", "&#1;", "&#xD800;", "\0", "\r", "\f", "\n\n", "<"),
            *("<!--", "-->", "<![CDATA[", "]]>", "<?", "</", "<>", "<!", "--!>", "<!doctype x>"),
        ]
    ),
)


def _element(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda name, attributes, inner, close: (
            f"<{' '.join([name, *attributes])}>{''.join(inner)}{close.format(name)}"
        ),
        st.sampled_from(_ELEMENTS),
        st.lists(_ATTRIBUTE, max_size=3),
        st.lists(children, max_size=4),
        st.sampled_from(["</{}>", "</{}>", "", "</p>", "</{} x>", "</table>", "/>"]),
    )


_GRAMMAR = st.recursive(_TEXTS, _element, max_leaves=12)


@st.composite
def _hostile(draw: st.DrawFn) -> str:
    html = "".join(draw(st.lists(_GRAMMAR, max_size=4)))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(html)))
        end = min(len(html), at + draw(st.integers(0, 9)))
        piece = draw(st.one_of(_TEXTS, st.just(html[end : end + 20]), _GRAMMAR))
        html = html[:at] + piece + html[end:]
    return html


def _armed(html: str) -> Iterator[str]:
    """What a browser's tree of it holds that could act."""
    pending: list[LexborNode | None] = [LexborHTMLParser(html, is_fragment=True).root]
    while pending:
        node = pending.pop()
        if node is None:
            continue
        pending += (node.next, node.first_child)
        if node.is_element_node:
            if node.tag not in POLICY.elements:
                yield f"<{node.tag}>"
            for name, value in node.attributes.items():
                if not POLICY.allows(node.tag or "", name):
                    yield f"{name} on <{node.tag}>"
                elif name in URL_ATTRIBUTES:
                    address = value or ""
                    if not address.startswith(("http://", "https://", "mailto:")):
                        yield f"{name}={value}"
        elif not node.is_text_node:
            yield node.tag or "?"


# nh3 writes an empty value where we write none.
_OPEN = re.compile('(<details(?: [^<>]*)?) open=""')
_LAX = nh3.Cleaner(
    tags=set(POLICY.elements),
    attributes={
        tag: set(POLICY.attributes.get(tag, ())) | set(POLICY.constants.get(tag, ()))
        for tag in (*POLICY.elements, "*")
    },
    link_rel=None,
)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(_hostile())
@example('<a href=>" open=""></a>')
def test_what_comes_out_holds_nothing_armed_and_comes_out_again(html: str) -> None:
    try:
        safe = sanitize_html(html, base_url=BASE, limits=LIMITS)
    except RefusedDocument as refusal:
        # Such small ones break no other rule.
        if "each sanitizer" not in str(refusal):
            raise
        return
    assert list(_armed(safe)) == []
    assert _OPEN.sub(r"\1 open", _LAX.clean(safe)) == safe
    assert sanitize_html(safe, base_url="https://elsewhere.example/", limits=LIMITS) == safe


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(_hostile())
@example("<dt><figcaption><dt>a &amp; b</dt></figcaption>")
def test_nothing_shows_that_texts_were_cut(html: str) -> None:
    assert _outcome_in_cuts(html) == _outcome(html)


@pytest.mark.parametrize(
    "html",
    [
        "<pre><b>x</b>\n\ny &amp;\n\n&lt;\n</pre>",
        "<pre>\n\na<a>\n</a></pre>",
        "<table><caption>a</caption><colgroup><col><col></colgroup><tr><th>b<td><ul><li>c</table>",
        "<b><i><b><i><b><i>a<p>b &amp; c<a href=/c>d &lt; e</a> <img src=f></p>",
        "<details open><summary>ab</summary>cd<wbr>ef</details> <ol start=3><li value=4>gh</ol>",
    ],
)
def test_nothing_shows_that_texts_were_cut_in_these(html: str) -> None:
    assert _outcome_in_cuts(html) == _outcome(html) != "refused"


def _outcome_in_cuts(html: str) -> str:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sanitize, "_FEW_REFERENCES", -1)
        patched.setattr(sanitize, "_LONG_TEXT", re.compile("(?:^|>)[^<]++"))
        patched.setattr(sanitize, "_SHORT_TEXT", re.compile("(?:[^&]|&[a-z]++;){1,2}+"))
        return _outcome(html)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(_hostile())
def test_bleach_is_told_of_a_tree_as_by_html5lib(html: str) -> None:
    ours = _outcome(html)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sanitize._BLEACH.cleaner, "walker", Cleaner().walker)
        assert _outcome(html) == ours


def _outcome(html: str) -> str:
    try:
        return sanitize_html(html, base_url=BASE, limits=LIMITS)
    except RefusedDocument:
        return "refused"
