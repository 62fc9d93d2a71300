"""The tools that leave something for the person to decide; neither decides."""

from pathlib import Path

from memtui.curate import Curator, words
from memtui.errors import NotFound, UsageError
from memtui.mcp import answer, arguments
from memtui.mcp.scope import Seen


def remember(seen: Seen, asked: arguments.Remember, data: Path, actor: str) -> str:
    """A memory of the agent's own words, in the inbox unless the config keeps it.

    Raises:
        NotFound: the agent works in no project that is known.
        UsageError: no text, or no such type.
    """
    if seen.project is None:
        raise NotFound(
            "No project is known in this folder yet, so nothing was remembered.",
            hint="It is known once a session in it was read.",
        )
    with Curator(data, seen.settings, actor=actor) as curator:
        change = curator.add(
            asked.text,
            type=asked.type,
            body=asked.body,
            project=seen.project,
            tags=asked.tags,
            files=asked.files,
        )
    return answer.text(id=change.ids[0] if change.ids else None, said=change.message)


def propose_supersede(
    seen: Seen, asked: arguments.ProposeSupersede, data: Path, actor: str
) -> str:
    """Propose that a memory no longer holds; it stands until the person says so.

    Raises:
        NotFound: one of the two is not there.
        UsageError: it is not said what holds instead.
    """
    if bool(asked.by) == bool(asked.text):
        raise UsageError("Say by, the id of what holds instead, or text; not both.")
    old = seen.memory(asked.id)
    if asked.by and seen.memory(asked.by).id == old.id:
        raise UsageError("A memory cannot replace itself.")
    with Curator(data, seen.settings, actor=actor) as curator:
        if asked.by:
            new = str(seen.memory(asked.by).id)
        else:
            curator.refuse_more(old.id)
            change = curator.add(
                asked.text,
                type=old.type,
                project=seen.project,
                scope="project" if seen.project else old.scope,
                files=old.files,
            )
            if not change.ids:
                raise UsageError(
                    "This was said before, so nothing was proposed.",
                    hint="search finds it; then propose it by its id.",
                )
            new = change.ids[0]
        curator.propose_supersede(old.id, new, reason=asked.reason)
    return answer.text(
        id=old.id, by=new, said=f"Proposed. {words.DECIDES} Until then {old.id} holds."
    )
