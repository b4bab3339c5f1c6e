"""Payloads of our own writing, by technique, against what is served; in Chromium too."""
