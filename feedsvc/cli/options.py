"""Options that every command takes, and how they become settings."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from feedsvc.errors import ConfigError
from feedsvc.logs import set_up_logging
from feedsvc.settings import Settings, load_settings

_READ_SETTINGS = "feedsvc.read_settings"


def common_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --seeds, --database and --config; the command gets `settings` in their place."""

    @click.option(
        "--seeds",
        multiple=True,
        metavar="[NAME=]DIR",
        envvar="FEEDSVC_SEEDS",
        help="A folder to watch; may be given several times. [default: seeds]",
    )
    @click.option(
        "--database",
        metavar="URL",
        envvar="FEEDSVC_DATABASE",
        help="sqlite:///PATH or postgresql://… [default: sqlite:///.feedsvc/feedsvc.db]",
    )
    @click.option(
        "--config",
        type=click.Path(path_type=Path),
        envvar="FEEDSVC_CONFIG",
        help="The site's own settings, a TOML file.",
    )
    @functools.wraps(command)
    def wrapped(
        seeds: tuple[str, ...], database: str | None, config: Path | None, **rest: Any
    ) -> Any:  # Any: whatever the command takes and answers
        options: dict[str, dict[str, Any]] = {}
        if seeds:
            options["ingest"] = {"roots": _roots(seeds)}
        if database:
            options["store"] = {"url": database}
        # What a command overrides by options of its own (host, port) joins here.
        for section, key, value in _overrides(rest):
            options.setdefault(section, {})[key] = value
        read = functools.partial(load_settings, config, options)
        settings = read()
        click.get_current_context().meta[_READ_SETTINGS] = read
        set_up_logging(settings.log.level)
        return command(settings=settings, **rest)

    return wrapped


def reader_of_settings() -> Callable[[], Settings]:
    """What reads the settings of the command under way anew, where they may have changed."""
    read: Callable[[], Settings] = click.get_current_context().meta[_READ_SETTINGS]
    return read


_OVERRIDING = {
    "host": ("server", "host"),
    "port": ("server", "port"),
    "workers": ("server", "workers"),
    "base_url": ("site", "base_url"),
}


def _overrides(rest: dict[str, Any]) -> list[tuple[str, str, Any]]:
    return [
        (*_OVERRIDING[name], value)
        for name in list(rest)
        if name in _OVERRIDING and (value := rest.pop(name)) is not None
    ]


def _roots(seeds: tuple[str, ...]) -> dict[str, str]:
    """Names for folders: the one given, else `seeds` for the first and its own for another."""
    roots: dict[str, str] = {}
    for given in seeds:
        name, equals, folder = given.partition("=")
        if not equals or "/" in name:
            name, folder = ("seeds" if "seeds" not in roots else Path(given).name), given
        if name in roots:
            raise ConfigError(
                [f"--seeds {given}: two folders named {name!r}; name one with NAME=DIR"]
            )
        roots[name] = folder
    return roots


def with_settings(settings: Settings, **sections: dict[str, Any]) -> Settings:
    """The same settings with some values replaced, once they are known: the port that was free."""
    changed = {
        name: getattr(settings, name).model_copy(update=values) for name, values in sections.items()
    }
    return settings.model_copy(update=changed)
