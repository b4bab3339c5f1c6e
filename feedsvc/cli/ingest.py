"""`feedsvc ingest`: one pass over the watched folders, or over what is named."""

from __future__ import annotations

import os
from pathlib import Path

import click

from feedsvc.cli.options import common_options
from feedsvc.errors import ConfigError
from feedsvc.ingest.forking import warm_up
from feedsvc.loading import loading
from feedsvc.model.run import RunRequest
from feedsvc.settings import Settings


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]…")
@click.option("--dry-run", is_flag=True, help="Decide everything, store nothing.")
@click.option(
    "--force", is_flag=True, help="Extract anew even what is unchanged, as a re-ingest does."
)
@click.option(
    "--move-updated",
    is_flag=True,
    help="With --force: let readers see as changed what a newer extractor changes.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@common_options
def ingest(
    settings: Settings,
    paths: tuple[str, ...],
    dry_run: bool,
    force: bool,
    move_updated: bool,
    as_json: bool,
) -> None:
    """Ingest what is new or changed in the watched folders, or only PATH…, once.

    Where another process ingests already, this one asks it to, and waits for it. If that process
    ends first, this one does it.
    """
    request = RunRequest(
        paths=tuple(_below_a_root(path, settings) for path in paths),
        force=force,
        move_updated=move_updated,
        dry_run=dry_run,
    )
    if _is_first(settings):
        warm_up()  # whatever there is will have to be extracted
    with loading():
        from feedsvc.cli.ingesting import ingest_once
    ingest_once(settings, request, as_json=as_json)


def _is_first(settings: Settings) -> bool:
    """Whether the database is a file that is not there; asked before its library is loaded."""
    scheme, _, path = settings.store.url.partition(":///")
    # Not Path.exists(), which raises where a folder is closed: opening the database says it better.
    return scheme.startswith("sqlite") and not os.path.exists(path.partition("?")[0])  # noqa: PTH110


def _below_a_root(path: str, settings: Settings) -> str:
    """What the user typed, a path from here or ROOT/PATH, as ROOT/PATH."""
    given = _absolute(Path(path))
    for name, root in settings.ingest.roots.items():
        folder = _absolute(root.path)
        if given == folder:
            return name
        if given.is_relative_to(folder):
            return f"{name}/{given.relative_to(folder)}"
    # Without "." or "..", which no name of a document has.
    is_plain = os.path.normpath(path) == path.rstrip("/")
    if is_plain and path.partition("/")[0] in settings.ingest.roots:
        return path
    folders = ", ".join(f"{name}={root.path}" for name, root in settings.ingest.roots.items())
    raise ConfigError([f"{path} lies in none of the watched folders ({folders})"])


def _absolute(path: Path) -> Path:
    # Not resolved: a symbolic link in the folder is itself what was named.
    return Path(os.path.abspath(path))  # noqa: PTH100  (takes ".." away, which absolute() keeps)
