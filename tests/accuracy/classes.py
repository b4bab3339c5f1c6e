"""What kind of error each wrong field is, counted; examples of development publishers alone."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urlsplit

from feedsvc.ingest.extract import cues
from feedsvc.ingest.extract.days.dates import find_dates
from feedsvc.ingest.extract.days.months import fold
from tests.accuracy.corpus import DUMP_STYLES, Document, read_dump, scorer
from tests.accuracy.layout import Layout, lay_out, squeezed

_EXAMPLES = 3
# A kicker stands right above its title.
_KICKER_LINES = 4


def print_classes(documents: Sequence[Document]) -> None:
    """A table a field: a row a class, a column a style, and three documents as examples."""
    styles = list(dict.fromkeys(document.style for document in documents))
    for field, metric, judge in _FIELDS:
        counts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for document in documents:
            if document.scores.get(metric, 1) < 1 and not document.is_kept_aside:
                kind = "refused" if document.prediction.error else judge(document)
                counts[kind][document.style].append(document.id)
        print(f"== errors in {field}, of development publishers")
        print(f"  {'':<34}" + "".join(f"{style:>7}" for style in (*styles, "all")))
        for kind in sorted(counts, key=lambda kind: -_total(counts[kind])):
            of_styles = counts[kind]
            cells = [len(of_styles[style]) for style in styles] + [_total(of_styles)]
            print(f"  {kind:<34}" + "".join(f"{n or '-':>7}" for n in cells), end="   ")
            print(*_examples(of_styles, styles))
        print()


def _total(of_styles: dict[str, list[str]]) -> int:
    return sum(map(len, of_styles.values()))


def _examples(of_styles: dict[str, list[str]], styles: Sequence[str]) -> list[str]:
    """One of each style first: the pages of one style are those of the others."""
    firsts = [ids for style in styles for ids in of_styles[style][:1]]
    rest = [ids for style in styles for ids in of_styles[style][1:]]
    return [*firsts, *rest][:_EXAMPLES]


def _layout(document: Document) -> Layout | None:
    if document.style not in DUMP_STYLES:
        return None
    return lay_out(read_dump(document.truth), document.truth)


# Title


def _title_error(document: Document) -> str:
    right, made = squeezed(document.truth["title"]), squeezed(document.prediction.title)
    if _rule_of(document, "title").startswith("no title line"):
        return "made from the lede"
    if made in right:
        return "cut"
    if right in made:
        return "joined with something else"
    if _is_site_name(made, document):
        return "the site's name"
    paragraphs = [squeezed(paragraph) for paragraph in document.truth["body"] or ()]
    if any(made in paragraph for paragraph in paragraphs[:2]):
        return "the standfirst or lede"
    if any(made in paragraph for paragraph in paragraphs):
        return "a subheading or later paragraph"
    return _title_by_place(document, made)


def _title_by_place(document: Document, made: str) -> str:
    layout = _layout(document)
    if layout is None:
        return "something else"
    if layout.title is None:
        return "the headline's line was not found"
    places = [at for at, line in enumerate(layout.lines) if made.startswith(squeezed(line) or "-")]
    if not places:
        return "something else"
    title = layout.title
    at = min(places, key=lambda place: abs(place - title))
    if title - _KICKER_LINES <= at < title:
        return "a kicker"
    if at < title:
        return "another line above"
    return "a line of the head" if at < layout.first else "a line below the head"


def _is_site_name(made: str, document: Document) -> bool:
    host = urlsplit(document.truth["url"] or "").hostname or ""
    words = [word for word in re.split(r"\W+", host) if len(word) > 3]
    return len(made) < 30 and any(word in re.sub(r"\W", "", made) for word in words)


def _rule_of(document: Document, field: str) -> str:
    rules = [e["rule"] for e in document.prediction.evidence if e["field"] == field]
    return rules[0] if rules else ""


# Authors


def _author_error(document: Document) -> str:
    norm = scorer().norm_author
    right = {norm(name) for name in document.truth["authors"]}
    made = {norm(name) for name in document.prediction.authors}
    if not made:
        return "none given"
    if right < made:
        return "an extra one"
    if made < right:
        return "missed one"
    if right & made:
        return "missed one and an extra one"
    words = {word for name in right for word in name.split()}
    if any(words & set(name.split()) for name in made):
        return "the name has another shape"
    return "somebody else"


# Date


def _date_error(document: Document) -> str:
    given = scorer().day_of(document.prediction.published)
    if given is None:
        return "none given"
    if document.style not in DUMP_STYLES:
        return "another date of the page"
    language = document.truth["lang"]
    lines = read_dump(document.truth).splitlines()
    holding = [
        at
        for at, line in enumerate(lines)
        if any(
            f"{found.instant:%Y-%m-%d}" == given for found in find_dates(line, language=language)
        )
    ]
    if not holding:
        return "misread: no line has this day"
    if any(cues.UPDATED.search(fold(lines[at])) for at in holding):
        return "the day of an update"
    layout = _layout(document)
    if layout is None:
        return "another date of the page"
    if holding[0] < (layout.first if layout.title is None else layout.title):
        return "a day above the title"
    if not layout.has_body:
        return "another day below the title"
    if holding[0] < layout.first:
        return "another day of the head"
    return "a day in the body" if holding[0] <= layout.last else "a day below the body"


# Body


def _body_error(document: Document) -> str:
    """The fault that costs most characters."""
    costs: dict[str, int] = defaultdict(int)
    for kind, text in (*_extra(document), *_missed(document)):
        costs[kind] += len(text)
    if not costs:
        return "paragraphs cut or joined"
    return max(costs, key=lambda kind: (costs[kind], kind))


def _extra(document: Document) -> Iterator[tuple[str, str]]:
    right = scorer().shingles("\n".join(document.truth["body"]))
    blocks = document.prediction.text.split("\n\n")
    belongs = [_share(block, right) >= 0.5 for block in blocks]
    if not any(belongs):
        yield "extra: all of it", document.prediction.text
        return
    first, last = belongs.index(True), len(belongs) - 1 - belongs[::-1].index(True)
    for at, block in enumerate(blocks):
        if not belongs[at]:
            place = "before" if at < first else "after" if at > last else "within"
            yield f"extra {place} the body: {_looks_like(block)}", block


def _looks_like(block: str) -> str:
    folded = fold(block)
    if cues.CAPTION.search(folded):
        return "captions"
    if cues.TAIL.search(folded):
        return "tail"
    if not cues.SENTENCE_END.search(block) and len(block) < 120:
        return "headlines"
    return "prose"


def _missed(document: Document) -> Iterator[tuple[str, str]]:
    given = scorer().shingles(document.prediction.text)
    paragraphs = document.truth["body"]
    found = [_share(paragraph, given) >= 0.5 for paragraph in paragraphs]
    if not any(found):
        yield "missed: all of it", "\n".join(paragraphs)
        return
    first, last = found.index(True), len(found) - 1 - found[::-1].index(True)
    for at, paragraph in enumerate(paragraphs):
        if not found[at]:
            place = "the beginning" if at < first else "the end" if at > last else "the middle"
            yield f"missed: {place}", paragraph


def _share(text: str, whole: dict[tuple[str, ...], int]) -> float:
    """How much of a text's four-word runs is in `whole`, 0 to 1."""
    runs = scorer().shingles(text)
    total = sum(runs.values())
    return scorer().overlap(runs, whole) / total if total else 0.0


def _language_error(document: Document) -> str:
    return f"{document.truth['lang']} taken for {document.prediction.language}"


_FIELDS: tuple[tuple[str, str, Callable[[Document], str]], ...] = (
    ("title", "title_exact", _title_error),
    ("authors", "author_f1", _author_error),
    ("date", "date_day", _date_error),
    ("body (F1 below 0.9)", "body_f1_90", _body_error),
    ("language", "lang", _language_error),
)
