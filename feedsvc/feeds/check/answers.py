"""The rules of HTTP for a feed: what a server answered to the questions that readers put."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime

from feedsvc.feeds.check.findings import Finding, Findings

_ETAG = re.compile(r'(W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_HTTP_DATE = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d "
    r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT",
    re.ASCII,
)
_LINK = re.compile(r'<([^>]*)>((?:\s*;\s*[\w*!-]+\s*(?:=\s*(?:"[^"]*"|[^\s",;]+))?)*)')
_RELATION = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]+))', re.IGNORECASE)
_MAX_AGE = re.compile(r"\bmax-age=\"?(\d+)", re.IGNORECASE)
_SMALL_BYTES = 1024
_LEAST_MAX_AGE_S, _MOST_MAX_AGE_S = 60, 86_400
_PERMANENT = (301, 308)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer. body: decoded. wire: as it was sent. coding: `gzip` or `identity`."""

    status: int
    headers: Message
    body: bytes
    wire: bytes
    coding: str

    def header(self, name: str) -> str:
        """All lines of a header as one, "" where there is none."""
        return ", ".join(str(value) for value in self.headers.get_all(name, []))


@dataclass(frozen=True, kw_only=True)
class Redirect:
    """status: 301, 302, 303, 307 or 308. url: where it leads to, absolute."""

    status: int
    url: str


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What was answered of one feed, in the order of asking; None where it was not asked.

    url: as it was asked for; redirects: what it led through.
    whole: GET, gzip welcome. again: with its ETag in If-None-Match. listed: with another tag and
    the weak form of its own. dated: with its Last-Modified in If-Modified-Since. contrary: with
    another tag in If-None-Match and its Last-Modified in If-Modified-Since. plain: without gzip,
    and text/html preferred. head: HEAD, gzip welcome.
    """

    url: str
    redirects: tuple[Redirect, ...]
    whole: Answer
    again: Answer | None
    listed: Answer | None
    dated: Answer | None
    contrary: Answer | None
    plain: Answer
    head: Answer

    @property
    def address(self) -> str:
        """What readers keep as the address of the feed: it moves with permanent redirects alone."""
        address = self.url
        for redirect in self.redirects:
            if redirect.status not in _PERMANENT:
                break
            address = redirect.url
        return address


def check_answers(answers: Answers) -> list[Finding]:
    """Every broken rule that can be seen from outside; the document itself is not looked at."""
    findings = Findings()
    if answers.address != answers.url:
        findings.add("http-moved", f"the feed has moved for good to {answers.address}")
    _check_validators(findings, answers.whole)
    _check_not_modified(findings, answers)
    _check_caching(findings, answers)
    _check_coding(findings, answers)
    _check_links(findings, answers.whole)
    _check_head(findings, answers.whole, answers.head)
    if answers.whole.header("X-Content-Type-Options").lower() != "nosniff":
        findings.add("http-nosniff", "no X-Content-Type-Options: nosniff")
    if answers.whole.header("Access-Control-Allow-Origin") != "*":
        findings.add("http-cors", "no Access-Control-Allow-Origin: *")
    return findings.found


def _check_validators(findings: Findings, answer: Answer) -> None:
    etag, modified = answer.header("ETag"), answer.header("Last-Modified")
    if not etag and not modified:
        findings.add("http-validators-missing", "neither ETag nor Last-Modified")
        return
    if not etag:
        findings.add("http-etag-missing", "no ETag")
    elif not _ETAG.fullmatch(etag):
        findings.add("http-etag-form", f"ETag is no entity tag: {etag!r}")
    if not modified:
        findings.add("http-last-modified-missing", "no Last-Modified")
        return
    instant = _http_date(modified)
    if instant is None:
        findings.add("http-date-form", f"Last-Modified is no HTTP date: {modified!r}")
        return
    sent = _http_date(answer.header("Date"))
    if sent and instant > sent:
        findings.add("http-last-modified-future", f"Last-Modified {modified} is still to come")


def _check_not_modified(findings: Findings, answers: Answers) -> None:
    again = answers.again
    if again and again.status != 304:
        if again.status == 200 and again.body != answers.whole.body:
            findings.add("http-unstable", "two answers in a row are not the same")
        else:
            findings.add("http-not-modified", f"If-None-Match with its ETag gave {again.status}")
        return
    if again:
        _check_repeated(findings, answers.whole, again)
    if answers.listed and answers.listed.status != 304:
        told = f'If-None-Match: "…", W/… with its ETag gave {answers.listed.status}'
        findings.add("http-not-modified-list", told)
    if answers.dated and answers.dated.status != 304:
        told = f"If-Modified-Since with its Last-Modified gave {answers.dated.status}"
        findings.add("http-not-modified-since", told)
    if answers.contrary and answers.contrary.status == 304:
        findings.add("http-precedence", "If-Modified-Since won over If-None-Match")


def _check_repeated(findings: Findings, whole: Answer, again: Answer) -> None:
    for name in ("ETag", "Cache-Control", "Vary", "Expires"):
        if whole.header(name) and not again.header(name):
            findings.add("http-304-headers", f"304 lacks {name}")


def _check_caching(findings: Findings, answers: Answers) -> None:
    whole = answers.whole
    control = whole.header("Cache-Control").lower()
    directives = {part.partition("=")[0].strip() for part in control.split(",")}
    for forbidden in ("no-store", "private"):
        if forbidden in directives:
            findings.add("http-cache-refused", f"Cache-Control: {forbidden}")
    if whole.header("Set-Cookie"):
        findings.add("http-cache-refused", "Set-Cookie")
    age = _MAX_AGE.search(control)
    if whole.header("Expires") in ("0", "-1") and age is None:
        findings.add("http-cache-refused", f"Expires: {whole.header('Expires')}")
    if not control and not whole.header("Expires"):
        findings.add("http-cache-missing", "no Cache-Control")
    if age and not _LEAST_MAX_AGE_S <= int(age[1][:12]) <= _MOST_MAX_AGE_S:
        findings.add("http-max-age", f"max-age is {age[1]} seconds")


def _check_coding(findings: Findings, answers: Answers) -> None:
    whole, plain = answers.whole, answers.plain
    if whole.coding != "gzip" and len(whole.wire) > _SMALL_BYTES:
        findings.add("http-uncompressed", f"{len(whole.wire)} bytes are sent without gzip")
    if whole.coding == "gzip" and whole.wire[4:8] != b"\0\0\0\0":
        findings.add("http-gzip-time", "gzip carries the time of its making")
    if plain.coding != "identity":
        findings.add("http-coding-forced", "gzip is sent to whoever asks for identity alone")
    if plain.status == 200 and plain.body != whole.body:
        is_page = "html" in plain.header("Content-Type")
        findings.add(
            "http-accept" if is_page else "http-unstable",
            "whoever accepts HTML is sent a page"
            if is_page
            else "the feed with gzip and the feed without are not the same",
        )
    if whole.coding == "gzip":
        _check_vary(findings, answers)


def _check_vary(findings: Findings, answers: Answers) -> None:
    for name, answer in (("gzip", answers.whole), ("identity", answers.plain)):
        vary = {field.strip().lower() for field in answer.header("Vary").split(",")}
        if not vary & {"accept-encoding", "*"}:
            findings.add("http-vary", f"the answer ({name}) has no Vary: Accept-Encoding")
    etag = answers.whole.header("ETag")
    if (
        answers.plain.coding == "identity"
        and etag.startswith('"')
        and etag == answers.plain.header("ETag")
    ):
        findings.add("http-shared-etag", "one strong ETag stands for gzip and for identity")


def _check_links(findings: Findings, whole: Answer) -> None:
    """WebSub 4: a feed that has a hub names itself and the hub in the header too."""
    links = read_link_header(whole.header("Link"))
    if "hub" in links and "self" not in links:
        findings.add("http-link-self", "Link names a hub, and no self")


def read_link_header(value: str) -> dict[str, list[str]]:
    """The targets of a Link header by relation (RFC 8288)."""
    links: dict[str, list[str]] = {}
    for target, parameters in _LINK.findall(value):
        relation = _RELATION.search(parameters)
        for name in (relation[1] or relation[2] or "").lower().split() if relation else ():
            links.setdefault(name, []).append(target)
    return links


def _check_head(findings: Findings, whole: Answer, head: Answer) -> None:
    if head.status != 200:
        findings.add("http-head", f"HEAD gave {head.status}")
        return
    for name in ("Content-Type", "ETag", "Content-Encoding"):
        if head.header(name) != whole.header(name):
            told = f"HEAD has {name} {head.header(name)!r}, GET {whole.header(name)!r}"
            findings.add("http-head", told)
    length = head.header("Content-Length")
    if length and length != str(len(whole.wire)):
        findings.add("http-head", f"HEAD has Content-Length {length}, GET {len(whole.wire)}")


def _http_date(value: str) -> datetime | None:
    """RFC 9110 5.6.7, in the form that is to be sent."""
    if not _HTTP_DATE.fullmatch(value):
        return None
    try:
        return parsedate_to_datetime(value).astimezone(UTC)
    except ValueError:  # a day that does not exist
        return None
