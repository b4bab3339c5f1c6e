"""Whose page a dump is of, and where it was, as the lines around its article tell."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from feedsvc.ingest.extract import cues
from feedsvc.ingest.extract.days.months import fold
from feedsvc.ingest.extract.dump.parts import Part
from feedsvc.ingest.extract.dump.roles import Labelled
from feedsvc.ingest.extract.textual import clean_text
from feedsvc.model.entry import Evidence

_MAX_SOURCE_CHARS = 60

# What stands around the name of who claims the rights, in the folded line.
_AROUND_A_NAME = re.compile(
    rf"{cues.COPYRIGHT.pattern}|{cues.RIGHTS.pattern}|"
    r"\b\d{4}(?: ?[-–—] ?(?:\d{4}|\d\d\b|present|heute))?[年ء]?(?: ?г\.)?|\bby\b|"
    r"[|•·.,:;()&™®]| [-–—] "
)
_NO_SOURCE = re.compile(
    r"rights|rechte|reserved|policy|terms|press|images|photo|powered|designed|printed|/|\d\D+\d",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"^[«“„\"](.+)[»”“\"]$")
_OWN_ADDRESS = re.compile(
    r"^(?:(?:original )?(?:url|link|source|permalink|canonical|short url|quelle|fuente|"
    r"lien)s?:? ?)?"
    r"<?(?P<url>https?://\S+?)>?$",
    re.IGNORECASE,
)


def find_source(labelled: list[Labelled]) -> tuple[str | None, list[Evidence]]:
    """The publisher, only where a copyright line around the article names it."""
    for item in reversed(labelled):
        if "claims copyright" not in item.line.features or item.part is Part.BODY:
            continue
        name = _claimant(item.line.text)
        if name:
            return name, [
                Evidence(
                    field="source",
                    value=name,
                    rule="copyright line",
                    confidence=0.7,
                    lines=item.line.numbers,
                )
            ]
    return None, []


def _claimant(text: str) -> str | None:
    """Whom a copyright line names: behind the sign or the formula, else before it.

    What is no mark, year or formula counts, if it can be a name.
    """
    folded = fold(text)
    around = list(_AROUND_A_NAME.finditer(folded))
    mark = cues.COPYRIGHT.search(folded) or cues.RIGHTS.search(folded)
    behind = mark.end() if mark else 0
    spans = list(
        zip([0, *(m.end() for m in around)], [*(m.start() for m in around), len(text)], strict=True)
    )
    spans = [s for s in spans if s[0] >= behind] + [s for s in spans if s[0] < behind]
    pieces = (text[start:end].strip(" -–—") for start, end in spans)
    piece = next((p for p in pieces if any(map(str.isalpha, p))), "")
    name = clean_text(_QUOTED.sub(r"\1", piece), _MAX_SOURCE_CHARS)
    if not name or name[0].islower() or not name[0].isalnum() or _NO_SOURCE.search(name):
        return None
    return name if len(name) > 1 and len(name.split()) <= 5 else None


def find_address(labelled: list[Labelled]) -> tuple[str | None, list[Evidence]]:
    """The article's address, only where one line around it is nothing else."""
    found: dict[str, Labelled] = {}
    for item in labelled:
        if "has an address" in item.line.features and item.part is not Part.BODY:
            match = _OWN_ADDRESS.match(item.line.text)
            if match and _is_page(match["url"]):
                found.setdefault(match["url"], item)
    if len(found) != 1:
        return None, []
    ((url, item),) = found.items()
    return url, [
        Evidence(
            field="canonical_url",
            value=url,
            rule="the only line that is an address",
            confidence=0.6,
            lines=item.line.numbers,
        )
    ]


def _is_page(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname and parts.path.strip("/"))
    except ValueError:
        return False
