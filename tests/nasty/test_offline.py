"""Whatever a document names, nothing is fetched: neither by ingestion nor by serving."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.databases import SqliteFiles
from tests.nasty.everything import lay_out, quick_cases
from tests.networks import inside, ip, own_network


def test_nothing_is_asked_of_any_network(tmp_path: Path, sqlite_files: SqliteFiles) -> None:
    cases = quick_cases()
    lay_out(tmp_path / "seeds", tmp_path / "outside", cases)
    database = sqlite_files.make_database(tmp_path)
    with own_network() as network:
        ip("-n", network, "link", "set", "lo", "up")
        ip("-n", network, "route", "add", "default", "dev", "lo")
        offline = [sys.executable, "-m", "tests.nasty.offline", str(tmp_path), database]
        told = subprocess.check_output(inside(network, *offline))
    ingested, statuses, sent, with_an_attempt = json.loads(told)
    assert ingested >= len(cases) / 2
    assert statuses == [200]
    assert sent == 0
    assert with_an_attempt == 1
