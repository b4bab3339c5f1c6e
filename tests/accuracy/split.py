"""Which publishers are kept aside, and how the others are dealt into folds.

By the publisher, never by the document: pages of one house look alike, and a page of a publisher
that was learned from says nothing about publishers that were not.
"""

from __future__ import annotations

import hashlib


def is_kept_aside(group: str) -> bool:
    """Whether a publisher belongs to the third whose errors nobody looks at.

    group: the publisher's name in `truth.jsonl`, one for all sites of one house.
    """
    return _number(group) % 3 == 0


def fold_of(group: str, folds: int) -> int:
    """The fold of a publisher, 0 to `folds` - 1, for cross-validation."""
    # Without the division, three folds of the development publishers would be only two.
    return _number(group) // 3 % folds


def _number(group: str) -> int:
    return int(hashlib.sha256(group.encode()).hexdigest(), 16)
