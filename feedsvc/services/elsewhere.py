"""Checks of feeds that are not the store's: files, standard input, addresses."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from feedsvc.errors import CannotCheck
from feedsvc.feeds.check.answers import Answers, check_answers
from feedsvc.feeds.check.document import check_document
from feedsvc.services.checks import CheckedFeed
from feedsvc.services.fetching import MAX_BYTES, ask

STDIN = "-"


def check_elsewhere(target: str, now: datetime) -> CheckedFeed:
    """target: an http(s) URL, a path, or `-`. now: the time. Raises CannotCheck."""
    if target == STDIN:
        return _check_bytes("stdin", sys.stdin.buffer.read(MAX_BYTES + 1), now)
    if "://" in target:
        return _check_answers(target, ask(target), now)
    try:
        with Path(target).open("rb") as file:
            body = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise CannotCheck(target, getattr(error, "strerror", None) or str(error)) from error
    return _check_bytes(target, body, now)


def _check_bytes(name: str, body: bytes, now: datetime) -> CheckedFeed:
    if len(body) > MAX_BYTES:
        raise CannotCheck(name, f"it is larger than {MAX_BYTES} bytes")
    findings = check_document(body, media_type=None, url=None, now=now)
    return CheckedFeed(name=name, findings=tuple(findings))


def _check_answers(name: str, answers: Answers, now: datetime) -> CheckedFeed:
    media_type = answers.whole.header("Content-Type")
    document = check_document(
        answers.whole.body, media_type=media_type, url=answers.address, now=now
    )
    if any(finding.rule == "format-unknown" for finding in document):
        return CheckedFeed(name=name, findings=tuple(document))  # its server is no feed's
    return CheckedFeed(name=name, findings=(*document, *check_answers(answers)))
