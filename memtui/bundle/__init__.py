"""Bundles: what a store remembers and what a person decided, in one file that travels.

A bundle is JSON Lines in zstd: a header with the version of the format, a line for each
thing, and an end that says how many there were. ``lines`` says what a line is, ``file``
writes and reads them; neither knows a store.
"""
