"""Text documents are shown as they are written, whatever their lines look like.

Shown means: the page's text, as a parser reads it. As written means: but for characters that XML
cannot hold, overrides of direction and isolates left open, the breaks of wrapped lines, and white
space at the edges and in runs.
"""

from __future__ import annotations

import random
import re
import textwrap

import pytest
from selectolax.lexbor import LexborHTMLParser

from feedsvc.ingest.pipeline import draft_entry
from feedsvc.settings import load_settings

LIMITS = load_settings(None, {}).limits
DOCUMENTS = 20
LINES = 100  # of each: 2,000 in all

HOSTILE = [
    *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "&lt;b&gt; &amp;amp; &#106;"),
    *("a < b > c", "x<y", "</p></body>", "<!-- no -->", "<![CDATA[x]]>", "javascript:alert(1)"),
    *("{{ 7*7 }}", "{% raw %}", "${x}", '"><svg onload=x>', "'; --", "\\u003cb\\u003e", "%3Cb%3E"),
    *("می\u200cرود", "क्\u200dष", "👩\u200d🚒", "a\u00a0nbsp", "é e\u0301", "&nbsp;", "]]>", "`"),
    *(
        "co\u00adop",
        "a\u200fb",
        "\u2067אבג\u2069",
        "</title><b>",
        "<?php ?>",
        "&#x1;",
        "&copy",
        "\\",
    ),
    *(
        "<math><mi//xlink:href=x>",
        "<a href='x'>y</a>",
        "--!>",
        "<plaintext>",
        "+ADw-b+AD4-",
        "\ufb01",
    ),
]
# What goes: of these, nothing but the letters around them is shown.
GOING = ["\x01", "\x08", "\x1b", "\ufffe", "\uffff", "\u202e", "\u202a", "\u2067"]

LEDE = (
    "The harbour office said on Friday that all of what follows was painted on crates at the quay, "
    "and that nobody had yet been able to explain what the signs meant. The crates are kept dry."
)
END = (
    "The office will open the crates next week, in the presence of two people from the museum. It "
    "asked everyone who knows the signs to write, and thanked the children who had copied them."
)


def sentence(chosen: random.Random, number: int) -> tuple[str, str]:
    """A line of an article with hostile text in it: as written, and as it must be shown."""
    given, shown = [], []
    for _ in range(chosen.randint(1, 4)):
        payload = chosen.choice([*HOSTILE, "".join(chosen.choices("<>&\"'/=;#!-[]{} ax1é\t", k=9))])
        given.append(payload)
        shown.append(payload)
        if chosen.random() < 0.2:
            gone = chosen.choice(GOING)
            given.append(f"q{gone}z")
            shown.append("qz")
    line = (
        f"Crate {number} of them came with the boat from the south, it said {{}} on its side, "
        f"and the men who carried it up to the {chosen.choice(['shed', 'quay', 'hall'])} could not "
        f"read a word of it, which they told the {number}th clerk."
    )
    return line.replace("{}", " ".join(given)), line.replace("{}", " ".join(shown))


def shown_by(text: str, name: bytes = b"a.txt") -> list[str]:
    html = draft_entry(name, text.encode("utf-8"), LIMITS, 1_000_000).html
    tree = LexborHTMLParser(html, is_fragment=True)
    return [spaced(node.text()) for node in tree.css("p, li, h2, pre")]


def spaced(text: str) -> str:
    return re.sub("[ \t\n]+", " ", text).strip()


@pytest.mark.parametrize("number", range(DOCUMENTS))
def test_each_line_of_an_article_is_shown_as_it_is_written(number: int) -> None:
    chosen = random.Random(number)
    lines = [sentence(chosen, n) for n in range(LINES)]
    given = [line for line, _ in lines]
    text = "\n\n".join(["The boat that sailed for the milk", "9 March 2024", LEDE, *given, END])
    assert shown_by(text) == [LEDE, *(spaced(shown) for _, shown in lines), END]


@pytest.mark.parametrize("number", range(5))
def test_lines_that_were_wrapped_are_joined_and_else_as_written(number: int) -> None:
    chosen = random.Random(number)
    lines = [LEDE, *(spaced(sentence(chosen, n)[1]) for n in range(LINES)), END]
    wrapped = [
        textwrap.fill(line, 72, break_long_words=False, break_on_hyphens=False) for line in lines
    ]
    text = "\n\n".join(["The boat that sailed for the milk", "9 March 2024", *wrapped])
    # A line that ends with a hyphen is joined without a space.
    assert [line.replace("- ", "-") for line in shown_by(text)] == [
        line.replace("- ", "-") for line in lines
    ]


@pytest.mark.parametrize("number", range(5))
def test_of_lines_that_are_no_article_nothing_is_shown_otherwise(number: int) -> None:
    """Menus, labels, bylines and the like may go, and bullets become lists; the order stays."""
    chosen = random.Random(number)
    lines = [
        spaced(" ".join(chosen.choices([*HOSTILE, "boat", "of the crew"], k=chosen.randint(1, 6))))
        for _ in range(LINES)
    ]
    text = "\n\n".join(["The boat that sailed for the milk", "9 March 2024", LEDE, *lines, END])
    written = iter([*text.split("\n\n")])
    for line in shown_by(text):
        assert any(line in (spaced(one), without_bullet(one)) for one in written), line


def without_bullet(line: str) -> str:
    return spaced(re.sub(r"^[^\w<&]+", "", line))


def test_text_is_left_in_the_form_that_its_author_gave_it() -> None:
    composed, decomposed, joined = "caf\u00e9", "cafe\u0301", "\ufb01sh co\u00adop"
    line = (
        f"The {composed} by the quay and the {decomposed} on the hill both sell {joined}, she said."
    )
    assert shown_by(f"Two of them\n\n{LEDE}\n\n{line}\n\n{END}") == [LEDE, line, END]


def test_a_title_and_a_date_are_found_in_them_whatever_follows() -> None:
    """Else the tests above would compare bodies of no article."""
    lines = [given for given, _ in (sentence(random.Random(1), n) for n in range(LINES))]
    text = "\n\n".join(["The boat that sailed for the milk", "9 March 2024", LEDE, *lines, END])
    draft = draft_entry(b"a.txt", text.encode(), LIMITS, 1_000_000)
    assert draft.title == "The boat that sailed for the milk"
    assert draft.published is not None
