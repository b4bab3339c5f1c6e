"""The policy, line by line, stated once more: what a body may hold, and nothing else."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import cast

import pytest

from feedsvc.ingest.links import LINK_SCHEMES, absolute_url
from feedsvc.ingest.policy import POLICY
from feedsvc.ingest.sanitize import sanitize_html
from feedsvc.settings import load_settings

LIMITS = load_settings(None, {}).limits
BASE = "https://quay.example/2024/page.html"
LINKED = 'rel="noopener noreferrer nofollow ugc"'
LAZY = 'decoding="async" loading="lazy" referrerpolicy="no-referrer"'


def clean(html: str, base: str | None = BASE) -> str:
    return sanitize_html(html, base_url=base, limits=LIMITS)


# --- elements -------------------------------------------------------------------------------------

PHRASES = (
    "abbr b bdi bdo cite code del dfn em i ins kbd mark q s samp small span strong sub sup time u"
    " var"
).split()
BLOCKS = "blockquote details div h1 h2 h3 h4 h5 h6 p pre".split()
WITHIN = [
    *("<ul><li>x</li></ul>", "<ol><li>x</li></ol>", "<dl><dt>x</dt><dd>y</dd></dl>"),
    "<figure><figcaption>x</figcaption></figure>",
    "<details><summary>x</summary>y</details>",
    "<ruby>x<rp>(</rp><rt>y</rt><rp>)</rp></ruby>",
    "<table><caption>x</caption><colgroup><col></colgroup><thead><tr><th>x</th></tr></thead>"
    "<tbody><tr><td>y</td></tr></tbody><tfoot><tr><td>z</td></tr></tfoot></table>",
    *("a<br>b", "a<wbr>b", "<p>a</p><hr><p>b</p>"),
]
ELSEWHERE = "a br wbr hr img ul ol li dl dt dd figure figcaption summary ruby rp rt".split()
TABLES = "table caption colgroup col thead tbody tfoot tr th td".split()


@pytest.mark.parametrize("name", PHRASES)
def test_a_phrase_keeps_its_element(name: str) -> None:
    html = f"<p>a <{name}>b</{name}> c</p>"
    assert clean(html) == html


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_keeps_its_element(name: str) -> None:
    html = f"<p>a</p><{name}>b</{name}><p>c</p>"
    assert clean(html) == html


@pytest.mark.parametrize("html", WITHIN)
def test_elements_that_belong_together_are_kept(html: str) -> None:
    assert clean(html) == html


def test_no_other_element_is_allowed() -> None:
    assert POLICY.elements == {*PHRASES, *BLOCKS, *ELSEWHERE, *TABLES}


@pytest.mark.parametrize(
    "name",
    """script style noscript template iframe object applet noembed noframes xmp plaintext listing
    title textarea select option svg math video audio canvas map datalist""".split(),
)
def test_an_element_goes_with_all_it_holds(name: str) -> None:
    html = clean(f"<p>before</p><{name}>gone</{name}><p>after</p>")
    assert "<p>before</p>" in html
    assert "gone" not in html
    assert name in POLICY.dropped
    if name != "plaintext":  # nothing ends that one
        assert "<p>after</p>" in html


@pytest.mark.parametrize(
    "name", "frame frameset embed link meta base head area param source track".split()
)
def test_an_element_that_holds_nothing_of_an_article_goes(name: str) -> None:
    assert clean(f'<p>a</p><{name} src="/x" href="/x" content="0;url=/x"><p>b</p>') in (
        "<p>a</p><p>b</p>"
    )
    assert name in POLICY.dropped


@pytest.mark.parametrize("name", ["form", "fieldset", "section", "article", "main", "center"])
def test_a_wrapper_of_blocks_is_no_more_than_that(name: str) -> None:
    assert clean(f"<p>a</p><{name} action=/x onclick=y>b</{name}>") == "<p>a</p><div>b</div>"


@pytest.mark.parametrize("name", ["button", "label", "font", "big", "blink", "x-y", "o:p", "nobr"])
def test_any_other_element_is_unwrapped(name: str) -> None:
    assert clean(f"<p>a <{name} onclick=y>b</{name}> c</p>") == "<p>a b c</p>"


def test_an_input_is_nothing() -> None:
    assert clean("<p>a<input value=b onfocus=c autofocus></p>") == "<p>a</p>"


# --- attributes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*PHRASES, *BLOCKS])
def test_title_lang_and_dir_stay_everywhere(name: str) -> None:
    html = f'<{name} dir="rtl" lang="ur" title="t">x</{name}>'
    assert clean(f"<p>.</p>{html}") == f"<p>.</p>{html}"


@pytest.mark.parametrize(
    "html",
    [
        *(
            '<ol reversed="" start="3" type="i"><li value="7">x</li></ol>',
            "<details open>x</details>",
        ),
        *(f'<time datetime="{when}">x</time>' for when in ("2024-03-09", "PT4H", "2024-W10")),
        '<ins cite="https://quay.example/a" datetime="2024-03-09">x</ins>',
        '<del cite="https://quay.example/a" datetime="2024-03-09">x</del>',
        '<blockquote cite="https://quay.example/a">x</blockquote>',
        '<q cite="https://quay.example/a">x</q>',
        *(f'<p dir="{way}">x</p>' for way in ("ltr", "rtl", "auto")),
        f'<a href="https://quay.example/a" hreflang="en" {LINKED}>x</a>',
        f'<img alt="a" height="20" src="https://quay.example/a" width="30" {LAZY}>',
        '<table><colgroup span="2"><col span="3"></colgroup><tbody><tr><td abbr="a" colspan="2"'
        ' headers="h" rowspan="3" scope="row">x</td></tr></tbody></table>',
        '<table><tbody><tr><th abbr="a" colspan="2" headers="h" rowspan="3" scope="col">x</th></tr>'
        "</tbody></table>",
    ],
)
def test_what_an_element_may_say_stays(html: str) -> None:
    assert clean(html) == html


@pytest.mark.parametrize(
    "attribute",
    """style id name class data-x aria-label onclick onerror target srcset sizes ping background
    action formaction xmlns xlink:href is slot part role tabindex accesskey contenteditable hidden
    autofocus draggable itemprop nonce popover download usemap ismap lowsrc dynsrc longdesc poster
    loading fetchpriority crossorigin integrity bgcolor color face align width""".split(),
)
@pytest.mark.parametrize("name", ["p", "a", "span", "blockquote"])
def test_any_other_attribute_goes(name: str, attribute: str) -> None:
    assert clean(f"<p>.</p><{name} {attribute}=x>y</{name}>") == (
        "<p>.</p>y" if name == "a" else f"<p>.</p><{name}>y</{name}>"
    )


@pytest.mark.parametrize(
    ("value", "kept"),
    [("1", True), ("1234", True), ("0", True)]
    + [(value, False) for value in ("12345", "", "x", "1px", "50%", "1.5", "-1", "+1", "1e3", "٣")],
)
@pytest.mark.parametrize(
    ("html", "name"),
    [
        ("<img src=/a {}>", "width"),
        ("<img src=/a {}>", "height"),
        ("<table><tr><td {}>x", "colspan"),
        ("<table><tr><th {}>x", "rowspan"),
        ("<table><colgroup {}>", "span"),
        ("<table><colgroup><col {}>", "span"),
    ],
)
def test_numbers_have_one_to_four_digits(html: str, name: str, value: str, kept: bool) -> None:
    assert (f' {name}="' in clean(html.format(f'{name}="{value}"'))) is kept


@pytest.mark.parametrize(
    ("value", "kept"), [("-3", True), ("9999", True), ("10000", False), ("--1", False)]
)
def test_a_list_may_count_below_zero(value: str, kept: bool) -> None:
    html = clean(f'<ol start="{value}"><li value="{value}">x</li></ol>')
    assert (f'start="{value}"' in html, f'value="{value}"' in html) == (kept, kept)


@pytest.mark.parametrize(
    ("html", "name", "value"),
    [
        ("<p {}>x</p>", "dir", "up"),
        ("<p {}>x</p>", "lang", "en_US; x"),
        ("<p {}>x</p>", "lang", "englishlanguage"),
        ("<ol {}><li>x</ol>", "type", "disc"),
        ("<table><tr><th {}>x", "scope", "all"),
        ("<time {}>x</time>", "datetime", "yesterday<"),
        ("<time {}>x</time>", "datetime", "1" * 65),
    ],
)
def test_a_value_that_means_nothing_goes(html: str, name: str, value: str) -> None:
    assert f"{name}=" not in clean(html.format(f'{name}="{value}"'))


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        *((f"language-{name}", True) for name in ("c", "c++", "objective-c", "x" * 30, "7z")),
        *((f"language-{name}", False) for name in ("", "x" * 31, "c#", "a b", "a_b", "é")),
        *((name, False) for name in ("lang-c", "c", "language", "x language-c", "hljs")),
    ],
)
def test_a_class_names_the_language_of_code_and_nothing_else(value: str, kept: bool) -> None:
    assert ("class=" in clean(f'<code class="{value}">x</code>')) is kept
    assert "class=" not in clean(f'<pre class="{value}">x</pre><p class="{value}">y</p>')


@pytest.mark.parametrize(("chars", "kept"), [(2_048, True), (2_049, False)])
def test_a_value_is_at_most_2048_characters(chars: int, kept: bool) -> None:
    assert ("title=" in clean(f'<p title="{"é" * chars}">x</p>')) is kept
    url = "https://quay.example/".ljust(chars, "a")
    assert ("href=" in clean(f'<a href="{url}">x</a>')) is kept
    assert ("src=" in clean(f'<img src="{url}">')) is kept


# --- addresses ------------------------------------------------------------------------------------

REFUSED = [
    *("https://user@quay.example/", "https://user:pass@quay.example/", "https://@quay.example/"),
    *(
        "https:\\\\quay.example",
        "https://quay.example\\@evil.example/",
        "/a\\b",
        "\\\\evil.example",
    ),
    *(
        f"https://quay.example/a{invisible}b"
        for invisible in "\u200b\u200d\u2060\ufeff\u00ad\u202e\u2066"
    ),
    *(f"https://quay.example/a{control}b" for control in "\x7f\x85\u2028"),
    *(
        "https://",
        "https:///a",
        "https://?a",
        "https://:80/",
        "https://a..b/",
        "https://-a.example/",
    ),
    *(
        "https://a b.example/",
        "https://a%00b.example/",
        "https://a<b.example/",
        f"https://{'a' * 64}.b/",
    ),
    *("https://quay.example:99999/", "https://quay.example:x/", "https://[::1/", "https://[g::1]/"),
    *(
        "javascript:alert(1)",
        "vbscript:x",
        "data:text/html,x",
        "data:image/png;base64,AA==",
        "file:///a",
    ),
    *("blob:https://quay.example/1", "ftp://quay.example/", "ws://quay.example/", "about:blank"),
    *(
        "tel:1",
        "sms:1",
        "intent:x",
        "ms-word:x",
        "feed:https://quay.example/",
        "view-source:https://a.b",
    ),
]


@pytest.mark.parametrize("url", REFUSED)
def test_an_address_that_is_not_plainly_of_the_web_is_refused(url: str) -> None:
    assert absolute_url(url, BASE, schemes=LINK_SCHEMES) is None
    assert clean(f'<a href="{url}">x</a>') == "x"
    assert clean(f'<p>x<img src="{url}" alt="y"></p>') == "<p>x</p>"
    assert clean(f'<q cite="{url}">x</q>') == "<q>x</q>"


@pytest.mark.parametrize("control", "\x01\x0b\x1f")
def test_what_xml_cannot_hold_is_no_part_of_an_address(control: str) -> None:
    assert absolute_url(f"/a{control}b", BASE) is None
    kept = f'<a href="https://quay.example/ab" {LINKED}>x</a>'
    assert clean(f'<a href="/a{control}b">x</a>') == kept
    assert clean(f'<a href="java{control}script:alert(1)">x</a>') == "x"


@pytest.mark.parametrize(
    ("url", "rebuilt"),
    [
        ("HTTPS://Quay.Example/A", "https://quay.example/A"),
        ("http://quay.example", "http://quay.example"),
        ("https://quay.example:443/", "https://quay.example/"),
        ("http://quay.example:8080/", "http://quay.example:8080/"),
        ("//cdn.example/a", "https://cdn.example/a"),
        ("../a?b=c#d", "https://quay.example/a?b=c#d"),
        ("#d", "https://quay.example/2024/page.html#d"),
        (" \t/a\nb ", "https://quay.example/ab"),
        ("https://käse.example/ä b", "https://xn--kse-qla.example/%C3%A4%20b"),
        ("https://[2001:db8::1]/", "https://[2001:db8::1]/"),
        ('/"><b>', "https://quay.example/%22%3E%3Cb%3E"),
    ],
)
def test_an_address_is_absolute_and_rebuilt_and_stays_so(url: str, rebuilt: str) -> None:
    assert absolute_url(url, BASE) == rebuilt
    assert absolute_url(rebuilt) == rebuilt


def test_mail_is_for_links_alone() -> None:
    mail = "mailto:office@quay.example?subject=a%20b"
    assert clean(f'<a href="{mail}">x</a>') == f'<a href="{mail}" {LINKED}>x</a>'
    assert clean(f'<img src="{mail}"><q cite="{mail}">x</q>') == "<q>x</q>"


def test_without_a_base_relative_addresses_go_and_words_stay() -> None:
    assert clean("<a href=/a>x</a> <q cite=/a>y</q><img src=/a>", base=None) == "x <q>y</q>"


# --- links and images -----------------------------------------------------------------------------


@pytest.mark.parametrize("stated", ["", "rel=opener", "rel='me author'", "target=_blank rel"])
def test_a_link_carries_our_rel_and_no_target(stated: str) -> None:
    assert clean(f"<a href=/a {stated}>x</a>") == f'<a href="https://quay.example/a" {LINKED}>x</a>'


@pytest.mark.parametrize(
    "stated", ["", "loading=eager", "decoding=sync", "referrerpolicy=unsafe-url", "alt=''"]
)
def test_an_image_is_lazy_and_tells_nobody_who_reads(stated: str) -> None:
    assert clean(f"<img src=/a {stated}>") == f'<img alt="" src="https://quay.example/a" {LAZY}>'


def test_an_image_from_nowhere_is_none() -> None:
    assert clean("<p>a<img alt=b srcset='/c 1x' data-src=/c></p>") == "<p>a</p>"


# --- nobody changes it ----------------------------------------------------------------------------


def test_the_policy_cannot_be_changed() -> None:
    for inner in (POLICY.renamed, POLICY.attributes, POLICY.constants, *POLICY.constants.values()):
        with pytest.raises(TypeError):
            cast("MutableMapping[str, object]", inner)["p"] = "x"
    for listed in (POLICY.elements, POLICY.dropped, *POLICY.attributes.values()):
        assert isinstance(listed, frozenset)
