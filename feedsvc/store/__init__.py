"""The only room with SQL: what feedsvc remembers. Rows never leave it, values of the model do."""
