"""Names that stand before the document's own, for the scripts of a reader."""

from __future__ import annotations

from collections.abc import Iterator

_NAMES = (
    "getElementById querySelector body head forms cookie documentElement createElement defaultView"
    " currentScript location implementation domain ran nodeName attributes parentNode children"
    " innerHTML submit action firstChild removeChild ownerDocument __proto__ constructor toString"
).split()


def payloads() -> Iterator[str]:
    for name in _NAMES:
        yield f"<img name={name} src=@img@>"
        yield f"<form id={name} name={name}><input name={name}></form>"
    yield "<a id=x><a id=x name=y href='javascript:@run@'>words</a>"
    yield "<form id=x><output id=y>words</output></form>"
    yield "<iframe name=x srcdoc='<a id=y href=javascript:@run@>words</a>'></iframe>"
    yield "<object name=x data=@load@></object>"
    yield "<embed name=body src=@load@>"
    yield "<p id=main>words</p><p id=main>words</p>"
    yield "<form><input name=parentNode><input name=nodeName><p onclick=@run@>words</p></form>"
    yield "<a id=location href=@go@>words</a>"
    yield "<map name=x><area href=javascript:@run@ shape=default></map><img usemap=#x src=@img@>"
    yield "<label for=main onclick=@run@>words</label>"
    yield "<p class='site skip' id=feedsvc>words</p>"
    yield "<p class='body byline' role=button aria-live=assertive>words</p>"
    yield "<p accesskey=a tabindex=1 onclick=@run@>words</p>"
    yield "<p contenteditable autofocus onfocus=@run@>words</p>"
    yield "<p data-x=1 data-controller=x data-action='click->x#@n@'>words</p>"
