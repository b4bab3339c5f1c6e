"""Saved pages: what they declare, what they show, and the article of which both speak."""
