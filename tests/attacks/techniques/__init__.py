"""A module a technique; `payloads()` makes its markup, with the marks that payloads.py fills in."""
