"""What was known of lines before anything was learned: weights set by hand.

`learn.py` scales them. The weights that it finds stay near these where the corpus does not speak
against them: a few hundred pages are too few to learn all of them from nothing.
"""

from __future__ import annotations

from feedsvc.ingest.extract.dump.parts import Part, Role

# One column a role, in their order above: a feature says nothing of a role with a dot.
_TABLE = """
#chr mas kic tit sta byl pub upd cap bod sub lis quo rel tai
# width
   6   .  -3 -40 -40   .   .   . -20 -25 -15 -10 -30   1   6  tiny
   5   .   . -18 -30   .   .   . -12 -20   .  -6 -20   2   5  very short
   2   .  -8   3 -8   .   .   .  -3 -15   4   . -10   3   2  short
  -2   . -20  13   2  -4   .   .   .  -8   4   .   .   4   .  middling
  -9 -30 -40  12   8 -12 -10   .   .   3 -12   .   .   .  -3  wide
   .   .   . -20 -20   .   .   .   . -10   .   .   .   .   .  one word
 -16 -60 -60  -3  10 -25 -30 -30   .  12 -40   .   .  -9  -9  very wide
 -26 -90 -80 -50  -2 -50 -60 -60 -15  20 -60   .   . -22 -16  a paragraph
# how it is written
 -10   . -15 -12   6  -5   .   .   .  12 -14   3   8  -8  -5  ends like a sentence
   .   .   . -30   .   .   .   .   .   .   .   .   .   .   .  is a long sentence
  -6   .  -8   .   .  -5   .   .   .   4   .   .  10   .   .  ends with a quotation
   .   .   . -15  -8   .   .   .   .   2   .   .   .   .   .  ends with a colon
   3   .   .  -3   .   .   .   .   .  -3   .   .   .   8   5  ends with an ellipsis
   .   .   5   7   .   .   .   .   .  -4  15   .   .   5   .  asks
   .   .   .   3   .   .   .   .   3  -7   6   .   .   .   .  ends openly
 -12   . -20  -6   4   .   .   .   .  10 -20   .   .  -8  -5  holds several sentences
  -4   .   .   .   .   .   .   .   .   3   .   .  10   .   .  begins with a quotation
  -3   .   .  -4  -5   .   .   .   .   8   .   .   .   .   .  begins with a place
  -5   .  -6   3   6 -10   .   .   .   6   1   .   .   .  -2  reads like prose
   5   .   3   .  -8   4   .   .   .  -6   .   .   .   .   4  written like names
  -4   .   .   .   .   .   .   .   .   4   .   .   .   .  -2  has a comma
   3   .   8  -3 -10   .   .   .   .  -6   3   .   .   .   .  in capitals
   2   .   .  -8   .   .   .   .   .  -1  -6   .   .   .   .  begins small
  15   . -20 -50 -40   .   .   .   . -20 -30   . -30   6  12  hardly a letter
   6   .   .  -5  -8   3   2   .   .  -6  -6   .   .   .   4  has separators
   4   .   . -15  -8   .   .   .   .  -5 -15   .   .   .   5  has an address
   2   .   . -25  -3   .   .   .   .  -8 -10  20   .   .   2  has a bullet
  10   .   . -20 -15   .   .   .   .  -8 -10   .   .   .  10  begins with # or @
   .   .   .   .   .   .   .   .   . -40   .   .  40   .   .  stands further in
# what it says
  25   .   4 -50 -40 -20   .   . -20 -40 -25 -15 -40  15  20  is furniture
  16   .  -5 -25 -20   .   .   .   . -15 -15 -10   .  10  12  begins like furniture
   6   .  -6 -20 -15   .   .   .   . -28 -18 -10   .  18  20  begins like the tail
   5   .   . -18 -18 -10   .   .  35 -18 -15   .   .   2   5  speaks of a picture
  10   .   . -15 -10   .   .   .   . -10 -15   .   .  10  10  so long ago
  10   .   . -40 -30   .   .   .   3 -30 -30   .   .   .  20  claims copyright
   8   .   . -40 -25   .   .   .   5 -15 -25   .   .   4   8  names its source
   8   .   . -30 -30   .   .   .  10 -30 -25  -5   .  15   5  says the same twice
   8   .   . -15 -20   .   .   .  10 -25 -20 -10   .  10   5  is said again beside it
   .   .   .   .   .   .   .   .   .  -3   .   .   .   .   .  a text between short lines
   .   .   .   .   .   .   .   .   2  -4   .   .   .   2   3  tells nothing of what is above
   .   .   .   .   .   .   .   .   4  -3   .   .   .   .   .  repeats what is above
   .   .   .   .   .   .   .   .   .  -5  -5  -3  -5   .   .  hardly a text around
   .   .   .  -4   .   .   .   .   .   4   3   3   3   .  -4  many texts around
   .   .   . -30 -15 -10 -10   .   .   .   .   .   .   .   .  most text is above
   .   .   . -20 -10  -6  -6   .   .   .   .   .   .   .   .  much text is above
   .   .   .  -6  -3   .   .   .   .   .   .   .   .   .   .  some text is above
   4   .   .   .   .   .   .   .   . -10 -12  -6   .   5   5  in a long run of short lines
   2   .   .   .   .   .   .   .   .  -5  -6  -2   .   3   2  in a run of short lines
   .   .   .  35   .   .   .   .   .  -8  -8   .   .   .   .  is the first line again
   .   .   .  25   .   .   .   .   .  -8  -8   .   .   .   .  begins the first line
   .   .   .  12   .   .   .   .   .  -4  -4   .   .   .   .  stands in the first line
# dates
   .  -5   .   .   .   .   6   4   .   .   .   .   .   .   .  tells the time
   .   6   .   .   .   .  -3   .   .   .   .   .   .   .   .  names a weekday
   .   3   .  -3   .   .   5   .   .   .  -4   .   .   .   .  has a date
   .  22 -20 -50 -40   .  25  15 -20 -30 -25   .   .   .   8  is a date
   .   3  -5 -20 -20   6  14   8   . -15 -15   .   .   .   .  is mostly a date
  -5 -20   .   .   .   .  12   .   .   .   .   .   .   .   .  says published
   .  -5   .   .   .   .   4  12   .   .   .   .   .   .   .  says updated
  15  20   .   .   .   . -30 -20   .   .   .   .   .   .   .  tells when the page was made
   . -60   .   .   .   . -60 -60   .   .   .   .   .   .   .  has no date
# names
   .   .   .   .   . -50   .   .   .   .   .   .   .   .   .  has no name
   .   .   .   .   .   2   .   .   .   .   .   .   .   .   .  may begin with a name
 -10   . -20 -30 -25  40   .   .   . -25 -30   .   .   3   3  leads in names
   .   .  -5 -10  -5  20   .   .   .  -8  -8   .   .   .   .  may lead in names
   .   .   . -30 -30  30   .   .   . -30 -30   .   .   .   5  is an agency
   3   .   . -12 -20  12   .   .   . -20  -3   .   .   .   4  is a name
   .   .   .   .   .  15   .   .   .   .   .   .   .   .   .  is a name beside a date
   .   .   .  -3   .   8   .   .   .  -3   .   .   .   .   .  begins with a name
   3   .   .   .   . -20   .   .   .   .   .   .   .   .   .  names whom the text names
# where it stands
   3   .   .   .   .   .   .   .   .   .   .   .   .   .   .  first of all
   .   .   .   2   .   .   .   .   .   1   2   .   .   .   .  after a gap
   .   .   .   2   .   .   .   .   .   1   .   .   .   .   .  before a gap
   .   .   . -15  -2   .   .   .   .  12   5   6   5   .  -6  within the text
   .   .   .   .   .   .   .   .   .  -8  -8  -6   .   .   8  after the text
   .   .   . -12   .   .   .   .   .   6   9   4   6   .   .  between texts
   .   .   .   2   2   3   3   .   .   .   3   .   .   .   .  just before text
   .   .   .   .   .   .   .   .   .   .   .   .   .   .   1  just after text
   .   .   1   8   2   8  -2   .   .  -2   .   .   .   .   .  beside a date
   .   .   .   9   3   .   6   .   .  -2   .   .   .   .   .  beside a name
  -6   .   .  18   6   .   .   .   .   4   3   .   .  -2   .  shares most words
  -2   .   .  10   4   .   .   .   .   2   2   .   .   .   .  shares many words
   1   .   .  -3   .   .   .   .   .   .   .   .   .   .   .  shares some words
   4   .   . -15 -10   .   .   .   .   .  -2   .   .   3   3  shares no words
   6   .   .   4  -3   .   .   .   . -14  -8   .   .   3   5  stands elsewhere too
   .   .  -3  18   .   .   .   .   .  -4  -4   .   .   .   .  stands in a longer line
   4   .   . -10   .   .   .   .   .   .   .   .   .   .   .  holds another line
   .   .   .   .  -2   .   .   .  -3  -8 -15 -30 -15  -3   .  far from the text
"""


def _read_table(table: str) -> dict[str, dict[Role, int]]:
    weights: dict[str, dict[Role, int]] = {}
    for row in table.strip().splitlines():
        if row.startswith("#"):
            continue
        *cells, name = row.split(None, len(Role))
        weights[name] = {
            role: int(cell) for role, cell in zip(Role, cells, strict=True) if cell != "."
        }
    return weights


WEIGHTS = _read_table(_TABLE)

# What a role starts from: rare roles have to be argued for.
BIASES: dict[tuple[Part, Role], int] = {
    (Part.ABOVE, Role.CHROME): 3,
    (Part.ABOVE, Role.MASTHEAD_DATE): 0,
    (Part.ABOVE, Role.KICKER): -2,
    (Part.ABOVE, Role.BYLINE): -20,
    (Part.ABOVE, Role.PUBLISHED): -16,
    (Part.TITLE, Role.TITLE): 15,
    (Part.HEAD, Role.STANDFIRST): -8,
    (Part.HEAD, Role.BYLINE): 0,
    (Part.HEAD, Role.PUBLISHED): 4,
    (Part.HEAD, Role.UPDATED): -6,
    (Part.HEAD, Role.CAPTION): -5,
    (Part.HEAD, Role.CHROME): -3,
    (Part.BODY, Role.BODY): 0,
    (Part.BODY, Role.SUBHEADING): -8,
    (Part.BODY, Role.LIST): -10,
    (Part.BODY, Role.QUOTATION): -15,
    (Part.BODY, Role.CAPTION): -6,
    (Part.BODY, Role.RELATED): -7,
    (Part.BODY, Role.CHROME): -5,
    (Part.BODY, Role.BYLINE): -25,
    (Part.BODY, Role.PUBLISHED): -20,
    (Part.BELOW, Role.BYLINE): -15,
    (Part.BELOW, Role.PUBLISHED): -15,
    (Part.BELOW, Role.TAIL): 2,
}

# What going from one part to another costs; what is not listed cannot happen.
PASSAGES: dict[tuple[Part, Part], int] = {
    (Part.ABOVE, Part.ABOVE): 0,
    (Part.ABOVE, Part.TITLE): 0,
    (Part.ABOVE, Part.BODY): -60,
    (Part.TITLE, Part.HEAD): 0,
    (Part.TITLE, Part.BODY): 0,
    (Part.HEAD, Part.HEAD): 0,
    (Part.HEAD, Part.BODY): 0,
    (Part.BODY, Part.BODY): 0,
    (Part.BODY, Part.BELOW): -10,
    (Part.BELOW, Part.BELOW): 0,
}
FIRST = {Part.ABOVE: 0, Part.TITLE: 0, Part.BODY: -40}

# Neighbours that go well or badly together, beyond the order of the parts.
STEPS: dict[tuple[Role, Role], int] = {
    (Role.KICKER, Role.TITLE): 6,
    (Role.KICKER, Role.CHROME): -10,
    (Role.KICKER, Role.MASTHEAD_DATE): -10,
    (Role.TITLE, Role.BYLINE): 5,
    (Role.TITLE, Role.PUBLISHED): 5,
    (Role.TITLE, Role.STANDFIRST): 10,
    (Role.BYLINE, Role.PUBLISHED): 6,
    (Role.PUBLISHED, Role.BYLINE): 5,
    (Role.PUBLISHED, Role.UPDATED): 6,
    (Role.BYLINE, Role.STANDFIRST): -3,
    (Role.CHROME, Role.STANDFIRST): -10,
    (Role.STANDFIRST, Role.BYLINE): 6,
    (Role.STANDFIRST, Role.STANDFIRST): -8,
    (Role.SUBHEADING, Role.SUBHEADING): -15,
    (Role.SUBHEADING, Role.BODY): 5,
    (Role.SUBHEADING, Role.RELATED): -8,
    (Role.SUBHEADING, Role.CHROME): -8,
    (Role.SUBHEADING, Role.TAIL): -30,
    (Role.SUBHEADING, Role.CAPTION): -5,
    (Role.LIST, Role.LIST): 10,
    (Role.RELATED, Role.RELATED): 4,
    (Role.BODY, Role.BODY): 6,
}
