"""What is left for nginx: a file for each tag that is current, and never one that is not."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from werkzeug.test import Client

from feedsvc.services.publication import Shown
from feedsvc.web.edge import Markers, remove_markers
from feedsvc.web.wsgi import make_application
from tests.e2e.running import wait_until
from tests.service import Service, article

FEED = "/feeds/all.atom"
TAG = "-499602d2-3f2a0"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "run" / "feedsvc"


def markers_in(folder: Path, generation: str = "a1") -> Markers:
    return Markers(folder, lambda: None, generation)


def left(folder: Path) -> set[str]:
    """The files that nginx would find, by their paths."""
    current = folder / "current"
    found = (path.relative_to(current) for path in current.rglob("*") if path.is_file())
    return {str(path) for path in found}


def test_a_tag_is_a_file_with_its_time_and_size(folder: Path) -> None:
    markers = markers_in(folder)
    markers.show(7)
    before = os.umask(0o077)
    try:
        markers.leave(FEED, TAG, 7)
    finally:
        os.umask(before)
    file = folder / "current" / "feeds" / f"all.atom:{TAG}"
    seen = file.stat()
    assert (seen.st_mtime, seen.st_size) == (-0x499602D2, 0x3F2A0)
    assert stat.S_IMODE(seen.st_mode) == 0o644
    for above in file.parents[:2]:
        assert stat.S_IMODE(above.stat().st_mode) == 0o755
    assert left(folder) == {f"feeds/all.atom:{TAG}"}


def test_with_the_next_version_all_of_the_last_one_are_gone(folder: Path) -> None:
    markers = markers_in(folder)
    markers.show(7)
    markers.leave(FEED, TAG, 7)
    markers.show(8)
    assert left(folder) == set()
    markers.leave(FEED, "-1000-10", 7)  # rendered before
    assert left(folder) == set()
    markers.leave(FEED, TAG, 8)
    assert left(folder) == {f"feeds/all.atom:{TAG}"}
    assert len(list(folder.iterdir())) == 2  # one version, and what leads to it


def test_processes_of_a_start_share_them_and_the_newest_version_counts(folder: Path) -> None:
    one, other = markers_in(folder), markers_in(folder)
    for markers in (one, other):
        markers.show(7)
    one.leave(FEED, TAG, 7)
    other.leave("/feeds/all.rss", TAG, 7)
    assert len(left(folder)) == 2
    one.show(8)
    other.show(7)  # it has not heard yet
    other.leave(FEED, TAG, 7)
    assert left(folder) == set()
    other.show(8)
    other.leave(FEED, TAG, 8)
    assert len(left(folder)) == 1


def test_nothing_is_left_of_an_earlier_start(folder: Path) -> None:
    before = markers_in(folder, "a1")
    before.show(7)
    before.leave(FEED, TAG, 7)
    after = markers_in(folder, "b2")
    after.show(7)
    assert left(folder) == set()


def test_where_the_store_is_an_older_one_all_that_was_left_is_gone(folder: Path) -> None:
    markers = markers_in(folder)
    markers.show(7)
    markers.leave(FEED, TAG, 7)
    markers.show(5)
    markers.leave("/feeds/all.rss", TAG, 5)
    assert left(folder) == {f"feeds/all.rss:{TAG}"}
    markers.show(7)
    assert left(folder) == set()


def test_at_the_end_nothing_is_current_but_of_later_starts(folder: Path) -> None:
    remove_markers(folder, "a1")
    for markers in (markers_in(folder, "a1"), markers_in(folder, "b2")):
        markers.show(7)
    remove_markers(folder, "a1")
    assert (folder / "current").exists()
    remove_markers(folder, "b2")
    assert not (folder / "current").is_symlink()


def test_nothing_but_ours_is_removed(folder: Path) -> None:
    names = ("12.backup", "1.0", "7.a1", "tags", "tags-1", "tags-1-x")
    for name in names:
        (folder / name).mkdir(parents=True)
        (folder / name / "a.txt").write_text("dear to somebody")
    markers = markers_in(folder)
    markers.show(7)
    markers.show(8)
    assert all((folder / name / "a.txt").exists() for name in names)


@pytest.mark.parametrize(
    "path", ["/feeds/../../../etc/x.atom", "/feeds//all.atom", "/feeds/./all.atom", f"/{'a' * 256}"]
)
def test_a_path_that_nginx_reads_otherwise_has_none(folder: Path, path: str) -> None:
    markers = markers_in(folder)
    markers.show(7)
    markers.leave(path, TAG, 7)
    assert left(folder) == set()


def test_a_name_in_another_script_is_found_by_its_bytes(folder: Path) -> None:
    markers = markers_in(folder)
    markers.show(7)
    markers.leave("/feeds/tag/日本.atom".encode().decode("latin-1"), TAG, 7)
    assert left(folder) == {f"feeds/tag/日本.atom:{TAG}"}


def test_they_are_so_many_at_most(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedsvc.web.edge._MOST_FILES", 3)
    markers = markers_in(folder)
    markers.show(7)
    for number in range(5):
        markers.leave(f"/feeds/tag/{number}.atom", TAG, 7)
    assert len(left(folder)) == 3


def test_where_files_have_no_such_time_none_is_left_and_it_is_told_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    markers = Markers(folder, lambda: Shown(7, 0), "a1")
    markers.start()
    wait_until(lambda: (folder / "current").exists(), 10)
    monkeypatch.setattr(os, "utime", lambda *_: None)
    wait_until(lambda: _leave(markers, folder), 10)
    wait_until(lambda: not (folder / "current").is_symlink(), 10)
    markers.leave("/feeds/all.rss", TAG, 7)
    (told,) = caplog.records
    assert "1970" in vars(told)["reason"]
    assert left(folder) == set()


def _leave(markers: Markers, folder: Path) -> bool:
    """Leave a tag until that has failed."""
    markers.leave(FEED, TAG, 7)
    return not (folder / "current").is_symlink()


@pytest.fixture
def filled(service: Service) -> Service:
    service.folder.write("storm.txt", article("Storm hits coast"))
    service.ingest()
    return service


@pytest.fixture
def polled(filled: Service, folder: Path) -> tuple[Client, Markers]:
    markers = markers_in(folder)
    return Client(make_application(filled.runtime, markers)), markers


def shown(service: Service) -> Shown:
    found = service.runtime.publication.watch.shown()
    assert found is not None
    return found


def test_the_tag_of_each_feed_that_is_asked_for_is_left(
    filled: Service, polled: tuple[Client, Markers], folder: Path
) -> None:
    client, markers = polled
    markers.show(shown(filled).version)
    packed = {"Accept-Encoding": "gzip"}
    for path, headers in ((FEED, {}), (FEED, packed), ("/feeds.opml", {}), ("/feeds", {})):
        client.get(path, headers=headers)
    tags = [client.get(FEED, headers=h).headers["ETag"].strip('"') for h in ({}, packed)]
    opml = client.get("/feeds.opml").headers["ETag"].strip('"')
    wanted = {*(f"feeds/all.atom:{tag}" for tag in tags), f"feeds.opml:{opml}"}
    assert left(folder) == wanted
    known = {"If-None-Match": f'"{tags[0]}"'}
    markers.show(shown(filled).version + 1)
    assert client.get(FEED, headers=known).status_code == 304  # of the version before
    assert left(folder) == set()


@pytest.mark.parametrize("path", ["/feeds/search.atom?q=storm", "/feeds/no.atom", "/", "/search"])
def test_of_nothing_else_is_any_left(
    filled: Service, polled: tuple[Client, Markers], folder: Path, path: str
) -> None:
    client, markers = polled
    markers.show(shown(filled).version)
    for _ in range(2):
        client.get(path)
    assert left(folder) == set()


def test_a_folder_that_cannot_be_made_is_told_and_the_service_goes_on(
    filled: Service, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "run").write_text("not a folder")
    markers = Markers(tmp_path / "run" / "feedsvc", lambda: Shown(7, 0), "a1")
    markers.start()
    wait_until(lambda: bool(caplog.records), 10)
    assert "not a directory" in vars(caplog.records[0])["reason"].lower()
    client = Client(make_application(filled.runtime, markers))
    assert client.get(FEED).status_code == 200


def test_what_can_no_longer_be_removed_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    def fail() -> Shown | None:
        if not (folder / "current").exists():
            return Shown(7, 0)
        monkeypatch.setattr(Path, "unlink", refuse)
        raise OSError(5, "Input/output error")

    Markers(folder, fail, "a1").start()
    wait_until(lambda: bool(caplog.records), 10)
    told = vars(caplog.records[0])
    assert told["reason"] == "Input/output error"
    assert told["remove_by_hand"] == f"{folder}/current (Permission denied)"
