"""Characters that turn text around, are not seen, or become others when they are folded."""

from __future__ import annotations

from collections.abc import Iterator

_TURNING = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200e\u200f\u061c"
_UNSEEN = (
    "\u200b\u2060\ufeff\u00ad\u180e\u034f\u115f\u3164\u2062\u2063\ufff9\ufffb\ue0001\u206a\u17b4"
)
_FOLDING = (
    *("\uff1cimg src=x onerror=@run@\uff1e", "\ufe64img src=x onerror=@run@\ufe65", "<\uff49mg src=x onerror=@run@>", "<im\u0261 src=x onerror=@run@>"),
    *("<\u017fcript>@run@</\u017fcript>", "<scr\u0131pt>@run@</scr\u0131pt>", "<\u212aeygen onclick=@run@>", "<s\u0441ript>@run@</s\u0441ript>", "<img src=x \uff4fnerror=@run@>"),
    *("<a href=\u212aavascript:@run@>w</a>", "<img src=x onerror=\uff02@run@\uff02>", "\u226e\u0338img src=x onerror=@run@>", "<\u0338img src=x onerror=@run@>", "<img src=x onerror=@run@\u0338>"),
    *("<img src=x on\u00e9rror=@run@>", "<i\u0307mg src=x onerror=@run@>", "\u3008img src=x onerror=@run@\u3009", "\u2329img src=x onerror=@run@\u232a", "\u02c2script\u02c3@run@\u02c2/script\u02c3"),
)  # fmt: skip


def payloads() -> Iterator[str]:
    run = "<img src=x onerror=@run@>"
    for character in _TURNING:
        yield f"<p>invoice{character}fdp.exe {run}</p>"
        yield f"<a href='https://example.org/{character}x' title='{character}x'>words{character}</a>"
    for character in _UNSEEN:
        yield f"<p>wo{character * 40}rds{run}</p>"
        yield f"<scr{character}ipt>@run@</scr{character}ipt><script{character}>@run@</script>"
        yield f"<img src=x {character}onerror=@run@>"
        yield f"<{character}img src=x onerror=@run@>"
    yield from _FOLDING
    yield f"<p>Z{chr(0x0335) * 500}algo {run}</p>"
    yield f"<p>{chr(0x1F468)}{(chr(0x200D) + chr(0x1F469)) * 200}{run}</p>"
    yield f"<p>&#xD800;&#xDFFF;&#xFFFE;&#xFFFF;&#1;&#8;&#11;&#127;&#128;&#x10FFFF;&#x110000;{run}</p>"
    yield f"<p title='&#1;&#8;&#11;&#x1f;&#xFFFE;&#xD800;'>words{run}</p>"
    yield f"<p>\x01\x08\x0b\x1b[31m\x7f\x85\ufffe\uffff words{run}</p>"
    yield "<a href='https://example.org/&#1;&#xFFFE;' title='\x1b]0;x\x07'>words</a>"
    yield "<p>\u2066\u2067\u2068\u202e" * 40 + "words</p>" + run
