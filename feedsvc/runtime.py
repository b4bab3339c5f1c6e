"""Joins settings, store and services: what every door is handed."""

from __future__ import annotations

from dataclasses import dataclass, field
from signal import SIGINT, SIGTERM

from feedsvc.clock import Clock
from feedsvc.logs import Seldom
from feedsvc.model.feed import Site
from feedsvc.model.urls import SiteUrls
from feedsvc.services.access import Access
from feedsvc.services.deltas import Deltas
from feedsvc.services.feed_register import FeedRegister
from feedsvc.services.holds import Holds
from feedsvc.services.publication import Publication
from feedsvc.services.quarantine import Quarantine
from feedsvc.services.runs import Runs
from feedsvc.services.upkeep import Upkeep
from feedsvc.services.withdrawals import Withdrawals
from feedsvc.settings import Settings
from feedsvc.signals import held_back
from feedsvc.store.engine import Store, open_store


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """One process's feedsvc, its store open. seldom: for what it tells of the store's trouble."""

    settings: Settings
    clock: Clock
    site: Site
    store: Store
    publication: Publication
    register: FeedRegister
    access: Access
    runs: Runs
    quarantine: Quarantine
    upkeep: Upkeep
    withdrawals: Withdrawals
    holds: Holds
    deltas: Deltas = field(default_factory=Deltas)
    seldom: Seldom = field(default_factory=Seldom)

    def close(self) -> None:
        with held_back(SIGINT, SIGTERM):  # what they raise amid it would be told as its failure
            self.publication.watch.close()
            self.store.close()


def open_runtime(settings: Settings, clock: Clock | None = None) -> Runtime:
    """Open the store that the settings name. Raises ConfigError, StoreError."""
    clock = clock or Clock()
    store = open_store(settings.store.url, busy_timeout_s=settings.store.busy_timeout_s)
    site = Site(
        title=settings.site.title,
        description=settings.site.description,
        language=settings.site.language,
        ttl_s=settings.feeds.max_age_s,
        urls=SiteUrls(base_url=base_url(settings)),
    )
    return Runtime(
        settings=settings,
        clock=clock,
        site=site,
        store=store,
        publication=Publication(store, site, settings.feeds),
        register=FeedRegister(store, clock),
        access=Access(store, clock),
        runs=Runs(store, clock),
        quarantine=Quarantine(store),
        upkeep=Upkeep(store, clock, settings.retention),
        withdrawals=Withdrawals(store, clock, site.urls),
        holds=Holds(store, clock),
    )


def base_url(settings: Settings) -> str:
    """The configured base URL, else the address that is served."""
    if settings.site.base_url:
        return settings.site.base_url
    host = settings.server.host
    if host in ("0.0.0.0", "::"):  # noqa: S104  (compared, not bound)
        host = "127.0.0.1"
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.server.port}"
