"""`reader` as a program: polls a feed into a database, prints what that holds as JSON.

Arguments: the database, the feed.
"""

import json
import sys

from reader import make_reader

library = make_reader(sys.argv[1])
library.add_feed(sys.argv[2], exist_ok=True)
library.update_feed(sys.argv[2])
entries = [
    {
        "id": entry.id,
        "title": entry.title,
        "link": entry.link,
        "published": entry.published and entry.published.isoformat(),
        "authors": [entry.author],
        "html": entry.content[0].value if entry.content else entry.summary,
        "enclosures": [[e.href, e.type, e.length] for e in entry.enclosures],
    }
    for entry in library.get_entries()
]
print(json.dumps(entries))
