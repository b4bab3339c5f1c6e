"""A door: feeds, pages, probes and the admin endpoint over HTTP; no SQL, no rule of the trade."""
