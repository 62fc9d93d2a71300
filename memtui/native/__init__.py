"""What agents keep in files of their own (``CLAUDE.md``, ``MEMORY.md`` and the like).

Read beside what was kept here, and never changed but for the lines that a person asks
to be copied into one.
"""
