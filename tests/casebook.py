"""Cases: folders below tests/cases with the bytes to be tried and what is expected of them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Case:
    """One folder: its name is the claim, `expected.toml` says why and what."""

    folder: Path

    def __str__(self) -> str:
        return self.folder.name

    def read(self, filename: str) -> bytes:
        return (self.folder / filename).read_bytes()

    @cached_property
    def expected(self) -> dict[str, Any]:  # Any: whatever the TOML holds
        expected = tomllib.loads((self.folder / "expected.toml").read_text(encoding="utf-8"))
        assert expected.get("why"), f"{self}: expected.toml does not say why"
        return expected


def cases(name: str) -> list[Case]:
    """The cases of one stage, in the order of their names; an empty folder is a mistake."""
    found = [Case(folder) for folder in sorted((CASES / name).iterdir()) if folder.is_dir()]
    assert found, f"there are no cases in {CASES / name}"
    return found
