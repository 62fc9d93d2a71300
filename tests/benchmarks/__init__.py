"""How fast memtui is, as ratios to a floor measured in the same run.

``python -m tests.benchmarks [NAME…]`` prints one table. A floor is the least
that the same work could cost on this machine, now: reading the bytes, asking
the file system, ``cat``. A ratio survives a slow or a shared machine; a number
of milliseconds does not. Nothing here runs in CI.
"""
