"""Feeds that are not ours: files, standard input, and servers that break one rule each."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from feedsvc.errors import CannotCheck
from feedsvc.feeds.check import Severity
from feedsvc.services import fetching
from feedsvc.services.checks import CheckedFeed
from feedsvc.services.elsewhere import check_elsewhere
from tests.feeds.answering import BROKEN_ANSWERS, Shop, open_shop
from tests.feeds.samples import NEW_YEAR


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with open_shop() as shop:
        yield shop


def rules(checked: CheckedFeed) -> list[str]:
    return [finding.rule for finding in checked.findings]


def check(shop: Shop, path: str = "/feeds/all.atom") -> CheckedFeed:
    return check_elsewhere(f"{shop.address}{path}", NEW_YEAR)


def test_a_server_that_does_everything_right_gives_no_finding(shop: Shop) -> None:
    assert [str(finding) for finding in check(shop).findings] == []
    assert shop.asked == 7, "more questions than readers put"


@pytest.mark.parametrize("rule", sorted(BROKEN_ANSWERS))
def test_a_server_that_breaks_a_rule_is_found(shop: Shop, rule: str) -> None:
    shop.broken = BROKEN_ANSWERS[rule]
    checked = check(shop, "/old" if rule == "http-moved" else "/feeds/all.atom")
    follows = {"http-accept": {"http-vary"}, "http-unstable": {"http-head"}}
    assert set(rules(checked)) - follows.get(rule, set()) == {rule}


@pytest.mark.parametrize(
    ("name", "value"), [("Cache-Control", "private"), ("Set-Cookie", "a=b"), ("Expires", "0")]
)
def test_whatever_keeps_a_feed_out_of_caches_is_found(shop: Shop, name: str, value: str) -> None:
    shop.broken = {"Cache-Control": None, name: value}
    assert "http-cache-refused" in rules(check(shop))


def test_an_address_that_moves_for_a_while_stays_the_address(shop: Shop) -> None:
    (finding,) = check(shop, "/here").findings
    assert finding.rule == "self-differs"
    assert f"not '{shop.address}/here'" in finding.message


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/nothing", "the server answered 404 (Not Found)"),
        ("/loop", "it redirects more than 5 times"),
        ("/away", "it redirects to what is no address"),
        ("/other", "this is no http or https address"),
        ("/bomb", "it is larger than 10000000 bytes"),
        ("/cut", "its gzip ends too early"),
        ("/brotli", "it was sent as 'br'"),
        ("/short", "the connection ended 96 bytes too early"),
    ],
)
def test_what_cannot_be_had_says_why(shop: Shop, path: str, reason: str) -> None:
    with pytest.raises(CannotCheck) as raised:
        check(shop, path)
    assert reason in raised.value.reason
    assert shop.asked <= 6


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://example.org/a", "this is no http or https address"),
        ("file:///etc/passwd", "this is no http or https address"),
        ("https:///a", "this is no http or https address"),
        ("https://[::1/a", "this is no http or https address"),
        ("http://a:b@127.0.0.1/", "addresses with a user name are not asked"),
        ("http://127.0.0.1:1/", "the server cannot be reached"),
        ("http://a b/", "the answer cannot be read"),
    ],
)
def test_an_address_that_is_none_says_so(url: str, reason: str) -> None:
    with pytest.raises(CannotCheck) as raised:
        check_elsewhere(url, NEW_YEAR)
    assert reason in raised.value.reason


def test_an_answer_that_never_ends_is_given_up(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "_DEADLINE_S", -1)
    with pytest.raises(CannotCheck, match="it was not there after"):
        check(shop)


def test_a_page_is_told_its_feeds_and_no_more(shop: Shop) -> None:
    checked = check(shop, "/page")
    assert rules(checked) == ["format-unknown", "page-declares"]
    assert f"{shop.address}/feeds/a" in checked.findings[1].message
    assert shop.asked <= 7


def test_a_file_is_checked_without_its_address(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_bytes(shop.feed())
    assert check_elsewhere(str(path), NEW_YEAR).findings == ()
    path.write_bytes(shop.feed().replace(b"</entry>", b""))
    (finding,) = check_elsewhere(str(path), NEW_YEAR).findings
    assert (finding.rule, finding.severity) == ("not-well-formed", Severity.ERROR)


def test_standard_input_is_read(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(shop.feed())))
    checked = check_elsewhere("-", NEW_YEAR)
    assert (checked.name, checked.findings) == ("stdin", ())


@pytest.mark.parametrize("name", ["missing.xml", ".", "nul\0.xml", "a" * 300])
def test_a_file_that_cannot_be_read_says_why(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CannotCheck):
        check_elsewhere(name, NEW_YEAR)


def test_a_file_without_end_is_not_read_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CannotCheck, match="larger than"):
        check_elsewhere("/dev/zero", NEW_YEAR)
