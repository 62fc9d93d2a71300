"""Memories as text, for the clipboard and the editor. Pure."""

from collections.abc import Sequence
from typing import Final

from memtui.clean import clean, clean_line
from memtui.model import Memory, Project


def as_text(memory: Memory) -> str:
    """Title and text."""
    body = clean(memory.body).strip()
    return f"{clean_line(memory.title)}\n{body}" if body else clean_line(memory.title)


def as_full_text(memory: Memory) -> str:
    """Title, text, facts, files and the quoted evidence."""
    lines = [f"{memory.type}: {as_text(memory)}"]
    lines += [f"- {clean_line(fact)}" for fact in memory.facts]
    if memory.files:
        lines.append("Files: " + ", ".join(map(clean_line, memory.files)))
    for evidence in memory.evidence:
        line = "" if evidence.line is None else f", line {evidence.line}"
        lines.append(f"Evidence: session {evidence.session}{line}")
        lines += [f"> {part}" for part in clean(evidence.quote).splitlines()]
    return "\n".join(lines)


def edit_text(rows: Sequence[Memory]) -> str:
    """The text that the editor opens: one memory per block."""
    blocks = []
    for row in rows:
        body = clean(row.body).strip()
        blocks.append(f"# {row.id}\n{clean_line(row.title)}\n\n{body}".rstrip())
    return EDIT_HEAD + "\n\n".join(blocks) + "\n"


EDIT_HEAD: Final = (
    "; First line: title. After the blank line: text. Lines that start with ; are\n"
    "; left out, those with # name the memory. Delete all to change nothing.\n\n"
)


def edited(text: str) -> dict[str, tuple[str, str]]:
    """(title, text) by memory id, of what the editor saved."""
    found: dict[str, tuple[str, str]] = {}
    current = ""
    lines: list[str] = []

    def close() -> None:
        body = "\n".join(lines).strip()
        if current and body:
            title, _, rest = body.partition("\n")
            found[current] = (title.strip(), rest.strip())

    for line in text.splitlines():
        if line.startswith(";"):
            continue
        if line.startswith("# "):
            close()
            current, lines = line[2:].strip(), []
        else:
            lines.append(line)
    close()
    return found


def add_text(type_: str, project: Project | None, quoted: str) -> str:
    """What the editor opens for a new memory."""
    where = clean_line(project.name) if project else "every project"
    head = f"; A {type_} of {where}. First line: title. After the blank line: text.\n\n"
    return head + "".join(f"; {line}\n" for line in clean(quoted).splitlines())


def added(text: str) -> tuple[str, str]:
    """(title, text) of what the editor saved; no title where nothing was written."""
    lines = [line for line in text.splitlines() if not line.startswith(";")]
    title, _, body = "\n".join(lines).strip().partition("\n")
    return title.strip(), body.strip()
