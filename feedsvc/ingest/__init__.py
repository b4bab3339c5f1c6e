"""The craft of taking a document from its bytes to a draft; no database, no feeds."""
