"""Nothing runs, nothing is lost, and what is safe once is safe for good."""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser

import nh3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedsvc.errors import RefusedDocument
from feedsvc.ingest import blocks as written
from feedsvc.ingest.article import Block, BlockKind
from feedsvc.ingest.blocks import excerpt_end, html_text, render_blocks
from feedsvc.ingest.extract.textual import is_undirected
from feedsvc.ingest.links import LINK_SCHEMES, absolute_url
from feedsvc.ingest.policy import POLICY
from feedsvc.ingest.sanitize import check_safe, require_bleach, sanitize_html
from feedsvc.settings import LimitSettings, load_settings

BASE = "https://quay.example/2024/page.html"
LIMITS = load_settings().limits


def clean(html: str, base: str | None = BASE, limits: LimitSettings = LIMITS) -> str:
    return sanitize_html(html, base_url=base, limits=limits)


# --- nothing runs -------------------------------------------------------------------------------

PAYLOADS = {
    "script": "<script>alert(1)</script>",
    "script in capitals": "<ScRiPt>alert(1)</sCrIpT>",
    "script from elsewhere": "<script src=//evil.example/x.js></script>",
    "script that is never closed": "<script>alert(1)",
    "script with a slash for a space": "<script/src=//evil.example></script>",
    "script within a script": "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "script after a null": "<scr\0ipt>alert(1)</script>",
    "script in a comment that is none": "<!--><script>alert(1)</script>-->",
    "script in a comment ended oddly": "<!-- --!><script>alert(1)</script>",
    "script in CDATA": "<![CDATA[<script>alert(1)</script>]]>",
    "script in a processing instruction": "<?x ><script>alert(1)</script>?>",
    "script in noscript": '<noscript><p title="</noscript><script>alert(1)</script>">',
    "script in a title": "<title><script>alert(1)</script></title>",
    "script in a textarea": "<textarea></textarea><script>alert(1)</script>",
    "script in xmp": '<xmp><p title="</xmp><script>alert(1)</script>"></xmp>',
    "script in style": '<style><p title="</style><script>alert(1)</script>">',
    "script in iframe text": "<iframe></iframe><script>alert(1)</script>",
    "script in a template": "<template><script>alert(1)</script></template>",
    "script in plaintext": "<plaintext><script>alert(1)</script>",
    "handler": "<img src=x onerror=alert(1)>",
    "handler without a space": '<img src="x"onerror="alert(1)">',
    "handler after a slash": "<img/src=x/onerror=alert(1)>",
    "handler after a form feed": "<img\fsrc=x\fonerror=alert(1)>",
    "handler in backticks": "<img src=`x` onerror=`alert(1)`>",
    "handler on focus": "<a href=# onfocus=alert(1) autofocus tabindex=1>x</a>",
    "handler on toggle": "<details open ontoggle=alert(1)>x</details>",
    "handler on a body": "<body onload=alert(1)>",
    "handler on an unknown element": "<x onclick=alert(1)>x</x>",
    "handler on animation": "<p style='animation:a' onanimationstart=alert(1)>x",
    "handler behind a quote": "<p title='\" onmouseover=\"alert(1)'>x</p>",
    "handler behind a reference": '<p title="&quot; onmouseover=&quot;alert(1)">x</p>',
    "javascript": '<a href="javascript:alert(1)">x</a>',
    "javascript in capitals": '<a href="JaVaScRiPt:alert(1)">x</a>',
    "javascript after spaces": '<a href="  \t\n javascript:alert(1)">x</a>',
    "javascript with a tab": '<a href="java\tscript:alert(1)">x</a>',
    "javascript with a line end": '<a href="java\nscript:alert(1)">x</a>',
    "javascript with references": '<a href="&#106;&#97;&#x76;ascript:alert(1)">x</a>',
    "javascript with named references": '<a href="java&Tab;script&colon;alert(1)">x</a>',
    "javascript with a control": '<a href="\x01javascript:alert(1)">x</a>',
    "javascript with a control reference": '<a href="&#1;javascript:alert(1)">x</a>',
    "javascript with a soft hyphen": '<a href="java\u00adscript:alert(1)">x</a>',
    "javascript with a zero width space": '<a href="java\u200bscript:alert(1)">x</a>',
    "javascript then digits": '<a href="javascript:123">x</a>',
    "javascript then backticks": '<a href="javascript:`ÄÖÜ1`">x</a>',
    "javascript as a comment": '<a href="javascript://quay.example/%0aalert(1)">x</a>',
    "javascript encoded": '<a href="javascript%3Aalert(1)">x</a>',
    "vbscript": '<a href="vbscript:msgbox(1)">x</a>',
    "data page": '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    "data page in base64": '<a href="data:text/html;base64,PHNjcmlwdD4=">x</a>',
    "data image with script": '<img src="data:image/svg+xml,<svg onload=alert(1)>">',
    "javascript image": '<img src="javascript:alert(1)">',
    "javascript in cite": '<blockquote cite="javascript:alert(1)">x</blockquote>',
    "javascript in an action": '<form action="javascript:alert(1)"><input type=submit></form>',
    "javascript in a formaction": '<button formaction="javascript:alert(1)">x</button>',
    "javascript in a background": '<table background="javascript:alert(1)"><td>x</table>',
    "javascript in srcset": '<img src=x srcset="javascript:alert(1) 1x">',
    "javascript in a link element": '<link rel=stylesheet href="javascript:alert(1)">',
    "javascript in a base": '<base href="javascript:alert(1)//"><a href=x>x</a>',
    "file": '<a href="file:///etc/passwd">x</a>',
    "blob": '<a href="blob:https://quay.example/1">x</a>',
    "a user in the address": '<a href="https://quay.example@evil.example/">x</a>',
    "a backslash in the address": '<a href="https:\\\\evil.example\\x">x</a>',
    "refresh": '<meta http-equiv=refresh content="0;url=javascript:alert(1)">',
    "svg": "<svg onload=alert(1)>",
    "svg script": "<svg><script>alert(1)</script></svg>",
    "svg animation": '<svg><a><animate attributeName=href values="javascript:alert(1)"/></a></svg>',
    "svg use": '<svg><use href="data:image/svg+xml,..."/></svg>',
    "svg with html in it": "<svg><foreignObject><iframe onload=alert(1)></foreignObject></svg>",
    "svg style that becomes html": "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "math link": '<math href="javascript:alert(1)">x</math>',
    "math mutation": (
        "<math><mtext><table><mglyph><style><!--</style>"
        '<img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">'
    ),
    "form mutation": (
        "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>"
    ),
    "annotation mutation": (
        '<math><annotation-xml encoding="text/html"><style>'
        "<img src=x onerror=alert(1)></style></annotation-xml></math>"
    ),
    "select mutation": "<select><style></select><img src=x onerror=alert(1)></style>",
    "option mutation": "<option><style></option></select><b><img src onerror=alert(1)></style>",
    "iframe": "<iframe src=https://evil.example></iframe>",
    "iframe with its page": '<iframe srcdoc="<script>alert(1)</script>">',
    "object": "<object data=javascript:alert(1)><param name=x></object>",
    "embed": "<embed src=javascript:alert(1)>",
    "applet": "<applet code=x></applet>",
    "video": "<video src=x onerror=alert(1)><source onerror=alert(1)></video>",
    "audio": "<audio src=x onerror=alert(1) autoplay></audio>",
    "frameset": "<frameset onload=alert(1)><frame src=javascript:alert(1)></frameset>",
    "style": "<style>@import '//evil.example/x.css'</style>",
    "style attribute": '<p style="background:url(//evil.example)">x</p>',
    "style expression": '<p style="width:expression(alert(1))">x</p>',
    "id that hides a function": "<img name=getElementById src=x><form id=admin></form>",
    "marquee": "<marquee onstart=alert(1)>x</marquee>",
    "isindex": "<isindex type=image src=1 onerror=alert(1)>",
    "image for img": "<image src=x onerror=alert(1)>",
    "ping": '<a href="/x" ping="//evil.example" target=_blank>x</a>',
    "download": '<a href="/x" download>x</a>',
    "custom element": "<x-y is=z onclick=alert(1)>x</x-y>",
    "portal": "<portal src=javascript:alert(1)></portal>",
    "dialog": "<dialog open onclose=alert(1)><form method=dialog><button>x",
    "popover": "<button popovertarget=x>x</button><p id=x popover onbeforetoggle=alert(1)>y",
    "utf-7": "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "overlong entities": "&lt;script&gt;alert(1)&lt;/script&gt;",
    "entities without semicolons": "&ltscript&gtalert(1)&lt/script&gt",
    "double escaped": "&amp;lt;script&amp;gt;alert(1)",
    "surrogate": "<p title='\ud800'>\udfff</p>",
}


class Audit(HTMLParser):
    """A second, simpler reading of what came out: every element, attribute and address."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.findings: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in POLICY.elements:
            self.findings.append(f"<{tag}>")
        for name, value in attrs:
            if not POLICY.allows(tag, name):
                self.findings.append(f"{name} on <{tag}>")
            if name in ("href", "src", "cite"):
                scheme = (value or "").partition(":")[0]
                if scheme not in LINK_SCHEMES:
                    self.findings.append(f"{name}={value}")

    def handle_comment(self, data: str) -> None:
        self.findings.append(f"<!--{data}")

    def handle_decl(self, decl: str) -> None:
        self.findings.append(f"<!{decl}")

    def handle_pi(self, data: str) -> None:
        self.findings.append(f"<?{data}")


def audit(html: str) -> list[str]:
    auditor = Audit()
    auditor.feed(html)
    auditor.close()
    return auditor.findings


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS.keys())
@pytest.mark.parametrize("frame", ["{}", "<p>before {} after</p>", "<ul><li>{}", "<svg>{}"])
def test_nothing_that_runs_comes_through(payload: str, frame: str) -> None:
    html = clean(frame.format(payload))
    assert audit(html) == []
    assert clean(html) == html


@pytest.mark.parametrize("scheme", ["javascript", "vbscript", "data", "file", "localhost"])
@pytest.mark.parametrize("rest", ["1", "123", "8000/x", "`é`", "\u00a01", "//1", "//1:1", "\\1"])
def test_a_scheme_before_digits_is_no_host_before_a_port(scheme: str, rest: str) -> None:
    assert clean(f'<a href="{scheme}:{rest}">x</a>') == "x"
    assert clean(f'<img src="{scheme}:{rest}">') == ""


@given(st.characters(), st.characters())
def test_no_character_smuggles_a_scheme_through(first: str, second: str) -> None:
    url = absolute_url(f"java{first}script{second}:1", BASE, schemes=LINK_SCHEMES)
    assert url is None or url.startswith("https://quay.example/")


# --- nothing is lost ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<p>a &nbsp; &amp;lt; "q" ’</p>', '<p>a &nbsp; &amp;lt; "q" ’</p>'),
        ("<p>one<p>two", "<p>one</p><p>two</p>"),
        ("<div><p>a</p></div>", "<p>a</p>"),
        ("<section>a<article>b</article></section>", "a<div>b</div>"),
        (
            "<strike>a</strike><tt>b</tt><acronym>c</acronym>",
            "<s>a</s><code>b</code><abbr>c</abbr>",
        ),
        ("<form>a<input><button>b</button></form>", "<div>ab</div>"),
        ("<pre>\n\n  a\n   b</pre>", "<pre>  a\n   b</pre>"),
        ("<details open><summary>a</summary>b</details>",) * 2,
        ('<ol reversed="" start="3" type="a"><li value="-2">x</li></ol>',) * 2,
        ('<td colspan="2">no table</td>', "no table"),
        ("<p>a&#1;b&#13;c&#xfffe;</p>", "<p>ab\nc</p>"),
        ('<code class="x language-py">a</code>', "<code>a</code>"),
        ('<code class="language-py">a</code>',) * 2,
        ('<p class="language-py" lang="PT-br" dir="RTL">a</p>', '<p dir="rtl" lang="pt-br">a</p>'),
        ('<a name="x">a</a>', "a"),
        ('<img alt="no source">', ""),
        ('<time datetime="2024-03-09T06:30Z">a</time>',) * 2,
        ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>",) * 2,
    ],
)
def test_what_the_policy_allows_stays(html: str, expected: str) -> None:
    assert clean(html) == expected


@pytest.mark.parametrize("override", "\u202a\u202b\u202c\u202d\u202e")
def test_nothing_overrides_the_direction_of_what_is_around_it(override: str) -> None:
    reference = f"&#{ord(override)};"
    assert clean(f"<p title='a{override}b{reference}c'>d{override}e{reference}f") == (
        '<p title="abc">def</p>'
    )
    assert render_blocks((Block(text=f"d{override}e"),)) == "<p>de</p>"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a \u2067אבג\u2069 b</p>",) * 2,
        ("<p>a \u2068<b>אבג</b>\u2069 b</p>",) * 2,
        ('<p title="a \u2067אבג\u2069 b">c</p>',) * 2,
        ("<p>a \u2067b</p><p>c\u2069 d</p>", "<p>a b</p><p>c d</p>"),
        ("<p>a \u2069b \u2066c</p>", "<p>a b c</p>"),
        ("<li>a &#x2068;b", "<li>a b</li>"),
        ("\u2066<p>\u2066\u2066a\u2069</p>\u2069", "<p>\u2066a\u2069</p>"),
        ('<p title="a\u2069 \u2066b">c</p>', '<p title="a b">c</p>'),
    ],
)
def test_isolates_stay_where_they_end_in_the_block_they_begin_in(html: str, expected: str) -> None:
    assert clean(html) == expected


def test_isolates_of_plain_text_stay_where_they_are_balanced() -> None:
    text = "a \u2067אבג\u2069 b"
    assert render_blocks((Block(text=text),)) == f"<p>{text}</p>"
    assert render_blocks((Block(text=f"\u2069{text} \u2066c"),)) == f"<p>{text} c</p>"


def test_links_and_images_become_absolute_and_carry_the_constants() -> None:
    assert clean('<a href="../a?b&c#d" target=_top rel=opener>x</a>') == (
        '<a href="https://quay.example/a?b&amp;c#d" rel="noopener noreferrer nofollow ugc">x</a>'
    )
    assert clean("<img src=//cdn.example/ä.png width=20 height=x>") == (
        '<img alt="" src="https://cdn.example/%C3%A4.png" width="20"'
        ' decoding="async" loading="lazy" referrerpolicy="no-referrer">'
    )


def test_without_a_base_relative_links_lose_their_targets_and_keep_their_words() -> None:
    assert clean('<a href="/a">x</a> <a href="http://b.example">y</a>', base=None) == (
        'x <a href="http://b.example" rel="noopener noreferrer nofollow ugc">y</a>'
    )


def test_a_value_beyond_2048_characters_goes() -> None:
    assert clean(f'<p title="{"a" * 2049}">x</p>') == "<p>x</p>"


def test_deep_nesting_is_flattened_and_no_word_runs_into_another() -> None:
    html = clean("<blockquote>" * 300 + "<p>deep</p><p>words</p>" + "</blockquote>" * 300)
    assert html.count("<blockquote>") == LIMITS.max_html_depth
    assert html_text(html).split() == ["deep", "words"]


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<p>" * 50_001, "more elements"),
        ("a" * 2_000_001, "bytes"),
        ("<div>" * 6_000, "nests more than"),
        ("<a " + " ".join(f"b{i}" for i in range(2_000)) + ">", "attributes"),
        ("<b x=1>" * 1_000 + "<p>x" * 1_000, "more elements"),
        ("&lt;" * 240_001, "escaped characters"),
    ],
)
def test_what_is_beyond_a_limit_is_refused_with_a_reason(html: str, reason: str) -> None:
    with pytest.raises(RefusedDocument, match=reason):
        clean(html)


def test_scripts_of_a_page_do_not_hide_nesting_from_the_bounds() -> None:
    with pytest.raises(RefusedDocument):
        clean("<div title='>'></b><!-- </div> -->" * 6_000)


# --- what is safe once is safe for good ---------------------------------------------------------

_NAMES = sorted(POLICY.elements | POLICY.dropped | set(POLICY.renamed) | {"font", "button", "mi"})
_PIECES = st.one_of(
    st.sampled_from(_NAMES).map(lambda name: f"<{name}>"),
    st.sampled_from(_NAMES).map(lambda name: f"</{name}>"),
    st.sampled_from(list(PAYLOADS.values())),
    st.sampled_from(
        ["text ", "\n", "&amp;", "&lt;b&gt;", "&nbsp;", "&#1;", "<!--", "-->", "<a href=/x>"]
    ),
    st.sampled_from(["\u202e", "&#x202d;", "\u2066", "\u2068", "&#x2067;", "\u2069", "&#x2069;"]),
    st.text(max_size=5),
)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(_PIECES, max_size=20))
def test_sanitizing_twice_changes_nothing(pieces: list[str]) -> None:
    html = clean("".join(pieces))
    assert audit(html) == []
    assert clean(html, base="https://elsewhere.example/") == html


@settings(max_examples=100, deadline=None)
@given(st.lists(_PIECES, max_size=12))
def test_a_sanitizer_without_our_rules_finds_nothing_to_take_away(pieces: list[str]) -> None:
    html = clean("".join(pieces))
    attributes = {
        tag: set(POLICY.attributes.get(tag, ())) | set(POLICY.constants.get(tag, ()))
        for tag in (*POLICY.elements, "*")
    }
    lax = nh3.clean(html, tags=set(POLICY.elements), attributes=attributes, link_rel=None)
    assert re.sub('(<details(?: [^<>]*)?) open=""', r"\1 open", lax) == html


@pytest.mark.parametrize(
    "html",
    [
        "<p>a</p><script>b</script>",
        '<p onclick="a">b</p>',
        '<a href="javascript:1">b</a>',
        "<p>a",
        "<p>a</b></p>",
        "a < b",
        "<!-- a -->",
        "<p title='a'>b</p>",
        "a\x01b",
        "&copy;",
        "a\u202eb",
        '<p title="a\u202eb">c</p>',
        '<p title="a\u2066b">c</p>',
    ],
)
def test_the_last_check_refuses_what_it_would_not_have_written(html: str) -> None:
    with pytest.raises(RefusedDocument):
        check_safe(html)


# --- blocks -------------------------------------------------------------------------------------

_BLOCKS = st.lists(
    st.builds(
        Block,
        text=st.one_of(
            st.text(max_size=40),
            st.text("ab \u200d\u202a\u202e\u2066\u2068\u2069\r\f<&", max_size=12),
            st.sampled_from(list(PAYLOADS.values())),
        ),
        kind=st.sampled_from(BlockKind),
    ),
    max_size=8,
).map(tuple)


@settings(max_examples=300, deadline=None)
@given(_BLOCKS)
def test_html_built_from_plain_text_is_what_the_sanitizers_make_of_it(
    blocks: tuple[Block, ...],
) -> None:
    html = render_blocks(blocks)
    assert clean(html, base=None) == html


def test_plain_text_is_spared_a_cleaning_by_its_characters_alone() -> None:
    for number in range(sys.maxunicode + 1):
        character = chr(number)
        is_spared = written._PLAIN.fullmatch(character) is not None
        assert is_spared == (is_undirected(character) and character not in "<>&"), hex(number)


def test_text_that_was_not_escaped_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedsvc.ingest.blocks.escape", str)
    for text in ("<b>", "a < b", "a > b", "&copy;", "<p onclick=x>"):
        with pytest.raises(RefusedDocument, match="taken for HTML"):
            render_blocks((Block(text=text),))


def test_a_bleach_with_known_holes_is_refused() -> None:
    require_bleach("6.4.0")
    require_bleach("10.0")
    for version in ("6.3.9", "5.0.1"):
        with pytest.raises(ImportError, match=r"6\.4\.0"):
            require_bleach(version)


def test_plain_text_is_shown_character_for_character() -> None:
    text = "<script>alert(1)</script> &amp; a < b > c \"d\" 'e' \u00a0 &#106;"
    assert html_text(render_blocks((Block(text=text),))) == text


def test_blocks_of_a_kind_are_one_list_or_quotation() -> None:
    blocks = (
        Block(text="Head", kind=BlockKind.HEADING),
        Block(text="one", kind=BlockKind.LIST_ITEM),
        Block(text="two\nlines", kind=BlockKind.LIST_ITEM),
        Block(text="said", kind=BlockKind.QUOTATION),
        Block(text="  a\n b", kind=BlockKind.PREFORMATTED),
    )
    assert render_blocks(blocks) == (
        "<h2>Head</h2>\n<ul>\n<li>one</li>\n<li>two<br>\nlines</li>\n</ul>\n"
        "<blockquote>\n<p>said</p>\n</blockquote>\n<pre>  a\n b</pre>"
    )


def test_plain_text_of_html_parts_blocks_and_leaves_captions_out() -> None:
    html = clean(
        "<h2>Head</h2><p>one <b>two</b>\nthree<br>four</p><ul><li>a<li>b</ul>"
        "<figure><img src=/x><figcaption>caption</figcaption></figure>"
        "<table><tr><td>1<td>2</table><pre>x\n  y</pre>"
    )
    assert html_text(html) == "Head\n\none two three\nfour\n\na\n\nb\n\n1 2\n\nx\n  y"


def test_a_long_body_is_cut_between_two_blocks() -> None:
    html = "<p>ä</p>\n<ul><li>two</li></ul>\n<p>three</p>"
    assert excerpt_end(html, 1_000) is None
    assert html[: excerpt_end(html, 40)] == "<p>ä</p>\n<ul><li>two</li></ul>"
    assert html[: excerpt_end(html, 20)] == "<p>ä</p>"
    assert excerpt_end(html, 8) == 0


@settings(max_examples=100, deadline=None)
@given(st.lists(_PIECES, max_size=20), st.integers(min_value=0, max_value=200))
def test_a_cut_body_is_safe_and_small_enough(pieces: list[str], limit_bytes: int) -> None:
    html = clean("".join(pieces))
    end = excerpt_end(html, limit_bytes)
    beginning = html if end is None else html[:end]
    assert len(beginning.encode()) <= limit_bytes
    check_safe(beginning)
