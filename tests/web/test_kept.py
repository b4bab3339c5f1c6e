"""What is kept in memory: bounded by bytes, the least asked for going first."""

from __future__ import annotations

from feedsvc.services.publication import Shown
from feedsvc.web.codings import Coding
from feedsvc.web.kept import KeptAnswers
from feedsvc.web.responses import Prepared, Representation

SHOWN = Shown(version=1, departures=0)


def prepared(body: bytes = b"<feed/>") -> Prepared:
    return Prepared(Representation(body=body, media_type="text/plain", cache_control=""))


def test_the_least_asked_for_goes_first() -> None:
    kept = KeptAnswers(20)
    for url in "abc":
        kept.put(url, SHOWN, prepared(b"1234567"))
        kept.get("a")
    assert [url for url in "abc" if kept.get(url)] == ["a", "c"]


def test_memory_is_counted_right_however_often_a_feed_changes() -> None:
    kept = KeptAnswers(20)
    for version in range(100):
        kept.put("a", Shown(version, 0), prepared(b"%07d" % version))
        kept.put("b", Shown(version, 0), prepared(b"%07d" % version))
    assert kept.get("a")
    assert kept.get("b")


def test_each_coding_counts_from_when_it_was_first_asked_for() -> None:
    kept = KeptAnswers(2_500)
    large = prepared(b"x" * 1_000)
    kept.put("a", SHOWN, large)
    kept.put("b", SHOWN, prepared(b"y" * 1_000))
    assert kept.get("a")
    before = large.size_bytes
    large.body(Coding.IDENTITY)
    assert large.size_bytes == before
    for coding in Coding:
        large.body(coding)
    assert large.size_bytes > before
    kept.put("c", SHOWN, prepared(b"z" * 1_490))
    assert [url for url in "abc" if kept.get(url)] == ["c"]


def test_one_answer_is_kept_however_large() -> None:
    kept = KeptAnswers(3)
    kept.put("a", SHOWN, prepared())
    assert kept.get("a")


def test_equal_bytes_keep_the_older_answer_and_its_codings() -> None:
    kept = KeptAnswers(1_000)
    older = prepared()
    kept.put("a", SHOWN, older)
    now = kept.put("a", Shown(2, 0), prepared())
    assert now.prepared is older
    assert now.shown.version == 2


def test_what_is_from_before_a_departure_goes() -> None:
    kept = KeptAnswers(1_000)
    kept.put("a", Shown(1, 0), prepared())
    kept.put("b", Shown(2, 1), prepared())
    kept.drop_before(1)
    assert kept.get("a") is None
    assert kept.get("b")
