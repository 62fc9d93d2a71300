"""What a person decided, with the journal by which it is undone."""
