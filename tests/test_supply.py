"""What is installed: pinned to the version, and bleach not older than its last repairs."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import version
from itertools import chain
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parent.parent
_PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[0-9][A-Za-z0-9.]*)")


def pins() -> dict[str, str]:
    lines = (ROOT / "config" / "constraints.txt").read_text().splitlines()
    matches = [_PIN.fullmatch(line) for line in lines if line and not line.startswith("#")]
    assert all(matches), "each line names one exact version"
    return {_plain(m["name"]): m["version"] for m in matches if m}


def _plain(name: str) -> str:
    return re.sub("[-_.]+", "-", name).lower()


def test_everything_that_is_asked_for_is_pinned_to_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    pinned = pins()
    for text in asked:
        wanted = Requirement(text)
        assert wanted.specifier.contains(pinned[_plain(wanted.name)]), text


def test_bleach_is_not_older_than_its_last_repairs() -> None:
    """6.4.0 mends GHSA-8rfp-98v4-mmr6 and GHSA-gj48-438w-jh9v; no later release will come."""
    assert Version(version("bleach")) >= Version("6.4.0")
    assert Version(pins()["bleach"]) >= Version("6.4.0")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (asked,) = (text for text in project["dependencies"] if text.startswith("bleach"))
    assert not Requirement(asked).specifier.contains("6.3.9")
