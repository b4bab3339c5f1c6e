"""Real articles lose nothing: no word, link, image, or construct that says something."""

from __future__ import annotations

import gzip
import random
import re
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from feedsvc.errors import DocumentError
from feedsvc.ingest.article import HtmlPage
from feedsvc.ingest.extract.page.article import extract_page
from feedsvc.ingest.policy import POLICY
from feedsvc.ingest.readers import read
from feedsvc.ingest.sanitize import sanitize_html
from feedsvc.settings import load_settings
from tests.accuracy.corpus import CorpusMissing, corpus_folder

LIMITS = load_settings(None, {}).limits
BASE = "https://quay.example/2024/page.html"
PAGES = 50

# Each with the part of it that must come out as it is written here.
CONSTRUCTS = [
    (
        "<table><caption>Tides</caption><thead><tr><th scope=col>Port<tbody><tr><td>Ness</table>",
        "<caption>Tides</caption>",
    ),
    ('<table><tr><td colspan="2" rowspan="3">wide</td></tr></table>', 'colspan="2" rowspan="3"'),
    (
        "<figure><img src=/a.png alt='A quay'><figcaption>The quay</figcaption></figure>",
        "<figcaption>The quay</figcaption>",
    ),
    ('<img src="b.png" alt="Two gulls">', 'alt="Two gulls"'),
    (
        "<pre><code class=language-c>if (a &lt; b &amp;&amp; c)\n  d;</code></pre>",
        '<code class="language-c">if (a &lt; b &amp;&amp; c)\n  d;</code>',
    ),
    ("<ol start=3><li>three<li value=7>seven</ol>", '<li value="7">seven</li>'),
    ("<ul><li>outer<ul><li>inner</ul></ul>", "<ul><li>inner</li></ul>"),
    ("<blockquote cite=/speech><p>Said</p></blockquote>", 'cite="https://quay.example/speech"'),
    ("<q>quoted</q> <cite>a book</cite>", "<q>quoted</q> <cite>a book</cite>"),
    ('<p dir="rtl" lang="ur">کشتی می\u200cرود</p>', '<p dir="rtl" lang="ur">کشتی می\u200cرود</p>'),
    ("<p lang=hi>क्\u200dष और नाव</p>", '<p lang="hi">क्\u200dष और नाव</p>'),
    ("<p>👩\u200d🚒 and 🏴\u200d☠️</p>", "<p>👩\u200d🚒 and 🏴\u200d☠️</p>"),
    ("<bdo dir=rtl>abc</bdo> <bdi>אבג</bdi>", '<bdo dir="rtl">abc</bdo> <bdi>אבג</bdi>'),
    ("<details><summary>More</summary>of it</details>",) * 2,
    ("<ruby>漢<rt>kan</rt></ruby>",) * 2,
    ("<dl><dt>Quay<dd>Where boats lie</dl>", "<dt>Quay</dt><dd>Where boats lie</dd>"),
    ("<p>H<sub>2</sub>O, x<sup>2</sup>, <mark>m</mark>, <ins>i</ins><del>d</del></p>",) * 2,
    ("<p>one<br>two<wbr>three</p><hr>",) * 2,
    ("<abbr title='Harbour Office'>HO</abbr>", '<abbr title="Harbour Office">HO</abbr>'),
    ("<time datetime=2024-03-09>9 March</time>", '<time datetime="2024-03-09">9 March</time>'),
    ("<center>in <font color=red>red</font></center>", "in red"),
    ("<section><h2>Head</h2><article><p>words</p></article></section>", "<h2>Head</h2>"),
    ("<p>&copy; caf&eacute; &hellip; &#8212; 5 &lt; 6</p>", "<p>© café … — 5 &lt; 6</p>"),
    ("<form>Name <input><button>Send</button></form>", "Name Send"),
    ("<kbd>Ctrl</kbd><samp>ok</samp><var>n</var><dfn>d</dfn><small>s</small>",) * 2,
]


def words(html: str) -> list[str]:
    """What a parser's tree says, in order, but for what goes with its element."""
    tree = LexborHTMLParser(html, is_fragment=True)
    for node in list(tree.css(", ".join(sorted(POLICY.dropped)))):
        node.decompose()
    out: list[str] = []
    pending: list[LexborNode | None] = [tree.root]
    while pending:
        at = pending.pop()
        if at is None:
            continue
        pending += (at.next, at.first_child)
        if at.is_text_node:
            out.append(at.text_content or "")
        elif at.tag not in INLINE:
            out.append(" ")
    return re.sub(r"[\0-\x08\x0b-\x1f]", "", "".join(out).replace("\r", "\n")).split()


INLINE = frozenset(
    "a abbr b bdi bdo cite code del dfn em i ins kbd mark q s samp small span strong sub sup time u"
    " var ruby rt rp font tt strike acronym big button input label -text -comment".split()
)


def addresses(html: str, css: str, name: str) -> list[str]:
    tree = LexborHTMLParser(html, is_fragment=True)
    return [node.attributes.get(name) or "" for node in tree.css(css)]


@pytest.mark.parametrize(("html", "kept"), CONSTRUCTS, ids=lambda text: text[:24])
def test_each_construct_is_kept(html: str, kept: str) -> None:
    assert kept in sanitize_html(html, base_url=BASE, limits=LIMITS)


@pytest.mark.parametrize("number", range(PAGES))
def test_a_page_of_many_constructs_keeps_its_words_links_and_images(number: int) -> None:
    chosen = random.Random(number)
    html = "".join(
        f"<{around}>{chosen.choice(CONSTRUCTS)[0]}<p>Word {n} of <a href='/{n}'>link {n}</a>"
        f"<img src='{n}.png'></p></{around}>\n"
        for n in range(40)
        for around in [chosen.choice(["div", "section", "blockquote", "main", "aside", "x-part"])]
    )
    safe = sanitize_html(html, base_url=BASE, limits=LIMITS)
    assert words(safe) == words(html)
    links, images = addresses(safe, "a", "href"), addresses(safe, "img", "src")
    assert len(links) == len(addresses(html, "a", "href"))
    assert len(images) == len(addresses(html, "img", "src"))
    assert all(url.startswith("https://quay.example/") for url in links + images)
    assert set(addresses(safe, "img", "loading")) == {"lazy"}
    assert set(addresses(safe, "img", "referrerpolicy")) == {"no-referrer"}
    assert set(addresses(safe, "a", "rel")) == {"noopener noreferrer nofollow ugc"}


def _bodies() -> list[tuple[str, str]]:
    try:
        packed = sorted((corpus_folder() / "html").glob("*.gz"))
    except CorpusMissing:
        return []
    return [body for path in packed if (body := _body(path)) is not None]


def _body(path: Path) -> tuple[str, str] | None:
    try:
        page = read(b"a.html", gzip.decompress(path.read_bytes()), LIMITS)
        assert isinstance(page, HtmlPage)
        found = extract_page(page, LIMITS)
    except DocumentError:
        return None
    return (found.html, found.base_url or BASE) if found.html else None


def test_extracted_bodies_of_the_corpus_keep_their_words_links_and_images() -> None:
    bodies = _bodies()
    if not bodies:
        pytest.skip("there is no corpus beside the checkout")
    there = kept = 0
    for html, base_url in bodies:
        safe = sanitize_html(html, base_url=base_url, limits=LIMITS)
        assert words(safe) == words(html)
        there += len([u for u in addresses(html, "a[href], img[src]", "href") if u])
        kept += len([u for u in addresses(safe, "a[href], img[src]", "href") if u])
    assert kept >= 0.99 * there
