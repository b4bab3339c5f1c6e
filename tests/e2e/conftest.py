"""Installations to run: on a SQLite file unless a test asks for both kinds of database."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.databases import SqliteFiles
from tests.e2e.running import Feedsvc

# Waits short enough for tests; everything else as it comes.
SETTINGS = {
    "FEEDSVC_INGEST__SETTLE_S": "0.3",
    "FEEDSVC_INGEST__SCAN_INTERVAL_S": "1",
    "FEEDSVC_SERVER__WORKERS": "1",
}


@pytest.fixture
def feedsvc(tmp_path: Path, sqlite_files: SqliteFiles) -> Feedsvc:
    return Feedsvc(tmp_path, sqlite_files.make_database(tmp_path), SETTINGS)


@pytest.fixture
def feedsvc_on_both(tmp_path: Path, database: str) -> Feedsvc:
    return Feedsvc(tmp_path, database, SETTINGS)
