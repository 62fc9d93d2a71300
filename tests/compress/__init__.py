"""Refining with a model: everything against a server on this machine."""
