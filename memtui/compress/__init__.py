"""Refining what the rules found with a model, for people who ask for it.

Nothing here runs unless a person starts it, and nothing of it decides: what a model
says becomes proposals, which a person accepts or rejects (``memtui.curate``).

How a run goes::

    plan ── which sessions, their payload ──▶ estimate ── agreed ──▶ run
    run ── one request at a time, or a batch ──▶ endpoint ──▶ answers ──▶ proposals

No other package imports the libraries of models, and this one only inside the
functions that call them.
"""
