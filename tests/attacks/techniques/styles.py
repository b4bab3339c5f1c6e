"""CSS: what loads, what covers the page, and what once ran."""

from __future__ import annotations

from collections.abc import Iterator

_DECLARATIONS = (
    *("background:url(@load@)", "background-image:url('@load@')", 'background:url("@load@")', "background:\\75rl(@load@)", "background:u\\72l(@load@)"),
    *("background:url(javascript:@run@)", "list-style:url(@load@)", "list-style-image:url(@load@)", "content:url(@load@)", "cursor:url(@load@),auto"),
    *("border-image:url(@load@)", "border-image-source:url(@load@) 1", "mask:url(@load@)", "-webkit-mask-image:url(@load@)", "clip-path:url(@load@#x)"),
    *("filter:url(@load@#x)", "shape-outside:url(@load@)", "background:image-set('@load@' 1x)", "background:-webkit-image-set(url(@load@) 1x)"),
    *("background:/*x*/url(@load@)", "background:url(\n@load@\n)", "--x:url(@load@);background:var(--x)", "width:expression(@run@)", "width:ex/**/pression(@run@)"),
    *("-moz-binding:url(@load@#x)", "behavior:url(@load@)", "x:\\65xpression(@run@)", "position:fixed;top:0;left:0;width:100%;height:100%;z-index:99999;background:red"),
    *("position:absolute;inset:0;opacity:0", "display:none", "font-size:0", "color:transparent", "visibility:hidden", "transform:scale(99)", "margin:-9999px"),
    *("animation:x 1s", "transition:all 1s", "pointer-events:auto;position:fixed;inset:0", "background:url(data:image/svg+xml,<svg/onload=@run@>)", "background:src('@load@')"),
)  # fmt: skip
_SHEETS = (
    *("<style>@import '@load@';</style>", "<style>@import url(@load@);</style>", '<style>@\\69mport "@load@";</style>', "<STYLE>*{background:url(@load@)}</STYLE>"),
    *("<style>@font-face{font-family:x;src:url(@load@)}*{font-family:x}</style>words", "<style>p{background:url(@load@)}</style><p>words</p>", "<style>@namespace x url(@load@);p{background:url(@load@)}</style><p>w</p>"),
    *("<link rel=stylesheet href=@load@>", "<LINK REL='StyleSheet' HREF='@load@'>", "<link rel='alternate stylesheet' title=x href=@load@>", "<link rel=stylesheet href='data:text/css,*{background:url(@load@)}'>"),
    *("<style>*::before{content:url(@load@)}</style>", "<style>input[value^=a]{background:url(@load@)}</style><input value=abc>", "<style media=all onload=@run@></style>", "<style>@page{background:url(@load@)}</style>"),
    *("<style type=text/css>@charset 'x';@import '@load@';</style>", "<style><!--*{background:url(@load@)}--></style>", "<div><style scoped>*{background:url(@load@)}</style>words</div>", "<style>@keyframes x{from{left:0}}p{animation:x}</style><p onanimationstart=@run@>words</p>"),
    *("<style>x{}</style><x style=animation-name:x onanimationend=@run@>", "<style>*{x:expression(@run@)}</style>", "<style>\\@import '@load@'</style><style>@import'@load@'</style>", "<p class='x' style>words</p><style>.x{background:url(@load@)}</style>"),
    *("<style/><img src=x onerror=@run@>", "<style><style/><img src=x onerror=@run@>", "<style></style\t><img src=x onerror=@run@>", "<style>/*</style><img src=x onerror=@run@>*/</style>"),
)  # fmt: skip


def payloads() -> Iterator[str]:
    for declaration in _DECLARATIONS:
        quoted = declaration.replace('"', "&quot;")
        yield f'<p style="{quoted}">words</p>'
    for tag in "a img table td li code figure details".split():
        yield f"<{tag} style='background:url(@load@);position:fixed;inset:0'>words</{tag}>"
    yield from _SHEETS
    yield "<p STYLE=background:url(@load@)>words</p>"
    yield "<p style\n=\n'background:url(@load@)'>words</p>"
    yield "<p style=&#98;ackground:url(@load@)>words</p>"
    yield "<p style='background:url&lpar;@load@&rpar;'>words</p>"
    yield "<font color=red face='x' style=background:url(@load@)>words</font>"
    yield "<p bgcolor=red background=@load@>words</p>"
