"""Strings that break programs, as paths, queries and headers of requests to all of the web door."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import unquote_to_bytes

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app
from werkzeug.wrappers import Response

from feedsvc.web.app import create_app
from feedsvc.web.wsgi import make_application
from tests.service import Service, article

# Seen again in an answer, it must have been escaped.
MARK = "<zq9>"
# ruff: noqa: E501
STRINGS = (
    *("<zq9>", "\"><zq9>", "'><zq9>", "</title><zq9>", "--><zq9>", "%3Czq9%3E", "%253Czq9%253E", "&lt;zq9>"),
    *("undefined", "null", "None", "nan", "NaN", "inf", "true", "0", "-1", "1e999", "0x10", "1_000", "٣", "９"),
    *("9" * 20, "9" * 400, "-" + "9" * 30, "1.0", "1,0", "--1", "+1", " 1", "1\t", "²", "Ⅷ", "1;2", "00", "-0"),
    *("'", "''", '"', "';--", "' OR 1=1 --", "'; DROP TABLE entries; --", "1) OR (1=1", "\\'", "`", "%' --", "_", "%"),
    *("../", "..%2f..%2fetc%2fpasswd", "....//", "/etc/passwd", "C:\\x", "\\\\x\\y", "file:///etc/passwd", ".", "..", "//"),
    *("{{7*7}}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{0.__class__}", "%s%s%n", "{}", "$(id)", "`id`", "|id", ";id", "&&id"),
    *("%00", "%0a", "%0d%0aX-Zq9: 1", "%0d%0a%0d%0a<zq9>", "%1b[31m", "%07", "%7f", "%80", "%ff", "%fe%ff", "%ef%bf%be"),
    *("%c0%bczq9%3e", "%c0%ae%c0%ae/", "%ed%a0%80", "%ed%b0%80", "%f4%90%80%80", "%f0%9f%98", "%e2%80%ae", "%u003c", "%", "%g1"),
    *("\u202e\u2066x", "\u200b\u200d", "\ufeff", "Z\u0335\u0321algo", "\U0001f468\u200d\U0001f469", "ﬃ", "ß", "İ", "ı", "K", "ﷺ"),
    *("田中", "ثم", "ด้้้้็็็็็้้้้้็็็็", "ð\x9f", "é" * 300, "a" * 5000, "a/" * 500, "=" * 99, "&" * 99, ";" * 99, "?a=b#c"),
    *("http://evil.example/", "//evil.example", "javascript:alert(1)", "evil.example:80", "@evil.example", "[::1]", "a@b@c"),
    *("W/\"x\"", '"', '"x', "*", "W/", ",,,", "\"a\",\"b\"", "bytes=0-", "bytes=9-1,-", "Thu, 99 Foo 9999 99:99:99 GMT", "0;q=x"),
    *("gzip;q=", "gzip;q=9e9", "*;q=-1", "identity;q=0", "br, gzip;q=nan", "en-" + "x" * 99, "text/html;q=", "*/*;*", "Bearer", "Bearer  "),
    *("Basic Og==", "Basic !!!", "Bearer fsv_x", "Bearer \u00e9", "Digest x", "for=\"[::1]\"", "1.2.3.4, <zq9>", "chunked", "close, x"),
)  # fmt: skip
HEADERS = (
    *("HOST", "X_FORWARDED_HOST", "X_FORWARDED_PROTO", "X_FORWARDED_FOR", "FORWARDED", "REFERER"),
    *(
        "ACCEPT",
        "ACCEPT_ENCODING",
        "ACCEPT_LANGUAGE",
        "AUTHORIZATION",
        "COOKIE",
        "RANGE",
        "IF_RANGE",
    ),
    *("IF_NONE_MATCH", "IF_MODIFIED_SINCE", "IF_MATCH", "USER_AGENT", "ORIGIN", "SEC_FETCH_SITE"),
    *("A_IM", "TE", "X_HTTP_METHOD_OVERRIDE", "X_ORIGINAL_URL", "X_REWRITE_URL"),
)
# Of all the requests that these make, one in so many; `make soak` sends all of them.
_EVERY = int(os.environ.get("SOAK_REQUESTS_EVERY", "7"))
_ARGUMENT = re.compile("<[^<>]+>")


def requests(service: Service) -> Iterator[dict[str, str]]:
    """What differs from a common request, in the words of WSGI."""
    known = service.entry().short_id
    fixed = ("/", "/feeds/all.atom", f"/articles/{known}", "/admin/jobs/x", "/static/style.css")
    for number, text in enumerate(STRINGS):
        raw = unquote_to_bytes(text).decode("latin-1")
        for rule in create_app(service.runtime).url_map.iter_rules():
            if rule.arguments:
                yield {"PATH_INFO": raw.join(_ARGUMENT.split(rule.rule))}
        yield {"PATH_INFO": f"/{raw}"}
        yield {"PATH_INFO": f"/articles/{known}/{raw}"}
        yield {"PATH_INFO": f"/feeds/tag/{raw}.rss"}
        query = text.encode("utf-8").decode("latin-1")
        for name in ("q", "limit", "after", "v", "format", query):
            yield {"PATH_INFO": fixed[number % len(fixed)], "QUERY_STRING": f"{name}={query}"}
            yield {"PATH_INFO": "/search", "QUERY_STRING": f"{name}={query}"}
        for header in HEADERS:
            yield {"PATH_INFO": fixed[number % len(fixed)], f"HTTP_{header}": raw}
        for method in ("POST", query[:40].upper() or "X"):
            yield {"PATH_INFO": "/admin/reingest", "REQUEST_METHOD": method, "CONTENT_TYPE": raw}


def test_no_request_fails_and_none_is_repeated_unescaped(service: Service) -> None:
    service.folder.write("storm.txt", article())
    service.ingest()
    application = make_application(service.runtime)
    refusals: dict[tuple[int, str], set[bytes]] = {}
    asked = 0
    for changed in islice(requests(service), 0, None, _EVERY):
        environ = EnvironBuilder().get_environ()
        environ.update(changed)
        # Not by a client, which would look at what it is told to send.
        answer = Response(*run_wsgi_app(application, environ, buffered=True))
        asked += 1
        assert answer.status_code < 500, changed
        assert "zq9" not in str(answer.headers).lower().replace("%3czq9%3e", ""), changed
        assert "evil.example" not in str(answer.headers), changed
        if answer.mimetype != "application/json":
            assert MARK.encode() not in answer.data, changed
        # What /search was asked for stands in its form again, escaped.
        is_constant = b"Did you mean" not in answer.data and changed["PATH_INFO"] != "/search"
        if answer.status_code >= 400 and is_constant:
            kind = (answer.status_code, answer.mimetype or "")
            refusals.setdefault(kind, set()).add(answer.data)
    assert asked > 4000 / _EVERY
    assert refusals[404, "text/html"]
    for kind, bodies in refusals.items():
        # A refusal that says what is wrong does so in words of its own.
        assert len(bodies) <= (1 if kind[0] in (404, 405) else 4), (kind, list(bodies)[:3])


@pytest.mark.parametrize("text", ["<zq9>", "a\0b", "\x1b[31m"])
def test_what_is_refused_is_logged_on_one_line_without_controls(
    service: Service, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    client = create_app(service.runtime).test_client()
    service.runtime.store.close()
    client.get(f"/articles/{text}")
    for record in caplog.records:
        assert text not in record.getMessage()
