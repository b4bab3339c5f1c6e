"""`feedsvc extract`: what would be made of documents, and why; without a store."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from feedsvc.cli.options import common_options
from feedsvc.cli.shown import shown, shown_json
from feedsvc.errors import DocumentError, RefusedDocument, UnreadableDocument
from feedsvc.ingest.article import TextDump
from feedsvc.ingest.discover import Found, WatchedRoot
from feedsvc.ingest.extract.dump.article import label_lines
from feedsvc.ingest.extract.dump.parts import Role
from feedsvc.ingest.extract.dump.roles import Labelled
from feedsvc.ingest.pipeline import draft_entry
from feedsvc.ingest.readers import read
from feedsvc.model.document import NO_DEFAULTS, RootDefaults
from feedsvc.model.entry import EntryDraft, Evidence, Precision
from feedsvc.services.ingestion import defaults_of
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

_BLANK_LINE = "\n\n"
# From this width on, the reasons have a column of their own.
_WIDE_COLUMNS = 140
_INDENT = 23
_SURENESS = ((0.9, "green"), (0.6, "yellow"), (0.0, "red"))
# The order in which people ask for them; any other comes behind.
_FIELDS = ("title", "authors", "published", "language", "source", "tags", "body", "charset")
_NOT_FOUND = {
    "authors": "none: nothing names an author",
    "published": "none: nothing says when",
    "language": "none: too little text to tell",
    "charset": "utf-8",
}


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH…")
@click.option("--jsonl", is_flag=True, help="One JSON object a document, with its evidence.")
@click.option("--explain", is_flag=True, help="Each line's role, and why each field is as it is.")
@common_options
def extract(settings: Settings, paths: tuple[Path, ...], jsonl: bool, explain: bool) -> None:
    """Show what would be extracted from PATH…, files or folders; nothing is stored.

    In a watched folder, what its settings say of its documents holds as it does in a sweep.
    Exit status 1 if a document could not be published.
    """
    if jsonl and explain:
        raise click.UsageError("choose one of --jsonl and --explain")
    if os.environ.get("NO_COLOR"):  # no-color.org; click itself asks the terminal alone
        click.get_current_context().color = False
    show = _show_json if jsonl else _show_explained if explain else _show_short
    failed = False
    for path in paths:
        defaults = _defaults_at(path, settings)
        for root, found in _find(path, settings.limits.max_document_bytes):
            # A root without a name: what is below it begins with a slash.
            name = f"{path}{found.path}" if path.is_dir() else str(path)
            try:
                raw = _read(root, found)
                draft = draft_entry(
                    found.path.path,
                    raw,
                    settings.limits,
                    settings.feeds.body_excerpt_bytes,
                    defaults,
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


def _defaults_at(path: Path, settings: Settings) -> RootDefaults:
    """What the watched folder says that a file or folder lies in, if it lies in one."""
    for root in settings.ingest.roots.values():
        if path.resolve().is_relative_to(root.path.resolve()):
            return defaults_of(root)
    return NO_DEFAULTS


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
    click.echo(shown_json(values))


def _show_short(name: str, draft: EntryDraft, path: bytes, raw: bytes, settings: Settings) -> None:
    click.secho(shown(draft.title), bold=True)
    by = shown(", ".join(person.name for person in draft.authors)) or "no author"
    when = _published(draft) or "no date"
    click.echo(f"  {by} · {when} · {draft.language or 'unknown language'} · {shown(name)}")
    click.echo(f"  {shown(draft.summary)}\n")


def _show_explained(
    name: str, draft: EntryDraft, path: bytes, raw: bytes, settings: Settings
) -> None:
    click.secho(f"{shown(name)}\n", bold=True)
    document = read(path, raw, settings.limits)
    if isinstance(document, TextDump):
        _show_lines(label_lines(document), _lines_used(draft))
    for field in dict.fromkeys([*_FIELDS, *(evidence.field for evidence in draft.evidence)]):
        told = [evidence for evidence in draft.evidence if evidence.field == field]
        for evidence in told:
            _show_evidence(evidence, draft)
        if not told and field in _NOT_FOUND:
            click.echo(f"  {click.style(f'{field:<13}', bold=True)} {_NOT_FOUND[field]}")
    click.echo()


def _lines_used(draft: EntryDraft) -> dict[int, str]:
    """Line number to the fields that were taken from there; the body's role says it already."""
    used: dict[int, str] = {}
    for evidence in draft.evidence:
        if evidence.field != "body":
            for number in evidence.lines:
                if evidence.field not in used.get(number, ""):
                    used[number] = f"{used.get(number, '')} →{evidence.field}"
    return used


def _show_lines(labelled: Sequence[Labelled], used: dict[int, str]) -> None:
    """A row a line: number, role, text, the fields taken from it, what spoke for the role.

    The reasons stand in a column of their own where the terminal has room for it, else below.
    """
    width = shutil.get_terminal_size().columns
    beside = width >= _WIDE_COLUMNS
    room = max(20, (width - _INDENT) * 3 // 5 if beside else width - _INDENT)
    for item in labelled:
        if not item.line.text.strip():
            continue
        colour = _COLOURS.get(item.role, "bright_black")
        number = item.line.numbers[0]
        marks = "".join(dict.fromkeys(used[n] for n in item.line.numbers if n in used))
        text = _cut(shown(item.line.text.strip()), room - len(marks))
        styled = click.style(text, fg=colour) + click.style(marks, bold=True)
        row = f"{number:>5}  {click.style(f'{item.role:<15}', fg=colour)} {styled}"
        if beside:
            gap = " " * (room - _columns(text) - len(marks) + 2)
            why = _cut(item.why, width - _INDENT - room - 3)
        else:
            gap = f"\n{' ' * _INDENT}"
            why = item.why
        click.echo(f"{row}{gap}{click.style(why, dim=True)}" if why else row)
    click.echo()


def _show_evidence(evidence: Evidence, draft: EntryDraft) -> None:
    value = evidence.value
    if evidence.field == "published":
        value = _published(draft) or value
    elif evidence.field == "body" and not value:
        value = f"{draft.text.count(_BLANK_LINE) + 1} blocks"
    field = click.style(f"{evidence.field:<13}", bold=True)
    colour = next(colour for least, colour in _SURENESS if evidence.confidence >= least)
    sure = click.style(f"{evidence.confidence:.0%}", fg=colour)
    why = click.style(f"{evidence.rule}{_shown_lines(evidence.lines)}", dim=True)
    click.echo(f"  {field} {shown(value)}\n  {'':<13} {sure}: {why}")


def _shown_lines(lines: tuple[int, ...]) -> str:
    if not lines:
        return ""
    return f", line {lines[0]}" if len(lines) == 1 else f", lines {lines[0]} to {lines[-1]}"


def _cut(text: str, columns: int) -> str:
    """`text`, or as much of its beginning as fits with an ellipsis behind it."""
    if _columns(text) <= columns:
        return text
    taken = 1
    for end, char in enumerate(text):
        taken += _columns(char)
        if taken > columns:
            return f"{text[:end]}…"
    return text


def _columns(text: str) -> int:
    """How many columns of a terminal `text` takes: Chinese signs two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(
        0
        if unicodedata.category(char) in ("Mn", "Me", "Cf")
        else 2
        if unicodedata.east_asian_width(char) in ("W", "F")
        else 1
        for char in text
    )


def _show_error(name: str, error: DocumentError, *, as_json: bool) -> None:
    if as_json:
        values = {"path": name, "stage": error.stage, "error": error.reason}
        click.echo(shown_json(values))
    else:
        click.secho(f"{shown(name)}: refused at {error.stage}: {shown(error.reason)}", fg="red")
