"""Backups, and what is done for a damaged store."""
