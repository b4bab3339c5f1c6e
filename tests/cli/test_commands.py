"""The other commands, and what holds for all: help, options from the environment, statuses."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from feedsvc import __version__
from feedsvc.cli import commands
from feedsvc.errors import ConfigError, NotFound, StoreError
from tests.cli.conftest import CommandLine
from tests.service import article

SOUND = (
    '{"version": "https://jsonfeed.org/version/1.1", "title": "T", "language": "en", '
    '"home_page_url": "https://a.example/", "feed_url": "https://a.example/f.json", '
    '"icon": "https://a.example/i.png", "items": [{"id": "1", "content_text": "a", '
    '"date_published": "2026-01-01T00:00:00Z"}]}'
)
TOKEN = re.compile(r"fsv_[0-9a-f]{12}_[0-9a-f]{64}_[0-9a-f]{8}\n")


def test_a_token_is_shown_once(feedsvc: CommandLine) -> None:
    made = feedsvc("token", "create", "deploy", "--days", "30", "--scope", "read")
    assert TOKEN.fullmatch(made.stdout)
    assert "only its hash is stored" in made.stderr
    listed = feedsvc("token", "list").stdout
    assert made.stdout.strip() not in listed
    name, _, scopes, state, used = listed.rstrip("\n").split("\t")
    assert (name, scopes, used) == ("deploy", "read", "last used never")
    assert state.startswith("valid, expires 20")


def test_a_token_may_ingest_and_read_unless_told_otherwise(feedsvc: CommandLine) -> None:
    feedsvc("token", "create", "deploy")
    assert "\tingest,read\tvalid\t" in feedsvc("token", "list").stdout


def test_a_token_is_revoked_by_name(feedsvc: CommandLine) -> None:
    feedsvc("token", "create", "deploy")
    assert feedsvc("token", "revoke", "deploy").stdout == "The token 'deploy' is revoked.\n"
    assert "\trevoked\t" in feedsvc("token", "list").stdout
    with pytest.raises(NotFound, match="see: feedsvc token list"):
        feedsvc("token", "revoke", "deploy")


def test_feeds_are_listed_and_renamed(feedsvc: CommandLine) -> None:
    feedsvc.folder.write("a.txt", article(author="Jane Doe"))
    feedsvc("ingest")
    renamed = feedsvc("feeds", "rename", "author", "jane-doe", "Jane Roe").stdout
    assert renamed.startswith("The author 'jane-doe' is now 'jane-roe': http://127.0.0.1:8000/")
    (line,) = (ln for ln in feedsvc("feeds", "list").stdout.splitlines() if "author" in ln)
    kind, slug, name, count, guid, former = line.split("\t")
    assert (kind, slug, name, count) == ("author", "jane-roe", "Jane Roe", "1")
    assert guid.startswith("urn:uuid:")
    assert former == "formerly jane-doe"


def test_a_token_has_a_name_of_its_own(feedsvc: CommandLine) -> None:
    feedsvc("token", "create", "deploy")
    with pytest.raises(ConfigError, match="choose another name"):
        feedsvc("token", "create", "deploy")


def test_a_store_is_made_and_then_left_alone(feedsvc: CommandLine, tmp_path: Path) -> None:
    feedsvc.environment["FEEDSVC_DATABASE"] = f"sqlite:///{tmp_path}/deep/down/new.db"
    first, second = feedsvc("db", "upgrade"), feedsvc("db", "upgrade")
    assert re.fullmatch(r"The store went from schema none to \d{4}\.\n", first.stdout)
    assert re.fullmatch(r"The store has schema \d{4} already\.\n", second.stdout)


def test_check_finds_our_feeds_in_order(feedsvc: CommandLine) -> None:
    feedsvc.folder.write("a.txt", article())
    feedsvc("ingest")
    done = feedsvc("check")
    assert done.exit_code == 0
    assert re.search(
        r"^\d+ documents checked: 0 errors, 0 warnings, 0 notes\.$", done.stdout, re.MULTILINE
    )


def test_check_takes_any_file_and_needs_no_store(feedsvc: CommandLine, tmp_path: Path) -> None:
    feedsvc.environment["FEEDSVC_DATABASE"] = f"sqlite:///{tmp_path}/none.db"
    (tmp_path / "sound.json").write_text(SOUND)
    (tmp_path / "broken.json").write_text(SOUND.replace('"id": "1"', '"id": 1'))
    done = feedsvc("check", "sound.json", "broken.json")
    assert done.exit_code == 1
    assert re.search(
        r"^broken\.json:1:\d+: error: .* \[json-id; JSON Feed 1\.1\]$", done.stdout, re.M
    )
    assert done.stdout.endswith("\n2 documents checked: 1 error, 0 warnings, 0 notes.\n")
    assert not (tmp_path / "none.db").exists()


def test_check_counts_warnings_as_errors_when_asked(feedsvc: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(SOUND.replace('"title": "T"', '"title": ""'))
    assert feedsvc("check", "a.json").exit_code == 0
    assert feedsvc("check", "a.json", "--warnings-as-errors").exit_code == 1


def test_check_goes_on_after_what_it_cannot_have(feedsvc: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "sound.json").write_text(SOUND)
    done = feedsvc("check", "missing.xml", "sound.json")
    assert done.exit_code == 2
    assert done.stderr == "feedsvc: missing.xml: No such file or directory\n"
    assert "1 document checked" in done.stdout
    assert "1 could not be checked." in done.stdout


def test_check_writes_json_for_programs(feedsvc: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(SOUND.replace('"1"', "[]"))
    done = feedsvc("check", "--format", "json", "a.json", "missing.xml")
    told = json.loads(done.stdout)
    (document,) = told["documents"]
    (finding,) = document["findings"]
    assert document["name"] == "a.json"
    assert (finding["rule"], finding["severity"], finding["line"]) == ("json-id", "error", 1)
    assert SOUND[finding["column"] - 1 :].startswith('"id"')
    assert told["unchecked"] == [{"name": "missing.xml", "reason": "No such file or directory"}]
    assert told["counts"] == {"error": 1, "warning": 0, "note": 0}


def test_check_shows_the_first_findings_of_a_rule(feedsvc: CommandLine, tmp_path: Path) -> None:
    items = ", ".join(
        '{"id": 1, "content_text": "a", "date_published": "2026-01-01T00:00:00Z"}'
        for _ in range(13)
    )
    (tmp_path / "a.json").write_text(re.sub(r'"items": \[.*\]', f'"items": [{items}]', SOUND))
    done = feedsvc("check", "a.json")
    assert done.stdout.count(" error: ") == 10
    assert "a.json: and 3 more [json-id]\n" in done.stdout


def test_check_wants_a_store_that_is_up_to_date(feedsvc: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "new.db").touch()
    feedsvc.environment["FEEDSVC_DATABASE"] = f"sqlite:///{tmp_path}/new.db"
    with pytest.raises(StoreError, match="run: feedsvc db upgrade"):
        feedsvc("check")


def test_check_makes_no_store_of_a_mistyped_name(feedsvc: CommandLine, tmp_path: Path) -> None:
    feedsvc.environment["FEEDSVC_DATABASE"] = f"sqlite:///{tmp_path}/mistyped.db"
    with pytest.raises(StoreError, match="there is no database"):
        feedsvc("check")
    assert not (tmp_path / "mistyped.db").exists()


def every_command(
    command: click.Command = commands, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from every_command(inner, (*path, name))


COMMANDS = list(every_command())


@pytest.mark.parametrize(
    ("path", "command"), COMMANDS, ids=[" ".join(path) or "feedsvc" for path, _ in COMMANDS]
)
def test_every_command_and_option_explains_itself(
    feedsvc: CommandLine, path: tuple[str, ...], command: click.Command
) -> None:
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
    for name in ("-h", "--help"):
        shown = feedsvc(*path, name)
        assert shown.exit_code == 0
        assert shown.stdout.startswith("Usage: ")
    if not isinstance(command, click.Group):
        assert {"seeds", "database", "config"} <= {p.name for p in command.params}


def test_help_lists_the_commands_in_the_order_of_a_first_day(feedsvc: CommandLine) -> None:
    names = re.findall(r"^  ([a-z]+)  ", feedsvc("--help").stdout, re.MULTILINE)
    assert names == [
        "serve",
        "ingest",
        "quarantine",
        "extract",
        "check",
        "withdraw",
        "restore",
        "feeds",
        "roots",
        "token",
        "db",
    ]


def test_options_come_from_the_environment(feedsvc: CommandLine, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a.txt").write_text(article())
    feedsvc.environment["FEEDSVC_SEEDS"] = str(elsewhere)
    assert feedsvc("ingest").stdout.startswith("1 new.")


def test_a_configuration_comes_from_the_environment(feedsvc: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text('[ingest.roots]\nnews = "seeds"\n')
    feedsvc.environment["FEEDSVC_CONFIG"] = str(tmp_path / "site.toml")
    feedsvc.folder.write("empty.txt", b"")
    assert feedsvc("ingest").stdout.startswith("news/empty.txt: quarantined")


def test_an_option_wins_over_the_environment(feedsvc: CommandLine, tmp_path: Path) -> None:
    feedsvc.environment["FEEDSVC_SEEDS"] = str(tmp_path / "nowhere")
    feedsvc.folder.write("a.txt", article())
    assert feedsvc("ingest", "--seeds", "seeds").stdout.startswith("1 new.")


def test_two_folders_of_one_name_are_refused(feedsvc: CommandLine) -> None:
    with pytest.raises(ConfigError, match="name one with NAME=DIR"):
        feedsvc("ingest", "--seeds", "a=seeds", "--seeds", "a=other")


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("--version",), 0, f"feedsvc {__version__}\n"),
        (("ingest", "--seeds", "seeds", "--database", "mysql://x"), 2, "store.url: must begin"),
        (("token", "revoke", "nobody"), 1, "feedsvc: there is no valid token named 'nobody'"),
        (("check", "--database", "sqlite:////proc/x/y.db"), 3, "feedsvc: /proc/x: cannot be"),
    ],
)
def test_each_kind_of_end_has_its_status(
    feedsvc: CommandLine, tmp_path: Path, arguments: tuple[str, ...], status: int, told: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "feedsvc", *arguments],
        cwd=tmp_path,
        env=feedsvc.environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == status
    assert told in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
