"""A session as Markdown. Pure."""

from collections.abc import Sequence

from memtui.install.marks import within
from memtui.masking import safe, safe_line
from memtui.model import RecordKind, Session
from memtui.records import Turn
from memtui.tui.format import AGENT_WORDS, local


def as_markdown(session: Session, turns: Sequence[Turn]) -> str:
    """Prompts, replies, and one line per tool call."""
    agent = AGENT_WORDS[session.agent]
    project = safe_line(session.project.name) if session.project else "no project"
    branch = safe_line(session.branch) or "no branch"
    when = local(session.started_at)
    lines = [
        f"# {safe_line(session.title) or 'Untitled'}",
        "",
        ", ".join((project, branch, agent, f"{when:%Y-%m-%d %H:%M}", session.id)),
    ]
    for turn in turns:
        for record in turn.records:
            text = safe(record.text).strip()
            if record.kind is RecordKind.PROMPT:
                lines += ["", f"## You, turn {turn.number}", "", within(text)]
            elif record.kind in (RecordKind.RESPONSE, RecordKind.SUMMARY) and text:
                lines += ["", f"**{agent}**", "", within(text)]
            elif record.kind is RecordKind.TOOL_USE:
                what = (
                    record.command or ", ".join(record.writes or record.reads) or text
                )
                lines += [
                    "",
                    f"- `{safe_line(record.tool_name)}` {safe_line(what)[:200]}",
                ]
    return "\n".join(lines) + "\n"
