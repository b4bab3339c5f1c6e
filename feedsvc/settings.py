"""Typed settings, loaded once: default.toml, the site's file, the environment, then options."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PositiveFloat,
    PositiveInt,
    PrivateAttr,
    ValidationError,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from feedsvc.bundled import bundled
from feedsvc.errors import ConfigError

ENV_PREFIX = "FEEDSVC_"
# Options of the command line that may come from the environment under names of their own.
OPTION_VARIABLES = frozenset({"FEEDSVC_CONFIG", "FEEDSVC_SEEDS", "FEEDSVC_DATABASE"})


# What XML 1.0 has no place for, and line breaks, which a title has no place for.
_NO_LINE = re.compile(r"[\x00-\x1F\x7F-\x9F\u2028\u2029\uFFFE\uFFFF]")
_TEN_YEARS_S = 315_360_000


def _line(value: str) -> str:
    if _NO_LINE.search(value):
        raise ValueError("must be one line without control characters")
    return value.strip()


def _title(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty")
    return _line(value)


def _base_url(value: str) -> str:
    if not value:
        return value
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or not _is_port(parts):
        raise ValueError("must be an absolute http or https address")
    if "?" in value or "#" in value or parts.username is not None:
        raise ValueError("must have no user, query or fragment")
    if not value.isascii():
        raise ValueError("must be ASCII; write a host of another script as xn--…")
    if any(c.isspace() or not c.isprintable() or c in '<>"\\^`{|}' for c in value):
        raise ValueError("must have no spaces or signs that an address cannot hold")
    return value.rstrip("/")


def _is_port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:
        return False


def _store_url(value: str) -> str:
    scheme = value.partition(":")[0].partition("+")[0]
    if scheme not in ("sqlite", "postgresql"):
        raise ValueError("must begin with sqlite:/// or postgresql://")
    return value


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class SiteSettings(_Section):
    title: Annotated[str, AfterValidator(_title)]
    description: Annotated[str, AfterValidator(_line)]
    language: Annotated[str, Field(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")]
    base_url: Annotated[str, AfterValidator(_base_url)]


class StoreSettings(_Section):
    url: Annotated[str, AfterValidator(_store_url)]
    busy_timeout_s: PositiveFloat


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("must be a time zone of the IANA database, as Europe/Berlin is") from None
    return value


# Such a string names a language, BCP 47, or none.
LanguageOrNone = Annotated[str, Field(pattern=r"^([A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*)?$")]
Tag = Annotated[str, Field(max_length=64), AfterValidator(_title)]


class RootSettings(_Section):
    """A watched folder, and what it says of its documents where they are silent."""

    path: Path
    source: Annotated[str, Field(max_length=200), AfterValidator(_line)] = ""
    language: LanguageOrNone = ""
    time_zone: Annotated[str, AfterValidator(_time_zone)] = ""
    tags: Annotated[tuple[Tag, ...], Field(max_length=32)] = ()

    @model_validator(mode="before")
    @classmethod
    def _in_full(cls, value: Any) -> Any:  # Any: raw, typed right after
        return {"path": value} if isinstance(value, str | Path) else value


# The first part of ROOT/PATH.
RootName = Annotated[str, Field(pattern=r"^[^/\x00-\x1F]+$", max_length=64)]


class IngestSettings(_Section):
    roots: Annotated[dict[RootName, RootSettings], Field(min_length=1)]
    settle_s: PositiveFloat
    scan_interval_s: PositiveFloat
    workers: Annotated[int, Field(ge=0, le=256)]
    batch_s: PositiveFloat
    removal: Literal["keep", "withdraw"]
    withdraw_after_s: Annotated[float, Field(ge=0, le=_TEN_YEARS_S)]


class LimitSettings(_Section):
    max_document_bytes: PositiveInt
    max_dump_lines: PositiveInt
    max_html_bytes: PositiveInt
    max_html_elements: PositiveInt
    max_html_depth: Annotated[int, Field(ge=10, le=200)]
    max_front_matter_bytes: PositiveInt
    document_timeout_s: PositiveFloat
    document_cpu_s: PositiveFloat
    document_memory_bytes: PositiveInt


def _slug(value: str) -> str:
    if len(value) > 60 or not _SLUG.fullmatch(value):
        raise ValueError("must be of small letters, digits and single hyphens, at most 60: a-b-2")
    return value


def _address(value: str) -> str:
    if not _base_url(value):
        raise ValueError("must be an absolute http or https address")
    return value


def _glob(value: str) -> str:
    parts = value.rstrip("/").split("/")
    if not all(parts) or {".", ".."} & set(parts) or len(value) > 4096:
        raise ValueError("must be a path or glob below a watched folder, as seeds/2022/**/*.txt is")
    return value


def _moment(value: Any) -> Any:  # Any: raw, typed right after
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("must name a zone, as 2022-11-13T09:00:00Z does, or be a date alone")
    elif not isinstance(value, date):
        raise ValueError("must be a date, written without quotes, as 2022-11-13")
    if not 1 < value.year < 9999:
        raise ValueError("must lie in the years from 2 to 9998")
    return value


def _values(value: Any) -> Any:  # Any: raw, typed right after
    if not isinstance(value, list | tuple) or not 0 < len(value) <= _MAX_VALUES:
        raise ValueError(f"must be a list of at least one and at most {_MAX_VALUES}")
    return value


_MAX_VALUES = 1000
_SLUG = re.compile("[a-z0-9]+(-[a-z0-9]+)*")
FeedSlug = Annotated[str, AfterValidator(_slug)]
Name = Annotated[str, Field(max_length=200), AfterValidator(_title)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_values)]
Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")]
Languages = Annotated[tuple[Language, ...], BeforeValidator(_values)]
Glob = Annotated[str, AfterValidator(_glob)]
Globs = Annotated[tuple[Glob, ...], BeforeValidator(_values)]
Moment = Annotated[datetime | date, BeforeValidator(_moment)]


class CustomFeedSettings(_Section):
    """A feed that the site declares in feeds.toml. What is None is no condition.

    published_to: included, as the whole of a day.
    """

    title: Name
    description: Annotated[str, Field(max_length=1000), AfterValidator(_line)] = ""
    icon: Annotated[str, AfterValidator(_address)] | None = None
    sources: Names | None = None
    authors: Names | None = None
    tags: Names | None = None
    languages: Languages | None = None
    words: Names | None = None
    published_from: Moment | None = None
    published_to: Moment | None = None
    paths: Globs | None = None
    window_entries: PositiveInt | None = None
    window_hours: Annotated[float, Field(gt=0, le=_TEN_YEARS_S / 3600)] | None = None
    window_max_entries: PositiveInt | None = None
    window_max_bytes: PositiveInt | None = None
    entry_dates: Literal["article", "arrival"] = "article"
    content: Literal["full", "summary"] = "full"

    @model_validator(mode="after")
    def _in_order(self) -> CustomFeedSettings:
        first, last = self.published_from, self.published_to
        if first and last and _day(last) < _day(first):
            raise ValueError("published_to lies before published_from")
        return self


def _day(moment: date) -> date:
    return moment.astimezone(UTC).date() if isinstance(moment, datetime) else moment


class FeedSettings(_Section):
    file: str
    window_entries: PositiveInt
    window_hours: Annotated[float, Field(gt=0, le=_TEN_YEARS_S / 3600)]
    window_max_entries: PositiveInt
    window_max_bytes: PositiveInt
    body_excerpt_bytes: PositiveInt
    tombstones: bool
    deltas: bool
    cache_bytes: PositiveInt
    max_age_s: PositiveInt
    s_maxage_s: Annotated[int, Field(ge=0)]


# At most ten years.
Days = Annotated[float, Field(ge=0, le=_TEN_YEARS_S / 86_400)]


class RetentionSettings(_Section):
    revisions_days: Days
    revisions_per_entry: Annotated[int, Field(ge=0)]
    runs_days: Days
    audit_days: Days


class ServerSettings(_Section):
    host: str
    port: Annotated[int, Field(ge=0, le=65535)]
    workers: PositiveInt
    threads: PositiveInt
    connections: PositiveInt
    idle_timeout_s: Annotated[float, Field(ge=1, le=600)]
    max_header_bytes: Annotated[int, Field(ge=8192)]
    access_log: bool
    trusted_proxies: Annotated[int, Field(ge=0, le=10)]
    requests_per_minute: Annotated[int, Field(ge=0)]
    edge_folder: str


class LogSettings(_Section):
    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"]


class Settings(BaseSettings):
    """All settings of one process. Built by `load_settings`, never by hand."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True
    )

    site: SiteSettings
    store: StoreSettings
    ingest: IngestSettings
    limits: LimitSettings
    feeds: FeedSettings
    retention: RetentionSettings
    server: ServerSettings
    log: LogSettings
    custom_feeds: dict[FeedSlug, CustomFeedSettings]
    _config_file: Path | None = PrivateAttr(default=None)
    _feeds_file: Path | None = PrivateAttr(default=None)

    @property
    def config_file(self) -> Path | None:
        """The site's own file that was read, absolute."""
        return self._config_file

    @property
    def feeds_file(self) -> Path | None:
        """Where the site declares feeds of its own, absolute; there may be no such file."""
        return self._feeds_file

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        # `load_settings` lays the sources over one another itself: a site's roots replace the
        # default ones, where pydantic-settings would add them together.
        return (init_settings,)


Layer = dict[str, Any]  # Any: raw TOML and environment, typed by `Settings` right after


def load_settings(
    config: Path | None = None, options: Mapping[str, Mapping[str, Any]] | None = None
) -> Settings:
    """Read the settings of this process: default.toml, `config`, the environment, `options`.

    options: what the command line says, {section: {key: value}}; it wins over all.
    Raises ConfigError with every problem found.
    """
    merged = _read_toml(bundled("config") / "default.toml")
    problems = list(_unknown_variables(os.environ))
    layers = [_read_toml(config) if config else {}, _read_environment(problems), options or {}]
    for layer in layers:
        for section, values in layer.items():
            if isinstance(merged.get(section), dict) and isinstance(values, Mapping):
                before = merged[section]
                merged[section] = {**before, **values}
                if section == "ingest" and "roots" in values:
                    merged[section]["roots"] = _laid_over(before["roots"], values["roots"])
            else:
                merged[section] = values
    file = _feeds_file(merged, config)
    merged["custom_feeds"] = _read_declarations(file, layers, problems)
    try:
        settings = Settings(**merged)
    except ValidationError as error:
        problems += [_told(e["loc"], e["type"], e["msg"], file) for e in error.errors()]
        raise ConfigError(problems) from error
    problems += _clashing_roots(settings.ingest.roots)
    if problems:
        raise ConfigError(problems)
    settings._config_file = config.resolve() if config else None
    settings._feeds_file = file.resolve()
    return settings


def _feeds_file(merged: Layer, config: Path | None) -> Path:
    """The file that declares feeds: beside the site's own file, or from the working directory."""
    section = merged.get("feeds")
    name = section.get("file") if isinstance(section, Mapping) else None
    folder = config.parent if config else Path()
    return folder / name if isinstance(name, str) else folder


def _read_declarations(
    file: Path, layers: Sequence[Mapping[str, Any]], problems: list[str]
) -> object:
    """What `file` declares, raw; nothing where there is none and nobody has asked for one."""
    if any("custom_feeds" in layer for layer in layers):
        problems.append(f"custom_feeds: there is no such setting; feeds are declared in {file}")
    is_asked_for = any(
        isinstance(f := layer.get("feeds"), Mapping) and "file" in f for layer in layers
    )
    if not file.is_file() and not is_asked_for:
        return {}
    try:
        declared = _read_toml(file)
    except ConfigError as error:
        problems += error.problems
        return {}
    problems += [
        f"{file}: {key}: there is no such key; a feed begins with [feeds.NAME]"
        for key in declared
        if key != "feeds"
    ]
    return declared.get("feeds", {})


def _laid_over(before: Any, roots: Any) -> Any:  # Any: raw, typed by `Settings` right after
    """These roots alone; one that is only given another folder keeps what else was said of it."""
    if not isinstance(before, Mapping) or not isinstance(roots, Mapping):
        return roots
    return {
        name: {**before[name], "path": root}
        if isinstance(root, str | Path) and isinstance(before.get(name), Mapping)
        else root
        for name, root in roots.items()
    }


def _read_toml(path: Path) -> Layer:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read ({error.strerror})"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError([f"{path}: is not valid TOML ({error})"]) from error


def _read_environment(problems: list[str]) -> Layer:
    try:
        told = EnvSettingsSource(Settings)()
    except SettingsError as error:
        # A section is told as unknown already; the roots are the one table beside them.
        roots = f"{ENV_PREFIX}INGEST__ROOTS: must be JSON, as in " + '{"seeds": "/srv/seeds"}'
        raise ConfigError(problems or [roots]) from error
    known = set(_known_names())
    return {
        section: {key: value for key, value in values.items() if f"{section}.{key}" in known}
        for section, values in told.items()
        if isinstance(values, Mapping)
    }


def _told(location: tuple[int | str, ...], kind: str, message: str, file: Path) -> str:
    name = ".".join(str(part) for part in location if part != "[key]")
    known = _known_names()
    if location[0] == "custom_feeds":
        name = name.replace("custom_feeds", "feeds", 1)
        feed = ".".join(name.split(".")[:2])
        known = [f"{feed}.{key}" for key in CustomFeedSettings.model_fields]
        return f"{file}: {_told_of(name, known, kind, message)}"
    if location[:2] == ("ingest", "roots"):
        known = [".".join(map(str, (*location[:-1], key))) for key in RootSettings.model_fields]
    return _told_of(name, known, kind, message)


def _told_of(name: str, known: list[str], kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return f"{name}: there is no such setting{_nearest(name, known)}"
    message = message.removeprefix("Value error, ")
    return f"{name}: {message[:1].lower()}{message[1:]}"


def _nearest(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]}?" if near else ""


def _known_names() -> list[str]:
    sections = {n: field for n, field in Settings.model_fields.items() if n != "custom_feeds"}
    return list(sections) + [
        f"{section}.{key}"
        for section, field in sections.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
        for key in field.annotation.model_fields
    ]


def _unknown_variables(environ: Mapping[str, str]) -> Iterator[str]:
    known = {f"{ENV_PREFIX}{n.upper().replace('.', '__')}" for n in _known_names() if "." in n}
    known |= OPTION_VARIABLES
    for name in sorted(environ):
        if name.upper().startswith(ENV_PREFIX) and name.upper() not in known:
            yield f"{name}: there is no such setting{_nearest(name.upper(), sorted(known))}"


def _clashing_roots(roots: Mapping[str, RootSettings]) -> Iterator[str]:
    """A document in two roots would have two identities, so one root inside another is refused."""
    resolved = {name: Path(os.path.realpath(root.path)) for name, root in roots.items()}
    for name, path in resolved.items():
        for other, outer in resolved.items():
            if name != other and (outer in path.parents or (outer == path and other < name)):
                yield f"ingest.roots.{name}: {path} lies in the root {other} ({outer})"
