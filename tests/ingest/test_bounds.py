"""Whatever its shape, HTML is sanitized or refused, within memory and processor time.

The shapes are those that keep html5lib, html5ever or lexbor busy for longer than linear time.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from feedsvc.errors import RefusedDocument
from feedsvc.ingest.bounds import MAX_ATTRIBUTES, check_bounds
from feedsvc.ingest.cost import check_cost, check_likely_cost
from feedsvc.ingest.sanitize import sanitize_html
from feedsvc.settings import load_settings

LIMITS = load_settings(None, {}).limits
MAX_MEMORY_MB = 512
# Far more than all shapes together need: it stops one that never ends.
MAX_CPU_S = 240

SHAPES = {
    "nested div, within": "'<div>' * 4_990",
    "nested div": "'<div>' * 24_832",
    "nested ul li": "'<ul><li>' * 6_208",
    "nested tables": "'<table><tr><td>' * 4_990",
    "nested table heads": "'<table><thead><tr><th>' * 4_990",
    "nested b": "'<b>' * 24_832",
    "b and p, misnested": "'<b><p>' * 4_864",
    "b and p, misnested, within": "'<b><p>' * 300",
    "attributes": "'<p ' + ' '.join(f'a{n}=1' for n in range(19_456)) + '>x'",
    "a megabyte of attributes": "'<p ' + 'a ' * 900_000 + '>x'",
    "angles": "'<' * 1_000_000",
    "angles, within": "'<' * 60_000",
    "ampersands": "'&' * 999_424",
    "ampersands, within": "'&' * 60_000",
    "half references": "'&#' * 249_856",
    "references, within": "'&lt;' * 62_464",
    "references spread, within": "('x' * 15 + '&lt;') * 99_000",
    "references after much text, within": "'x' * 1_500_000 + '&lt;' * 99_000",
    "references beside emoji, within": "'😀' * 390_000 + '&lt;' * 90_000",
    "a comment of dashes": "'<!--' + '-' * 1_900_000",
    "comments that begin": "'<!--' * 40_000",
    "quotes in a tag": "'<p ' + 'x=\\'' * 62_464",
    "many paragraphs": "'<p>x' * 200_000",
    "many paragraphs, within": "'<p>x' * 49_990",
    "many paragraphs with a link, within": "'<p>x <a href=/a>y</a></p>' * 11_900",
    "many links": "'<a href=\"/a?b=c&d=e\">x</a> ' * 49_990",
    "many images": "'<img src=/a>' * 49_990",
    "a long table, within": "'<table>' + '<tr><td>x</td><td>y</td></tr>' * 16_000",
    "a long list, within": "'<ul>' + '<li>x <a href=/a>y</a></li>' * 11_900",
    "stray ends": "'</p>' * 499_000",
    "stray ends, within": "'</p>' * 40_000",
    "a megabyte of one attribute": "'<p title=\"' + 'a' * 1_000_000 + '\">x'",
    "a listing of C++, within": (
        "'<pre>' + 'std::vector&lt;int&gt; a;\\n if (a &amp;&amp; b) x-&gt;y;\\n' * 9_000"
    ),
    "attributes of attributes": "'<a/b=' * 40_000",
    "null characters": "'\\0' * 1_900_000",
    "nested svg": "'<svg><g>' * 2_400",
    "nested ruby": "'<ruby><rt>' * 4_900",
}

TRIED = """
import json, re, resource, sys
from feedsvc.errors import RefusedDocument
from feedsvc.ingest.sanitize import sanitize_html
from feedsvc.settings import load_settings
limits = load_settings(None, {}).limits
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[1]), int(sys.argv[1])))
for name, shape in json.load(sys.stdin).items():
    try:
        sanitize_html(eval(shape), base_url="https://quay.example/", limits=limits)
        ended = "done"
    except RefusedDocument as refusal:
        ended = str(refusal)
    # Its own: ru_maxrss begins with what the process that started it had in memory.
    peak_mb = int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) // 1024
    print(json.dumps([name, ended, peak_mb]), flush=True)
"""


def test_every_shape_is_sanitized_or_refused_within_memory_and_time() -> None:
    tried = subprocess.run(
        [sys.executable, "-c", TRIED, str(MAX_CPU_S)],
        input=json.dumps(SHAPES),
        capture_output=True,
        text=True,
    )
    ended = [json.loads(line) for line in tried.stdout.splitlines()]
    assert [name for name, _, _ in ended] == list(SHAPES), tried.stderr[-500:]
    assert max(peak_mb for _, _, peak_mb in ended) < MAX_MEMORY_MB
    results = {name: result for name, result, _ in ended}
    for name, result in results.items():
        if name.endswith(", within"):
            assert result == "done", f"{name}: {result}"


@pytest.mark.parametrize(
    "html",
    [
        "<p>" * 50_000,
        "x<y> " * 4_000,
        "<script>" + "for(i=0;i<n;i++) {a / b};" * 100 + "</script>",
        "<p title='" + "<b>" * 20_000 + "'>",
        "<b>x</b>" * 20_000,
        "é" * 1_000_000,
    ],
    ids=lambda html: html[:12],
)
def test_what_is_within_the_limits_passes(html: str) -> None:
    check_bounds(html, LIMITS)


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<p>" * 50_001, "more elements"),
        ("</p>" * 50_001, "more elements"),
        ("<p " + " ".join(f"a{n}" for n in range(1_001)) + ">", "1,000 attributes"),
        ("<p a='>' " + " ".join(f'a{n}=">"' for n in range(1_000)) + ">", "1,000 attributes"),
        ("<p/" + "/".join(f"a{n}" for n in range(1_001)), "1,000 attributes"),
        ("é" * 1_000_001, "bytes"),
        ("a" * 2_000_001, "bytes"),
        ("<i>" * 300 + "<p>x" * 300, "more elements"),
    ],
    ids=lambda given: given[:12],
)
def test_what_is_beyond_a_limit_is_refused(html: str, reason: str) -> None:
    with pytest.raises(RefusedDocument, match=reason):
        check_bounds(html, LIMITS)


def test_an_element_with_more_than_64_attributes_is_refused() -> None:
    def tag(attributes: int) -> str:
        return "<p " + " ".join(f"a{n}=x" for n in range(attributes)) + ">words</p>"

    sanitize_html(tag(MAX_ATTRIBUTES), base_url=None, limits=LIMITS)
    with pytest.raises(RefusedDocument, match="64 attributes"):
        sanitize_html(tag(MAX_ATTRIBUTES + 1), base_url=None, limits=LIMITS)


_BEYOND = {
    "links": "".join(f"<a href=/{n}>x</a>" for n in range(24_001)),
    "links in capitals": "<A HREF = /a>x</A>" * 24_001,
    "images": "<img src=/a>" * 17_143,
    "images with words": "<img/alt='a'/src='/a'>" * 17_143,
    "titles": "<p\ntitle=a>x</p>" * 24_001,
    "links and references": "<a href='/?a&b'>&lt;&nbsp;&amp;</a>" * 17_143,
}


@pytest.mark.parametrize("html", _BEYOND.values(), ids=_BEYOND.keys())
def test_what_would_cost_too_much_is_refused_before_it_is_parsed(
    html: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("feedsvc.ingest.sanitize._parsed")
    with pytest.raises(RefusedDocument, match="together"):
        sanitize_html(html, base_url="https://quay.example/", limits=LIMITS)


@pytest.mark.parametrize(
    "html",
    [
        "<a href=/a>x</a>" * 23_999,
        "<img src=/a>" * 17_142,
        "<p style='a' class=b data-title=c>x</p>" * 40_000,
        "<script>a<b; title=1; i<p; href=2;</script>" * 9_000,
        "&eacute;&#233;x" * 150_000,
    ],
    ids=lambda html: html[:12],
)
def test_what_may_be_within_the_cost_is_not_refused_at_the_first_look(html: str) -> None:
    check_likely_cost(html)


@pytest.mark.parametrize("html", ["&lt;" * 240_001, '<a href="x">y</a>' * 24_001, "<p>" * 120_001])
def test_what_bleach_would_take_long_for_is_refused(html: str) -> None:
    check_cost(html[: len(html) // 2])
    with pytest.raises(RefusedDocument, match="together"):
        check_cost(html)
