"""feedsvc: a folder of articles goes in; feeds that readers can rely on for years come out."""

__version__ = "0.1.0"
