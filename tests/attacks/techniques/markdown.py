"""Markdown that writes links, images and raw HTML a careless renderer lets through."""

from __future__ import annotations

from collections.abc import Iterator

_URLS = (
    *("javascript:@run@", "JavaScript:@run@", "javascript&colon;@run@", "javascript&#58;@run@", "&#106;avascript:@run@", "java&Tab;script:@run@", "java&NewLine;script:@run@"),
    *("<javascript:@run@>", "<java\tscript:@run@>", "< javascript:@run@>", "<javascript:alert('x');@run@>", "\\javascript:@run@", "javascript\\:@run@", "&#1;javascript:@run@", "javascript:123"),
    *("vbscript:@run@", "data:text/html,<script>@run@</script>", "data:text/html;base64,PHNjcmlwdD4=", "data:image/svg+xml,<svg onload=@run@>", "file:///etc/passwd", "blob:x", "//javascript:@run@"),
    *("https://example.org/\"onclick=\"@run@", "https://example.org/'onclick='@run@", "https://example.org/%22onclick=%22@run@", "<https://example.org/\" onclick=\"@run@>", "javascript://x%0a@run@"),
)  # fmt: skip
_SHAPES = (
    *("[words](javascript:@run@ \"title\")", "[words](https://example.org/ 'x\" onclick=\"@run@')", "[words](https://example.org/ \"\\\" onclick=@run@ x=\\\"\")", "[words](https://example.org/ (&quot; onclick=@run@))"),
    *("![\"onerror=@run@ x=\"](x)", "![words](x \"\\\"onerror=@run@ \")", "![words](x'onerror=@run@ ')", "![words](\"onerror=@run@)", "![x](https://example.org/\\\"onerror=@run@)", "![<img src=x onerror=@run@>](@img@)"),
    *("[![words](x)](javascript:@run@)", "[<img src=x onerror=@run@>](https://example.org/)", "[words][x]\n\n[x]: javascript:@run@", "[words][x]\n\n[x]: https://example.org/ \"><img src=x onerror=@run@>\"", "[x]\n\n[x]: <javascript:@run@>"),
    *("<javascript:@run@>", "<JAVASCRIPT:@run@>", "<data:text/html,@run@>", "<https://example.org/\"onclick=@run@>", "<x@y.example\" onclick=@run@>", "<img src=x onerror=@run@>", "<img src=x\n\nonerror=@run@>"),
    *("```<img src=x onerror=@run@>\nwords\n```", "```x\"onclick=\"@run@\nwords\n```", "~~~ <script>@run@</script>\nwords\n~~~", "    </code></pre><img src=x onerror=@run@>", "`<img src=x onerror=@run@>`", "`</code><img src=x onerror=@run@>`"),
    *("<div>\n\n<script>@run@</script>\n\n</div>", "<script>\n\n@run@\n\n</script>", "<style>\n\n@import '@load@'\n\n</style>", "<!-- --> <img src=x onerror=@run@>", "<!--\n\n--><img src=x onerror=@run@>", "<?x\n?><img src=x onerror=@run@>"),
    *("# <img src=x onerror=@run@>", "> <img src=x onerror=@run@>", "* <img src=x onerror=@run@>", "1. <script>@run@</script>", "| <img src=x onerror=@run@> |\n|---|\n| x |", "<details open ontoggle=@run@>\n\nwords\n\n</details>"),
    *("**<img src=x onerror=@run@>**", "<b onclick=@run@>**words**</b>", "<a href=\"javascript:@run@\">**words**</a>", "<a href='java\nscript:@run@'>words</a>", "\\<img src=x onerror=@run@>", "&lt;img src=x onerror=@run@&gt;", "<<img src=x onerror=@run@>>"),
    *("[x](<javascript:@run@> \"t\")", "[x]( javascript:@run@ )", "[x](\tjavascript:@run@)", "[x](\x01javascript:@run@)", "[x](&#x6a;&#x61;&#x76;&#x61;&#x73;&#x63;&#x72;&#x69;&#x70;&#x74;&#x3a;@run@)", "[x](java\\\nscript:@run@)"),
    *("[^1]: <img src=x onerror=@run@>\n\nwords[^1]", "[TOC]<img src=x onerror=@run@>", "{: onclick=\"@run@\" }\nwords", "words{onclick=\"@run@\"}", "::: x\" onclick=\"@run@\nwords\n:::", "[[javascript:@run@]]", "![[x\"onerror=@run@]]", "$<img src=x onerror=@run@>$"),
)  # fmt: skip


def payloads() -> Iterator[str]:
    for url in _URLS:
        yield f"[words]({url})"
        yield f"![words]({url})"
    yield from _SHAPES
