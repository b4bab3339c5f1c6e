"""Feeds: made by the names of entries, joined and left, counted and dated."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from sqlalchemy import select

from feedsvc.errors import NotFound
from feedsvc.model.entry import EntryDraft, EntryState
from feedsvc.model.selection import SelectionKind
from feedsvc.store.feeds import memberships
from feedsvc.store.schema import entries, feed_entries, feeds
from tests.store.desk import Desk, by, make_draft

AUTHOR, SOURCE, TAG, LANGUAGE = (
    SelectionKind.AUTHOR,
    SelectionKind.SOURCE,
    SelectionKind.TAG,
    SelectionKind.LANGUAGE,
)


# Names


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Jane Doe", "jane-doe"),
        ("Élodie O'Neil-Straße", "élodie-o-neil-strasse"),
        ("اردو نیوز", "اردو-نیوز"),
        ("新华社", "新华社"),
        ("ＡＦＰ", "afp"),
        ("नवभारत टाइम्स", "नवभारत-टाइम्स"),
        ("../../etc/passwd", "etc-passwd"),
        ("<script>alert(1)</script>", "script-alert-1-script"),
        ("!!!", "unnamed"),
        ("🌊", "unnamed"),
    ],
)
def test_a_feed_is_named_by_a_slug_in_its_own_script(desk: Desk, name: str, slug: str) -> None:
    desk.add(make_draft(source=name))
    assert desk.slugs(SOURCE) == {name: slug}


def test_names_that_fold_alike_are_one_feed(desk: Desk) -> None:
    for name in ("AFP", "Afp", "ＡＦＰ", " afp "):
        desk.add(make_draft(authors=by(name)))
    assert desk.slugs(AUTHOR) == {"AFP": "afp"}
    assert desk.feed(AUTHOR, "afp").entry_count == 4


def test_a_slug_that_is_taken_gets_a_number(desk: Desk) -> None:
    for name in ("A.B", "A/B", "A B 2", "A_B"):
        desk.add(make_draft(tags=(name,)))
    assert desk.slugs(TAG) == {"A.B": "a-b", "A/B": "a-b-2", "A B 2": "a-b-2-2", "A_B": "a-b-3"}


def test_names_of_signs_alone_are_told_apart(desk: Desk) -> None:
    for name in ("!!!", "???", "…"):
        desk.add(make_draft(tags=(name,)))
    assert sorted(desk.slugs(TAG).values()) == ["unnamed", "unnamed-2", "unnamed-3"]


def test_signs_that_like_knows_are_only_signs(desk: Desk) -> None:
    for name in ("a%", "a_", "ab"):
        desk.add(make_draft(tags=(name,)))
    assert desk.slugs(TAG) == {"a%": "a", "a_": "a-2", "ab": "ab"}


def test_one_name_may_be_an_author_a_source_and_a_tag(desk: Desk) -> None:
    desk.add(make_draft(source="AFP", authors=by("AFP"), tags=("AFP",)))
    assert [desk.slugs(kind) for kind in (SOURCE, AUTHOR, TAG)] == [{"AFP": "afp"}] * 3


def test_a_feed_keeps_its_guid_whatever_comes_and_goes(desk: Desk) -> None:
    number = desk.add(make_draft(source="AFP"))
    guid = desk.feed(SOURCE, "afp").guid
    desk.withdraw(number)
    desk.add(make_draft(source="afp"))
    assert desk.feed(SOURCE, "afp").guid == guid


def test_the_feed_of_a_language_says_which(desk: Desk) -> None:
    desk.add(make_draft(language="zh-Hant"))
    assert desk.feed(LANGUAGE, "zh-hant").language == "zh-Hant"


def test_a_name_never_seen_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound, match="never been a source named 'reuters'"):
        desk.feed(SOURCE, "reuters")


def test_the_largest_feed_is_listed_first(desk: Desk) -> None:
    for tags in (("b",), ("b", "c"), ("a", "b", "c")):
        desk.add(make_draft(tags=tags))
    assert [(f.name, f.entry_count) for f in desk.feeds()] == [
        ("", 3),
        ("b", 3),
        ("c", 2),
        ("a", 1),
        ("Corrections", 0),
    ]


def test_a_draft_joins_each_of_its_feeds_once() -> None:
    draft = make_draft(source="AFP", authors=by("Ada", "ADA"), tags=("x", "X"), language="en")
    assert [(m.kind, m.name) for m in memberships(draft)] == [
        (SOURCE, "AFP"),
        (LANGUAGE, "en"),
        (AUTHOR, "Ada"),
        (TAG, "x"),
    ]


# Joining and leaving


def test_an_edit_leaves_one_feed_and_joins_another(desk: Desk) -> None:
    number = desk.add(make_draft(tags=("storms",)))
    desk.edit(number, make_draft(tags=("rain",)))
    assert desk.feed(TAG, "storms").entry_count == 0
    assert desk.feed(TAG, "rain").entry_count == 1
    assert [c.label for c in desk.entry(number).categories] == ["rain"]


def test_an_entry_can_come_back_to_a_feed_it_left(desk: Desk) -> None:
    number = desk.add(make_draft(tags=("storms",)))
    desk.edit(number, make_draft())
    desk.edit(number, make_draft(tags=("storms",)))
    assert desk.feed(TAG, "storms").entry_count == 1
    assert [c.label for c in desk.entry(number).categories] == ["storms"]


def test_leaving_a_feed_is_a_departure_even_where_updated_stays(desk: Desk) -> None:
    number = desk.add(make_draft(tags=("storms",)))
    desk.stopped.move(hours=1)
    desk.edit(number, make_draft(), moves_updated=False)
    assert desk.feed(TAG, "storms").updated == desk.stopped.instant
    assert desk.feed().updated == desk.entry(number).updated < desk.stopped.instant


def test_a_feed_that_an_older_entry_joins_is_dated_by_the_newest_in_it(desk: Desk) -> None:
    desk.add(make_draft(tags=("storms",)))
    desk.stopped.move(days=1)
    newer = desk.add(make_draft())
    desk.stopped.move(days=1)
    desk.edit(newer, make_draft(tags=("storms",)), moves_updated=False)
    assert desk.feed(TAG, "storms").updated == desk.entry(newer).updated


def test_a_feed_made_by_an_edit_is_dated_by_its_entry(desk: Desk) -> None:
    number = desk.add()
    desk.stopped.move(days=1)
    desk.edit(number, make_draft(tags=("storms",)), moves_updated=False)
    assert desk.feed(TAG, "storms").updated == desk.entry(number).updated


def test_what_is_withdrawn_dates_and_fills_no_feed(desk: Desk) -> None:
    number = desk.add(make_draft(tags=("storms",)))
    desk.withdraw(number)
    before = desk.feeds()
    desk.stopped.move(days=1)
    desk.edit(number, make_draft("Another title", tags=("storms",)))
    assert desk.feeds() == before


def test_a_feed_is_never_older_than_what_returns_to_it(desk: Desk) -> None:
    number = desk.add(make_draft(tags=("storms",)))
    desk.withdraw(number)
    desk.stopped.move(days=1)
    desk.edit(number, make_draft("Another title", tags=("storms",)))
    desk.bring_back(number)
    assert desk.feed(TAG, "storms").updated == desk.entry(number).updated


@dataclass
class Walk:
    """Does this and that to entries, and keeps what every feed must then say."""

    desk: Desk
    random: random.Random
    numbers: list[int] = field(default_factory=list)
    updated: dict[int, datetime] = field(default_factory=dict)
    seen: set[tuple[int, int]] = field(default_factory=set)

    def step(self) -> None:
        actions: list[Callable[[], None]] = [self.add]
        if self.numbers:
            actions += [self.edit, self.edit, self.leave, self.come_back]
        self.desk.stopped.move(seconds=self.random.choice([0, 1, -5, 3600]))
        self.random.choice(actions)()
        self.note_instants()

    def draft(self) -> EntryDraft:
        pick = self.random.sample
        return make_draft(
            self.random.choice(["Storm", "Rain"]),
            source=self.random.choice([None, "AFP", "dpa"]),
            authors=by(*pick(["Ada", "ADA", "Grace", "Joan"], self.random.randint(0, 3))),
            tags=tuple(pick(["a", "A", "b", "c", "?!"], self.random.randint(0, 3))),
            language=self.random.choice([None, "en", "ur"]),
        )

    def add(self) -> None:
        self.numbers.append(self.desk.add(self.draft()))

    def edit(self) -> None:
        number = self.random.choice(self.numbers)
        self.desk.edit(number, self.draft(), moves_updated=self.random.random() < 0.5)

    def leave(self) -> None:
        number = self.random.choice(self.numbers)
        if self.desk.stored(number).state is EntryState.LIVE:
            self.desk.withdraw(number)

    def come_back(self) -> None:
        number = self.random.choice(self.numbers)
        if self.desk.stored(number).state is EntryState.WITHDRAWN:
            self.desk.bring_back(number)

    def note_instants(self) -> None:
        """Every update and departure so far of what was live in a feed, and how it began."""
        with self.desk.store.reading() as connection:
            for feed in connection.execute(select(feeds.c.id, feeds.c.updated)):
                self.updated.setdefault(feed.id, feed.updated)
            rows = connection.execute(
                select(
                    feed_entries.c.feed_id,
                    feed_entries.c.entry_id,
                    feed_entries.c.left_at,
                    entries.c.state,
                    entries.c.updated,
                    entries.c.departed_at,
                ).join(entries, entries.c.id == feed_entries.c.entry_id)
            ).all()
        seen_before, self.seen = self.seen, set()
        for row in rows:
            place = row.feed_id, row.entry_id
            instant = row.updated
            if row.state == EntryState.LIVE and row.left_at is None:
                self.seen.add(place)
            elif place in seen_before:
                instant = row.left_at or row.departed_at
            else:
                continue
            self.updated[row.feed_id] = max(self.updated[row.feed_id], instant)

    def counts(self) -> dict[int, int]:
        with self.desk.store.reading() as connection:
            rows = connection.execute(
                select(feed_entries.c.feed_id)
                .join(entries, entries.c.id == feed_entries.c.entry_id)
                .where(feed_entries.c.left_at.is_(None), entries.c.state == EntryState.LIVE)
            ).all()
        counted = [row.feed_id for row in rows]
        return {feed_id: counted.count(feed_id) for feed_id in counted}


@pytest.fixture
def walk(desk: Desk) -> Walk:
    # pytest-randomly seeds `random` and prints the seed, so that a failure can be walked again.
    walk = Walk(desk=desk, random=random.Random(random.random()))
    for _ in range(60):
        walk.step()
    return walk


def test_every_count_is_right_whatever_was_done(walk: Walk) -> None:
    with walk.desk.store.reading() as connection:
        rows = connection.execute(select(feeds.c.id, feeds.c.entry_count)).all()
    counts = walk.counts()
    assert {row.id: row.entry_count for row in rows} == {
        row.id: counts.get(row.id, 0) for row in rows
    }


def test_a_feed_is_dated_by_its_last_update_or_departure(walk: Walk) -> None:
    with walk.desk.store.reading() as connection:
        dated = select(feeds.c.id, feeds.c.updated).where(feeds.c.kind != "corrections")
        rows = connection.execute(dated).all()
    assert {row.id: row.updated for row in rows}.items() <= walk.updated.items()


def test_no_two_entries_share_an_instant_whatever_was_done(walk: Walk) -> None:
    instants = [walk.desk.entry(number).updated for number in walk.numbers]
    assert len(set(instants)) == len(instants)
