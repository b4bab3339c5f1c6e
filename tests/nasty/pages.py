"""Pages of HTML that keep parsers busy, lie in their JSON-LD, or ask XML for files."""

from __future__ import annotations

import json
import string
from collections.abc import Iterator
from itertools import chain

from tests.nasty.case import OUTSIDE, XXE_FILE, Case, page, published, refused, settled

_ELEMENTS = "more elements than"
_ATTRIBUTES = "more than 1,000 attributes"
_BYTES = "limits.max_html_bytes"


def pages() -> Iterator[Case]:
    yield from chain(_depths(), _attributes(), _runs(), _counts(), _active(), _shapes())


def _depths() -> Iterator[Case]:
    for tag in (
        "div",
        "span",
        "b",
        "blockquote",
        "ul><li",
        "table><tr><td",
        "a",
        "svg",
        "x-y",
        "p",
    ):
        name = tag.split(">")[0]
        close = "".join(f"</{part}>" for part in reversed(tag.split("><")))
        title = f"Two hundred {name} deep"
        inside = f"<{tag}>" * 200 + "The lowest word." + close * 200
        yield published("pages", f"depth-200-{name}.html", page(title, inside), title=title)
    for tag in ("div", "span", "b", "blockquote", "font", "em", "svg"):
        for levels in (6_000, 40_000):
            opened = page(f"{levels} {tag} deep", f"<{tag}>" * levels + "The lowest word.")
            reason = "its HTML "  # nests too deep, or has too many elements
            yield refused("pages", f"depth-{levels}-{tag}.html", opened, reason)
    for tag in ("li", "td", "option", "p", "dd"):
        title = f"Never closed {tag}"
        yield published("pages", f"never-closed-{tag}.html", page(title, f"<{tag}>x" * 5_000))
    mixed = page("Misnested", "<b><i><u><a href=x><p>x" * 2_000)
    yield refused("pages", "misnested-formatting.html", mixed, _ELEMENTS)
    # An end tag that ends nothing makes an element all the same, where it is of a paragraph.
    closing = "</div></p></table>"
    yield published("pages", "closing-only.html", page("Closes what is shut", closing * 15_000))
    yield refused("pages", "closing-60000.html", page("Closes more", closing * 20_000), _ELEMENTS)
    tables = page("Tables in tables", "<table><tr><td>" * 2_600 + "x")
    yield settled("pages", "depth-tables.html", tables)
    foster = page("Out of the table", "<table>" + "<p>x<tr>y" * 4_000)
    yield published("pages", "foster-parents.html", foster)


def _attributes() -> Iterator[Case]:
    for count in (65, 900):
        listed = " ".join(f"a{n}=x" for n in range(count))
        title = f"With {count} attributes"
        inside = f"<p {listed}>Text.</p>"
        yield published("pages", f"attributes-{count}.html", page(title, inside), title=title)
    for count in (1_100, 30_000):
        listed = " ".join(f"a{n}=x" for n in range(count))
        inside = f"<p {listed}>Text.</p>"
        yield refused("pages", f"attributes-{count}.html", page("Many", inside), _ATTRIBUTES)
    same = page("One attribute often", "<p " + "class=a " * 30_000 + ">Text.</p>")
    yield refused("pages", "attributes-same.html", same, _ATTRIBUTES)
    for name, value in {
        "long-value": "x" * 1_000_000,
        "long-style": "background:url(" * 50_000,
        "long-class": "a " * 400_000,
        "long-reference": "&" * 400_000,
    }.items():
        inside = f'<p title="{value}" style="{value}" class="{value[:9]}">Text.</p>'
        title = f"Attribute with {name}"
        yield published("pages", f"attributes-{name}.html", page(title, inside[:1_900_000]))
    unquoted = page("No end of a quote", '<p title="' + "x " * 300_000)
    yield settled("pages", "attributes-open-quote.html", unquoted)
    yield settled("pages", "attributes-slashes.html", page("Slashes", "<p" + "/" * 500_000 + ">x"))
    yield settled("pages", "attributes-equals.html", page("Equals", "<p" + " =" * 300_000 + ">x"))


def _runs() -> Iterator[Case]:
    for name, run in {
        "less-than": "<",
        "less-than-letter": "<a",
        "less-than-slash": "</",
        "less-than-bang": "<!",
        "less-than-question": "<?",
        "greater-than": ">",
        "comment-starts": "<!--",
        "comment-ends": "-->",
        "comment-dashes": "<!---",
        "comments": "<!-- x -->",
        "cdata": "<![CDATA[",
        "doctypes": "<!DOCTYPE html>",
        "ampersands": "&",
        "entities": "&lt;",
        "half-entities": "&l",
        "number-references": "&#1;",
        "large-references": "&#99999999999;",
        "surrogate-references": "&#xD800;",
        "no-break-spaces": "&nbsp;",
        "soft-hyphens": "&shy;",
        "spaces": " ",
        "newlines": "\n",
        "tabs": "\t",
        "null-characters": "\0",
        "quotes": '"',
        "titles": "<title>",
        "plaintext": "<plaintext>",
        "textarea": "<textarea>",
        "scripts": "<script>",
        "script-ends": "</script",
        "script-comments": "<script><!--<script>",
        "styles": "<style>",
        "noscripts": "<noscript>",
        "templates": "<template>",
        "select": "<select><option>",
        "frames": "<frameset><frame>",
        "bodies": "<body a=b>",
        "htmls": "<html a=b>",
        "headings": "<h1>",
        "breaks": "<br>",
        "rules": "<hr>",
        "images": "<img src=x>",
        "ruby": "<ruby><rt>",
        "buttons": "<button>",
        "forms": "<form>",
    }.items():
        for size, is_slow in ((30_000, False), (150_000, True)):
            content = page(f"A run of {size} {name}", run * (size // len(run)))
            yield settled("pages", f"run-{size}-{name}.html", content, is_slow=is_slow)
    for run in ("<", "&", "<!--", "</", "<a "):
        name = f"long-run-{len(run)}-{ord(run[0])}-{ord(run[-1])}"
        content = page("A long run", run * (1_800_000 // len(run)))
        yield settled("pages", f"{name}.html", content, is_slow=True)


def _counts() -> Iterator[Case]:
    yield refused("pages", "elements-50001.html", page("Many", "<i></i>" * 50_001), _ELEMENTS)
    yield refused("pages", "elements-200000.html", page("Many", "<br>" * 200_000), _ELEMENTS)
    links = "<a href=x>y</a> " * 49_000
    yield settled("pages", "elements-49000.html", page("Nearly many", links), is_slow=True)
    # HTML above the limit is refused by its bytes.
    long_text = "<p>A word and another one.</p>\n" * 70_000
    yield refused("pages", "two-megabytes.html", page("Large", long_text), "its HTML has")
    yield refused("pages", "two-megabytes-of-one-word.html", page("Word", "x" * 2_100_000), _BYTES)
    yield refused("pages", "nine-megabytes.html", page("Larger", "word " * 1_800_000), _BYTES)
    rows = "<table>" + "<tr><td>1<td>2" * 8_000 + "</table>"
    yield settled("pages", "long-table.html", page("A long table", rows))
    wide = "<table><tr>" + "<td colspan=1000 rowspan=65534>x" * 900 + "</table>"
    yield settled("pages", "wide-table.html", page("A wide table", wide))
    listed = "<ul>" + "<li>An item of a list" * 8_000 + "</ul>"
    yield settled("pages", "long-list.html", page("A long list", listed))


def _active() -> Iterator[Case]:
    """What must do nothing: it is published without what it would do."""
    for name, inside in {
        "script": "<script>alert(1)</script>",
        "handler": "<img src=x onerror=alert(1)>",
        "svg": "<svg onload=alert(1)><script>alert(1)</script></svg>",
        "math": "<math><mtext><img src=x onerror=alert(1)></mtext></math>",
        "frame": '<iframe src="file:///etc/passwd"></iframe>',
        "object": '<object data="file:///etc/passwd"></object><embed src=x>',
        "file-link": '<a href="file:///etc/passwd">x</a> <img src="file:///etc/passwd">',
        "data-link": '<a href="data:text/html,<script>alert(1)</script>">x</a>',
        "javascript-link": '<a href="java&#10;script:alert(1)">x</a>',
        "include": '<!--#include file="/etc/passwd" --><?php system("id") ?><%= 7*7 %>{{7*7}}',
        "base": '<base href="javascript:alert(1)//"><a href="x">x</a>',
        "refresh": '<meta http-equiv="refresh" content="0;url=javascript:alert(1)">',
        "style": "<style>@import 'file:///etc/passwd';</style><p style='behavior:url(x)'>x</p>",
        "form": "<form action=javascript:alert(1)><input autofocus onfocus=alert(1)></form>",
        "link": '<link rel="stylesheet" href="file:///etc/passwd">',
    }.items():
        title = f"Would act by {name}"
        yield published("pages", f"active-{name}.html", page(title, inside), title=title)


def _shapes() -> Iterator[Case]:
    yield refused("pages", "no-text.html", "<!doctype html><html><body></body></html>", "")
    yield refused("pages", "script-alone.html", "<script>" + "var a = 1;\n" * 2_000, "")
    yield refused("pages", "images-alone.html", "<!doctype html>" + "<img src=x>" * 500, "")
    yield refused("pages", "comment-alone.html", "<!-- " + "hidden words. " * 2_000, "")
    menu = "<nav>" + "<a href=x>Section</a>" * 500 + "</nav>"
    yield refused("pages", "menu-alone.html", menu, "no title")
    frames = "<html><frameset><frame src=x></frameset></html>"
    yield refused("pages", "frameset.html", frames, "no title")
    title = f"<title>{'A long title. ' * 50_000}</title>"
    yield published("pages", "text-in-title.html", f"{title}<p>x")
    yield refused("pages", "no-tags.html", "Only words, and no tag at all. " * 30, "no title")
    head = "<html><head><title>x" + "<meta a=b>" * 5_000
    yield refused("pages", "head-without-end.html", head, "no text")


def jsonld() -> Iterator[Case]:
    """JSON-LD that is deep, large, broken, or of another type than expected."""
    true: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": "Stated",
        "datePublished": "2022-11-13T10:00:00Z",
        "author": {"@type": "Person", "name": "Jane Doe"},
    }
    odd: dict[str, object] = {
        "null": None,
        "number": 7,
        "huge-number": 10**400,
        "list": [[[[]]]],
        "object": {"a": {"b": {}}},
        "true": True,
        "empty": "",
        "nul": "a\0b",
        "lone-surrogate": "\ud800",
        "markup": "<script>alert(1)</script>",
        "long": "long " * 20_000,
        "infinite": float("inf"),
        "many": ["Jane Doe"] * 5_000,
    }
    for name, value in odd.items():
        for key in ("headline", "datePublished", "author", "articleBody", "@type", "image"):
            stated = json.dumps(true | {key: value})
            yield published(
                "jsonld", f"{key.strip('@')}-{name}.html", _with_script(f"{key} {name}", stated)
            )
    broken = {
        "deep-lists": "[" * 100_000,
        "deep-objects": '{"a":' * 100_000,
        "deep-closed": "[" * 900 + "]" * 900,
        "backslashes": '{"headline": "' + "\\" * 200_000,
        "quotes": '"' * 200_001,
        "commas": "[" + "," * 200_000 + "]",
        "comments": "/*" * 100_000,
        "slashes": "//" * 100_000,
        "many-graphs": '{"@graph": [' + '{"@type": "Article"},' * 19_000 + "{}]}",
        "many-references": '[{"@id": "a", "author": {"@id": "a"}},'
        + '{"@id": "a"},' * 5_000
        + "{}]",
        "digits": '{"datePublished": ' + "9" * 100_000 + "}",
        "bad-escapes": '{"headline": "' + "\\x" * 50_000 + '"}',
        "not-json": "alert(1);" * 10_000,
        "over-a-megabyte": json.dumps(true | {"articleBody": "word " * 250_000}),
        "empty": "",
        "cdata": "<![CDATA[" + json.dumps(true) + "]]>",
        "bom": "\ufeff" + json.dumps(true),
    }
    for name, script in broken.items():
        title = f"Broken by {name}"
        yield published("jsonld", f"broken-{name}.html", _with_script(title, script))
    itself = dict(true) | {"@id": "#a", "author": {"@id": "#a"}, "isPartOf": {"@id": "#a"}}
    yield published("jsonld", "refers-to-itself.html", _with_script("Itself", json.dumps(itself)))
    one = f'<script type="application/ld+json">{json.dumps(true)}</script>'
    yield published("jsonld", "thousands.html", page("Thousands of them", "", head=one * 2_000))


def _with_script(title: str, script: str) -> str:
    return page(title, "", head=f'<script type="application/ld+json">{script}</script>')


def xml() -> Iterator[Case]:
    """Entities that read files or grow without end; nothing here expands them."""
    file = f"file://{OUTSIDE}/{XXE_FILE}"
    heads = {
        "internal": '<!DOCTYPE html [<!ENTITY xxe "internal">]>',
        "file": f'<!DOCTYPE html [<!ENTITY xxe SYSTEM "{file}">]>',
        "relative": f'<!DOCTYPE html [<!ENTITY xxe SYSTEM "../outside/{XXE_FILE}">]>',
        "parameter": f'<!DOCTYPE html [<!ENTITY % p SYSTEM "{file}"> %p;]>',
        "network": '<!DOCTYPE html [<!ENTITY xxe SYSTEM "http://127.0.0.1:9/x">]>',
        "dtd": '<!DOCTYPE html SYSTEM "http://127.0.0.1:9/x.dtd">',
        "public": f'<!DOCTYPE html PUBLIC "-//x//y" "{file}">',
        "laughs": "<!DOCTYPE html ["
        + '<!ENTITY a "ha">'
        + "".join(
            f'<!ENTITY {name} "{f"&{before};" * 10}">'
            for before, name in zip(
                string.ascii_lowercase[:9], string.ascii_lowercase[1:10], strict=True
            )
        )
        + '<!ENTITY xxe "&j;">]>',
        "quadratic": f'<!DOCTYPE html [<!ENTITY xxe "{"x" * 50_000}">]>',
        "stylesheet": f'<?xml-stylesheet href="{file}" type="text/xsl"?><!DOCTYPE html>',
    }
    for name, head in heads.items():
        uses = "&xxe; " * (2_000 if name == "quadratic" else 3)
        for suffix in ("html", "xhtml", "txt"):
            yield published("xml", f"{name}.{suffix}", _with_entity(head, f"{name} {suffix}", uses))
        content = _with_entity(head, f"{name} noted", uses)
        yield refused("xml", f"{name}.md", content, "neither a title nor any text")
        for suffix in ("xml", "svg", "rss"):
            content = _with_entity(head, f"{name} {suffix}", uses)
            yield refused("xml", f"{name}.{suffix}", content, "there is no reader for")
    include = f'<p xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{file}"/></p>'
    yield published("xml", "include.xhtml", page("Includes", include))


def _with_entity(head: str, name: str, uses: str) -> str:
    """Different bytes for each name: what has those of an article is a duplicate of it."""
    text = "".join(f"<p>{line}</p>" for line in (f"Read by {name}.", uses, "Its last line."))
    body = f"<html><head><title>Entity {name}</title></head><body>{text * 4}</body></html>"
    return f'<?xml version="1.0"?>{head}{body}'
