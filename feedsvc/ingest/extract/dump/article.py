"""The article in a text dump of a page: lines and their roles made into fields with evidence."""

from __future__ import annotations

import re

from feedsvc.errors import EmptyDocument
from feedsvc.ingest.article import Block, BlockKind, Extraction, TextDump
from feedsvc.ingest.extract import cues
from feedsvc.ingest.extract.dump import roles
from feedsvc.ingest.extract.dump.byline import find_authors
from feedsvc.ingest.extract.dump.context import describe_context
from feedsvc.ingest.extract.dump.dateline import find_published
from feedsvc.ingest.extract.dump.features import describe_lines
from feedsvc.ingest.extract.dump.imprint import find_address, find_source
from feedsvc.ingest.extract.dump.lines import Line, join_lines
from feedsvc.ingest.extract.dump.parts import TEXT_ROLES, Role
from feedsvc.ingest.extract.dump.reliability import Reliability, learned
from feedsvc.ingest.extract.dump.roles import Labelled
from feedsvc.ingest.extract.language import identify_language
from feedsvc.ingest.extract.summary import summarize
from feedsvc.ingest.extract.textual import clean_text
from feedsvc.model.entry import Evidence, Precision

_KINDS = {
    Role.STANDFIRST: BlockKind.PARAGRAPH,
    Role.BODY: BlockKind.PARAGRAPH,
    Role.SUBHEADING: BlockKind.HEADING,
    Role.LIST: BlockKind.LIST_ITEM,
    Role.QUOTATION: BlockKind.QUOTATION,
}
_MADE_TITLE_CHARS = 90
_SIGNS = re.compile(r"[\W_]+")


def label_lines(dump: TextDump) -> list[Labelled]:
    """Each line of a dump with its role, its part of the page, and why."""
    return roles.label_lines(read_lines(dump.lines))


def read_lines(physical: tuple[str, ...]) -> list[Line]:
    """The logical lines of a dump with all their features, blank ones left out."""
    lines = join_lines(physical)
    describe_lines(lines)
    describe_context(lines)
    return lines


def extract_dump(dump: TextDump) -> Extraction:
    """Take the article out of a text dump.

    Raises EmptyDocument if it holds no body.
    """
    return compose(label_lines(dump))


def compose(labelled: list[Labelled], reliability: Reliability | None = None) -> Extraction:
    """The fields of the article that labelled lines tell of.

    reliability: how sure means how right; the learned one, unless another is given.
    Raises EmptyDocument if they hold no body.
    """
    blocks = _blocks(labelled)
    if not any(any(map(str.isalpha, b.text)) for b in blocks):
        raise EmptyDocument("there is no article text in this file: look whether it was cut off")
    language = identify_language("\n\n".join(block.text for block in blocks))
    code = language.code if language else None
    title, title_evidence = _title(labelled, blocks)
    authors, author_evidence = find_authors(labelled)
    dated = find_published(labelled, code)
    source, source_evidence = find_source(labelled)
    url, url_evidence = find_address(labelled)
    evidence = [
        title_evidence,
        *author_evidence,
        *source_evidence,
        *url_evidence,
        _body_evidence(labelled, blocks),
    ]
    if dated:
        evidence.append(dated.evidence)
    if language:
        evidence.append(
            Evidence(
                field="language",
                value=language.code,
                rule="script and letters of the body",
                confidence=language.confidence,
            )
        )
    confidence = (reliability or learned()).confidence
    return Extraction(
        title=title,
        authors=authors,
        published=dated.found.instant if dated else None,
        precision=dated.found.precision if dated else Precision.ARRIVAL,
        local_time=dated.found.local_time if dated else None,
        language=code,
        summary=summarize(_prose(blocks)),
        blocks=tuple(blocks),
        source=source,
        canonical_url=url,
        evidence=tuple(
            Evidence(
                field=e.field,
                value=e.value,
                rule=e.rule,
                confidence=e.confidence and confidence(e.field, e.confidence),
                lines=e.lines,
            )
            for e in evidence
        ),
    )


def _blocks(labelled: list[Labelled]) -> list[Block]:
    blocks = []
    for item in labelled:
        kind = _KINDS.get(item.role)
        if kind is None:
            continue
        text = item.line.written
        if kind is BlockKind.LIST_ITEM and text.endswith((":", "：")) and not item.line.bullet:
            kind = BlockKind.PARAGRAPH  # which leads in the list
        elif kind is BlockKind.LIST_ITEM:
            text = cues.BULLET.sub("", text, count=1) or text
        blocks.append(Block(text=text, kind=kind, lines=item.line.numbers))
    return blocks


def _prose(blocks: list[Block]) -> str:
    """What a summary is cut from: the paragraphs without headings between them."""
    prose = [b.text for b in blocks if b.kind is not BlockKind.HEADING]
    return "\n\n".join(prose[:5] or [b.text for b in blocks[:1]])


def _body_evidence(labelled: list[Labelled], blocks: list[Block]) -> Evidence:
    """As sure as the body may be expected to be right: its F1 over the weights of all paths."""
    kept = sum(item.line.width for item in labelled if item.role in TEXT_ROLES)
    right = sum(item.line.width * item.text for item in labelled if item.role in TEXT_ROLES)
    meant = sum(item.line.width * item.text for item in labelled)
    return Evidence(
        field="body",
        value=f"{len(blocks)} blocks",
        rule="the best path through the parts of the page",
        confidence=2 * right / (kept + meant),
        lines=tuple(n for block in blocks for n in block.lines),
    )


def _title(labelled: list[Labelled], blocks: list[Block]) -> tuple[str, Evidence]:
    for item in labelled:
        if item.role is Role.TITLE:
            text = item.line.text
            title = clean_text(cues.BULLET.sub("", text) if item.line.bullet else text)
            return title, Evidence(
                field="title",
                value=title,
                rule=f"title line: {item.why}",
                confidence=item.sure,
                lines=item.line.numbers,
            )
    # Headings last: they say less of an article than its first sentence.
    ledes = sorted(blocks, key=lambda block: block.kind is BlockKind.HEADING)
    made = ((_beginning(lede.text), lede) for lede in ledes)
    title, lede = next(one for one in made if any(map(str.isalnum, one[0])))
    return title, Evidence(
        field="title",
        value=title,
        rule="no title line: the beginning of the text",
        confidence=0.0,
        lines=lede.lines,
    )


def _beginning(text: str) -> str:
    """Of a title's length; where signs alone would fill that, from the first letter on."""
    title = clean_text(summarize(text, _MADE_TITLE_CHARS))
    if any(map(str.isalnum, title)):
        return title
    return clean_text(summarize(_SIGNS.sub("", text, count=1), _MADE_TITLE_CHARS))
