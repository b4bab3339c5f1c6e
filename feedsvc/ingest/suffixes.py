"""Which formats there are, by the suffixes of their files' names."""

from __future__ import annotations

TEXT = frozenset({b"", b".txt", b".text"})
HTML = frozenset({b".html", b".htm", b".xhtml"})
MARKDOWN = frozenset({b".md", b".markdown"})
SUFFIXES = (TEXT | HTML | MARKDOWN) - {b""}


def suffix_of(path: bytes) -> bytes:
    """The suffix of the file's name, in lower case with its dot; b"" where it has none."""
    name = path.rpartition(b"/")[2]
    stem, dot, suffix = name.rpartition(b".")
    return (dot + suffix).lower() if stem else b""
