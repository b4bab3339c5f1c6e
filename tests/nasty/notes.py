"""Markdown that nests and repeats, and front matter of odd types and sizes."""

from __future__ import annotations

from collections.abc import Iterator

from tests.nasty.case import Case, note, published, refused, settled

_ODD_MATTERS = {
    "tags-number": "tags: 7",
    "tags-map": "tags: {a: b}",
    "tags-nested": "tags: [[a], {b: c}, null, 7, 2022-01-01]",
    "tags-null": "tags:",
    "tags-many": "tags: [" + ", ".join(f"tag{n}" for n in range(900)) + "]",
    "tags-long": "tags: [" + "long" * 5_000 + "]",
    "tags-markup": "tags: ['<script>alert(1)</script>', '\"><b>']",
    "tags-signs": "tags: ['---', '...', '\u202e', '#', '/']",
    "date-number": "date: 7",
    "date-list": "date: [2022, 1, 1]",
    "date-map": "date: {year: 2022}",
    "date-null": "date:",
    "date-true": "date: yes",
    "date-float": "date: 1.5e300",
    "date-infinite": "date: .inf",
    "date-negative": "date: -1",
    "date-sexagesimal": "date: 190:20:30",
    "date-year-1": "date: 0001-01-01T00:00:00+14:00",
    "date-year-9999": "date: 9999-12-31T23:59:59-14:00",
    "date-digits": f"date: {'9' * 3_000}",
    "title-number": "title: 7",
    "title-list": "title: [a, b]",
    "title-date": "title: 2022-01-01",
    "title-null": "title: ~",
    "title-digits": f"title: {'8' * 3_000}",
    "title-long": f"title: {'long ' * 5_000}",
    "title-octal": "title: 0o17",
    "author-map": "author: {name: {name: x}}",
    "author-list": "author: [[Jane], null, {name: 7}]",
    "authors-many": "authors: [" + ", ".join(f"Jane Doe {n}" for n in range(900)) + "]",
    "url-script": "url: javascript:alert(1)",
    "url-file": "url: file:///etc/passwd",
    "url-list": "url: [http://example.org]",
    "url-broken": "url: 'http://[::1'",
    "language-odd": "lang: ../../etc",
    "image-file": "image: file:///etc/passwd",
    "enclosures-many": "enclosures: [" + "'http://example.org/a.mp3', " * 900 + "]",
    "enclosures-odd": "enclosures: [{url: 'http://example.org/a', length: -1, type: ' '}]",
    "keys-odd": "7: a\n? 2022-01-01\n: c\nnull: d",
    "keys-doubled": "title: One\ntitle: Two",
    "merge": "base: &b {title: Merged}\n<<: *b",
    "binary": "title: !!binary SGVsbG8=",
    "set": "tags: !!set {a, b}",
    "pairs": "tags: !!pairs [a: b]",
    "comment": "# " + "x" * 10_000,
    "crlf": "title: Lines\r\ntags: a\r\n",
    "empty": "",
    "spaces": "   ",
}
_REFUSED_MATTERS = {
    "python-object": ("title: !!python/object/apply:os.system ['id']", "not YAML"),
    "unknown-tag": ("title: !nothing x", "not YAML"),
    "tab": ("title:\n\t- x", "not YAML"),
    "colon": ("title: a: b", "not YAML"),
    "open-quote": ("title: 'x", "not YAML"),
    "list": ("- a\n- b", "no list of"),
    "text": ("just words", "no list of"),
    "unknown-alias": ("title: *nothing", "not YAML"),
    "unhashable-key": ("{a: b}: c", "not YAML"),
    "itself": ("title: &a [*a]", "more than 2,000 values"),
    "deep-lists": ("title: " + "[" * 5_000, "nested too deep"),
    "deep-maps": ("title: " + "{a: " * 5_000, "front matter"),
    "deep-closed": ("title: " + "[" * 2_500 + "]" * 2_500, "nested too deep"),
    "deep-blocks": ("\n".join("- " * n + "x" for n in range(1, 300)), "front matter"),
    "many-values": ("tags: [" + "a, " * 3_000 + "]", "more than 2,000 values"),
    "large": ("summary: " + "x" * 70_000, "limits.max_front_matter_bytes"),
    "huge": ("summary: " + "x" * 3_000_000, "limits.max_front_matter_bytes"),
    "laughs": (
        "a: &a [x, x, x, x, x, x, x, x, x]\n"
        + "\n".join(
            f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]"
            for before, name in zip("abcdefgh", "bcdefghi", strict=True)
        ),
        "more than 2,000 values",
    ),
    "date-month-13": ("date: 2022-13-45", "month must be in 1..12"),
}
_TOML = {
    "plain": ("title = 'Tom'", False),
    "deep": ("a = " + "[" * 3_000, True),
    "broken": ("title = ", True),
    "digits": (f"a = {'9' * 5_000}", True),
    "date": ("date = 9999-12-31T23:59:59-23:59", False),
    "many": ("a = [" + "1," * 3_000 + "]", True),
    "dotted": (".".join("a" * 2_000) + " = 1", True),
    "large": ("a = '" + "x" * 70_000 + "'", True),
}


def frontmatter() -> Iterator[Case]:
    for name, matter in _ODD_MATTERS.items():
        yield published("frontmatter", f"{name}.md", note(f"Matter {name}", matter=matter))
    for name, (matter, reason) in _REFUSED_MATTERS.items():
        content = note(f"Matter {name}", matter=matter)
        yield refused("frontmatter", f"{name}.md", content, reason)
    for name, (matter, is_refused) in _TOML.items():
        content = (
            note(f"Tom {name}", matter="")
            .replace("---", "+++")
            .replace("+++\n", f"+++\n{matter}\n", 1)
        )
        if is_refused:
            yield refused("frontmatter", f"toml-{name}.md", content, "its front matter")
        else:
            yield published("frontmatter", f"toml-{name}.md", content)
    yield published("frontmatter", "never-ends.md", "---\ntitle: x\n" + "a: b\n" * 20_000)
    yield refused("frontmatter", "fences-alone.md", "---\n" * 20_000, "neither a title")
    yield published("frontmatter", "header-lines.md", "Title: x\n" + "Tag: y\n" * 5_000 + "\nText.")


def markdown() -> Iterator[Case]:
    for name, inside in {
        "quotes": "> " * 300 + "The lowest word.",
        "lists": "".join("  " * level + "- item\n" for level in range(150)),
        "brackets": "[" * 3_000 + "x" + "]" * 3_000,
        "images": "![" * 3_000 + "x" + "](y)" * 3_000,
        "links": "[x](y) " * 5_000,
        "stars": "*a_" * 5_000,
        "emphasis": "*" * 10_000 + "x" + "*" * 10_000,
        "underscores": "_" * 10_000 + "x" + "_" * 10_000,
        "backticks": "".join("`" * n + " " for n in range(1, 250)),
        "long-backticks": "`" * 50_000,
        "references": "\n".join(f"[r{n}]: http://example.org/{n}" for n in range(3_000)),
        "references-used": "[x]: http://example.org/y\n\n" + "[x]" * 5_000,
        "long-label": "[" + "x" * 50_000 + "]: y",
        "html": "<div>" * 3_000,
        "comments": "<!--" * 3_000,
        "script": "<script>alert(1)</script>",
        "autolinks": "<http://example.org/x> " * 3_000,
        "open-autolinks": "<http://" * 5_000,
        "entities": "&amp;" * 10_000,
        "breaks": "a  \n" * 5_000,
        "rules": "***\n" * 5_000,
        "tables": "|a|b|\n|-|-|\n" + "|x|y|\n" * 3_000,
        "wide-table": "|" + "a|" * 2_000 + "\n|" + "-|" * 2_000 + "\n|" + "x|" * 2_000,
        "fence-never-ends": "```\n" + "code\n" * 5_000,
        "fences": "```\n" * 5_001,
        "backslashes": "\\" * 50_000,
        "headings": "# x\n" * 3_000,
        "numbers": "".join(f"{n}. x\n" for n in range(3_000)),
        "one-line": "word " * 50_000,
        "javascript-link": "[x](javascript:alert(1)) ![x](file:///etc/passwd)",
        "data-link": "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "footnotes": "".join(f"[^{n}]\n\n[^{n}]: x\n\n" for n in range(500)),
    }.items():
        title = f"Marked down {name}"
        yield published("markdown", f"{name}.md", note(title, inside))
    for name, run in {
        "quotes": "> ",
        "brackets": "[",
        "stars": "*",
        "links": "[](",
        "list": "* ",
    }.items():
        content = note(f"Very many {name}", run * 200_000)
        yield settled("markdown", f"very-many-{name}.md", content, is_slow=True)
    yield published("markdown", "plain.md", note("Plain after all"), title="Plain after all")
    yield refused("markdown", "matter-alone.md", "---\ntitle: x\n---\n", "is left")
