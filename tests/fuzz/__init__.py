"""Fuzzing by coverage: what no list of payloads thought of; see README.md."""
