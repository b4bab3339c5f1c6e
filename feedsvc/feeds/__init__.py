"""The craft of turning entries into the bytes of a feed, and of checking any feed; no database."""
