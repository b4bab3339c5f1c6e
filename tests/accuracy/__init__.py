"""How right extraction is, in figures: `make accuracy`. A measurement on a corpus, never a test."""
