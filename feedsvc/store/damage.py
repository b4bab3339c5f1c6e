"""A SQLite database that was found damaged: noted beside it, so that nobody writes to it any more.

The note goes when a backup is put in its place, or the whole file is read and nothing found.
"""

from __future__ import annotations

from pathlib import Path

from feedsvc.errors import StoreDamaged
from feedsvc.store.engine import Store
from feedsvc.store.failures import told_of_file


def note_damage(path: Path, found: str) -> None:
    """found: what is wrong with the database at `path`. Raises StoreError if it cannot be noted."""
    note = _note(path)
    try:
        note.write_text(found, "utf-8")
    except OSError as error:
        raise told_of_file(error, note) from error


def noted_damage(store: Store) -> str | None:
    """What was found wrong with a store; None if nothing was."""
    if store.sqlite_path is None:
        return None
    note = _note(store.sqlite_path)
    try:
        return note.read_text("utf-8")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise told_of_file(error, note) from error


def refuse_damaged(store: Store) -> None:
    """Raise StoreDamaged for a store that was found damaged."""
    found = noted_damage(store)
    if found is not None:
        raise StoreDamaged(
            f"{store.sqlite_path} was found damaged: {found}. Stop the service and put the last "
            "backup in its place: feedsvc db restore FILE; if it was mended, feedsvc db verify "
            "lets it be written to again"
        )


def forget_damage(path: Path) -> None:
    """The database at `path` is whole. Raises StoreError if a note of damage cannot be removed."""
    note = _note(path)
    try:
        # A file system that is only read refuses to remove even what is not there.
        if note.exists():
            note.unlink(missing_ok=True)
    except OSError as error:
        raise told_of_file(error, note) from error


def _note(path: Path) -> Path:
    return path.with_name(f"{path.name}.damaged")
