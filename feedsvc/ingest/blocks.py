"""Bodies by their blocks: plain text to HTML, safe HTML to plain text, and where to cut it."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from itertools import groupby
from operator import attrgetter

from feedsvc.errors import RefusedDocument
from feedsvc.ingest.article import Block, BlockKind
from feedsvc.ingest.bounds import VOID_ELEMENTS
from feedsvc.ingest.extract.textual import balance_isolates, without_overrides
from feedsvc.ingest.policy import BLOCK_ELEMENTS
from feedsvc.ingest.sanitize import PLAIN_TOKEN, escape, xml_chars

_SPACES = re.compile("[ \t\n]+")
_CELLS = frozenset({"td", "th"})


def render_blocks(blocks: tuple[Block, ...]) -> str:
    """HTML from plain text: all of it escaped, in the spelling that sanitizing leaves as it is.

    Nothing of the text can become markup, so the parsers are spared; a last check is not.
    """
    html = _written(blocks)
    if _PLAIN.fullmatch(html) is None:
        html = _written(tuple(replace(block, text=_cleaned(block.text)) for block in blocks))
        if _PLAIN_OR_ISOLATED.fullmatch(html) is None:
            raise RefusedDocument("its text would be taken for HTML")
    return html


def _cleaned(text: str) -> str:
    return balance_isolates(without_overrides(xml_chars(text)))


# The characters of `is_undirected`, but for those that mean something in HTML.
_CHARS = "\t\n -%'-;=?-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff"
_MARKUP = "</?(?:p|pre|h2|ul|li|blockquote|br)>|&(?:amp|lt|gt|nbsp);"
# All that may have been written; to match it is several times as fast as `check_safe`.
_PLAIN = re.compile(f"(?:[{_CHARS}]++|{_MARKUP})*+")
_PLAIN_OR_ISOLATED = re.compile(f"(?:[{_CHARS}\u2066-\u2069]++|{_MARKUP})*+")


def _written(blocks: tuple[Block, ...]) -> str:
    rendered = []
    for kind, group in groupby(blocks, key=attrgetter("kind")):
        texts = [text for block in group if (text := block.text.strip("\n"))]
        if not texts:
            continue
        if kind is BlockKind.PREFORMATTED:
            rendered += [f"<pre>{escape(text)}</pre>" for text in texts]
        elif kind is BlockKind.HEADING:
            rendered += [f"<h2>{_lines(text)}</h2>" for text in texts]
        elif kind is BlockKind.LIST_ITEM:
            items = "\n".join(f"<li>{_lines(text)}</li>" for text in texts)
            rendered.append(f"<ul>\n{items}\n</ul>")
        else:
            paragraphs = "\n".join(f"<p>{_lines(text)}</p>" for text in texts)
            quoted = kind is BlockKind.QUOTATION
            rendered.append(f"<blockquote>\n{paragraphs}\n</blockquote>" if quoted else paragraphs)
    return "\n".join(rendered)


def _lines(text: str) -> str:
    html = escape(text.strip())
    return html.replace("\n", "<br>\n") if "\n" in html else html


def excerpt_end(html: str, limit_bytes: int) -> int | None:
    """Where to cut sanitized `html` for feeds: an offset in characters, between two blocks.

    None where the whole fits into `limit_bytes` of UTF-8. 0 where not even the first block does
    (one enormous table): feeds then carry the summary in place of a beginning, never half a block.
    """
    if len(html.encode()) <= limit_bytes:
        return None
    end = size_bytes = depth = position = 0
    while token := PLAIN_TOKEN.match(html, position):
        position = token.end()
        size_bytes += len(token[0].encode())
        if size_bytes > limit_bytes:
            break
        name = token["start"] or token["end"]
        if name and name not in VOID_ELEMENTS:
            depth += 1 if token["start"] else -1
        if depth == 0 and name in BLOCK_ELEMENTS:
            end = position
    return end


def html_text(html: str) -> str:
    """The plain text of sanitized HTML, its blocks separated by a blank line.

    Captions are left out: they describe pictures, which plain text does not have.
    """
    paragraphs: list[str] = []
    open_pre = 0
    words: list[str] = []

    def end_paragraph() -> None:
        text = "".join(words)
        words.clear()
        if not text or text.isspace():  # as between any two blocks
            return
        lines = text.strip("\n").split("\n") if open_pre else map(_single_spaced, text.split("\0"))
        paragraph = "\n".join(lines).replace("\0", "\n").strip("\n")
        if paragraph.strip():
            paragraphs.append(paragraph)

    # Here "<" and ">" stand around tags alone, and no "&" for itself.
    before, *pieces = html.split("<")
    words.append(unescape(before))
    for piece in pieces:
        tag, _, text = piece.partition(">")
        name = tag.partition(" ")[0].removeprefix("/")
        if name == "br":
            words.append("\0")  # no body holds one: it marks the only line ends that count
        elif name in _CELLS:
            words.append(" ")
        elif name in BLOCK_ELEMENTS:
            if tag == "/figcaption":
                words.clear()
            end_paragraph()
            open_pre += (name == "pre") * (-1 if tag == "/pre" else 1)
        if text:
            words.append(unescape(text) if "&" in text else text)
    end_paragraph()
    return "\n\n".join(paragraphs)


def _single_spaced(line: str) -> str:
    if "  " in line or "\t" in line or "\n" in line:
        line = _SPACES.sub(" ", line)
    return line.strip(" ")
