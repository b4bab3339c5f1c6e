"""Power that fails: whatever was written last is lost from the database's log (WAL).

What is left is whole, and once the folder is ingested again all that had been served has its id.
"""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

from tests.faults.amounts import some_of
from tests.faults.invariants import History, Picture, check_folder, check_rules, take_picture
from tests.faults.scene import BROKEN_MINUTE, LATER_MINUTE, LOOKS, Scene
from tests.faults.snapshots import opened
from tests.faults.trouble import Kind

CUT_BYTES = 4_096


def test_however_much_of_the_log_is_lost_ids_are_kept(sqlite_scene: Scene, tmp_path: Path) -> None:
    scene = sqlite_scene
    last = scene.count(Kind.EXIT)
    with scene.snapshot.copied() as database:
        # Who exits does not close the database, which would empty the log.
        assert scene.order(database, BROKEN_MINUTE, Kind.EXIT, last).exited
        left = tmp_path / "left"
        shutil.copytree(Path(database.removeprefix("sqlite:///")).parent, left)
        with opened(database) as store:
            served = take_picture(store)
    log = (left / "feedsvc.db-wal").read_bytes()
    (left / "feedsvc.db-shm").unlink(missing_ok=True)
    cuts = [0, *some_of(len(log) // CUT_BYTES)]
    for cut in cuts:
        restart(scene, left, log[: cut * CUT_BYTES], served)
    print(f"{len(cuts)} of {len(log) // CUT_BYTES + 1} cuts")


def restart(scene: Scene, left: Path, log: bytes, served: Picture) -> None:
    here = left.parent / uuid.uuid4().hex
    shutil.copytree(left, here)
    (here / "feedsvc.db-wal").write_bytes(log)
    database = f"sqlite:///{here}/feedsvc.db"
    with opened(database) as store:
        check_rules(store)
    scene.ingest(database, LATER_MINUTE, times=LOOKS)
    picture = scene.look(database, History())
    check_folder(picture, scene.folder.path)
    assert scene.essence(picture) == scene.essence(scene.after)
    assert picture.entries.keys() == served.entries.keys()
    shutil.rmtree(here)
