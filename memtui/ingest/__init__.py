"""Transcripts into the store: once (``sync``), or while one watches (``watcher``)."""
