"""The use cases: each owns its transactions, and calls the crafts and the store."""
