"""What a feed needs to be perfect for every reader: each rule of its documents, and its tests.

A rule that a test holds elsewhere is not tested twice; the tables name it. The rules of HTTP are
in tests/web/test_rules.py.
"""

from __future__ import annotations

import json
import re
import sys
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lxml import etree

from feedsvc.feeds.check import check_document
from feedsvc.feeds.check.seen import read_entries
from feedsvc.model.archive import ArchiveRange, History
from feedsvc.model.entry import Enclosure, Entry, Precision
from feedsvc.model.ids import mint_guid
from feedsvc.model.selection import FeedFormat
from feedsvc.model.urls import SiteUrls
from tests.rulebook import Rulebook, forgotten_tests, missing_tests

from .samples import NEW_YEAR, cases, make_entry, make_feed, make_site, render, render_all

ATOM = "{http://www.w3.org/2005/Atom}"
XML = (FeedFormat.ATOM, FeedFormat.RSS)
ARCHIVED = History(
    own=ArchiveRange(first=65, last=128),
    previous=ArchiveRange(first=1, last=64),
    following=ArchiveRange(first=129, last=192),
)

DOCUMENT: Rulebook = {
    "the same articles are the same bytes, and no date is the clock's": [
        "feeds.test_agreement:test_the_bytes_are_the_same_in_any_process_locale_and_time_zone",
        "services.test_determinism:test_the_same_entries_are_the_same_bytes_wherever_and_whenever",
    ],
    "an id is permanent, ASCII, absolute, a real UUID, and derived from nothing": [
        ":test_an_id_is_a_random_uuid_that_says_nothing_of_title_address_host_or_date",
        "model.test_ids:test_a_guid_is_the_urn_of_a_random_uuid",
        "services.test_identity:test_a_renamed_file_keeps_its_guid",
    ],
    "an entry has one id in every format and document, which no other ever has": [
        ":test_an_entry_has_the_same_id_in_every_format_and_archive_document",
        "model.test_ids:test_no_two_guids_are_alike",
        "services.test_tombstones:test_a_withdrawal_is_told_with_its_instant_before_the_entries",
    ],
    "formats agree with one another, and with what each reader stores": [
        "feeds.test_agreement:test_the_formats_of_a_case_agree",
        "readers.test_libraries:test_each_entry_arrives_whole",
        "readers.test_readers:test_feedparser",
        "readers.test_readers:test_newsboat",
        "readers.test_readers:test_rss2email",
        "readers.test_readers:test_sfeed",
    ],
    "every address in a body is absolute, without xml:base": [
        ":test_no_document_needs_xml_base",
        "ingest.test_sanitize:test_links_and_images_become_absolute_and_carry_the_constants",
        "ingest.test_sanitize:"
        "test_without_a_base_relative_links_lose_their_targets_and_keep_their_words",
    ],
    "a body is balanced HTML without script or what W3C finds unsafe": [
        ":test_a_body_is_balanced_html_with_escaped_ampersands",
        "attacks.test_served:test_nothing_armed_is_in_any_field_of_any_feed",
    ],
    "no control character stands anywhere": [
        "feeds.test_code_points:test_every_code_point_in_every_field_leaves_every_feed_sound",
        "feeds.test_code_points:test_every_code_point_in_the_names_of_feeds_leaves_them_sound",
    ],
    "UTF-8 without a mark, declared alike inside and outside": [
        ":test_a_document_is_utf_8_without_a_mark_and_its_type_says_the_same",
    ],
    "newest first, 50 in quiet times, well under 1 MB": [
        "services.test_publication:test_a_feed_shows_its_newest_fifty",
        "services.test_publication:test_a_window_keeps_its_promises",
    ],
    "no entry is dated in the future or before 1970": [
        ":test_no_entry_is_dated_in_the_future_or_before_1970",
    ],
    "an enclosure has address, true length and type; RSS has one": [
        ":test_an_enclosure_has_its_address_length_and_type_in_every_format",
        "feeds.test_rss:test_only_the_first_enclosure_is_given",
    ],
}

ATOM_RULES: Rulebook = {
    "a title is plain text without a type": [
        "feeds.test_feedgen_faults:test_a_body_is_html_by_name_and_a_title_has_no_type",
        "feeds.test_atom:test_titles_and_summaries_are_plain_text_and_bodies_are_escaped_html",
    ],
    "content is escaped HTML; a summary is plain and another text": [
        "feeds.test_atom:test_titles_and_summaries_are_plain_text_and_bodies_are_escaped_html",
        "feeds.test_atom:test_a_summary_that_is_the_whole_body_is_left_out",
    ],
    "dates are RFC 3339 in Z, a fraction only where it is needed, published before updated": [
        ":test_atom_dates_end_in_z_and_published_is_never_after_updated",
        "feeds.test_atom:"
        "test_a_fraction_of_a_second_is_written_only_in_updated_and_only_where_there_is_one",
        "store.test_feeds:test_a_feed_is_dated_by_its_last_update_or_departure",
    ],
    "no two entries have one updated": [
        "store.test_feeds:test_no_two_entries_share_an_instant_whatever_was_done",
    ],
    "the feed or every entry has an author": [
        "feeds.test_atom:test_an_entry_without_author_has_the_feeds_which_is_the_site",
    ],
    "language, a square icon and a logo": [
        ":test_an_atom_feed_has_language_icon_and_logo",
    ],
    "self is the address fetched, alternate the page; one alternate a type": [
        "feeds.test_atom:test_the_feed_says_where_it_is_and_where_its_site_is",
        ":test_a_feed_and_an_entry_have_one_alternate_of_a_type",
        ":test_a_feed_names_the_very_address_it_is_fetched_from",
    ],
    "Atom is the default namespace; its elements have no prefix": [
        "feeds.test_atom:test_elements_carry_no_prefix_and_entries_come_last",
    ],
    "extensions stand before the first entry": [
        "feeds.test_history:test_what_belongs_to_the_feed_stands_before_its_first_entry",
        "services.test_tombstones:test_a_withdrawal_is_told_with_its_instant_before_the_entries",
    ],
    "a category has term and label, the label no comma": [
        "feeds.test_atom:test_a_category_has_a_term_and_a_label_without_comma",
    ],
}

RSS_RULES: Rulebook = {
    "a title is plain text, escaped once": [":test_an_rss_title_is_escaped_once"],
    "no title holds a literal tag": [
        "feeds.test_clean:test_no_reader_finds_an_element_in_plain_text_however_often_it_decodes",
        "feeds.test_feedgen_faults:test_a_title_that_reads_as_a_tag_needs_no_hexadecimal_reference",
    ],
    "a guid always, and never a permalink": [
        "feeds.test_rss:test_the_guid_is_no_permalink_and_the_link_is_the_article",
        ":test_every_item_has_a_guid_whatever_it_lacks",
    ],
    "pubDate is RFC 822 with four digits, the right weekday, GMT": [
        ":test_an_rss_date_has_the_right_weekday_four_digits_of_a_year_and_gmt",
    ],
    "description is HTML and stands before content:encoded": [
        "feeds.test_rss:test_a_description_is_html_so_a_plain_summary_is_escaped_twice",
        "feeds.test_rss:test_the_description_stands_before_the_body",
        "feeds.test_rss:test_an_entry_without_summary_has_its_body_as_description",
    ],
    "names are dc:creator's, beside no author": [
        "feeds.test_rss:test_names_are_dublin_cores_and_there_is_no_author_without_address",
    ],
    "pubDate, and no dc:date beside it": [":test_an_item_is_dated_once"],
    "the channel has a self link of its type": [
        "feeds.test_rss:test_the_channel_links_to_the_site_and_every_atom_link_is_kept",
    ],
    "the channel's link is the home page; image, language, docs, ttl": [
        "feeds.test_rss:test_the_image_has_the_channels_title_and_link",
        "feeds.test_rss:test_the_channel_has_what_the_profile_asks_for",
    ],
}

JSON_RULES: Rulebook = {
    "version first, then what describes the feed": [
        "feeds.test_jsonfeed:test_the_feed_begins_with_its_version_and_describes_itself",
    ],
    "application/feed+json": [
        "feeds.test_jsonfeed:test_a_feed_document_has_its_type_and_the_instant_it_was_rendered_for",
    ],
    "home_page_url, feed_url as fetched, icon, favicon, authors, language": [
        ":test_a_json_feed_describes_itself_in_full",
        ":test_a_feed_names_the_very_address_it_is_fetched_from",
    ],
    "an id is a string that is not empty": [":test_a_json_id_is_a_string_that_is_not_empty"],
    "content_html or content_text always": [
        "feeds.test_jsonfeed:test_what_an_entry_lacks_is_left_out_but_the_body_is_told",
    ],
    "title and summary are plain": [":test_json_titles_and_summaries_are_plain_text"],
    "dates are RFC 3339": [":test_json_dates_are_rfc_3339"],
    "attachments have url and mime_type; sizes are integers": [
        ":test_the_size_of_an_attachment_is_an_integer",
    ],
    "next_url is another document, and ends": [
        ":test_next_url_is_never_the_documents_own_address",
        "services.test_archives:test_a_feed_is_archived_64_entries_at_a_time",
    ],
    "keys of our own begin with an underscore and have no dot": [
        ":test_json_keys_of_our_own_begin_with_an_underscore_and_have_no_dot",
    ],
}

PAGING: Rulebook = {
    "the chain of prev-archive reaches every entry once": [
        "services.test_archives:test_a_walk_reaches_what_lives_whatever_happened",
        "services.test_pollers:test_whoever_follows_the_archive_ends_with_every_entry",
    ],
    "an archive document has fh:archive, current, self and next-archive": [
        "feeds.test_history:test_an_archive_document_says_so_and_links_both_ways_and_home",
    ],
    "entries of an archive document never move": [
        "feeds.test_archive:test_no_arrival_ever_changes_a_closed_document",
        "feeds.test_archive:test_entries_that_join_late_only_halve_documents",
        "services.test_archives:test_an_edit_or_a_departure_changes_one_document",
    ],
    "an archive document may be kept for long": [
        "web.test_archives:test_an_archive_document_is_kept_for_an_hour_and_never_for_good",
    ],
    "archive documents are filled only when full": [
        "feeds.test_archive:test_nothing_is_archived_before_more_than_64_entries_came",
    ],
    "an archive and a complete feed are two things": [
        "feeds.test_history:test_no_document_claims_to_be_all_of_the_feed",
    ],
    "no link of the feed's history stands in an entry, the last document links to none": [
        ":test_links_of_the_history_belong_to_the_feed_and_end_with_the_last_document",
    ],
    "logical paging does not stand beside archive documents": [
        ":test_there_is_one_way_through_a_feed",
    ],
    "the same relations in RSS, in JSON and in the header": [
        ":test_every_format_leads_to_the_same_older_document",
        "web.test_archives:test_an_archive_document_names_what_lies_around_it",
    ],
}

TOMBSTONES: Rulebook = {
    "deleted-entry stands before the entries, with ref and when": [
        "services.test_tombstones:test_a_withdrawal_is_told_with_its_instant_before_the_entries",
    ],
    "off unless asked for": ["services.test_tombstones:test_nothing_is_told_unless_asked_for"],
    "the feed's updated and ETag move with it": [
        "store.test_feeds:test_a_feed_is_dated_by_its_last_update_or_departure",
        "services.test_tombstones:test_a_withdrawal_is_told_with_its_instant_before_the_entries",
    ],
}

BROWSERS: Rulebook = {
    "no stylesheet, for browsers fetch none": [":test_no_document_names_a_stylesheet"],
    "a page for people explains and links the feeds": [
        "web.test_pages:test_the_home_page_offers_the_main_feed_first_then_the_others",
        "web.test_pages:test_the_feeds_page_lists_every_feed_in_every_format",
    ],
}

RULES: Rulebook = {
    **DOCUMENT,
    **ATOM_RULES,
    **RSS_RULES,
    **JSON_RULES,
    **PAGING,
    **TOMBSTONES,
    **BROWSERS,
}


def test_every_rule_has_its_tests() -> None:
    here = sys.modules[__name__]
    assert missing_tests(RULES, here) == []
    assert forgotten_tests(RULES, here) == {"test_every_rule_has_its_tests"}


def as_json(*entries: Entry, **feed: Any) -> Any:  # Any: any field of a feed; JSON
    return json.loads(render(FeedFormat.JSON, entries, make_feed(**feed)))


def as_xml(format: FeedFormat, *entries: Entry, **feed: Any) -> Any:  # Any: lxml has no types
    return etree.fromstring(render(format, entries, make_feed(**feed)))


# --- document, all formats ----------------------------------------------------------------------


def test_an_id_is_a_random_uuid_that_says_nothing_of_title_address_host_or_date() -> None:
    guid = mint_guid()
    assert guid.isascii()
    assert uuid.UUID(guid.removeprefix("urn:uuid:")).version == 4
    entry = make_entry(guid=guid)
    renamed = make_entry(guid=guid, title="Überschwemmung", published=NEW_YEAR, canonical_url=None)
    elsewhere = make_site(urls=SiteUrls(base_url="http://127.0.0.1:8000/news"))
    for format in FeedFormat:
        assert [seen.id for seen in read_entries(format, render(format, [entry]))] == [guid]
        moved = render(format, [renamed], site=elsewhere)
        assert [seen.id for seen in read_entries(format, moved)] == [guid]


def test_an_entry_has_the_same_id_in_every_format_and_archive_document() -> None:
    entries = [make_entry(2), make_entry(1)]
    for feed in (make_feed(), make_feed(history=ARCHIVED)):
        for format, body in render_all(entries, feed).items():
            assert [seen.id for seen in read_entries(format, body)] == [e.guid for e in entries]


@pytest.mark.parametrize("case", cases(), ids=str)
def test_no_document_needs_xml_base(case: Any) -> None:
    bodies = render_all(case.entries, case.feed, case.site)
    for format in XML:
        assert b"xml:base" not in bodies[format]


def test_a_body_is_balanced_html_with_escaped_ampersands() -> None:
    """As the sanitizer leaves it; what the renderers add to a body is of the same kind."""
    title = "Fish & chips <b>"
    entries = [
        make_entry(3, title=title, html="<p>One &amp; two.</p><p>Three.</p>", excerpt_end=24),
        make_entry(2, title=title, html="", summary="a <3 & c"),
        make_entry(1, title=title, html="<p>x</p>", language="ar", excerpt_end=0),
    ]
    for format, body in render_all(entries).items():
        found = check_document(body, media_type=format.media_type, url=None)
        assert [f.rule for f in found if f.rule.startswith("content-")] == []


@pytest.mark.parametrize("format", FeedFormat)
def test_a_document_is_utf_8_without_a_mark_and_its_type_says_the_same(format: FeedFormat) -> None:
    body = render(format, [make_entry(title="Überschwemmung 洪水 😀")])
    assert not body.startswith(b"\xef\xbb\xbf")
    assert "Überschwemmung 洪水 😀" in body.decode("utf-8")
    assert format.media_type.endswith("; charset=utf-8")
    declares = body.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    assert declares is (format is not FeedFormat.JSON)


@pytest.mark.parametrize(
    ("published", "served"),
    [
        (NEW_YEAR + timedelta(days=400), NEW_YEAR),
        (NEW_YEAR + timedelta(seconds=1), NEW_YEAR),
        (datetime(1912, 4, 15, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)),
        (datetime(1970, 1, 2, tzinfo=UTC), datetime(1970, 1, 2, tzinfo=UTC)),
    ],
)
@pytest.mark.parametrize("precision", [Precision.INSTANT, Precision.DAY])
def test_no_entry_is_dated_in_the_future_or_before_1970(
    published: datetime, served: datetime, precision: Precision
) -> None:
    entry = make_entry(published=published, precision=precision)
    for format, body in render_all([entry]).items():
        assert [seen.published for seen in read_entries(format, body)] == [served]


def test_an_enclosure_has_its_address_length_and_type_in_every_format() -> None:
    entry = make_entry(
        enclosures=(
            Enclosure(href="https://a.example/1.ogg", media_type="audio/ogg", size_bytes=77),
        )
    )
    (link,) = as_xml(FeedFormat.ATOM, entry).findall(f"{ATOM}entry/{ATOM}link[@rel='enclosure']")
    (item,) = as_xml(FeedFormat.RSS, entry).findall("channel/item/enclosure")
    (attachment,) = as_json(entry)["items"][0]["attachments"]
    for address, length, media_type in (
        (link.get("href"), link.get("length"), link.get("type")),
        (item.get("url"), item.get("length"), item.get("type")),
        (attachment["url"], str(attachment["size_in_bytes"]), attachment["mime_type"]),
    ):
        assert (address, length, media_type) == ("https://a.example/1.ogg", "77", "audio/ogg")


# --- Atom ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases(), ids=str)
def test_atom_dates_end_in_z_and_published_is_never_after_updated(case: Any) -> None:
    feed = etree.fromstring(render(FeedFormat.ATOM, case.entries, case.feed, case.site))
    form = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z", re.ASCII)
    for date in feed.iter(f"{ATOM}updated", f"{ATOM}published"):
        assert form.fullmatch(date.text)
    for entry in feed.iter(f"{ATOM}entry"):
        published, updated = (entry.find(f"{ATOM}{n}").text for n in ("published", "updated"))
        assert datetime.fromisoformat(published) <= datetime.fromisoformat(updated)


def test_an_atom_feed_has_language_icon_and_logo() -> None:
    feed = as_xml(FeedFormat.ATOM)
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    for name in ("icon", "logo"):
        (found,) = feed.findall(f"{ATOM}{name}")
        assert found.text == "https://news.example.org/static/icon-192.png"


def test_a_feed_and_an_entry_have_one_alternate_of_a_type() -> None:
    feed = as_xml(FeedFormat.ATOM, make_entry(2), make_entry(1))
    for parent in (feed, *feed.iter(f"{ATOM}entry")):
        alternates = parent.findall(f"{ATOM}link[@rel='alternate']")
        assert [(link.get("type"), link.get("hreflang")) for link in alternates] == [
            ("text/html", None)
        ]
        assert all(link.get("rel") for link in parent.findall(f"{ATOM}link"))


@pytest.mark.parametrize("history", [History(), ARCHIVED], ids=["subscription", "archive"])
def test_a_feed_names_the_very_address_it_is_fetched_from(history: History) -> None:
    feed, urls = make_feed(history=history), make_site().urls
    own = {format: urls.feed(feed.selection, format, history.own) for format in FeedFormat}
    (link,) = as_xml(FeedFormat.ATOM, history=history).findall(f"{ATOM}link[@rel='self']")
    assert link.get("href") == own[FeedFormat.ATOM]
    (link,) = as_xml(FeedFormat.RSS, history=history).findall(f"channel/{ATOM}link[@rel='self']")
    assert link.get("href") == own[FeedFormat.RSS]
    assert as_json(history=history)["feed_url"] == own[FeedFormat.JSON]


# --- RSS 2.0 ------------------------------------------------------------------------------------


def test_an_rss_title_is_escaped_once() -> None:
    body = render(FeedFormat.RSS, [make_entry(title="AT&T: 2 < 3 > 1")])
    assert b"<title>AT&amp;T: 2 &lt; 3 &gt; 1</title>" in body


def test_every_item_has_a_guid_whatever_it_lacks() -> None:
    bare = make_entry(title="", summary="", html="", authors=(), canonical_url=None, enclosures=())
    (guid,) = as_xml(FeedFormat.RSS, bare).findall("channel/item/guid")
    assert (guid.text, guid.get("isPermaLink")) == (bare.guid, "false")
    assert not guid.text.isdigit()


@pytest.mark.parametrize("days", [0, 59, 11_016, 20_452])
def test_an_rss_date_has_the_right_weekday_four_digits_of_a_year_and_gmt(days: int) -> None:
    published = datetime(1970, 1, 1, 7, 8, 9, tzinfo=UTC) + timedelta(days=days)
    (date,) = as_xml(FeedFormat.RSS, make_entry(published=published)).findall(
        "channel/item/pubDate"
    )
    weekday = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[published.weekday()]
    months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    day = f"{published.day:02} {months[published.month - 1]} {published.year:04}"
    assert date.text == f"{weekday}, {day} 07:08:09 GMT"


def test_an_item_is_dated_once() -> None:
    (item,) = as_xml(FeedFormat.RSS, make_entry()).findall("channel/item")
    dates = [child.tag for child in item if "date" in child.tag.lower()]
    assert dates == ["pubDate", f"{ATOM}updated"]


# --- JSON Feed 1.1 ------------------------------------------------------------------------------


def test_a_json_feed_describes_itself_in_full() -> None:
    feed = as_json()
    for name in ("home_page_url", "feed_url", "icon", "favicon"):
        assert feed[name].startswith("https://news.example.org/")
    assert feed["authors"] == [{"name": "Example News"}]
    assert feed["language"] == "en"
    assert "author" not in feed


@pytest.mark.parametrize("case", cases(), ids=str)
def test_a_json_id_is_a_string_that_is_not_empty(case: Any) -> None:
    feed = json.loads(render(FeedFormat.JSON, case.entries, case.feed, case.site))
    assert [item["id"] for item in feed["items"]] == [entry.guid for entry in case.entries]
    assert all(isinstance(item["id"], str) and item["id"] for item in feed["items"])


def test_json_titles_and_summaries_are_plain_text() -> None:
    entry = make_entry(title="AT&T: 2 < 3", summary="How to <em>not</em> & why")
    (item,) = as_json(entry)["items"]
    assert item["title"] == "AT&T: 2 < 3"
    assert item["summary"] == "How to ‹em›not‹/em› & why"


@pytest.mark.parametrize("case", cases(), ids=str)
def test_json_dates_are_rfc_3339(case: Any) -> None:
    feed = json.loads(render(FeedFormat.JSON, case.entries, case.feed, case.site))
    for item in feed["items"]:
        assert re.fullmatch(r"[\d-]{10}T[\d:]{8}Z", item["date_published"], re.ASCII)
        assert re.fullmatch(r"[\d-]{10}T[\d:]{8}(\.\d{6})?Z", item["date_modified"], re.ASCII)


@pytest.mark.parametrize(("size", "told"), [(8_400_000, 8_400_000), (1, 1), (0, None), (-1, None)])
def test_the_size_of_an_attachment_is_an_integer(size: int, told: int | None) -> None:
    """A fraction loses yarr the whole feed."""
    recording = Enclosure(href="https://a.example/1", media_type="audio/ogg", size_bytes=size)
    (attachment,) = as_json(make_entry(enclosures=(recording,)))["items"][0]["attachments"]
    assert attachment.get("size_in_bytes") == told
    assert isinstance(told, type(attachment.get("size_in_bytes")))


@pytest.mark.parametrize("own", [None, ARCHIVED.own], ids=["subscription", "archive"])
def test_next_url_is_never_the_documents_own_address(own: ArchiveRange | None) -> None:
    feed = as_json(history=History(own=own, previous=ARCHIVED.previous))
    assert feed["next_url"] == "https://news.example.org/feeds/all/1-64.json"
    assert feed["next_url"] != feed["feed_url"]
    assert "next_url" not in as_json(history=History(own=own))


def test_json_keys_of_our_own_begin_with_an_underscore_and_have_no_dot() -> None:
    standard = set(
        "id url external_url title content_html summary date_published date_modified authors tags "
        "language attachments".split()
    )
    (item,) = as_json(make_entry())["items"]
    own = set(item) - standard
    assert own == {"_feedsvc"}
    assert not any("." in key for key in (*own, *item["_feedsvc"]))


# --- paging and archives ------------------------------------------------------------------------


@pytest.mark.parametrize("format", XML)
def test_links_of_the_history_belong_to_the_feed_and_end_with_the_last_document(
    format: FeedFormat,
) -> None:
    historic = {"prev-archive", "next-archive", "current"}

    def relations(history: History, path: str) -> set[str]:
        links = as_xml(format, make_entry(), history=history).iterfind(f"{path}{ATOM}link")
        return {link.get("rel") for link in links} & historic

    channel = "channel/" if format is FeedFormat.RSS else ""
    entry = "channel/item/" if format is FeedFormat.RSS else f"{ATOM}entry/"
    assert relations(ARCHIVED, channel) == historic
    assert relations(ARCHIVED, entry) == set()
    first = History(own=ArchiveRange(first=1, last=64), following=ARCHIVED.own)
    assert relations(first, channel) == {"next-archive", "current"}
    assert relations(History(), channel) == set()


def test_there_is_one_way_through_a_feed() -> None:
    """RFC 5005 section 3 pages shift while one reads; ours are the archive documents."""
    for format in XML:
        body = render(format, [make_entry()], make_feed(history=ARCHIVED))
        for relation in (b"first", b"previous", b"next", b"last"):
            assert b'rel="%s"' % relation not in body


def test_every_format_leads_to_the_same_older_document() -> None:
    feed = "https://news.example.org/feeds/all/1-64"
    for format, path in ((FeedFormat.ATOM, ""), (FeedFormat.RSS, "channel/")):
        root = as_xml(format, history=ARCHIVED)
        (link,) = root.findall(f"{path}{ATOM}link[@rel='prev-archive']")
        assert link.get("href") == f"{feed}.{format}"
    assert as_json(history=ARCHIVED)["next_url"] == f"{feed}.json"


# --- browsers -----------------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases(), ids=str)
def test_no_document_names_a_stylesheet(case: Any) -> None:
    for body in case.renderings().values():
        assert b"xml-stylesheet" not in body
