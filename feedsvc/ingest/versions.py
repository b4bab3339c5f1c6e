"""The versions of what makes an entry of a document; both are stored with each entry."""

from __future__ import annotations

# Raise it whenever a rule of decoding, reading or extracting changes what a document gives.
EXTRACTOR_VERSION = 5
# Raise it whenever a document would come out differently, be it for a change of policy.py or of
# sanitize.py.
POLICY_VERSION = 3
