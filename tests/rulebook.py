"""Rules and the tests that hold them: tables of both, looked after so that none is forgotten."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from types import ModuleType

# By rule, its tests: `feeds.test_atom:test_…` below the folder of tests; `:test_…` in the table's
# own module.
Rulebook = Mapping[str, Sequence[str]]


def missing_tests(rules: Rulebook, home: ModuleType) -> list[str]:
    """What a table names and nobody wrote."""
    named = [name for names in rules.values() for name in names]
    return [name for name in named if not callable(getattr(_module(name, home), _test(name), None))]


def forgotten_tests(rules: Rulebook, home: ModuleType) -> set[str]:
    """Tests of the table's own module that stand for no rule."""
    own = {_test(name) for names in rules.values() for name in names if name.startswith(":")}
    return {name for name in vars(home) if name.startswith("test_")} - own


def _module(name: str, home: ModuleType) -> ModuleType:
    path = name.partition(":")[0]
    return importlib.import_module(f"tests.{path}") if path else home


def _test(name: str) -> str:
    return name.partition(":")[2]
