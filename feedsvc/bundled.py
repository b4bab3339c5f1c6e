"""Where migrations, configuration and seeds are: in the wheel, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path


def bundled(name: str) -> Path:
    """The folder `name` (`migrations`, `config` or `seeds`) that belongs to this version."""
    here = Path(__file__).resolve().parent
    packed = here / "_bundled" / name
    return packed if packed.is_dir() else here.parent / name
