"""The article in a text dump of a page: lines and their roles made into fields with evidence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from feedsvc.errors import EmptyDocument
from feedsvc.ingest.article import Block, BlockKind, Extraction, TextDump
from feedsvc.ingest.extract import cues
from feedsvc.ingest.extract.dates import ORDER_ASSUMED, FoundDate, find_dates
from feedsvc.ingest.extract.language import identify_language
from feedsvc.ingest.extract.lines import head_of, read_lines
from feedsvc.ingest.extract.months import fold
from feedsvc.ingest.extract.people import byline_lead, lead_is_weak, parse_byline
from feedsvc.ingest.extract.roles import Labelled
from feedsvc.ingest.extract.roles import label_lines as label
from feedsvc.ingest.extract.summary import summarize
from feedsvc.ingest.extract.textual import clean_text
from feedsvc.ingest.extract.weights import Part, Role
from feedsvc.model.entry import Evidence, Person, PersonKind, Precision

_KINDS = {
    Role.STANDFIRST: BlockKind.PARAGRAPH,
    Role.BODY: BlockKind.PARAGRAPH,
    Role.SUBHEADING: BlockKind.HEADING,
    Role.LIST: BlockKind.LIST_ITEM,
    Role.QUOTATION: BlockKind.QUOTATION,
}
_MADE_TITLE_CHARS = 90
_MAX_SOURCE_CHARS = 60

_SEPARATORS = re.compile(r" ?[|•·] ?| — | – | / ")
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


@dataclass(frozen=True, kw_only=True)
class _Dated:
    """A date that may be the article's, and how much speaks for it."""

    found: FoundDate
    item: Labelled
    score: float
    rule: str


def label_lines(dump: TextDump) -> list[Labelled]:
    """Each line of a dump with its role, its part of the page, and why."""
    return label(read_lines(dump.lines))


def extract_dump(dump: TextDump) -> Extraction:
    """Take the article out of a text dump.

    Raises EmptyDocument if it holds no body.
    """
    labelled = label_lines(dump)
    blocks = _blocks(labelled)
    if not any(any(map(str.isalpha, b.text)) for b in blocks):
        raise EmptyDocument("there is no article text in this file: look whether it was cut off")
    text = "\n\n".join(block.text for block in blocks)
    language = identify_language(text)
    code = language.code if language else None
    title, title_evidence = _title(labelled, blocks)
    authors, author_evidence = _authors(labelled)
    dated = _published(labelled, code)
    source, source_evidence = _source(labelled)
    url, url_evidence = _canonical_url(labelled)
    evidence = [
        title_evidence,
        *author_evidence,
        *source_evidence,
        *url_evidence,
        Evidence(
            field="body",
            value=f"{len(blocks)} blocks",
            rule="the best path through the parts of the page",
            confidence=_body_confidence(labelled),
            lines=tuple(n for block in blocks for n in block.lines),
        ),
    ]
    if dated:
        evidence.append(_date_evidence(dated))
    if language:
        evidence.append(
            Evidence(
                field="language",
                value=language.code,
                rule="script and letters of the body",
                confidence=language.confidence,
            )
        )
    return Extraction(
        title=title,
        authors=authors,
        published=dated.found.instant if dated else None,
        precision=dated.found.precision if dated else Precision.ARRIVAL,
        language=code,
        summary=summarize(_prose(blocks)),
        blocks=tuple(blocks),
        source=source,
        canonical_url=url,
        evidence=tuple(evidence),
    )


def _blocks(labelled: list[Labelled]) -> list[Block]:
    blocks = []
    for item in labelled:
        kind = _KINDS.get(item.role)
        if kind is None:
            continue
        text = item.line.text
        if kind is BlockKind.LIST_ITEM:
            text = cues.BULLET.sub("", text, count=1) or text
        blocks.append(Block(text=text, kind=kind, lines=item.line.numbers))
    return blocks


def _prose(blocks: list[Block]) -> str:
    """What a summary is cut from: the paragraphs without headings between them."""
    prose = [b.text for b in blocks if b.kind is not BlockKind.HEADING]
    return "\n\n".join(prose[:5] or [b.text for b in blocks[:1]])


def _body_confidence(labelled: list[Labelled]) -> float:
    """High where the body is one stretch of prose, low where much else lies between."""
    body = [item for item in labelled if item.part is Part.BODY]
    kept = sum(item.line.width for item in body if item.role in _KINDS)
    whole = sum(item.line.width for item in body)
    share = kept / whole if whole else 0.0
    return round(0.5 + 0.45 * share, 2) if kept > 400 else round(0.6 * share, 2)


# Title


def _title(labelled: list[Labelled], blocks: list[Block]) -> tuple[str, Evidence]:
    for item in labelled:
        if item.role is Role.TITLE:
            text = item.line.text
            title = clean_text(cues.BULLET.sub("", text) if item.line.bullet else text)
            sure = "shares most words" in item.line.features
            return title, Evidence(
                field="title",
                value=title,
                rule=f"title line: {item.why}",
                confidence=0.9 if sure else 0.7,
                lines=item.line.numbers,
            )
    lede = next((b for b in blocks if b.kind is not BlockKind.HEADING), blocks[0])
    title = clean_text(summarize(lede.text, _MADE_TITLE_CHARS))
    return title, Evidence(
        field="title",
        value=title,
        rule="no title line: the beginning of the text",
        confidence=0.2,
        lines=lede.lines,
    )


# Authors


_SURE = frozenset({"leads in names", "is an agency"})
_LIKELY = frozenset(
    {"is a name beside a date", "may lead in names", "is mostly a date", "is a date"}
)
_BYLINE_ROLES = (Role.BYLINE, Role.PUBLISHED, Role.UPDATED)


def _authors(labelled: list[Labelled]) -> tuple[tuple[Person, ...], list[Evidence]]:
    """The people of the bylines in the head; else of those above it, within or below the body.

    Of the bylines in one part the surest count, and names on the lines right beside them.
    """
    for part in (Part.HEAD, Part.ABOVE, Part.BODY, Part.BELOW):
        bylines = {
            at: people
            for at, item in enumerate(labelled)
            if item.part is part and item.role in _BYLINE_ROLES and (people := _people_in(item))
        }
        for confidence, features in ((0.95, _SURE), (0.8, _LIKELY), (0.6, None)):
            sure = [
                at
                for at in bylines
                if features is None or not features.isdisjoint(labelled[at].line.features)
            ]
            if sure:
                return _told_by(labelled, bylines, sure, confidence)
    return (), []


def _told_by(
    labelled: list[Labelled],
    bylines: dict[int, tuple[Person, ...]],
    sure: list[int],
    confidence: float,
) -> tuple[tuple[Person, ...], list[Evidence]]:
    chosen = set(sure)
    for at in sorted(bylines):
        if at - 1 in chosen:
            chosen.add(at)
    for at in sorted(bylines, reverse=True):
        if at + 1 in chosen:
            chosen.add(at)
    people: list[Person] = []
    evidence: list[Evidence] = []
    for at in sorted(chosen):
        item = labelled[at]
        for person in bylines[at]:
            if any(person.name.casefold() == p.name.casefold() for p in people):
                continue
            people.append(person)
            evidence.append(
                Evidence(
                    field="authors",
                    value=person.name,
                    rule=f"byline in the {item.part} part: {item.why}",
                    confidence=confidence if at in sure else round(confidence - 0.2, 2),
                    lines=item.line.numbers,
                )
            )
    return tuple(people), evidence


def _people_in(item: Labelled) -> tuple[Person, ...]:
    line = item.line
    text = line.text.replace("\xa0", " ")
    features = line.features
    lead = byline_lead(text)
    if lead or "is an agency" in features:
        dated = line.dates[0].start if line.dates else 0
        people = parse_byline(text[:dated] if dated > lead else text)
        if people:
            return people
    # "Le Courrier | 04.05.2015 | Par Jeanne Doe": a part of the line has the lead.
    for part in _SEPARATORS.split(text)[1:]:
        if byline_lead(part) and not lead_is_weak(part):
            people = parse_byline(part)
            if people:
                return people
    if any(f in features for f in ("is a name", "begins with a name", "may begin with a name")):
        people = parse_byline(head_of(line), labelled=True)
        # Without a lead one word is as likely a button as a name.
        return tuple(p for p in people if _is_telling(p))
    return ()


def _is_telling(person: Person) -> bool:
    return (
        person.kind is PersonKind.ORGANIZATION or " " in person.name or not person.name[0].isupper()
    )


# Date


_PART_SCORES = {Part.HEAD: 3.0, Part.TITLE: 1.0, Part.BODY: 0.5, Part.BELOW: 0.5, Part.ABOVE: 0.0}


def _published(labelled: list[Labelled], language: str | None) -> _Dated | None:
    """The date that most speaks for, or None.

    A date in the head is the article's; one above the title is when the page was made, unless it
    says otherwise; one below counts where it says so, or stands right behind the body.
    """
    day_first = _order_of_numbers(labelled)
    candidates: list[_Dated] = []
    for at, item in enumerate(labelled):
        if not item.line.dates or item.role in (Role.CAPTION, Role.RELATED, Role.MASTHEAD_DATE):
            continue
        found = item.line.dates
        if any(date.rule.startswith(ORDER_ASSUMED) for date in found):
            found = find_dates(item.line.text, language=language, day_first=day_first)
        for nth, date in enumerate(found):
            score, rule = _date_score(labelled, at, date, nth)
            if score > 0:
                candidates.append(_Dated(found=date, item=item, score=score, rule=rule))
    return max(candidates, key=lambda c: c.score, default=None)


def _date_score(labelled: list[Labelled], at: int, date: FoundDate, nth: int) -> tuple[float, str]:
    item = labelled[at]
    before = fold(item.line.text[max(0, date.start - 40) : date.start])
    says_published = cues.PUBLISHED.search(before) is not None
    says_updated = cues.UPDATED.search(before) is not None
    score = _PART_SCORES[item.part] - 0.1 * nth
    if says_published:
        score, rule = score + 2.5, "says that it was published"
    elif says_updated:
        score, rule = score - 1.0, "says that it was updated"
    else:
        rule = "stands in the head" if item.part is Part.HEAD else f"stands in the {item.part} part"
    if item.role in (Role.PUBLISHED, Role.BYLINE, Role.UPDATED):
        score += 1.5
    elif item.part is Part.BODY:
        # Dates in prose are of what the article tells, but for a dateline: "April 17, 2015 -- ".
        begins = date.start <= 30 and re.match(r"\s?(?:--|[–—])", item.line.text[date.end :])
        first = at == 0 or labelled[at - 1].part is not Part.BODY
        if not (begins and first):
            return 0.0, ""
        return 2.0, "begins the text"
    elif (item.part in (Part.ABOVE, Part.BELOW) and not says_published) or (
        item.role in (Role.STANDFIRST, Role.TITLE) and not says_published
    ):
        return 0.0, ""
    return score, rule


def _order_of_numbers(labelled: list[Labelled]) -> bool | None:
    """Whether 3/4/2022 begins with the day in this dump, if another of its dates tells."""
    for item in labelled:
        for date in item.line.dates:
            if date.rule == "numbers, only one order fits":
                numbers = re.match(r"(\d+)\D(\d+)", fold(item.line.text[date.start : date.end]))
                if numbers and numbers[1] != numbers[2]:
                    return int(numbers[1]) > 12
    return None


def _date_evidence(dated: _Dated) -> Evidence:
    return Evidence(
        field="published",
        value=dated.found.instant.isoformat(),
        rule=f"{dated.rule}; {dated.found.rule}",
        confidence=round(min(0.95, 0.3 + 0.15 * dated.score), 2),
        lines=dated.item.line.numbers,
    )


# Source and address


def _source(labelled: list[Labelled]) -> tuple[str | None, list[Evidence]]:
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


def _canonical_url(labelled: list[Labelled]) -> tuple[str | None, list[Evidence]]:
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
