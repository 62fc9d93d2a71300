"""What search means: the query language, text preparation, ranking. No SQL."""
