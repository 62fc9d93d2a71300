"""Tags of a memory: the topics that its files, commands and words speak for."""

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import cache

from memtui.distil import topics
from memtui.distil.families import Families


def tags_of(
    title: str,
    body: str,
    *,
    files: Sequence[str],
    facts: Sequence[str],
    signals: AbstractSet[str],
) -> tuple[str, ...]:
    """At most ``MOST_TAGS`` topics, the most evident first, then its concepts.

    Args:
        files: as the memory names them.
        facts: what its evidence proves; a command tells what it is about.
        signals: what was seen in it.
    """
    worth = Counter[str]()
    for tag in _words().found_in(title):
        worth[tag] += topics.TITLE_COUNTS
    for line in (*body.splitlines(), *facts):
        for tag in _words().found_in(line):
            worth[tag] += topics.BODY_COUNTS
    for topic in topics.TOPICS if files else ():
        most = sum(bool(topic.files.search(path)) for path in files)
        if 2 * most > len(files):
            worth[topic.tag] += topics.FILES_COUNT
    found = [t.tag for t in topics.TOPICS if worth[t.tag] >= topics.ENOUGH]
    found.sort(key=lambda tag: -worth[tag])
    concepts = (
        tag
        for tag, wanted in topics.CONCEPTS.items()
        if all(signals & one for one in wanted)
    )
    return (*found[: topics.MOST_TAGS], *concepts)


@cache
def _words() -> Families:
    return Families({topic.tag: topic.words for topic in topics.TOPICS})
