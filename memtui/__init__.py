"""See, search and curate what coding agents remember."""

__version__ = "0.1.0"
