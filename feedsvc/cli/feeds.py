"""`feedsvc feeds`: every feed with its id, and what it is called."""

from __future__ import annotations

import click

from feedsvc.cli.opened import opened
from feedsvc.cli.options import common_options
from feedsvc.cli.shown import shown
from feedsvc.model.selection import FeedFormat, Selection, SelectionKind
from feedsvc.services.feed_register import RENAMABLE
from feedsvc.settings import Settings


@click.group()
def feeds() -> None:
    """List the feeds, rename them, take one away."""


@feeds.command("list")
@common_options
def list_(settings: Settings) -> None:
    """List every feed: kind, slug, name, how many articles it shows, id, and former slugs."""
    with opened(settings) as runtime:
        registered_feeds = runtime.register.feeds()
    for registered in registered_feeds:
        feed = registered.feed
        former = (
            f"\tformerly {','.join(registered.former_slugs)}" if registered.former_slugs else ""
        )
        former += "" if registered.is_listed else "\tdeclared no more"
        kind, slug = feed.selection.kind, feed.selection.slug
        click.echo(
            f"{kind}\t{shown(slug)}\t{shown(feed.name)}\t{feed.entry_count}\t{feed.guid}{former}"
        )


@feeds.command()
@click.argument("kind", type=click.Choice([kind.value for kind in RENAMABLE]))
@click.argument("slug")
@click.argument("name")
@click.option("--merge", is_flag=True, help="Become a part of the feed that has this name already.")
@common_options
def rename(settings: Settings, kind: str, slug: str, name: str, merge: bool) -> None:
    """Call the source, author or tag at SLUG by another NAME, for ever.

    Its id stays, so that no reader shows anything twice. Old addresses lead to the new one, and
    articles that still come under the old name belong to it.
    """
    wanted = Selection(kind=SelectionKind(kind), slug=slug)
    with opened(settings) as runtime:
        renamed = runtime.register.rename(wanted, name, merge=merge)
    address = runtime.site.urls.feed(renamed.selection, FeedFormat.ATOM)
    done = "is a part of" if renamed.merged else "is now"
    click.echo(f"The {kind} {slug!r} {done} {renamed.selection.slug!r}: {address}")


@feeds.command()
@click.argument("slug")
@common_options
def retire(settings: Settings, slug: str) -> None:
    """Let the custom feed at SLUG, which feeds.toml declares no more, answer 410 Gone.

    Most readers then ask for it never again. Declared again, it is the same feed.
    """
    with opened(settings) as runtime:
        runtime.register.retire(slug)
    click.echo(f"The feed {slug!r} is gone for good.")
