"""Runs of a model: what was asked, what it cost, what it proposes."""
