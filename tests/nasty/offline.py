"""Ingest a folder and serve what came of it, and say how often anything was sent meanwhile.

    python -m tests.nasty.offline HOME DATABASE     # HOME/seeds is the folder

To be run in a network with nobody in it: the kernel counts for each by itself. Printed as JSON: how
many documents were ingested, the statuses of all that was asked for, what was sent, and the same
after an attempt to connect, which shows that attempts are counted.
"""

from __future__ import annotations

import json
import socket
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from werkzeug.test import Client

from feedsvc.model.selection import FeedFormat
from feedsvc.services.ingestion import open_pool
from feedsvc.web.wsgi import make_application
from tests.service import open_service, settings_for

# Of RFC 5737, kept for examples: nobody has it.
_NOBODY = ("192.0.2.1", 80)


def main(home: Path, database: str) -> None:
    with open_pool(settings_for(home / "seeds", database)) as pool:
        service = open_service(home, database, pool)
        published = len(service.ingest())
        client = Client(make_application(service.runtime))
        urls = service.runtime.site.urls
        entries = service.runtime.publication.latest(500)
        paths = ["/", *(f"/feeds/all.{format.value}" for format in FeedFormat)]
        paths += [urlsplit(urls.article(e.short_id, e.slug)).path for e in entries]
        statuses = {client.get(path).status_code for path in paths}
        service.lease.release()
        service.runtime.close()
    sent = _sent()
    with socket.socket() as attempt, suppress(OSError):
        attempt.settimeout(0.1)
        attempt.connect(_NOBODY)
    print(json.dumps([published, sorted(statuses), sent, _sent()]))


def _sent() -> int:
    """Connections begun and datagrams sent in this network (/proc/net/snmp, RFC 1213)."""
    counts: dict[str, int] = {}
    lines = Path("/proc/self/net/snmp").read_text().splitlines()
    for names, values in zip(lines[::2], lines[1::2], strict=True):
        protocol, *columns = names.split()
        for column, value in zip(columns, values.split()[1:], strict=True):
            counts[protocol + column] = int(value)
    return counts["Tcp:ActiveOpens"] + counts["Udp:OutDatagrams"]


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
