"""What goes wrong on a first day: said in one line that names what to do, with the right status."""

from __future__ import annotations

import socket

import pytest

from tests.e2e.running import Feedsvc
from tests.service import article


def test_an_unknown_option_names_the_nearest(feedsvc: Feedsvc) -> None:
    done = feedsvc.run("serve", "--prot", "8080")
    assert done.status == 2
    assert "--port" in done.err


def test_a_port_in_use_is_refused_at_once(feedsvc: Feedsvc) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = feedsvc.run("serve", "--port", str(port))
    assert (done.status, done.out) == (2, "")
    assert done.err == (
        f"feedsvc: cannot listen on 127.0.0.1 port {port} (Address already in use); choose --port\n"
    )


def test_a_configuration_that_is_not_there_is_named(feedsvc: Feedsvc) -> None:
    done = feedsvc.run("serve", "--config", "site.toml")
    assert done.status == 2
    assert done.err == "feedsvc: site.toml: cannot be read (No such file or directory)\n"


def test_every_mistake_in_a_configuration_is_told_at_once(feedsvc: Feedsvc) -> None:
    (feedsvc.home / "site.toml").write_text('[site]\ntitel = "News"\n[feeds]\nwindow_hours = -1\n')
    done = feedsvc.run("ingest", "--config", "site.toml")
    assert done.status == 2
    assert sorted(done.err.splitlines()) == [
        "feedsvc: feeds.window_hours: input should be greater than 0",
        "feedsvc: site.titel: there is no such setting; did you mean site.title?",
    ]


def test_an_unknown_variable_is_refused(feedsvc: Feedsvc) -> None:
    feedsvc.settings = {"FEEDSVC_INGEST__SETLE_S": "1"}
    done = feedsvc.run("ingest")
    assert done.status == 2
    assert "did you mean FEEDSVC_INGEST__SETTLE_S?" in done.err


@pytest.mark.parametrize("command", ["serve", "ingest", "check"])
def test_a_database_that_cannot_be_made_is_named(feedsvc: Feedsvc, command: str) -> None:
    # Nobody, not even root, can make folders in /proc.
    done = feedsvc.run(command, "--database", "sqlite:////proc/feedsvc/feedsvc.db")
    assert (done.status, done.out) == (3, "")
    assert done.err.startswith("feedsvc: /proc/feedsvc: cannot be created")


def test_a_database_that_is_a_folder_is_no_database(feedsvc: Feedsvc) -> None:
    done = feedsvc.run("ingest", "--database", f"sqlite:///{feedsvc.seeds.path}")
    assert (done.status, done.out) == (3, "")
    assert "unable to open database file" in done.err


def test_a_folder_that_never_was_is_refused(feedsvc: Feedsvc) -> None:
    done = feedsvc.run("serve", "--port", "0", "--seeds", "sedes")
    assert (done.status, done.out) == (2, "")
    assert done.err == (
        f"feedsvc: {feedsvc.home}/sedes does not exist; make it, or name another with --seeds\n"
    )


def test_ingesting_a_folder_that_is_not_there_fails_and_says_so(feedsvc: Feedsvc) -> None:
    done = feedsvc.run("ingest", "--seeds", "sedes")
    assert done.status == 1
    assert "sedes (root 'seeds') cannot be read (No such file or directory)" in done.out


def test_a_folder_that_has_gone_does_not_take_its_feeds_with_it(feedsvc: Feedsvc) -> None:
    feedsvc.seeds.write("a.txt", article("It was here before the disk went"))
    assert feedsvc.run("ingest").status == 0
    feedsvc.seeds.path.rename(feedsvc.home / "unmounted")
    with feedsvc.serving() as serving:
        assert list(serving.guids()) == ["It was here before the disk went"]
        assert "folder missing" in serving.started.told()


@pytest.mark.parametrize("command", ["serve", "ingest"])
def test_a_damaged_database_is_refused_at_once_with_what_to_do(
    feedsvc: Feedsvc, command: str
) -> None:
    feedsvc.seeds.write("a.txt", article())
    database = feedsvc.home / "damaged.db"
    database.write_bytes(b"SQLite format 3\0" + b"\xff" * 99_999)
    done = feedsvc.run(command, "--database", f"sqlite:///{database}")
    assert done.status == 3
    assert f"{database} is damaged" in done.err
    assert "feedsvc db restore FILE" in done.err
    assert database.stat().st_size == 100_015


def test_a_database_that_is_gone_is_told(feedsvc: Feedsvc) -> None:
    feedsvc.seeds.write("a.txt", article())
    database = feedsvc.home / "gone.db"
    feedsvc.run("ingest", "--database", f"sqlite:///{database}")
    for path in feedsvc.home.glob("gone.db*"):
        path.unlink()
    done = feedsvc.run("ingest", "--database", f"sqlite:///{database}")
    assert done.status == 0
    assert "the database is gone" in done.err
