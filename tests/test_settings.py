"""Settings: where they come from, which source wins, and how mistakes are told."""

from __future__ import annotations

import os
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from feedsvc.bundled import bundled
from feedsvc.errors import ConfigError
from feedsvc.settings import CustomFeedSettings, RootSettings, Settings, load_settings

DEFAULTS = bundled("config") / "default.toml"


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.upper().startswith("FEEDSVC_"):
            monkeypatch.delenv(name)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Where the site's own file would lie."""
    return tmp_path / "site.toml"


def folders(settings: Settings) -> dict[str, Path]:
    return {name: root.path for name, root in settings.ingest.roots.items()}


def problems(config: Path | None = None, **options: dict[str, Any]) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        load_settings(config, options)
    return refused.value.problems


# Sources


def test_the_defaults_are_enough() -> None:
    settings = load_settings()
    assert settings.server.port == 8000
    assert settings.config_file is None


def test_the_sites_file_wins_over_the_defaults(site: Path) -> None:
    site.write_text('[site]\ntitle = "The Courier"\n')
    settings = load_settings(site)
    assert settings.site.title == "The Courier"
    assert settings.site.language == "en"
    assert settings.config_file == site


def test_the_environment_wins_over_the_sites_file(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.write_text("[server]\nport = 9000\nworkers = 5\n")
    monkeypatch.setenv("FEEDSVC_SERVER__PORT", "9001")
    settings = load_settings(site)
    assert (settings.server.port, settings.server.workers) == (9001, 5)


def test_an_option_wins_over_all(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site.write_text("[server]\nport = 9000\n")
    monkeypatch.setenv("FEEDSVC_SERVER__PORT", "9001")
    assert load_settings(site, {"server": {"port": 9002}}).server.port == 9002


def test_a_variable_may_be_written_in_small_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("feedsvc_log__level", "DEBUG")
    assert load_settings().log.level == "DEBUG"


@pytest.mark.parametrize("name", ["FEEDSVC_CONFIG", "FEEDSVC_SEEDS", "FEEDSVC_DATABASE"])
def test_variables_of_options_are_no_unknown_settings(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "x")
    load_settings()


def test_the_sites_roots_replace_the_default_ones(site: Path) -> None:
    site.write_text('[ingest.roots]\nnews = "/srv/news"\nwire = "/srv/wire"\n')
    assert folders(load_settings(site)) == {
        "news": Path("/srv/news"),
        "wire": Path("/srv/wire"),
    }


def test_roots_may_come_from_the_environment_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDSVC_INGEST__ROOTS", '{"news": "/srv/news"}')
    assert folders(load_settings()) == {"news": Path("/srv/news")}


WIRE = """
[ingest.roots]
notes = "/srv/notes"
[ingest.roots.wire]
path = "/srv/wire"
source = "The Wire"
language = "en-GB"
time_zone = "Europe/London"
tags = ["wire", "News desk"]
"""


def test_a_root_may_say_what_holds_for_its_documents(site: Path) -> None:
    site.write_text(WIRE)
    roots = load_settings(site).ingest.roots
    assert roots["wire"] == RootSettings(
        path=Path("/srv/wire"),
        source="The Wire",
        language="en-GB",
        time_zone="Europe/London",
        tags=("wire", "News desk"),
    )
    assert roots["notes"] == RootSettings(path=Path("/srv/notes"))


def test_a_root_in_the_environment_may_say_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "FEEDSVC_INGEST__ROOTS", '{"wire": {"path": "/srv/wire", "source": "The Wire"}}'
    )
    assert load_settings().ingest.roots["wire"].source == "The Wire"


def test_another_folder_for_a_root_keeps_what_was_said_of_it(site: Path) -> None:
    site.write_text(WIRE)
    settings = load_settings(site, {"ingest": {"roots": {"wire": "/mnt/wire", "new": "/mnt/new"}}})
    assert folders(settings) == {"wire": Path("/mnt/wire"), "new": Path("/mnt/new")}
    assert settings.ingest.roots["wire"].source == "The Wire"
    assert settings.ingest.roots["new"].source == ""


def test_every_mistake_in_a_root_is_told_at_once(site: Path) -> None:
    site.write_text(
        "[ingest.roots.wire]\n"
        'source = "two\\nlines"\nlanguage = "in English"\ntime_zone = "Mars/Olympus"\n'
        'tags = ["good", ""]\ntimezone = "Europe/Berlin"\n'
        '[ingest.roots.notes]\npath = "/srv/notes"\ntime_zone = "../../etc/passwd"\n'
    )
    zone = "must be a time zone of the IANA database, as Europe/Berlin is"
    pattern = "string should match pattern '^([A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*)?$'"
    assert sorted(problems(site)) == [
        f"ingest.roots.notes.time_zone: {zone}",
        f"ingest.roots.wire.language: {pattern}",
        "ingest.roots.wire.path: field required",
        "ingest.roots.wire.source: must be one line without control characters",
        "ingest.roots.wire.tags.1: must not be empty",
        f"ingest.roots.wire.time_zone: {zone}",
        "ingest.roots.wire.timezone: there is no such setting; "
        "did you mean ingest.roots.wire.time_zone?",
    ]


def test_settings_stay_as_they_were_loaded() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().server.port = 1


# Mistakes


def test_an_unknown_key_is_told_with_the_nearest_one(site: Path) -> None:
    site.write_text("[ingest]\nscan_intervall_s = 5\n")
    assert problems(site) == [
        "ingest.scan_intervall_s: there is no such setting; did you mean ingest.scan_interval_s?"
    ]


def test_an_unknown_section_is_told_with_the_nearest_one(site: Path) -> None:
    site.write_text("[ingets]\nsettle_s = 5\n")
    assert problems(site) == ["ingets: there is no such setting; did you mean ingest?"]


def test_an_unknown_variable_is_told_with_the_nearest_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDSVC_SERVER_PORT", "9001")
    assert problems() == [
        "FEEDSVC_SERVER_PORT: there is no such setting; did you mean FEEDSVC_SERVER__PORT?"
    ]


def test_every_mistake_is_told_at_once(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site.write_text('[site]\nlanguage = "in English"\n[server]\nport = 70000\nprot = 1\n')
    monkeypatch.setenv("FEEDSVC_LOG__LEVLE", "DEBUG")
    monkeypatch.setenv("FEEDSVC_STORE__URL", "mysql://elsewhere")
    told = problems(site)
    assert sorted(line.partition(":")[0] for line in told) == [
        "FEEDSVC_LOG__LEVLE",
        "server.port",
        "server.prot",
        "site.language",
        "store.url",
    ]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    (told,) = problems(tmp_path / "nowhere.toml")
    assert "nowhere.toml: cannot be read (No such file or directory)" in told


@pytest.mark.parametrize("raw", [b"[site\n", b'[site]\ntitle = "\xff"\n'])
def test_a_file_that_is_no_toml_is_told(site: Path, raw: bytes) -> None:
    site.write_bytes(raw)
    (told,) = problems(site)
    assert told.startswith(f"{site}: is not valid TOML (")


@pytest.mark.parametrize("raw", ["/srv/news", "seeds=/srv/news", "["])
def test_roots_that_are_no_json_are_told(raw: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDSVC_INGEST__ROOTS", raw)
    (told,) = problems()
    assert told.startswith("FEEDSVC_INGEST__ROOTS: must be JSON")


def test_a_whole_section_in_one_variable_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDSVC_SITE", "The Courier")
    (told,) = problems()
    assert told.startswith("FEEDSVC_SITE: there is no such setting")


def test_a_value_where_a_section_belongs_is_told(site: Path) -> None:
    site.write_text('site = "The Courier"\n')
    (told,) = problems(site)
    assert told.startswith("site: ")


@pytest.mark.parametrize("value", ["inf", "nan", "-1", "soon"])
def test_a_duration_is_a_finite_number(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDSVC_INGEST__WITHDRAW_AFTER_S", value)
    (told,) = problems()
    assert told.startswith("ingest.withdraw_after_s: ")


# Roots


def test_a_root_inside_another_is_refused(tmp_path: Path) -> None:
    roots = {"all": tmp_path, "wire": tmp_path / "wire" / "today"}
    (told,) = problems(ingest={"roots": roots})
    assert told == f"ingest.roots.wire: {tmp_path}/wire/today lies in the root all ({tmp_path})"


def test_one_folder_under_two_names_is_refused(tmp_path: Path) -> None:
    assert len(problems(ingest={"roots": {"a": tmp_path, "b": tmp_path}})) == 1


def test_a_root_behind_a_link_into_another_is_refused(tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "news")
    roots = {"a": tmp_path / "news", "b": tmp_path / "link"}
    assert len(problems(ingest={"roots": roots})) == 1


def test_a_link_that_leads_to_itself_is_no_bug_of_ours(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    load_settings(None, {"ingest": {"roots": {"a": tmp_path / "loop", "b": tmp_path / "b"}}})


def test_roots_whose_names_begin_alike_are_two(tmp_path: Path) -> None:
    load_settings(None, {"ingest": {"roots": {"a": tmp_path / "x", "b": tmp_path / "xy"}}})


@pytest.mark.parametrize("name", ["", "a/b", "a\nb", "x" * 65])
def test_the_name_of_a_root_is_one_part_of_a_path(name: str) -> None:
    assert len(problems(ingest={"roots": {name: "/srv/news"}})) == 1


def test_there_is_at_least_one_root() -> None:
    assert len(problems(ingest={"roots": {}})) == 1


# Addresses and titles


@pytest.mark.parametrize(
    "url",
    [
        "news.example.org",
        "ftp://news.example.org",
        "//news.example.org",
        "https://",
        "https://user:pass@news.example.org",
        "https://news.example.org/?page=1",
        "https://news.example.org/?",
        "https://news.example.org/#top",
        "https://news.example.org/#",
        "https://news.example.org:99999",
        "https://news.example.org:http",
        "https://[::1",
        "https://news example.org",
        "https://news.example.org/\nX-Header: 1",
        'https://news.example.org/"><script>',
        "javascript:alert(1)",
    ],
)
def test_a_base_url_is_an_absolute_address_and_nothing_more(url: str) -> None:
    (told,) = problems(site={"base_url": url})
    assert told.startswith("site.base_url: ")


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("", ""),
        ("https://news.example.org/", "https://news.example.org"),
        ("http://news.example.org:8080/feeds/", "http://news.example.org:8080/feeds"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_a_base_url_loses_its_last_slash(url: str, kept: str) -> None:
    assert load_settings(None, {"site": {"base_url": url}}).site.base_url == kept


@pytest.mark.parametrize("title", ["", " ", "a\x01b", "a\nb", "a\ufffeb"])
def test_a_title_is_a_line_that_xml_can_hold(title: str) -> None:
    (told,) = problems(site={"title": title})
    assert told.startswith("site.title: ")


def test_a_title_keeps_the_joiners_that_its_language_needs() -> None:
    title = "اخبار می\u200cرسد"
    assert load_settings(None, {"site": {"title": title}}).site.title == title


# The file of defaults


def keys() -> list[tuple[str, str]]:
    told = tomllib.loads(DEFAULTS.read_text(encoding="utf-8"))
    return [(section, key) for section, values in told.items() for key in values]


def test_every_setting_has_its_default_in_the_file_and_its_type_in_the_code() -> None:
    typed = {
        (section, key)
        for section, field in Settings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
        for key in field.annotation.model_fields
    }
    assert set(keys()) == typed


# What its own name says in full.
PLAIN = {"title", "description", "host", "port", "level"}


@pytest.mark.parametrize(("section", "key"), keys())
def test_every_default_says_what_it_means(section: str, key: str) -> None:
    lines = DEFAULTS.read_text(encoding="utf-8").splitlines()
    at = next(
        n
        for n, line in enumerate(lines)
        if re.match(rf"{key} = ", line) or line == f"[{section}.{key}]"
    )
    # A comment speaks for the lines that follow it without a blank one.
    while at and lines[at] and not lines[at].startswith("#"):
        at -= 1
        if lines[at].startswith("[") and not lines[at].endswith(f".{key}]"):
            break
    assert key in PLAIN or lines[at].startswith("#")


@pytest.mark.parametrize(("section", "key"), keys())
def test_a_duration_names_its_unit(section: str, key: str) -> None:
    told = tomllib.loads(DEFAULTS.read_text(encoding="utf-8"))[section][key]
    if isinstance(told, float):
        assert key.endswith("_s")


# Feeds of the site's own


def declared(site: Path, text: str) -> list[str]:
    """The problems with a feeds.toml beside the site's file, without where it lies."""
    (site.parent / "feeds.toml").write_text(text)
    site.write_text("")
    return [p.removeprefix(f"{site.parent}/feeds.toml: ") for p in problems(site)]


def test_feeds_are_declared_beside_the_sites_file(site: Path) -> None:
    site.write_text("")
    (site.parent / "feeds.toml").write_text(
        '[feeds.storm-2]\ntitle = "Storm"\ntags = ["sea"]\npublished_to = 2022-12-31\n'
    )
    settings = load_settings(site)
    assert settings.custom_feeds["storm-2"].tags == ("sea",)
    assert settings.custom_feeds["storm-2"].published_to == date(2022, 12, 31)
    assert settings.feeds_file == site.parent / "feeds.toml"


def test_feeds_are_declared_in_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings().custom_feeds == {}
    (tmp_path / "feeds.toml").write_text('[feeds.storm]\ntitle = "Storm"\n')
    assert list(load_settings().custom_feeds) == ["storm"]


def test_feeds_that_were_asked_for_must_be_there(site: Path) -> None:
    site.write_text('[feeds]\nfile = "mine.toml"\n')
    (problem,) = problems(site)
    assert problem == f"{site.parent}/mine.toml: cannot be read (No such file or directory)"


def test_the_example_of_feeds_can_be_taken_as_it_is(site: Path) -> None:
    example = (bundled("config") / "feeds.toml").read_text()
    told = re.sub("(?m)^#( {3}(?! )|.*)", "", example)
    site.write_text("")
    (site.parent / "feeds.toml").write_text(told)
    (feed,) = load_settings(site).custom_feeds.values()
    assert feed.model_fields_set == CustomFeedSettings.model_fields.keys()


def test_all_mistakes_in_feeds_are_told_at_once(site: Path) -> None:
    told = declared(
        site,
        """
        titel = "x"
        [feeds.Storm]
        title = "A"
        [feeds.b]
        tag = ["sea"]
        tags = []
        authors = "Jane"
        languages = ["english!"]
        paths = ["../x"]
        published_from = "2022"
        published_to = 2022-01-01T00:00:00
        icon = "/icon.png"
        window_hours = 0
        entry_dates = "today"
        """,
    )
    assert [problem.partition(": ")[0] for problem in told] == [
        "titel",
        "feeds.Storm",
        "feeds.b.title",
        "feeds.b.icon",
        "feeds.b.authors",
        "feeds.b.tags",
        "feeds.b.languages.0",
        "feeds.b.published_from",
        "feeds.b.published_to",
        "feeds.b.paths.0",
        "feeds.b.window_hours",
        "feeds.b.entry_dates",
        "feeds.b.tag",
    ]
    assert told[-1] == "feeds.b.tag: there is no such setting; did you mean feeds.b.tags?"
    assert "written without quotes" in told[7]
    assert "must name a zone" in told[8]


def test_dates_in_the_wrong_order_are_refused(site: Path) -> None:
    (told,) = declared(
        site,
        '[feeds.a]\ntitle = "A"\npublished_from = 2022-02-01\npublished_to = 2022-01-01\n',
    )
    assert told == "feeds.a: published_to lies before published_from"


def test_feeds_are_declared_nowhere_else(site: Path) -> None:
    site.write_text('[custom_feeds.a]\ntitle = "A"\n')
    (told,) = problems(site)
    assert told.startswith("custom_feeds: there is no such setting; feeds are declared in ")


@pytest.mark.parametrize("text", ["feeds = 1", "[feeds]\na = 1", "[feeds.a", "[[feeds.a]]"])
def test_a_file_of_another_shape_is_refused(site: Path, text: str) -> None:
    assert declared(site, text)
