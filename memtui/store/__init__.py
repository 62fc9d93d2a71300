"""The one SQLite file. The only SQL on it lives in this package."""
