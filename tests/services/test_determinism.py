"""Promise 2: same entries, same bytes; in any process, locale and time zone, today and in a year.

SOAK_STORES: how many stores are made up.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from feedsvc.model.entry import EntryDraft
from feedsvc.store.engine import open_store
from tests.databases import SqliteFiles
from tests.services.rendering_process import hashes
from tests.store.desk import by, make_draft, open_desk

STORES = int(os.environ.get("SOAK_STORES", "2"))
ENVIRONMENTS = (
    ("0", {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"}),
    ("365", {"PYTHONHASHSEED": "1", "TZ": "Asia/Kathmandu", "LC_ALL": "C.UTF-8"}),
    ("-9000", {"PYTHONHASHSEED": "4242", "TZ": "America/St_Johns", "LC_ALL": "de_DE.UTF-8"}),
)

_WORDS = st.text(st.sampled_from("aäß <>&\"'.é港今भा\u0627\u200f😀"), max_size=30)
_NAMES = st.sampled_from(["AFP", "Ada", "Ünal", "港", "a & b", "…"])


def _draft(told: dict[str, Any]) -> EntryDraft:
    html = "\n".join(f"<p>{_escaped(words)}</p>" for words in told.pop("words"))
    return make_draft(told.pop("title") or "Untitled", html=html, **told)


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


DRAFTS = st.fixed_dictionaries(
    {
        "title": _WORDS,
        "words": st.lists(_WORDS, max_size=4),
        "summary": _WORDS,
        "authors": st.lists(_NAMES, max_size=3, unique=True).map(lambda names: by(*names)),
        "source": st.none() | _NAMES,
        "tags": st.lists(_NAMES, max_size=3, unique=True).map(tuple),
        "language": st.sampled_from([None, "en", "ur", "de-AT"]),
    }
).map(_draft)
# What is published; by its number, what it says later; and what is withdrawn.
HISTORIES = st.tuples(
    st.lists(DRAFTS, max_size=6),
    st.lists(st.tuples(st.integers(0, 5), DRAFTS), max_size=6),
    st.sets(st.integers(0, 5), max_size=2),
)


@settings(
    max_examples=STORES,
    deadline=None,
    # A store is not made smaller once it fails: each try takes seconds, and the test minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(HISTORIES)
def test_the_same_entries_are_the_same_bytes_wherever_and_whenever(
    sqlite_files: SqliteFiles,
    history: tuple[list[EntryDraft], list[tuple[int, EntryDraft]], set[int]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = sqlite_files.make_database(Path(folder))
        _live_through(url, *history)
        expected = hashes(url)
        assert len(expected) >= 7
        for days, environment in ENVIRONMENTS:
            assert _elsewhere(url, days, environment) == expected


def _live_through(
    url: str, drafts: list[EntryDraft], edits: list[tuple[int, EntryDraft]], gone: set[int]
) -> None:
    store = open_store(url, busy_timeout_s=5)
    with open_desk(store) as desk:
        made = [desk.add(draft) for draft in drafts]
        for number, draft in edits:
            if number < len(made):
                desk.stopped.move(hours=number, microseconds=number)
                desk.edit(made[number], draft)
        for number in gone:
            if number < len(made):
                desk.withdraw(made[number])
    store.close()


def _elsewhere(url: str, days: str, environment: dict[str, str]) -> dict[str, str]:
    checkout = str(Path(__file__).resolve().parents[2])
    told = subprocess.run(
        [sys.executable, "-m", "tests.services.rendering_process", url, days],
        env={**os.environ, **environment, "PYTHONPATH": checkout, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, str] = json.loads(told.stdout)
    return found
