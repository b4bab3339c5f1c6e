"""The parts of a page, the roles of its lines, and in which order they may stand."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    CHROME = "chrome"
    MASTHEAD_DATE = "masthead date"
    KICKER = "kicker"
    TITLE = "title"
    STANDFIRST = "standfirst"
    BYLINE = "byline"
    PUBLISHED = "published date"
    UPDATED = "updated date"
    CAPTION = "caption"
    BODY = "body"
    SUBHEADING = "subheading"
    LIST = "list"
    QUOTATION = "quotation"
    RELATED = "related"
    TAIL = "tail"


class Part(StrEnum):
    """Where in the page a line stands; a path only ever goes on to a later part."""

    ABOVE = "above"
    TITLE = "title"
    HEAD = "head"
    BODY = "body"
    BELOW = "below"


# The roles whose lines are the article's text.
TEXT_ROLES = frozenset({Role.STANDFIRST, Role.BODY, Role.SUBHEADING, Role.LIST, Role.QUOTATION})

_ROLES_OF = {
    Part.ABOVE: (Role.CHROME, Role.MASTHEAD_DATE, Role.KICKER, Role.BYLINE, Role.PUBLISHED),
    Part.TITLE: (Role.TITLE,),
    Part.HEAD: (
        Role.STANDFIRST,
        Role.BYLINE,
        Role.PUBLISHED,
        Role.UPDATED,
        Role.CAPTION,
        Role.CHROME,
    ),
    Part.BODY: (
        Role.BODY,
        Role.SUBHEADING,
        Role.LIST,
        Role.QUOTATION,
        Role.CAPTION,
        Role.RELATED,
        Role.CHROME,
        Role.BYLINE,
        Role.PUBLISHED,
    ),
    Part.BELOW: (Role.BYLINE, Role.PUBLISHED, Role.TAIL),
}
# The part a line stands in and its role there, the two together: what a path goes through.
State = tuple[Part, Role]
STATES: tuple[State, ...] = tuple((part, role) for part in Part for role in _ROLES_OF[part])

FIRST_PARTS = frozenset({Part.ABOVE, Part.TITLE, Part.BODY})
LAST_PARTS = frozenset({Part.BODY, Part.BELOW})
_NEXT_PARTS = {
    Part.ABOVE: {Part.ABOVE, Part.TITLE, Part.BODY},
    Part.TITLE: {Part.HEAD, Part.BODY},
    Part.HEAD: {Part.HEAD, Part.BODY},
    Part.BODY: {Part.BODY, Part.BELOW},
    Part.BELOW: {Part.BELOW},
}


def may_follow(before: State, after: State) -> bool:
    """Whether a path may step from the one to the other."""
    return after[0] in _NEXT_PARTS[before[0]]


def name_of(state: State) -> str:
    return f"{state[0]}: {state[1]}"
