"""What the next session is told: chosen, rendered, written, proved delivered.

``choose`` ranks memories and fits them into a budget, ``render`` makes the
text, ``export`` writes what the hooks print, ``delivery`` finds it again in
the transcript of the session that received it.
"""
