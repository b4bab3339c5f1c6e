"""`feedsvc extract`: what would be made of documents, and why; without a store."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from feedsvc.cli.options import common_options
from feedsvc.errors import DocumentError, RefusedDocument, UnreadableDocument
from feedsvc.ingest.article import TextDump
from feedsvc.ingest.discover import Found, WatchedRoot
from feedsvc.ingest.extract.dump import label_lines
from feedsvc.ingest.extract.roles import Role
from feedsvc.ingest.pipeline import draft_entry
from feedsvc.ingest.readers import read
from feedsvc.model.entry import EntryDraft, Precision
from feedsvc.settings import Settings

log = logging.getLogger(__name__)

_COLOURS = {
    Role.TITLE: "bright_green",
    Role.KICKER: "green",
    Role.STANDFIRST: "green",
    Role.BYLINE: "bright_magenta",
    Role.PUBLISHED: "bright_yellow",
    Role.UPDATED: "yellow",
    Role.MASTHEAD_DATE: "red",
    Role.SUBHEADING: "cyan",
    Role.LIST: "cyan",
    Role.QUOTATION: "cyan",
    Role.BODY: None,
}


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH…")
@click.option("--jsonl", is_flag=True, help="One JSON object a document, with its evidence.")
@click.option("--explain", is_flag=True, help="Each line's role, and why each field is as it is.")
@common_options
def extract(settings: Settings, paths: tuple[Path, ...], jsonl: bool, explain: bool) -> None:
    """Show what would be extracted from PATH…, files or folders; nothing is stored.

    Exit status 1 if a document could not be published.
    """
    if jsonl and explain:
        raise click.UsageError("choose one of --jsonl and --explain")
    show = _show_json if jsonl else _show_explained if explain else _show_short
    failed = False
    for path in paths:
        for root, found in _find(path, settings.limits.max_document_bytes):
            # A root without a name: what is below it begins with a slash.
            name = f"{path}{found.path}" if path.is_dir() else str(path)
            try:
                raw = _read(root, found)
                draft = draft_entry(
                    found.path.path, raw, settings.limits, settings.feeds.body_excerpt_bytes
                )
                show(name, draft, found.path.path, raw, settings)
            except DocumentError as error:
                failed = True
                _show_error(name, error, as_json=jsonl)
            except Exception as error:  # the loop over documents goes on
                failed = True
                log.debug("document failed", exc_info=True)
                refused = RefusedDocument(f"could not be extracted ({type(error).__name__})")
                _show_error(name, refused, as_json=jsonl)
    if failed:
        sys.exit(1)


def _find(path: Path, max_document_bytes: int) -> Iterator[tuple[WatchedRoot, Found]]:
    if path.is_dir():
        root = WatchedRoot(name="", directory=path, max_document_bytes=max_document_bytes)
        for found in root.scan():
            yield root, found
        return
    root = WatchedRoot(name="", directory=path.parent, max_document_bytes=max_document_bytes)
    named = root.find(os.fsencode(path.name))
    if named is None:
        raise click.UsageError(f"there is no file {path}")
    yield root, named


def _read(root: WatchedRoot, found: Found) -> bytes:
    if found.refusal:
        raise UnreadableDocument(found.refusal.reason)
    return root.read(found).raw


def _published(draft: EntryDraft) -> str | None:
    """As precise as it is known: a day, or an instant in UTC."""
    if draft.published is None:
        return None
    if draft.precision is Precision.DAY:
        return draft.published.date().isoformat()
    return draft.published.isoformat().replace("+00:00", "Z")


def _show_json(name: str, draft: EntryDraft, path: bytes, raw: bytes, settings: Settings) -> None:
    values: dict[str, Any] = {  # Any: JSON
        "path": name,
        "title": draft.title,
        "authors": [person.name for person in draft.authors],
        "published": _published(draft),
        "precision": draft.precision,
        "language": draft.language,
        "source": draft.source,
        "tags": list(draft.tags),
        "canonical_url": draft.canonical_url,
        "summary": draft.summary,
        "text": draft.text,
        "html": draft.html,
        "evidence": [asdict(evidence) for evidence in draft.evidence],
    }
    click.echo(json.dumps(values, ensure_ascii=False))


def _show_short(name: str, draft: EntryDraft, path: bytes, raw: bytes, settings: Settings) -> None:
    click.secho(draft.title, bold=True)
    by = ", ".join(person.name for person in draft.authors) or "no author"
    when = _published(draft) or "no date"
    click.echo(f"  {by} · {when} · {draft.language or 'unknown language'} · {name}")
    click.echo(f"  {draft.summary}\n")


def _show_explained(
    name: str, draft: EntryDraft, path: bytes, raw: bytes, settings: Settings
) -> None:
    click.secho(f"{name}\n", bold=True)
    document = read(path, raw, settings.limits)
    if isinstance(document, TextDump):
        for labelled in label_lines(document):
            if not labelled.line.text.strip():
                continue
            shown = labelled.line.text.strip()
            shown = shown if len(shown) <= 70 else f"{shown[:69]}…"
            colour = _COLOURS.get(labelled.role, "bright_black")
            role = click.style(f"{labelled.role:<15}", fg=colour)
            why = click.style(labelled.why, dim=True)
            click.echo(
                f"{labelled.line.numbers[0]:>5}  {role} {click.style(shown, fg=colour)}  {why}"
            )
        click.echo()
    for evidence in draft.evidence:
        field = click.style(f"{evidence.field:<12}", bold=True)
        lines = _shown_lines(evidence.lines)
        told = click.style(f"({evidence.confidence:.0%}: {evidence.rule}{lines})", dim=True)
        click.echo(f"  {field} {evidence.value}  {told}")
    click.echo()


def _shown_lines(lines: tuple[int, ...]) -> str:
    if not lines:
        return ""
    return f", line {lines[0]}" if len(lines) == 1 else f", lines {lines[0]} to {lines[-1]}"


def _show_error(name: str, error: DocumentError, *, as_json: bool) -> None:
    if as_json:
        values = {"path": name, "stage": error.stage, "error": error.reason}
        click.echo(json.dumps(values, ensure_ascii=False))
    else:
        click.secho(f"{name}: refused at {error.stage}: {error.reason}", fg="red")
