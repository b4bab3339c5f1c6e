"""Dumps whose words are the trouble: odd dates, names and titles, and baits for patterns."""

from __future__ import annotations

from collections.abc import Iterator

from tests.nasty.case import Case, note, page, published, settled, story
from tests.service import article

_DATES = (
    """
0000-00-00|0001-01-01|9999-12-31T23:59:59Z|10000-01-01|2022-02-30|2022-13-01|-2022-01-01
1969-12-31|1970-01-01T00:00:00Z|2038-01-19T03:14:08Z|2999-01-01|1899-12-31T23:59:59-12:00
2016-12-31T23:59:60Z|2022-01-01T24:00:00Z|2022-01-01T25:61:61Z|2022-01-01T00:00:00+99:99
2022-W53-7|2022-366|99999999999999|1e400|NaN|Infinity|-1|0|∞|yesterday|next year|31/12/2022
12/31/2022|13/13/2022|１２月３１日|٢٠٢٢-٠١-٠١|Bulan 13, 2022|32 January 2022|January 0, 2022
Friday, Monday 2022|2022-01-01T00:00:00.0000000000000001Z|2022-01-01 00:00:00 PST8PDT
2022-01-01T00:00:00 Mars/Olympus|1 Muharram 1444|民國111年1月1日|令和4年1月1日
""".strip()
    .replace("\n", "|")
    .split("|")
)
_TITLES = {
    "control": "A\x01title\x02with\x1fcontrols",
    "nul": "A title\0with nothing",
    "bidi": "A \u202etitle\u202c turned \u2066around",
    "isolates-open": "\u2067\u2067\u2067Never closed",
    "not-xml": "Not \ufffe\uffff characters",
    "beyond": "Beyond \U0010ffff the planes",
    "private": "Private \ue000\uf8ff use",
    "markup": "<script>alert(1)</script> & <b>bold</b>",
    "cdata": "]]> ends <![CDATA[ begins",
    "comment": "--> ends <!-- begins",
    "entity": "&lt;b&gt; &amp;amp; &#60;",
    "template": "{{ 7*7 }} {% raw %} ${x} <%= x %>",
    "quotes": "\"'`´“”«»",
    "newlines": "Two\u2028lines\u2029and\u0085more",
    "combining": "Z" + "\u0301" * 500,
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈 " * 40,
    "spaces": "\u3000\u00a0\u2003 Wide \u200b\u2060\ufeff",
    "long": "Longer than any " * 4_000,
    "long-word": "L" * 100_000,
    "signs": "!!! ??? ... --- ***",
    "digits": "7" * 500,
    "url": "http://example.org/" + "a" * 500,
    "path": "../../../../etc/passwd",
    "header": "Title\r\nSet-Cookie: a=b",
    "percent": "%s %n %(x)s %%",
    "sql": "'; DROP TABLE entries; --",
    "csv": '=HYPERLINK("http://example.org")',
}
_RUNS = {
    "spaces": " ",
    "tabs": "\t",
    "digits": "7",
    "commas": ",",
    "dots": ".",
    "colons": ":",
    "dashes": "-",
    "long-dashes": "—",
    "slashes": "/",
    "bars": " | ",
    "capitals": "Aa ",
    "by": "By ",
    "by-names": "By Jane Doe and ",
    "names": "Jane Doe, ",
    "months": "January ",
    "days": "13 November 2022 ",
    "clocks": "10:00 ",
    "quotes": '"',
    "brackets": "([{",
    "at-signs": "a@",
    "urls": "http://",
    "www": "www.",
    "letters": "a",
    "words": "word ",
    "sentences": "A sentence. ",
    "han": "灯",
    "thai": "ผู้",
    "arabic": "كتب ",
    "combining": "e\u0301",
    "zero-width": "\u200b",
    "joiners": "\u200d",
    "emoji": "👩‍👧",
    "no-break": "\u00a0",
    "copyright": "© 2024 ",
    "reading": "5 min read ",
    "photo": "Photo: ",
    "hash": "#tag ",
    "backslashes": "\\",
    "equals": "=",
    "underscores": "_",
    "less-than": "<",
    "ampersands": "&amp;",
}  # fmt: skip


def words() -> Iterator[Case]:
    for nth, date in enumerate(_DATES):
        title = f"Dated in manner {nth} of them"
        dump = article(title, date=date)
        yield published("dates", f"{nth:02}.txt", dump, title=title)
        yield published(
            "dates",
            f"{nth:02}.md",
            note(f"{title} noted", matter=f"title: {title} noted\ndate: '{date}'"),
        )
        meta = f'<meta property="article:published_time" content="{date}">'
        yield published("dates", f"{nth:02}.html", page(f"{title} paged", "", head=meta))
    for name, title in _TITLES.items():
        # Controls are no text where they are many.
        one = settled if name == "control" else published
        yield one("words", f"title-{name}.txt", story(title))
        yield one("words", f"title-{name}.html", page(title, ""))
        yield published("words", f"author-{name}.txt", article(f"By {name}", author=title))
        metas = f'<meta name="author" content="{title}"><meta name="keywords" content="{title}">'
        yield settled("words", f"meta-{name}.html", page(f"Meta {name}", "", head=metas))
    yield from _baits()


def _baits() -> Iterator[Case]:
    for name, run in _RUNS.items():
        line = run * (20_000 // len(run))
        yield published("baits", f"line-of-{name}.txt", f"{story(f'A line of {name}')}\n{line}x\n")
        lines = f"{run * 3}\n" * 300
        yield settled("baits", f"lines-of-{name}.txt", f"{story(f'Lines of {name}')}\n{lines}")
        yield published("baits", f"first-{name}.txt", f"{line}\n{story(f'After {name}')}")
    for name in ("spaces", "digits", "commas", "capitals", "dots", "letters", "names", "by"):
        line = _RUNS[name] * (3_000_000 // len(_RUNS[name]))
        content = f"{story(f'A very long line of {name}')}\n{line}x\n"
        yield settled("baits", f"very-long-line-of-{name}.txt", content, is_slow=True)
    for name, line in {"letters": "a", "words": "Some words", "dates": "13 November 2022"}.items():
        content = story(f"Very many lines of {name}") + f"{line}\n" * 300_000
        yield settled("baits", f"very-many-lines-of-{name}.txt", content, is_slow=True)
