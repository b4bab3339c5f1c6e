"""One site that published every payload, and one browser that looks at it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from urllib.parse import urlsplit

import pytest

from feedsvc.ingest.pool import ExtractionPool
from feedsvc.model.document import DocumentOutcome
from feedsvc.model.entry import Entry
from feedsvc.runtime import Runtime
from feedsvc.web.wsgi import make_application
from tests.attacks.browser import CHROMIUM, Chromium, chromium
from tests.attacks.documents import Document, make_documents
from tests.attacks.payloads import all_payloads
from tests.attacks.site import served
from tests.databases import SqliteFiles
from tests.service import open_service

# How many payloads a document holds; `make soak` gives each one of its own.
TOGETHER = int(os.environ.get("SOAK_ATTACKS_TOGETHER", "24"))


@dataclass(frozen=True, kw_only=True)
class AttackedSite:
    """A feedsvc that ingested all documents. address: where it is served, beside the stage."""

    documents: tuple[Document, ...]
    outcomes: tuple[DocumentOutcome, ...]
    runtime: Runtime
    entries: tuple[Entry, ...]
    address: str

    def paths(self) -> list[str]:
        """The path of each article's page."""
        urls = self.runtime.site.urls
        return [urlsplit(urls.article(e.short_id, e.slug)).path for e in self.entries]


@pytest.fixture(scope="session")
def attacked(
    tmp_path_factory: pytest.TempPathFactory, sqlite_files: SqliteFiles, pool: ExtractionPool
) -> Iterator[AttackedSite]:
    folder = tmp_path_factory.mktemp("attacked")
    service = open_service(folder, sqlite_files.make_database(folder), pool)
    documents = tuple(make_documents(all_payloads(), together=TOGETHER))
    for document in documents:
        path = os.fsencode(service.folder.path) + b"/" + document.name
        with open(path, "wb") as file:  # noqa: PTH123  (names are bytes)
            file.write(document.raw)
    service.ingest()
    with served(make_application(service.runtime), {}) as address:
        yield AttackedSite(
            documents=documents,
            outcomes=tuple(service.outcomes),
            runtime=service.runtime,
            entries=service.runtime.publication.latest(len(documents) + 1),
            address=address,
        )
    service.lease.release()
    service.runtime.close()


# Not for the whole session: Playwright keeps an event loop running in this thread.
@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    """Chromium from the system, driven by Playwright; without either, its tests are not run."""
    if find_spec("playwright") is None:
        pytest.skip("not run: Playwright is not installed (the extra `dev` brings it)")
    if CHROMIUM is None:
        pytest.skip("not run: no chromium is installed (apt-get install chromium)")
    with chromium() as started:
        yield started
