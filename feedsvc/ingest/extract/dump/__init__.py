"""Text dumps of pages: lines, what is true of them, their roles, and the fields these tell."""
