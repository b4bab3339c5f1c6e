"""One site for all readers: none of them changes it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.databases import SqliteFiles

pytest.register_assert_rewrite("tests.readers.site")

from tests.readers.site import Site, serve_site  # noqa: E402  (its assertions are rewritten)


@pytest.fixture(scope="session")
def lasting_site(
    tmp_path_factory: pytest.TempPathFactory, sqlite_files: SqliteFiles
) -> Iterator[Site]:
    yield from serve_site(tmp_path_factory.mktemp("site"), sqlite_files)


@pytest.fixture
def site(lasting_site: Site) -> Site:
    """The site, with nothing recorded yet."""
    lasting_site.record.take()
    return lasting_site
