"""Transcripts into the store: once, or for as long as one watches."""

from memtui.ingest.sync import AgentReport, Progress, SyncReport, sync

__all__ = ["AgentReport", "Progress", "SyncReport", "sync"]
