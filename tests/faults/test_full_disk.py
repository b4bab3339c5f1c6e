"""A disk that fills up in the middle of ingestion: what did not fit is published later.

A small disk is mounted for it, which only root may do.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.amounts import some_of
from tests.faults.scene import BROKEN_MINUTE, Scene
from tests.faults.snapshots import SqliteSnapshot

PAGE_BYTES = 4_096


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "none", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount")
    if done.returncode != 0:
        pytest.skip("no disk may be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_what_does_not_fit_is_published_once_there_is_room(sqlite_scene: Scene, disk: Path) -> None:
    scene = replace(sqlite_scene, snapshot=SqliteSnapshot(disk, sqlite_scene.snapshot.database))
    with scene.watched() as database:
        before = _free_pages(disk)
        scene.ingest(database, BROKEN_MINUTE)
        needed = before - _free_pages(disk)
    refused = 0
    left = some_of(needed)
    for pages in left:
        with scene.watched() as database:
            filler = disk / "filler"
            filler.write_bytes(bytes((_free_pages(disk) - pages) * PAGE_BYTES))
            report = scene.order(database, BROKEN_MINUTE)
            filler.unlink()
            assert report.bug is None, report.bug
            refused += report.error is not None
    print(f"{len(left)} of {needed} amounts of room; {refused} were too little")
    assert refused > 0


def _free_pages(disk: Path) -> int:
    return shutil.disk_usage(disk).free // PAGE_BYTES
