"""Who wrote an article: what leads in a byline, what a name looks like, where names end."""
