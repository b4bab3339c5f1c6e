"""The stages in their order: a document's bytes to a draft that is fit to be stored."""

from __future__ import annotations

from dataclasses import replace

from feedsvc.errors import EmptyDocument
from feedsvc.ingest.article import Extraction, HtmlPage, MarkdownText, Readable
from feedsvc.ingest.blocks import excerpt_end, html_text, render_blocks
from feedsvc.ingest.defaults import with_defaults
from feedsvc.ingest.extract.dump.article import extract_dump
from feedsvc.ingest.extract.markdown import extract_markdown
from feedsvc.ingest.extract.page.article import extract_page
from feedsvc.ingest.extract.summary import summarize
from feedsvc.ingest.extract.textual import (
    MAX_SUMMARY_CHARS,
    clean_text,
    is_xml_text,
    to_xml_chars,
)
from feedsvc.ingest.readers import read
from feedsvc.ingest.sanitize import sanitize_html
from feedsvc.model.document import NO_DEFAULTS, RootDefaults
from feedsvc.model.entry import EntryDraft
from feedsvc.model.ids import content_fingerprint
from feedsvc.model.terms import terms_of_html
from feedsvc.settings import LimitSettings


def draft_entry(
    path: bytes,
    raw: bytes,
    limits: LimitSettings,
    excerpt_bytes: int,
    defaults: RootDefaults = NO_DEFAULTS,
) -> EntryDraft:
    """Take one document through decode, read, extract and sanitize.

    path: relative to its root. excerpt_bytes: how much of a body feeds carry. defaults: what its
    root says where it is silent.
    Raises DocumentError of the stage that refused it; anything else that a library raises on
    hostile bytes is the caller's to turn into one.
    """
    document = read(path, raw, limits)
    stated = extract(document, limits)
    extraction = with_defaults(stated, defaults)
    html = body_html(extraction, limits)
    text = html_text(html)
    if not text:
        raise EmptyDocument("nothing is left of its body; is it an article?")
    return EntryDraft(
        title=to_xml_chars(extraction.title),
        authors=tuple(
            p if is_xml_text(p.name) else replace(p, name=to_xml_chars(p.name))
            for p in extraction.authors
        ),
        published=extraction.published,
        precision=extraction.precision,
        # The primary subtag alone: en-GB and en are one language, and one feed.
        language=extraction.language.partition("-")[0].lower() if extraction.language else None,
        # Where a body is cut, what directs its text may be left open.
        summary=clean_text(extraction.summary or summarize(text), MAX_SUMMARY_CHARS),
        text=text,
        html=html,
        excerpt_end=excerpt_end(html, excerpt_bytes),
        source=to_xml_chars(extraction.source) if extraction.source else None,
        tags=tuple(map(to_xml_chars, extraction.tags)),
        enclosures=extraction.enclosures,
        canonical_url=extraction.canonical_url,
        # By what the document itself says: other defaults make no other article of it.
        fingerprint=content_fingerprint(stated.title, stated.published, text),
        evidence=tuple(
            e if is_xml_text(e.value) else replace(e, value=to_xml_chars(e.value))
            for e in (*extraction.evidence, *filter(None, [document.charset]))
        ),
        body_terms=terms_of_html(html),
    )


def extract(document: Readable, limits: LimitSettings) -> Extraction:
    if isinstance(document, HtmlPage):
        return extract_page(document, limits)
    if isinstance(document, MarkdownText):
        return extract_markdown(document, limits)
    return extract_dump(document)


def body_html(extraction: Extraction, limits: LimitSettings) -> str:
    if extraction.html is None:
        return render_blocks(extraction.blocks)
    return sanitize_html(extraction.html, base_url=extraction.base_url, limits=limits)
