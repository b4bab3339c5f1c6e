"""Who may use the admin endpoint: API tokens, their scopes, and what they did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Scope(StrEnum):
    READ = "read"
    INGEST = "ingest"
    ADMIN = "admin"


@dataclass(frozen=True, kw_only=True)
class Token:
    """An API token without its secret, which is shown once and never kept."""

    id: str
    name: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    def allows(self, scope: Scope) -> bool:
        """Any token may read: whoever asks for a run may follow it."""
        return scope is Scope.READ or not self.scopes.isdisjoint({scope, Scope.ADMIN})
