"""The arrows of the house: which room may import which, and a few words and places kept."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import feedsvc

PACKAGE = Path(feedsvc.__file__).parent

# Any room may import it, and it imports no room.
GROUND_FLOOR = frozenset(
    {"errors", "settings", "bundled", "clock", "collector", "loading", "logs", "signals"}
)

ARROWS = {
    "model": frozenset[str](),
    "store": frozenset({"model"}),
    "ingest": frozenset({"model"}),
    "feeds": frozenset({"model"}),
    "services": frozenset({"ingest", "feeds", "store", "model"}),
    "runtime": frozenset({"ingest", "feeds", "store", "model", "services"}),
    "web": frozenset({"runtime", "services", "model"}),
    "jobs": frozenset({"runtime", "services", "model"}),
    "cli": frozenset({"runtime", "services", "model", "web", "jobs"}),
}

# (who, whom): why an arrow goes where the drawing has none.
EXCEPTIONS = {
    ("feedsvc.__main__", "feedsvc.cli"): "python -m feedsvc is the command line",
    ("feedsvc.cli.extract", "feedsvc.ingest.article"): "extraction is shown without any store",
    ("feedsvc.cli.extract", "feedsvc.ingest.discover"): "extraction is shown without any store",
    ("feedsvc.cli.extract", "feedsvc.ingest.extract.dump.article"): "--explain labels each line",
    ("feedsvc.cli.extract", "feedsvc.ingest.extract.dump.parts"): "--explain labels each line",
    ("feedsvc.cli.extract", "feedsvc.ingest.extract.dump.roles"): "--explain labels each line",
    ("feedsvc.cli.extract", "feedsvc.ingest.pipeline"): "extraction is shown without any store",
    ("feedsvc.cli.extract", "feedsvc.ingest.readers"): "--explain labels each line",
    ("feedsvc.cli.check", "feedsvc.feeds.check.findings"): "findings are printed as they are",
    ("feedsvc.cli.db", "feedsvc.store.engine"): "a store is migrated before anything opens it",
    ("feedsvc.cli.db", "feedsvc.store.migrate"): "a store is migrated before anything opens it",
    ("feedsvc.cli.ingest", "feedsvc.ingest.forking"): "workers load while the command does",
    ("feedsvc.cli.ingesting", "feedsvc.ingest.forking"): "workers load while the store is made",
    ("feedsvc.cli.ingesting", "feedsvc.store.leases"): "whoever holds the lease ingests here",
    ("feedsvc.cli.ingesting", "feedsvc.store.migrate"): "a first run needs no other command",
    ("feedsvc.cli.opened", "feedsvc.store.migrate"): "a first run needs no other command",
    ("feedsvc.cli.serve", "feedsvc.ingest.forking"): "workers load while the scheduler does",
    ("feedsvc.jobs.schedule", "feedsvc.store.leases"): "the lease lives as long as the process",
}

# Libraries that one place alone knows, so that it alone changes when they do.
LIBRARIES = {
    "alembic": "feedsvc.store.migrate",
    "apscheduler": "feedsvc.jobs",
    "bleach": "feedsvc.ingest.sanitize",
    "feedgen": "feedsvc.feeds.feedgen_adapter",
    "flask": "feedsvc.web",
    "granian": "feedsvc.cli.webserver",
    "nh3": "feedsvc.ingest.sanitize",
    "psycopg": "feedsvc.store",
    "pathspec": "feedsvc.ingest.ignore",
    "pydantic": "feedsvc.settings",
    "pydantic_settings": "feedsvc.settings",
    "sqlite3": "feedsvc.store",
    "trafilatura": "feedsvc.ingest",
}

# Say the word on the right for the one on the left.
WORDS = {
    "post": "document or entry",
    "posts": "documents or entries",
    "uid": "guid",
    "attachment": "enclosure",
    "deleted": "withdrawn, and a tombstone",
    "utils": "what it does",
    "util": "what it does",
    "helpers": "what it does",
    "misc": "what it does",
}
# (the last part of a module's name, the word): whose word it is there.
WORD_EXCEPTIONS = {("jsonfeed", "attachment"): "JSON Feed 1.1 calls enclosures so"}


@dataclass(frozen=True, kw_only=True)
class Module:
    """A module of feedsvc: its dotted name, its text, and the tree of it."""

    name: str
    text: str
    tree: ast.Module

    def __str__(self) -> str:
        return self.name

    @property
    def room(self) -> str:
        return room_of(self.name)


def room_of(name: str) -> str:
    """The room of a module, or the module itself on the ground floor."""
    return name.split(".")[1] if "." in name else name


@cache
def modules() -> tuple[Module, ...]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        relative = path.relative_to(PACKAGE.parent).with_suffix("")
        parts = relative.parts[:-1] if relative.name == "__init__" else relative.parts
        text = path.read_text(encoding="utf-8")
        found.append(Module(name=".".join(parts), text=text, tree=ast.parse(text)))
    assert len(found) > 50
    return tuple(found)


def imports(module: Module, *, typing_too: bool = True) -> set[str]:
    """What a module imports, wherever in it; submodules of feedsvc by their full names."""
    names = {m.name for m in modules()}
    found = set()
    for node in _nodes(module.tree, typing_too=typing_too):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports by a relative name"
            assert node.module is not None
            for alias in node.names:
                deeper = f"{node.module}.{alias.name}"
                found.add(deeper if deeper in names else node.module)
    return found


def _nodes(tree: ast.AST, *, typing_too: bool) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        is_typing = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        if typing_too or not is_typing:
            yield node
            yield from _nodes(node, typing_too=typing_too)


def arrows() -> Iterator[tuple[str, str]]:
    for module in modules():
        for imported in imports(module):
            if imported.split(".")[0] == "feedsvc":
                yield module.name, imported


def is_allowed(importer: str, imported: str) -> bool:
    here, there = room_of(importer), room_of(imported)
    if there in GROUND_FLOOR or here == there or imported == "feedsvc":
        return True
    return there in ARROWS.get(here, frozenset())


def test_every_arrow_points_down() -> None:
    wrong = {arrow for arrow in arrows() if not is_allowed(*arrow)}
    assert wrong - EXCEPTIONS.keys() == set()


def test_no_exception_outlives_its_arrow() -> None:
    assert EXCEPTIONS.keys() - set(arrows()) == set()


def test_every_room_is_in_the_drawing() -> None:
    rooms = {module.room for module in modules()}
    assert rooms - GROUND_FLOOR - {"feedsvc", "__main__"} == ARROWS.keys()


def test_no_import_goes_round_in_a_circle() -> None:
    names = {module.name for module in modules()}
    graph = {m.name: imports(m, typing_too=False) & names - {"feedsvc"} for m in modules()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_the_model_needs_nothing_but_the_standard_library() -> None:
    outside = {
        (module.name, name)
        for module in modules()
        if module.room == "model"
        for name in imports(module)
        if name.split(".")[0] not in sys.stdlib_module_names | {"feedsvc"}
    }
    assert outside == set()


def test_sqlalchemy_stays_in_the_store() -> None:
    users = {m.room for m in modules() if any(_is_sqlalchemy(name) for name in imports(m))}
    # Services hand connections from one function of the store to another, and name their type.
    assert users == {"store", "services"}


def test_services_take_only_a_type_from_sqlalchemy_and_one_of_them_its_errors() -> None:
    taken = {
        (module.name, alias.name)
        for module in modules()
        if module.room == "services"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and _is_sqlalchemy(node.module or "")
        for alias in node.names
    }
    # A document's own failure is told from the store's by the class of the error.
    errors = {("feedsvc.services.batches", e) for e in ("OperationalError", "SQLAlchemyError")}
    assert {(name, what) for name, what in taken if what != "Connection"} <= errors


def _is_sqlalchemy(name: str) -> bool:
    return name.split(".")[0] == "sqlalchemy"


@pytest.mark.parametrize(("library", "place"), sorted(LIBRARIES.items()))
def test_a_library_is_known_in_one_place(library: str, place: str) -> None:
    users = {m.name for m in modules() if library in {name.split(".")[0] for name in imports(m)}}
    assert {name for name in users if not f"{name}.".startswith(f"{place}.")} == set()


def test_a_string_is_declared_safe_html_in_one_place() -> None:
    places = [m.name for m in modules() for _ in range(_calls(m, "Markup"))]
    assert places == ["feedsvc.web.articles"]


def test_templates_trust_no_string() -> None:
    templates = sorted(PACKAGE.rglob("*.html"))
    assert templates
    trusting = [p.name for p in templates if re.search(r"\|\s*safe\b", p.read_text("utf-8"))]
    assert trusting == []


def test_only_the_command_line_prints() -> None:
    printing = {m.name for m in modules() if _calls(m, "print") and m.room != "cli"}
    assert printing == set()


def _calls(module: Module, name: str) -> int:
    return sum(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
        for node in ast.walk(module.tree)
    )


@pytest.mark.parametrize("module", modules(), ids=str)
def test_a_module_says_what_it_is_for(module: Module) -> None:
    assert ast.get_docstring(module.tree)


def test_every_folder_of_modules_has_a_plaque() -> None:
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    bare = [str(f.relative_to(PACKAGE)) for f in folders if not (f / "__init__.py").is_file()]
    assert bare == []


def test_things_are_called_by_their_names() -> None:
    wrong = {
        (module.name, name, f"say {WORDS[word]}")
        for module in modules()
        for name in _names(module)
        for word in re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().split("_")
        if word in WORDS and (module.name.rpartition(".")[2], word) not in WORD_EXCEPTIONS
    }
    assert wrong == set()


def _names(module: Module) -> set[str]:
    """What a module names itself: modules, functions, classes, arguments, variables."""
    found = {module.name.rpartition(".")[2]}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
    return found
