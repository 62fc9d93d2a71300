"""What happens in a Claude Code session, step by step, as the client records it."""

import json
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from tests.claude_writer import Json, Writer, hunk


class Step(Protocol):
    """One thing that happens within a turn."""

    def write(self, session: "Session") -> None: ...


class Session(Writer):
    """One Claude Code session, step by step, for a file that grows while read."""

    def prompt(self, text: str, **fields: object) -> str:
        """The person types ``text``. Gives the record's uuid."""
        return self.add_user(
            text, promptSource="typed", origin={"kind": "human"},
            permissionMode="default", **fields,
        )  # fmt: skip

    def say(self, text: str) -> str:
        """The agent answers in words."""
        return self.add_answer({"type": "text", "text": text})

    def think(self, text: str) -> str:
        """The agent thinks."""
        block = {"type": "thinking", "thinking": text, "signature": "c2lnbmF0dXJl"}
        return self.add_answer(block)

    def bash(self, command: str, output: str = "", *, failed: bool = False) -> None:
        """A command and its output."""
        call = self.add_use("Bash", {"command": command, "description": command[:40]})
        seen = f"Exit code 1\n{output}" if failed else output
        streams: Json = {
            "stdout": output, "stderr": "", "interrupted": False,
            "isImage": False, "noOutputExpected": False,
        }  # fmt: skip
        result = f"Error: {seen}" if failed else streams
        self.add_result(call, seen, result, failed=failed)

    def read(self, path: str, content: str = "") -> None:
        """A file is read."""
        full = self.full_path(path)
        rows = content.splitlines()
        call = self.add_use("Read", {"file_path": full})
        shown = "\n".join(f"{n:>6}\t{row}" for n, row in enumerate(rows, 1))
        file = {
            "filePath": full, "content": content, "numLines": len(rows),
            "startLine": 1, "totalLines": len(rows),
        }  # fmt: skip
        self.add_result(call, shown, {"type": "text", "file": file})

    def edit(
        self, path: str, old: str, new: str, *, start: int = 1, file: str = ""
    ) -> None:
        """One text of a file becomes another; ``file`` is all it was before."""
        full = self.full_path(path)
        call = self.add_use(
            "Edit",
            {"file_path": full, "old_string": old, "new_string": new,
             "replace_all": False},
        )  # fmt: skip
        result: Json = {
            "filePath": full, "oldString": old, "newString": new,
            "originalFile": file or old + "\n",
            "structuredPatch": [hunk(old, new, start)],
            "userModified": False, "replaceAll": False,
        }  # fmt: skip
        self.add_result(call, f"The file {full} has been updated.", result)

    def write(self, path: str, content: str) -> None:
        """A file is made."""
        full = self.full_path(path)
        call = self.add_use("Write", {"file_path": full, "content": content})
        result: Json = {
            "type": "create", "filePath": full, "content": content,
            "structuredPatch": [], "originalFile": None,
        }  # fmt: skip
        self.add_result(call, f"File created successfully at: {full}", result)

    def ask(self, question: str, answer: str, *, options: Iterable[str] = ()) -> None:
        """The agent asks, the person answers."""
        labels = list(options) or [answer, "Something else"]
        asked = {
            "question": question, "header": question.split()[0][:12],
            "multiSelect": False,
            "options": [{"label": label, "description": ""} for label in labels],
        }  # fmt: skip
        call = self.add_use("AskUserQuestion", {"questions": [asked]})
        said = (
            "User has answered your questions: "
            f'"{question}"="{answer}". You can now continue with these answers in mind.'
        )
        result = {"questions": [asked], "answers": {question: answer}}
        self.add_result(call, said, result)

    def plan(self, text: str, *, rejected: str = "") -> None:
        """A plan is approved, or rejected with what the person typed."""
        call = self.add_use("ExitPlanMode", {"plan": text})
        if rejected:
            self.reject(call, rejected)
            return
        said = f"User has approved your plan. You can now start coding.\n\n{text}"
        self.add_result(call, said, {"plan": text, "isAgent": False})

    def reject(self, call: str, reason: str) -> None:
        """The person refuses a tool call and says why."""
        said = (
            "The user doesn't want to proceed with this tool use. The tool use was "
            "rejected (eg. if it was a file edit, the new_string was NOT written to "
            "the file). To tell you how to proceed, the user said:\n" + reason
        )
        self.add_result(call, said, f"Error: {said}", failed=True)

    def compact(self, summary: str) -> None:
        """A compaction: the boundary, then the client's own summary."""
        parent, self.leaf = self.leaf, None
        self.add_system(
            "compact_boundary", content="Conversation compacted",
            logicalParentUuid=parent,
            compactMetadata={"trigger": "auto", "preTokens": 155_311},
        )  # fmt: skip
        opening = (
            "This session is being continued from a previous conversation that ran "
            "out of context. The conversation is summarized below:\n"
        )
        self.add_user(
            opening + summary, isCompactSummary=True, isVisibleInTranscriptOnly=True
        )

    def away(self, summary: str) -> None:
        """The client's recap for a person who comes back."""
        self.add_system("away_summary", content=summary)

    def context(self, text: str, *, event: str = "SessionStart") -> None:
        """A hook hands text to the model: the pair of records it leaves."""
        answer = {
            "hookSpecificOutput": {"hookEventName": event, "additionalContext": text}
        }
        self.add_attachment(
            {"type": "hook_success", "hookName": f"{event}:startup",
             "toolUseID": self.next_uuid(), "hookEvent": event, "content": "",
             "stdout": json.dumps(answer) + "\n", "stderr": "", "exitCode": 0,
             "command": "/home/dev/.local/share/memtui/hooks/session-start startup",
             "durationMs": 6}
        )  # fmt: skip
        self.add_attachment(
            {"type": "hook_additional_context", "content": [text], "hookName": event,
             "toolUseID": event, "hookEvent": event}
        )  # fmt: skip

    def queue(self, text: str, *, operation: str = "enqueue") -> None:
        """A prompt typed while the agent works; ``text`` may be empty."""
        body: Json = {
            "type": "queue-operation", "operation": operation,
            "timestamp": self.next_stamp(), "sessionId": self.session,
        }  # fmt: skip
        if text:
            body["content"] = text
        self.record(body)

    def queued_command(self, text: str) -> None:
        """The queued prompt reaches the model as an attachment."""
        self.add_attachment({"type": "queued_command", "prompt": text})

    def meta(self, text: str) -> None:
        """A user record that the client wrote, not the person."""
        self.add_user(text, isMeta=True)

    def command(self, name: str, args: str = "", stdout: str = "") -> None:
        """A slash command and what it printed."""
        self.add_user(
            f"<command-name>/{name}</command-name>\n"
            f"            <command-message>{name}</command-message>\n"
            f"            <command-args>{args}</command-args>"
        )
        shown = f"<local-command-stdout>{stdout}</local-command-stdout>"
        self.add_system("local_command", content=shown)

    def interrupt(self) -> None:
        """The person presses escape."""
        self.add_user([{"type": "text", "text": "[Request interrupted by user]"}])

    def title(self, text: str, *, custom: bool = False) -> None:
        """The client names the session, or the person does."""
        if custom:
            self.record(
                {"type": "custom-title", "customTitle": text, "sessionId": self.session}
            )
            return
        self.record({"type": "ai-title", "aiTitle": text, "sessionId": self.session})

    def subagent(
        self, prompt: str, steps: Iterable[Step] = (), *, result: str = "Done."
    ) -> Path:
        """A subagent with a file of its own. Gives that file's path."""
        call = self.add_use(
            "Task",
            {"description": prompt[:40], "prompt": prompt, "subagent_type": "Explore"},
        )
        child = Session(
            self.home, session=self.session, cwd=self.cwd, branch=self.branch,
            version=self.version, entrypoint=self.entrypoint, start_ms=self.now,
            agent_id=uuid.uuid5(uuid.UUID(int=0), call).hex[:8],
        )  # fmt: skip
        child.add_user(prompt)
        for step in steps:
            step.write(child)
        child.say(result)
        self.now = child.now
        answer = {
            "status": "completed", "prompt": prompt, "agentId": child.agent_id,
            "agentType": "Explore", "content": [{"type": "text", "text": result}],
            "totalDurationMs": 9_120, "totalTokens": 8_204, "totalToolUseCount": 1,
        }  # fmt: skip
        self.add_result(call, [{"type": "text", "text": result}], answer)
        return child.path
