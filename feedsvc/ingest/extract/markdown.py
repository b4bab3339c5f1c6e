"""A Markdown document to what it says: its front matter first, then its text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from feedsvc.errors import EmptyDocument, RefusedDocument
from feedsvc.ingest.article import Extraction, MarkdownText
from feedsvc.ingest.extract.days.dates import find_date
from feedsvc.ingest.extract.frontmatter import FrontMatter
from feedsvc.ingest.extract.language import identify_language
from feedsvc.ingest.extract.people.byline import parse_byline
from feedsvc.ingest.extract.people.leads import byline_lead
from feedsvc.ingest.extract.textual import clean_text
from feedsvc.model.entry import Evidence, Precision
from feedsvc.model.ids import fold
from feedsvc.settings import LimitSettings

_TITLE_LINE_CHARS = 120
_LINES_LOOKED_AT = 3
_MAX_BYLINE_CHARS = 120


def extract_markdown(document: MarkdownText, limits: LimitSettings) -> Extraction:
    """What the front matter states, else what the first lines say; the body rendered to HTML.

    Raises RefusedDocument for a draft or a text beyond the limit, EmptyDocument without any text.
    """
    front = FrontMatter.of(document.front_matter)
    if front.is_draft:
        raise RefusedDocument("marked as draft; remove the mark to publish it")
    if len(document.text.encode("utf-8", "replace")) > limits.max_html_bytes:
        raise RefusedDocument(
            f"its text is larger than limits.max_html_bytes ({limits.max_html_bytes:,})"
        )
    tokens = _markdown().parse(document.text)
    title, title_rule = front.title, "front matter"
    if not title:
        title, title_rule = _first_heading(tokens)
    if not title:
        title, title_rule = _first_line(tokens), "first line"
    if not title:
        raise EmptyDocument("it has neither a title nor any text")
    tokens = _without_title(tokens, title)
    lines = _first_lines(tokens)
    language, language_rule = front.language, "front matter"
    if not language and (found := identify_language(document.text)):
        language, language_rule = found.code, "detected"
    authors, authors_rule = front.authors, "front matter"
    if byline := _byline(lines):
        tokens = _without_paragraph(tokens, byline)
        if not authors:
            authors, authors_rule = parse_byline(byline), "byline"
    published, published_rule = front.published, "front matter"
    if published is None:
        dates = (find_date(line, language=language or None) for line in lines)
        published, published_rule = next(filter(None, dates), None), "first lines"
    stated = (
        ("title", title, title_rule),
        ("authors", ", ".join(person.name for person in authors), authors_rule),
        ("published", published.instant.isoformat() if published else "", published_rule),
        ("language", language, language_rule),
    )
    _shift_headings(tokens)
    renderer = _markdown()
    return Extraction(
        title=title,
        authors=authors,
        published=published.instant if published else None,
        precision=published.precision if published else Precision.ARRIVAL,
        local_time=published.local_time if published else None,
        language=language or None,
        summary=front.summary,
        html=str(renderer.renderer.render(tokens, renderer.options, {})),
        base_url=front.canonical_url,
        source=front.source,
        tags=front.tags,
        enclosures=front.enclosures,
        canonical_url=front.canonical_url,
        evidence=tuple(
            Evidence(field=field, value=value, rule=rule, confidence=_CONFIDENCE.get(rule, 0.6))
            for field, value, rule in stated
            if value
        ),
    )


_CONFIDENCE = {"front matter": 1.0, "first heading": 0.9, "detected": 0.8}


@cache
def _markdown() -> MarkdownIt:
    # Raw HTML is let through here: what comes out is sanitized either way.
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def _plain(inline: Token) -> str:
    """The words of a heading or paragraph, its marks and raw tags left out."""
    words = []
    for child in inline.children or ():
        if child.type in ("softbreak", "hardbreak"):
            words.append(" ")
        elif child.type in ("text", "code_inline"):
            words.append(child.content)
    return "".join(words)


def _first_heading(tokens: Sequence[Token]) -> tuple[str, str]:
    """The first h1, or where there is none the heading of any level that comes first."""
    headings = [(token.tag, i) for i, token in enumerate(tokens) if token.type == "heading_open"]
    for _, i in sorted(headings, key=lambda heading: heading[0] != "h1")[:1]:
        return clean_text(_plain(tokens[i + 1])), "first heading"
    return "", ""


def _first_line(tokens: Sequence[Token]) -> str:
    words = next((text for t in tokens if t.type == "inline" and (text := _plain(t).strip())), "")
    return clean_text(words, _TITLE_LINE_CHARS)


def _without_title(tokens: list[Token], title: str) -> list[Token]:
    """Without the first heading that says the title again."""
    for i, token in enumerate(tokens):
        if token.type == "heading_open" and token.level == 0:
            if fold(clean_text(_plain(tokens[i + 1]))) == fold(title):
                return tokens[:i] + tokens[i + 3 :]
            if token.tag == "h1":
                break
    return tokens


def _shift_headings(tokens: Sequence[Token]) -> None:
    headings = [t for t in tokens if t.type in ("heading_open", "heading_close")]
    if any(heading.tag == "h1" for heading in headings):
        for heading in headings:
            heading.tag = f"h{min(int(heading.tag[1:]) + 1, 6)}"


def _first_lines(tokens: Sequence[Token]) -> list[str]:
    """Short lines at the top of the text, where a byline or a date may stand."""
    inlines = [_plain(token).strip() for token in tokens if token.type == "inline"]
    return [line for line in inlines[:_LINES_LOOKED_AT] if len(line) <= _MAX_BYLINE_CHARS]


def _byline(lines: Sequence[str]) -> str:
    return next((line for line in lines if byline_lead(line) and parse_byline(line)), "")


def _without_paragraph(tokens: list[Token], text: str) -> list[Token]:
    for i, token in enumerate(tokens):
        if token.type == "inline" and token.level == 1 and _plain(token).strip() == text:
            return tokens[: i - 1] + tokens[i + 2 :]
    return tokens
