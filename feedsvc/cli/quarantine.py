"""`feedsvc quarantine`: what could not be published, and why."""

from __future__ import annotations

import click

from feedsvc.cli.opened import opened
from feedsvc.cli.options import common_options
from feedsvc.cli.shown import shown, shown_json
from feedsvc.model.document import Quarantined
from feedsvc.settings import Settings


@click.command()
@click.option("--jsonl", is_flag=True, help="Print an object a line, with the evidence.")
@common_options
def quarantine(settings: Settings, jsonl: bool) -> None:
    """List the documents that could not be published: where, since when, at which stage, and why.

    Each is tried again when its bytes or the rules change, or by: feedsvc ingest --force PATH
    """
    with opened(settings) as runtime:
        after: int | None = 0
        while after is not None:
            page = runtime.quarantine.page(after=after, limit=1000)
            for document in page.documents:
                click.echo(_json(document) if jsonl else _line(document))
            after = page.next_after


def _line(document: Quarantined) -> str:
    since = f"{document.refused_at:%Y-%m-%d %H:%M} UTC"
    return f"{document.path}\t{since}\t{document.stage}\t{shown(document.reason)}"


def _json(document: Quarantined) -> str:
    return shown_json(
        {
            "path": str(document.path),
            "refused_at": document.refused_at.isoformat(),
            "stage": document.stage,
            "reason": document.reason,
            "evidence": document.evidence,
        }
    )
