"""Days and instants as articles print them and as metadata state them, in many languages."""
