"""Text becomes HTML in one place only: where a sanitized body meets its template."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

from feedsvc import web

ROOM = Path(web.__file__).parent
SOURCE = ROOM.parent
_MADE = re.compile(r"\bMarkup\(|\bmarkupsafe\.|\|\s*safe\b|autoescape\s+(?:false|off)|Markup\.")


def test_markup_is_made_in_one_place() -> None:
    made = [
        f"{path.relative_to(SOURCE).as_posix()}: {line.strip()}"
        for path in sorted(SOURCE.rglob("*"))
        if path.suffix in (".py", ".html", ".xml", ".jinja")
        for line in path.read_text(encoding="utf-8").splitlines()
        if _MADE.search(line)
    ]
    assert len(made) == 1, made
    assert re.match(r"web/articles\.py: .*Markup\(entry\.html\)", made[0])


def test_every_template_is_one_that_flask_escapes() -> None:
    templates = [path for path in (ROOM / "templates").rglob("*") if path.is_file()]
    assert templates
    app = Flask(__name__)
    assert [path.name for path in templates if not app.select_jinja_autoescape(path.name)] == []
