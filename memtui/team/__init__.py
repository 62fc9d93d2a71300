"""A team's memories: one small Markdown file each, in the folder of a repository.

Git carries the files; nothing here runs it or reaches for a network. What others
wrote is untrusted text: ``folder`` reads it, ``files`` understands it, ``comparing``
says what differs, and only a person's yes brings it into the store.
"""
