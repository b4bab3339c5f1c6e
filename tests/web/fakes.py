"""A runtime of values only: the door is tested without a store behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

from feedsvc.clock import Clock
from feedsvc.errors import AccessDenied, EntryGone, InvalidRequest, NotFound, ScopeMissing
from feedsvc.logs import Seldom
from feedsvc.model.access import Scope, Token
from feedsvc.model.archive import ArchiveRange, History
from feedsvc.model.document import (
    DocumentOutcome,
    DocumentPath,
    Outcome,
    Quarantined,
    QuarantinePage,
)
from feedsvc.model.entry import Category, Enclosure, Entry, EntryState, Person, Precision, Source
from feedsvc.model.feed import Feed, FeedDocument, Site
from feedsvc.model.ids import slugify
from feedsvc.model.languages import language_name
from feedsvc.model.run import OutcomePage, Run, RunRequest, RunState, Trigger
from feedsvc.model.search import SearchQuery
from feedsvc.model.selection import FeedFormat, Selection, SelectionKind
from feedsvc.model.terms import split_terms
from feedsvc.model.urls import SiteUrls
from feedsvc.services.publication import SearchPage
from feedsvc.services.withdrawals import Decided
from feedsvc.settings import Settings, load_settings

if TYPE_CHECKING:
    from feedsvc.runtime import Runtime

PUBLISHED_AT = datetime(2026, 11, 22, 10, 0, 0, 250_000, tzinfo=UTC)
WITHDRAWN = "gone000000"
HOSTILE = """</title><script>alert(1)</script><img src=x onerror="alert('2')">"""


def entry(
    short_id: str,
    title: str,
    *,
    published: datetime = PUBLISHED_AT,
    precision: Precision = Precision.INSTANT,
    authors: tuple[str, ...] = (),
    source: str | None = None,
    tags: tuple[str, ...] = (),
    language: str | None = "en",
    summary: str = "",
    html: str = "<p>A body.</p>",
    enclosures: tuple[Enclosure, ...] = (),
    canonical_url: str | None = None,
) -> Entry:
    return Entry(
        guid=f"urn:uuid:00000000-0000-4000-8000-{abs(hash(short_id)) % 10**12:012d}",
        short_id=short_id,
        slug=slugify(title),
        sequence=1,
        arrived_at=PUBLISHED_AT,
        published=published,
        precision=precision,
        updated=PUBLISHED_AT,
        title=title,
        authors=tuple(Person(name=name, slug=slugify(name)) for name in authors),
        source=Source(name=source, slug=slugify(source)) if source else None,
        categories=tuple(Category(term=slugify(tag), label=tag) for tag in tags),
        language=language,
        summary=summary,
        html=html,
        excerpt_end=None,
        enclosures=enclosures,
        canonical_url=canonical_url,
    )


KHERSON = entry(
    "k4t7m2xq9r",
    "Ukraine says West on way to ‘joint victory’ after Russia retreat",
    published=datetime(2022, 11, 13, 12, tzinfo=UTC),
    precision=Precision.DAY,
    authors=("AFP",),
    source="The Manila Times",
    tags=("Ukraine", "War & peace"),
    summary="Kyiv said on Saturday that the West was on its way to “joint victory”.",
    canonical_url="https://www.manilatimes.net/2022/11/13/news/joint-victory",
    html="<p>KYIV, Ukraine: Kyiv said on Saturday that…</p>",
    enclosures=(
        Enclosure(
            href="https://media.example.net/audio/kherson.mp3",
            media_type="audio/mpeg",
            size_bytes=8_400_000,
        ),
    ),
)
HEBREW = entry(
    "r8s1t5v3w0",
    "הספרייה הלאומית נפתחה מחדש",
    authors=("נועה לוי",),
    source="עיתון הבוקר",
    language="he",
    summary="אלפי מבקרים הגיעו ביום הראשון.",
    html="<p>אלפי מבקרים הגיעו ביום הראשון.</p>",
)
NAMELESS = entry(
    "n0n0n0n0n0", "Kurze Notiz", precision=Precision.ARRIVAL, language="de", html="<p>Kurz.</p>"
)
DANGEROUS = entry(
    "x5x5x5x5x5",
    HOSTILE,
    authors=(HOSTILE,),
    source=HOSTILE,
    tags=(HOSTILE,),
    language='en" onload="alert(3)',
    summary=HOSTILE,
    enclosures=(Enclosure(href='https://e.example/"><script>', media_type=HOSTILE, size_bytes=1),),
    canonical_url='https://e.example/"onclick="alert(4)',
)
ENTRIES = (KHERSON, HEBREW, NAMELESS, DANGEROUS)

READER = Token(id="reader", name="reader", scopes=frozenset({Scope.READ}), created_at=PUBLISHED_AT)
INGESTER = Token(
    id="ingester", name="cron", scopes=frozenset({Scope.INGEST}), created_at=PUBLISHED_AT
)
ADMIN = Token(id="admin", name="root", scopes=frozenset({Scope.ADMIN}), created_at=PUBLISHED_AT)
TOKENS = {f"Bearer {token.id}": token for token in (READER, INGESTER, ADMIN)}


def feeds_of(entries: tuple[Entry, ...]) -> tuple[Feed, ...]:
    """The feeds that carry these entries: all, then each kind by size."""
    counts: dict[tuple[Selection, str], int] = {}
    for e in entries:
        named = [
            *([(SelectionKind.SOURCE, e.source.slug, e.source.name)] if e.source else []),
            *((SelectionKind.AUTHOR, author.slug, author.name) for author in e.authors),
            *((SelectionKind.TAG, tag.term, tag.label) for tag in e.categories),
            *([(SelectionKind.LANGUAGE, slugify(e.language), e.language)] if e.language else []),
        ]
        for kind, slug, name in named:
            key = Selection(kind=kind, slug=slug), name
            counts[key] = counts.get(key, 0) + 1
    feeds = [
        _feed(Selection(), "", len(entries)),
        _feed(Selection(kind=SelectionKind.CORRECTIONS), "Corrections", 0),
    ]
    order = list(SelectionKind)
    by_size = sorted(counts.items(), key=lambda c: (order.index(c[0][0].kind), -c[1]))
    return (*feeds, *(_feed(selection, name, count) for (selection, name), count in by_size))


def _feed(selection: Selection, name: str, count: int) -> Feed:
    is_language = selection.kind is SelectionKind.LANGUAGE
    return Feed(
        guid=f"urn:uuid:00000000-0000-4000-8000-{abs(hash(selection)) % 10**12:012d}",
        selection=selection,
        name=language_name(name) if is_language else name,
        updated=PUBLISHED_AT,
        language=name if is_language else None,
        entry_count=count,
    )


@dataclass
class FakePublication:
    """error: raised by whatever is asked, as the store would. corrected: entries of edits."""

    entries: tuple[Entry, ...] = ENTRIES
    last_modified: datetime = PUBLISHED_AT
    error: Exception | None = None
    corrected: tuple[Entry, ...] = ()

    def _check(self) -> None:
        if self.error:
            raise self.error

    def feed(self, selection: Selection, format: FeedFormat) -> FeedDocument:
        self._check()
        if selection not in [feed.selection for feed in self.feeds()]:
            raise NotFound(selection.slug)
        body = f"the {selection.kind} feed {selection.slug} as {format}: ".encode() + b"same " * 99
        return FeedDocument(
            body=body,
            media_type=format.media_type,
            last_modified=self.last_modified,
            history=History(previous=ArchiveRange(first=65, last=128)),
        )

    def archive(
        self, selection: Selection, wanted: ArchiveRange, format: FeedFormat
    ) -> FeedDocument:
        """Of 128 numbers, 65 to 128 in a document of their own."""
        document = self.feed(selection, format)
        if wanted.last > 128:
            raise NotFound(str(wanted))
        own = ArchiveRange(first=65, last=128) if wanted.last == 128 else wanted
        previous = ArchiveRange(first=1, last=64) if own.first > 1 else None
        following = None if own.last == 128 else ArchiveRange(first=65, last=128)
        history = History(own=own, previous=previous, following=following)
        return replace(document, body=f"{own} of ".encode() + document.body, history=history)

    def search_feed(self, query: SearchQuery, format: FeedFormat) -> FeedDocument:
        self._check()
        body = f"the search for {query.text} as {format}: ".encode() + b"same " * 99
        return FeedDocument(
            body=body, media_type=format.media_type, last_modified=self.last_modified
        )

    def search(self, query: SearchQuery, *, limit: int, below: int | None = None) -> SearchPage:
        """What has the first word in its title; two at a time."""
        self._check()
        word = query.required[0][0]
        found = [e for e in self.entries if word in split_terms(e.title)]
        if below is not None:
            found = []
        return SearchPage(entries=tuple(found[:2]), next_below=7 if len(found) > 2 else None)

    def opml(self) -> FeedDocument:
        self._check()
        return FeedDocument(
            body=b"<opml/>" * 99,
            media_type="text/x-opml; charset=utf-8",
            last_modified=self.last_modified,
        )

    def feeds(self) -> tuple[Feed, ...]:
        self._check()
        return feeds_of(self.entries)

    def latest(self, limit: int) -> tuple[Entry, ...]:
        self._check()
        return self.entries[:limit]

    def article(self, short_id: str) -> Entry:
        self._check()
        if short_id == WITHDRAWN:
            raise EntryGone(short_id)
        for e in self.entries:
            if e.short_id == short_id:
                return e
        raise NotFound(short_id)

    def corrections(self, short_id: str) -> tuple[Entry, list[Entry]]:
        entry = self.article(short_id)
        return entry, [c for c in self.corrected if c.short_id == short_id]

    def check_ready(self) -> None:
        self._check()


@dataclass
class FakeUpkeep:
    """trouble: why nothing new can be published."""

    trouble: str | None = None

    def degradation(self) -> str | None:
        return self.trouble


@dataclass
class FakeAccess:
    configured: bool = True

    def has_tokens(self) -> bool:
        return self.configured

    def authenticate(self, header: str | None, scope: Scope, *, address: str | None) -> Token:
        token = TOKENS.get(header or "")
        if token is None:
            raise AccessDenied("no valid token was presented")
        if not token.allows(scope):
            raise ScopeMissing("the token may not do this")
        return token


@dataclass
class FakeRuns:
    """asked: what was queued, as the service was asked for it."""

    asked: list[RunRequest] = field(default_factory=list)
    known: dict[str, Run] = field(default_factory=dict)
    made: tuple[DocumentOutcome, ...] = ()

    def request(self, request: RunRequest, *, requested_by: str, address: str | None) -> Run:
        if any("[" in path for path in request.paths):
            raise ValueError("a glob may hold *, ** and ? only")
        self.asked.append(request)
        run = Run(
            id=f"job{len(self.asked)}",
            trigger=Trigger.ADMIN,
            requested_by=requested_by,
            request=request,
            state=RunState.QUEUED,
            created_at=PUBLISHED_AT,
        )
        self.known[run.id] = run
        return run

    def get(self, run_id: str) -> Run:
        if run_id not in self.known:
            raise NotFound(run_id)
        return self.known[run_id]

    def outcomes(self, run_id: str, *, after: int = 0, limit: int = 200) -> OutcomePage:
        end = after + limit
        return OutcomePage(
            outcomes=self.made[after:end], next_after=end if end < len(self.made) else None
        )

    def finish(self, run_id: str) -> None:
        """Let a run end with three documents, one of which subscribers see again."""
        self.made = tuple(
            DocumentOutcome(
                path=DocumentPath(root="seeds", path=name),
                outcome=outcome,
                title="A title",
                reason=reason,
                resurfaces=outcome is Outcome.EDITED,
            )
            for name, outcome, reason in (
                (b"a.txt", Outcome.UNCHANGED, None),
                (b"b\xff.txt", Outcome.EDITED, None),
                (b"c.txt", Outcome.QUARANTINED, "nothing in it could be published"),
            )
        )
        self.known[run_id] = replace(
            self.known[run_id],
            state=RunState.DONE,
            started_at=PUBLISHED_AT + timedelta(seconds=1),
            finished_at=PUBLISHED_AT + timedelta(seconds=2),
            total=3,
            counts={Outcome.UNCHANGED: 1, Outcome.EDITED: 1, Outcome.QUARANTINED: 1},
            resurfacing=1,
        )


@dataclass
class FakeQuarantine:
    """Three documents, in the order of their numbers."""

    documents: tuple[Quarantined, ...] = tuple(
        Quarantined(
            path=DocumentPath(root="seeds", path=name),
            stage=stage,
            reason="a reason",
            evidence=evidence,
            refused_at=PUBLISHED_AT,
        )
        for name, stage, evidence in (
            (b"a\xff.txt", "decode", None),
            (b"b.txt", "extract", "Traceback…\n"),
            (b"c.txt", "extract", None),
        )
    )

    def page(self, *, after: int, limit: int) -> QuarantinePage:
        end = after + limit
        return QuarantinePage(
            documents=self.documents[after:end],
            next_after=end if end < len(self.documents) else None,
        )

    def counts(self) -> Counter[str]:
        return Counter(document.stage for document in self.documents)


@dataclass
class FakeWithdrawals:
    """asked: what was asked for, in order. One article is known, by its short id."""

    asked: list[tuple[object, ...]] = field(default_factory=list)

    def withdraw(
        self, names: Sequence[str], *, hide: bool, reason: str | None, by: str, address: str | None
    ) -> list[Decided]:
        self.asked.append((tuple(names), hide, reason, by))
        return self._decide(names, EntryState.HIDDEN if hide else EntryState.WITHDRAWN)

    def restore(self, names: Sequence[str], *, by: str, address: str | None) -> list[Decided]:
        self.asked.append((tuple(names), by))
        return self._decide(names, EntryState.LIVE)

    def _decide(self, names: Sequence[str], state: EntryState) -> list[Decided]:
        if set(names) != {KHERSON.short_id}:
            raise InvalidRequest("Nothing was changed.", ({"pointer": "#/entries/0"},))
        known = {"guid": KHERSON.guid, "short_id": KHERSON.short_id, "title": KHERSON.title}
        return [Decided(**known, state=state, changed=True)]


@dataclass
class FakeRuntime:
    settings: Settings = field(default_factory=load_settings)
    site: Site = field(
        default_factory=lambda: Site(
            title="The Morning File",
            description="Articles from a watched folder.",
            language="en",
            ttl_s=300,
            urls=SiteUrls(base_url="https://news.example.org"),
        )
    )
    now: datetime = PUBLISHED_AT + timedelta(hours=1)
    publication: FakePublication = field(default_factory=FakePublication)
    access: FakeAccess = field(default_factory=FakeAccess)
    runs: FakeRuns = field(default_factory=FakeRuns)
    quarantine: FakeQuarantine = field(default_factory=FakeQuarantine)
    upkeep: FakeUpkeep = field(default_factory=FakeUpkeep)
    withdrawals: FakeWithdrawals = field(default_factory=FakeWithdrawals)
    seldom: Seldom = field(default_factory=Seldom)

    @property
    def clock(self) -> Clock:
        return Clock(now=lambda: self.now)

    def as_runtime(self) -> Runtime:
        return cast("Runtime", self)
