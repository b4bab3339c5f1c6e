"""Payloads as documents: in the body, in every field that a format has, and in the file's name."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import yaml

from tests.attacks.payloads import Payload

# A payload may swallow those behind it: each kind of document has them in another order.
_STRIDES = {"html": 1, "md": 11, "txt": 13}
MAX_NAME_BYTES = 200
_PROSE = (
    "The {nth} thing to say of harbour {number} is that its master closed both gates before the "
    "storm, and that nobody who had been asked about it disagreed with him in the end, whatever "
    "they had said on the quay the evening before."
)


@dataclass(frozen=True, kw_only=True)
class Document:
    """name: of its file. payloads: all that are in it."""

    name: bytes
    raw: bytes
    payloads: tuple[Payload, ...]


def make_documents(payloads: Sequence[Payload], *, together: int) -> Iterator[Document]:
    """Each payload in a document of each kind, so many `together`; an odd charset has its own."""
    plain = [payload for payload in payloads if payload.encode is None]
    for kind, stride in _STRIDES.items():
        shuffled = [plain[(place * stride) % len(plain)] for place in range(len(plain))]
        ordered = list(dict.fromkeys(shuffled)) if len(set(shuffled)) == len(plain) else plain
        for start in range(0, len(ordered), together):
            group = tuple(ordered[start : start + together])
            written = _KINDS[kind](group).encode("utf-8", "replace")
            yield Document(name=_name(kind, group[0]), raw=written, payloads=group)
    for payload in payloads:
        if payload.encode:
            page = _page(
                (payload,), head="<title>Charset @</title>".replace("@", str(payload.number))
            )
            yield Document(
                name=_name("html", payload), raw=payload.encode(page), payloads=(payload,)
            )


def _name(kind: str, payload: Payload) -> bytes:
    """The payload as the file's name, as much as fits; it may hold anything but NUL and a slash."""
    told = payload.markup.replace("/", "|").replace("\0", "").encode("utf-8", "replace")
    return told[:MAX_NAME_BYTES] + f" {payload.number}.{kind}".encode()


def _three(group: Sequence[Payload]) -> tuple[Payload, Payload, Payload]:
    """For three fields; the last group may have fewer."""
    return group[0], group[1 % len(group)], group[2 % len(group)]


def _field(payload: Payload) -> str:
    """The payload on one line."""
    return " ".join(payload.markup.split())


def _prose(group: Sequence[Payload], nth: str) -> str:
    return _PROSE.format(nth=nth, number=group[0].number)


def _html(group: Sequence[Payload]) -> str:
    return _with_linked_data(group) if group[0].number % 2 else _with_meta(group)


def _with_meta(group: Sequence[Payload]) -> str:
    """Fields by <meta>; the title as text in <title> and as markup in <h1>."""
    first, second, third = _three(group)
    named = {"author": first, "description": second, "keywords": third, "twitter:title": first}
    of = {"og:site_name": third, "og:title": first, "og:description": second, "article:tag": first}
    head = f"<title>{escape(_field(first))}</title>"
    head += "".join(f'<meta name="{k}" content="{escape(_field(p))}">' for k, p in named.items())
    head += "".join(f'<meta property="{k}" content="{escape(_field(p))}">' for k, p in of.items())
    head += (
        f'<link rel=canonical href="https://example.org/{first.number}/{escape(_field(second))}">'
    )
    return _page(group, head=head, heading=_field(first))


def _with_linked_data(group: Sequence[Payload]) -> str:
    """Fields by JSON-LD, title and byline as text in the page."""
    first, second, third = _three(group)
    told = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": _field(first),
        "author": [{"@type": "Person", "name": _field(second), "url": "javascript:ran(0)"}],
        "publisher": {"@type": "Organization", "name": _field(third)},
        "description": _field(second),
        "keywords": [_field(third), _field(first)],
        "datePublished": "2022-11-13T10:00:00Z",
        "url": f"javascript:{_field(third)}",
        "articleSection": _field(first),
        "inLanguage": _field(second)[:20],
        "image": "javascript:ran(0)",
        "audio": {"contentUrl": "javascript:ran(0)", "encodingFormat": _field(third)},
    }
    written = json.dumps(told).replace("</", "<\\/")
    head = f"<title>{escape(_field(first))}</title>"
    head += f'<script type="application/ld+json">{written}</script>'
    return _page(group, head=head, heading=escape(_field(first)))


def _page(group: Sequence[Payload], *, head: str, heading: str = "A harbour") -> str:
    bodies = "\n".join(f"<p>{_prose(group, 'next')}</p><div>{p.markup}</div>" for p in group)
    return (
        f"<!doctype html><html><head>{head}</head><body><article><h1>{heading}</h1>\n"
        f"<p>{_prose(group, 'first')}</p>\n{bodies}\n<p>{_prose(group, 'last')}</p>"
        "</article></body></html>"
    )


def _markdown(group: Sequence[Payload]) -> str:
    first, second, third = _three(group)
    values = {
        "title": _field(first),
        "author": [_field(second), {"name": _field(third)}],
        "tags": [_field(third), _field(first)],
        "source": _field(second),
        "summary": _field(third),
        "lang": _field(first)[:20],
        "url": f"javascript:{_field(second)}",
        "date": "2022-11-13",
    }
    fields = yaml.safe_dump(values, allow_unicode=True, width=10**6)
    bodies = "\n\n".join(f"{_prose(group, 'next')}\n\n{p.markup}" for p in group)
    return f"---\n{fields}---\n{_prose(group, 'first')}\n\n{bodies}\n\n{_prose(group, 'last')}\n"


def _text(group: Sequence[Payload]) -> str:
    first, second, third = _three(group)
    bodies = "\n\n".join(f"{_prose(group, 'next')}\n\n{p.markup}" for p in group)
    return (
        f"{_field(third)}\n\n{_field(first)}\n\nBy {_field(second)}\nNovember 13, 2022\n\n"
        f"{_prose(group, 'first')}\n\n{bodies}\n\n{_prose(group, 'last')}\n"
    )


_KINDS: Mapping[str, Callable[[Sequence[Payload]], str]] = {
    "html": _html,
    "md": _markdown,
    "txt": _text,
}
