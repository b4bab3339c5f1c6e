"""What runs once it is decoded again: references of references, percent signs, escapes."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from urllib.parse import quote

_INNER = (
    "<script>@run@</script>",
    "<img src=x onerror=@run@>",
    "<svg onload=@run@>",
    "<iframe src=javascript:parent.@run@></iframe>",
    "<a href=javascript:@run@>words</a>",
    "<details open ontoggle=@run@>words</details>",
)


def payloads() -> Iterator[str]:
    for inner in _INNER:
        once = escape(inner, quote=False)
        yield f"<p>{once}</p>"
        yield f"<p>{escape(once)}</p>"
        yield f"<p>{escape(escape(once))}</p>"
        yield f"<p title='{escape(inner)}'>words</p>"
        yield f"<p title='{escape(escape(inner))}'>words</p>"
        yield f"<img alt='{escape(escape(inner))}' src=@img@>"
        yield f"<p>{''.join(f'&#{ord(c)};' for c in inner)}</p>"
        yield f"<p>{''.join(f'&#x{ord(c):x}' for c in inner)};</p>"
        yield f"<p>{quote(inner, safe='@')}</p>"
        yield f"<a href='https://example.org/?q={quote(inner, safe='@')}'>words</a>"
        yield f"<a href='https://example.org/?q={quote(quote(inner, safe='@'), safe='@')}'>words</a>"
        yield f"<a href='https://example.org/#{escape(escape(inner))}'>words</a>"
        yield f"<pre><code>{once}</code></pre>"
        yield inner.replace("<", "\\u003c").replace(">", "\\u003e")
        yield inner.replace("<", "\\x3c").replace(">", "\\x3e")
        yield inner.replace("<", "&LT").replace(">", "&GT")
        yield inner.replace("<", "%253C").replace(">", "%253E")
        yield f"<textarea>{once}</textarea>"
        yield f"<noscript>{once}</noscript>"
        yield f"]]&gt;{once}&lt;![CDATA["
