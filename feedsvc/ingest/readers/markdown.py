"""Markdown: its front matter as plain values (YAML, TOML, or the header lines Pelican knows)."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import yaml

from feedsvc.errors import UnsupportedDocument
from feedsvc.ingest.article import MarkdownText
from feedsvc.settings import LimitSettings

# Nine levels of aliases are a few lines, and hundreds of millions of values.
MAX_FRONT_MATTER_NODES = 2_000

_FENCES = {
    "yaml": re.compile(r"\A---[ \t]*\n(?P<values>.*?)^(?:---|\.\.\.)[ \t]*$\n?", re.S | re.M),
    "toml": re.compile(r"\A\+\+\+[ \t]*\n(?P<values>.*?)^\+\+\+[ \t]*$\n?", re.S | re.M),
}
_HEADER_LINE = re.compile(r"(?P<key>[A-Za-z][\w -]{0,30}):[ \t]+(?P<value>.*)")
_HEADER_KEYS = frozenset({"title", "date", "author", "authors", "category", "tags", "slug"})

Values = dict[str, Any]  # Any: whatever YAML or TOML holds; `extract` types what it knows


def read_markdown(text: str, limits: LimitSettings) -> MarkdownText:
    """Part the front matter from the text below it.

    Raises UnsupportedDocument, with the line and what to do, where it cannot be read.
    """
    text = text.removeprefix("\ufeff")
    for kind, fence in _FENCES.items():
        if match := fence.match(text):
            written = match["values"]
            if len(written.encode("utf-8", "replace")) > limits.max_front_matter_bytes:
                raise UnsupportedDocument(
                    "its front matter is larger than limits.max_front_matter_bytes"
                    f" ({limits.max_front_matter_bytes:,}); move text below it"
                )
            values = _yaml(written) if kind == "yaml" else _toml(written)
            return MarkdownText(front_matter=values, text=text[match.end() :])
    return _with_header_lines(text)


def _yaml(written: str) -> Values:
    # The loader in Python: on deep nesting it raises RecursionError, where C would crash.
    loader = yaml.SafeLoader(written)
    try:
        node = loader.get_single_node()
        if node is None:
            return {}
        _bound_nodes(node)
        values = loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        raise UnsupportedDocument(
            f"its front matter is not YAML at line {line} ({error.problem});"
            " put quotes around values that hold a colon or begin with a sign"
        ) from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise UnsupportedDocument(f"its front matter is not YAML ({_brief(error)})") from error
    except RecursionError as error:
        raise UnsupportedDocument("its front matter is nested too deep; make it flat") from error
    return _mapping(values)


def _bound_nodes(node: yaml.Node) -> None:
    """Count every value as often as its aliases repeat it; refuse early."""
    pending = [node]
    for _ in range(MAX_FRONT_MATTER_NODES):
        if not pending:
            return
        node = pending.pop()
        if isinstance(node, yaml.MappingNode):
            pending += (part for pair in node.value for part in pair)
        elif isinstance(node, yaml.SequenceNode):
            pending += node.value
    raise _too_many_values()


def _toml(written: str) -> Values:
    try:
        values = tomllib.loads(written)
    except tomllib.TOMLDecodeError as error:
        where = re.sub(r"at line (\d+)", lambda m: f"at line {int(m[1]) + 1}", _brief(error))
        raise UnsupportedDocument(
            f"its front matter is not TOML ({where}); texts and dates need their quotes there"
        ) from error
    except (ValueError, OverflowError) as error:
        raise UnsupportedDocument(f"its front matter is not TOML ({_brief(error)})") from error
    except RecursionError as error:
        raise UnsupportedDocument("its front matter is nested too deep; make it flat") from error
    pending: list[Any] = [values]
    for _ in range(MAX_FRONT_MATTER_NODES):
        if not pending:
            return _mapping(values)
        value = pending.pop()
        if isinstance(value, dict):
            pending += value.values()
        elif isinstance(value, list):
            pending += value
    raise _too_many_values()


def _with_header_lines(text: str) -> MarkdownText:
    """`Title: ...` lines above the first blank one, where the first names a key everyone knows."""
    first = _HEADER_LINE.match(text)
    if first is None or first["key"].lower() not in _HEADER_KEYS:
        return MarkdownText(text=text)
    head, _, rest = text.partition("\n\n")
    lines = head.split("\n")[:100]
    matches = [_HEADER_LINE.fullmatch(line) for line in lines]
    if not all(matches):
        return MarkdownText(text=text)
    values = {match["key"].lower(): match["value"].strip() for match in matches if match}
    return MarkdownText(front_matter=values, text=rest)


def _mapping(values: Any) -> Values:
    if not isinstance(values, dict):
        raise UnsupportedDocument("its front matter is no list of `key: value` lines")
    return {str(key): value for key, value in values.items()}


def _too_many_values() -> UnsupportedDocument:
    return UnsupportedDocument(
        f"its front matter holds more than {MAX_FRONT_MATTER_NODES:,} values, repeated ones counted"
    )


def _brief(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
