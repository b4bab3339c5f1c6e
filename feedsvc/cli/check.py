"""`feedsvc check`: is every feed as readers need it?"""

from __future__ import annotations

import sys

import click

from feedsvc.cli.options import common_options
from feedsvc.errors import StoreError
from feedsvc.feeds.check.findings import Severity
from feedsvc.runtime import open_runtime
from feedsvc.services.checks import check_feeds
from feedsvc.settings import Settings


@click.command()
@common_options
def check(settings: Settings) -> None:
    """Check every feed of the store strictly; exit status 1 if one has an error."""
    runtime = open_runtime(settings)
    database = runtime.store.sqlite_path
    if database and not database.exists():
        # Connecting would make an empty one.
        raise StoreError(f"there is no database at {database}; feedsvc serve or ingest makes it")
    runtime.publication.check_ready()
    documents = errors = warnings = 0
    for checked in check_feeds(runtime.publication, runtime.site):
        documents += 1
        for finding in checked.findings:
            errors += finding.severity is Severity.ERROR
            warnings += finding.severity is Severity.WARNING
            click.echo(f"{checked.name}: {finding}")
    runtime.close()
    click.echo(f"{documents} documents checked: {errors} errors, {warnings} warnings.")
    if errors:
        sys.exit(1)
