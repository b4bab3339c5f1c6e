"""Tests of feedsvc/feeds; cases are in tests/cases/feeds, read by samples.py."""
