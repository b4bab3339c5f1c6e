"""Imported by the server that worker processes are forked from: loads all that extraction needs.

Each worker then begins with models and tables in memory that all of them share, and is at work at
once, also after one before it was killed.
"""

from __future__ import annotations

import gc
import threading
import tomllib

from feedsvc.bundled import bundled
from feedsvc.errors import DocumentError
from feedsvc.ingest.memory import give_back_freed
from feedsvc.loading import loading

PAGE = b"<!doctype html><title>A page to warm up on</title><article><p>It has one.</article>"
# Its quotes have tables made that no text in ASCII needs.
DUMP = "A dump to warm up on\nBy Nobody Atall\n10 May 2021\n\nIt has one sentence, “and a place”.\n"


def load() -> None:
    """Extract a page and a dump, within the limits that are shipped."""
    with loading():
        from feedsvc.ingest.extract.language import identifier

        # Its file is unpacked in C, while all else is imported.
        reading = threading.Thread(target=identifier, name="language-model")
        reading.start()
        from feedsvc.ingest.pipeline import draft_entry
        from feedsvc.settings import LimitSettings

        reading.join()
    give_back_freed()
    shipped = (bundled("config") / "default.toml").read_text(encoding="utf-8")
    limits = LimitSettings.model_validate(tomllib.loads(shipped)["limits"])
    for path, raw in ((b"a.html", PAGE), (b"a.txt", DUMP.encode())):
        try:
            draft_entry(path, raw, limits, len(raw))
        except DocumentError:
            continue  # whatever becomes of it: all was loaded
    gc.collect()
    # What is left is no garbage: workers that looked at it for some would copy what they share.
    gc.freeze()


load()
