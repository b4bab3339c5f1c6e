"""Text dumps: nothing is read into them here but their lines."""

from __future__ import annotations

from feedsvc.ingest.article import TextDump


def read_text(text: str) -> TextDump:
    """The lines of a decoded dump, as they stand."""
    lines = text.split("\n")
    if lines and lines[-1] == "":
        lines.pop()
    return TextDump(lines=tuple(lines))
