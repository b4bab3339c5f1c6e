"""How often one client may ask: for what costs work, never for a feed that is in memory."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from werkzeug.test import Client

from feedsvc.web.limits import OneAtATime
from feedsvc.web.wsgi import make_application
from tests.service import Service, article

FEED = "/feeds/all.atom"
UNKNOWN = "/feeds/tag/nothing.atom"
A_MINUTE = 5


@pytest.fixture(params=[0, 1], ids=["no proxy", "one proxy"])
def proxies(request: pytest.FixtureRequest) -> int:
    number: int = request.param
    return number


@pytest.fixture
def limited(service: Service, proxies: int) -> Client:
    service.folder.write("a.txt", article())
    service.ingest()
    server = service.runtime.settings.server.model_copy(
        update={"requests_per_minute": A_MINUTE, "trusted_proxies": proxies}
    )
    settings = service.runtime.settings.model_copy(update={"server": server})
    runtime = type(service.runtime)(**vars(service.runtime) | {"settings": settings})
    return Client(make_application(runtime))


def statuses(client: Client, path: str, count: int, *, address: str = "192.0.2.1") -> set[int]:
    return {
        client.get(path, environ_base={"REMOTE_ADDR": address}).status_code for _ in range(count)
    }


def test_polls_of_what_is_in_memory_are_never_counted(limited: Client) -> None:
    assert statuses(limited, FEED, 10 * A_MINUTE) == {200}


def test_a_client_that_asks_for_too_much_is_asked_to_wait(limited: Client) -> None:
    assert statuses(limited, UNKNOWN, A_MINUTE) == {404}
    refused = limited.get(UNKNOWN, environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.headers["Cache-Control"] == "no-store"
    assert refused.mimetype == "text/plain"
    assert statuses(limited, UNKNOWN, 1, address="192.0.2.2") == {404}


def test_one_network_of_ipv6_is_one_client(limited: Client) -> None:
    for host in range(A_MINUTE):
        statuses(limited, UNKNOWN, 1, address=f"2001:db8:0:1::{host:x}")
    assert statuses(limited, UNKNOWN, 1, address="2001:db8:0:1:ffff::1") == {429}
    assert statuses(limited, UNKNOWN, 1, address="2001:db8:0:2::1") == {404}


def test_probes_are_never_refused(limited: Client) -> None:
    assert statuses(limited, "/healthz", 3 * A_MINUTE) == {200}
    assert statuses(limited, "/readyz", 3 * A_MINUTE) == {200}


def test_a_forwarded_address_counts_only_from_a_proxy_that_is_trusted(
    limited: Client, proxies: int
) -> None:
    found = [
        limited.get(
            UNKNOWN,
            environ_base={"REMOTE_ADDR": "192.0.2.1"},
            headers={"X-Forwarded-For": f"198.51.100.{number}"},
        ).status_code
        for number in range(2 * A_MINUTE)
    ]
    assert (429 in found) is (proxies == 0)


class _Meeting(OneAtATime):
    """Where two count at once, each has made a timer before either starts one."""

    STORAGE_SCHEME = ["memory-meeting"]  # noqa: RUF012  # as limits declares it

    def __init__(self) -> None:
        self._both = threading.Barrier(2)
        super().__init__()

    @property
    def timer(self) -> threading.Timer:
        return self._timer

    @timer.setter
    def timer(self, timer: threading.Timer) -> None:
        is_first = not hasattr(self, "_timer")
        self._timer = timer
        if not is_first:
            with suppress(threading.BrokenBarrierError):
                self._both.wait(0.2)


def test_requests_that_are_counted_together_do_not_fail() -> None:
    storage = _Meeting()
    storage.timer.join()
    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(lambda _: storage.incr("a client", 60), range(2))) == [1, 2]
