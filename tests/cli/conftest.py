"""Commands called in this process, on the extraction processes that all tests share."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from feedsvc.cli import commands
from feedsvc.ingest.pool import ExtractionPool
from tests.databases import SqliteFiles
from tests.service import WatchedFolder


@dataclass
class CommandLine:
    """feedsvc as typed in a folder that holds `seeds`."""

    folder: WatchedFolder
    runner: CliRunner
    environment: dict[str, str]

    def __call__(self, *arguments: str, color: bool = False) -> Result:
        result = self.runner.invoke(commands, arguments, env=self.environment, color=color)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result


class _LastingPool:
    """The shared pool, which a command may close without ending it."""

    def __init__(self, pool: ExtractionPool) -> None:
        self.extract = pool.extract

    def begin(self) -> None:
        pass

    def close(self) -> None:
        pass


@pytest.fixture
def feedsvc(
    tmp_path: Path,
    sqlite_files: SqliteFiles,
    pool: ExtractionPool,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[CommandLine]:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("feedsvc.cli.ingesting.open_pool", lambda _settings: _LastingPool(pool))
    environment = {
        "FEEDSVC_DATABASE": sqlite_files.make_database(tmp_path),
        "FEEDSVC_INGEST__SETTLE_S": "0.01",
    }
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield CommandLine(WatchedFolder(seeds), CliRunner(), environment)
    # A command sets logging up for its process, on a stream that is gone by now.
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(False)
