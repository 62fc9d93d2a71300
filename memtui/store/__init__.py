"""The one SQLite file. The only SQL on it lives in this package.

Here lie how the file is made, opened, migrated and kept safe, and ``queries``, the
one door for whoever reads. ``ingest`` is what a sync writes, ``search`` the full-text
index, ``curate`` what a person decided, ``views`` the questions of screens, commands
and MCP, ``compress`` runs of a model, ``purge`` taking out for good, ``rescue``
backups and damage.
"""
