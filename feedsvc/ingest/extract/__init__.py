"""What an article says: title, authors, dates, language, body, each with its evidence."""
