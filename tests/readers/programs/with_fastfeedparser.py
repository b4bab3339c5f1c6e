"""`fastfeedparser` as a program: prints the entries of a feed as JSON. Argument: the feed."""

import json
import sys

import fastfeedparser

entries = [
    {
        "id": entry.id,
        "title": entry.title,
        "link": entry.link,
        "published": entry.published,
        "authors": [entry.get("author", "")],
        "html": entry.content[0]["value"],
        "enclosures": [
            [e["url"], e.get("type"), e.get("length")] for e in entry.get("enclosures", [])
        ],
    }
    for entry in fastfeedparser.parse(sys.argv[1]).entries
]
print(json.dumps(entries))
