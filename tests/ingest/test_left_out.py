"""Of what the person's rules keep out, no word is anywhere, and no more is kept out."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from memtui.ingest.sync import sync
from memtui.paths import store_path
from memtui.settings import Settings
from memtui.store.queries import StoreView
from tests.ingest.telling import ask, synced, told

ID = "aaaaaaaa-5555-4000-8000-000000000001"
WORD = "Clandestine"
SKIPPING = Settings(skip_tools=("Peek", "run_shell_command"))
HIDING = Settings(ignore=("**/hidden.env",))
AT = "2026-01-05T10:00:0{}.000Z"


def write(path: Path, *lines: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def line(number: int, type_: str, content: object, **more: Any) -> dict[str, Any]:
    return {
        "type": type_, "uuid": f"{ID[:-2]}{number:02}", "timestamp": AT.format(number),
        "sessionId": ID, "message": {"role": type_, "content": content}, **more,
    }  # fmt: skip


def use(call: str, name: str, **told: str) -> dict[str, object]:
    return {"type": "tool_use", "id": call, "name": name, "input": told}


def result(call: str, text: str) -> dict[str, object]:
    return {"type": "tool_result", "tool_use_id": call, "content": text}


def claude(home: Path, *lines: object) -> Path:
    return write(home / ".claude" / "projects" / "-app" / f"{ID}.jsonl", *lines)


def everything(data: Path) -> bytes:
    """Every file of the data folder, and what its archive unpacks to."""
    files = b"".join(p.read_bytes() for p in data.rglob("*") if p.is_file())
    return files + b"".join(lines for _, lines in told(data)["lines"])


def kept(data: Path, session: str = ID) -> list[Any]:
    with StoreView(store_path(data)) as view:
        return [json.loads(line) for line in view.raw_lines(session)]


def texts(data: Path) -> list[str]:
    return [text for (text,) in ask(data, "select text from record order by id")]


@pytest.fixture
def secret(home: Path) -> str:
    """A folder of which nothing is stored."""
    folder = home / "work" / "secret"
    folder.mkdir(parents=True)
    (folder / ".memtui-ignore").touch()
    return str(folder)


def test_no_state_holds_a_word_of_an_ignored_claude_session(
    data: Path, home: Path, secret: str
) -> None:
    claude(
        home,
        {"type": "ai-title", "sessionId": ID, "aiTitle": f"{WORD} title"},
        line(1, "user", f"{WORD} prompt", cwd=secret),
        line(2, "assistant", [use("c1", "Bash", command=f"echo {WORD}")], cwd=secret),
        {"type": "custom-title", "sessionId": ID, "customTitle": f"{WORD} custom"},
        {"type": "queue-operation", "operation": "enqueue", "content": f"{WORD} next"},
        {"type": "queue-operation", "operation": "remove", "content": f"{WORD} more"},
    )
    write(
        home / ".claude" / "projects" / "-app" / ID / "subagents" / "agent-1.jsonl",
        line(3, "user", f"{WORD} task", cwd=secret, isSidechain=True),
    )
    output = home / ".claude" / "projects" / "-app" / ID / "tool-results" / "a.jsonl"
    write(output, f"{WORD} printed")
    write(
        home / ".claude" / "history.jsonl",
        {"display": f"{WORD} typed", "timestamp": 1_600_000_000_000,
         "project": secret, "sessionId": ID[:-1] + "9"},
        {"display": f"/rename {WORD} name", "timestamp": 1_600_000_000_001,
         "project": secret, "sessionId": ID[:-1] + "9"},
    )  # fmt: skip

    synced(data, home)

    assert WORD.encode() not in everything(data)


def test_no_state_holds_a_word_of_ignored_sessions_of_other_agents(
    data: Path, home: Path, secret: str
) -> None:
    said = [{"type": "input_text", "text": f"{WORD} prompt"}]
    write(
        home / ".codex" / "sessions" / f"rollout-2026-01-05T10-00-00-{ID}.jsonl",
        {"timestamp": AT.format(1), "type": "session_meta",
         "payload": {"id": ID, "cwd": secret}},
        {"timestamp": AT.format(2), "type": "response_item",
         "payload": {"type": "message", "role": "user", "content": said}},
    )  # fmt: skip
    place = home / ".gemini" / "tmp" / hashlib.sha256(secret.encode()).hexdigest()
    (place / "chats").mkdir(parents=True)
    (place / ".project_root").write_text(secret)
    write(
        place / "chats" / "session-2026-01-05T10-00-aaaa.jsonl",
        {"sessionId": ID, "projectHash": place.name, "kind": "main"},
        {"id": "m1", "timestamp": AT.format(1), "type": "user", "content": f"{WORD} a"},
        {"$set": {"summary": f"{WORD} summary"}},
    )
    storage = home / ".local" / "share" / "opencode" / "storage"
    write(
        storage / "session" / "p1" / "ses_1.json",
        {"id": "ses_1", "projectID": "p1", "directory": secret, "version": "1",
         "title": f"{WORD} title", "time": {"created": 1, "updated": 2}},
    )  # fmt: skip

    synced(data, home)

    assert WORD.encode() not in everything(data)


def test_a_prompt_from_an_ignored_folder_names_no_session_outside(
    data: Path, home: Path, secret: str
) -> None:
    path = claude(
        home,
        line(1, "user", f"{WORD} prompt", cwd=secret),
        line(2, "user", "Mend the shutters.", cwd=str(home)),
    )
    synced(data, home)
    with path.open("a") as file:
        file.write(json.dumps(line(3, "user", "And the door.", cwd=str(home))) + "\n")

    synced(data, home)

    assert ask(data, "select title from session") == [("Mend the shutters.",)]
    assert WORD.encode() not in everything(data)


def test_what_is_parsed_anew_of_an_ignored_codex_session_stays_ignored(
    data: Path, home: Path, secret: str
) -> None:
    path = write(
        home / ".codex" / "sessions" / f"rollout-2026-01-05T10-00-00-{ID}.jsonl",
        {"timestamp": AT.format(1), "type": "session_meta",
         "payload": {"id": ID, "cwd": secret}},
    )  # fmt: skip
    synced(data, home)
    sync(data, Settings(), home=home, full=True)
    said = {"type": "message", "role": "user",
            "content": [{"type": "input_text", "text": f"{WORD} prompt"}]}  # fmt: skip
    with path.open("a") as file:
        item = {"timestamp": AT.format(2), "type": "response_item", "payload": said}
        file.write(json.dumps(item) + "\n")

    synced(data, home)

    assert WORD.encode() not in everything(data)


@pytest.mark.parametrize("cwd", [{"cwd": "/home/dev/app"}, {}])
def test_of_a_skipped_tool_only_its_input_and_its_result_are_left_out(
    data: Path, home: Path, cwd: dict[str, str]
) -> None:
    path = claude(
        home,
        line(1, "user", "Look at it.", **cwd),
        line(
            2, "assistant",
            [{"type": "text", "text": "I look."}, use("c1", "Peek", at=WORD),
             use("c2", "Bash", command="echo on")],
            **cwd,
        ),
    )  # fmt: skip
    synced(data, home, SKIPPING)
    with path.open("a") as file:
        for more in (
            line(3, "user", [result("c1", WORD)], toolUseResult={"a": WORD}, **cwd),
            {"type": "progress", "toolUseID": "c1", "data": {"output": WORD}, **cwd},
            line(4, "user", [result("c2", "on")], **cwd),
        ):
            file.write(json.dumps(more) + "\n")
    synced(data, home, SKIPPING)

    assert WORD.encode() not in everything(data)
    assert texts(data) == ["Look at it.", "I look.", "echo on", "on"]
    blocks = kept(data)[1]["message"]["content"]
    assert [block.get("input") for block in blocks] == [
        None, "[redacted:ignored]", {"command": "echo on"}
    ]  # fmt: skip
    before = told(data)
    sync(data, SKIPPING, home=home, full=True)
    assert told(data) == before


def test_of_a_skipped_tool_of_gemini_the_answer_beside_it_stays(
    data: Path, home: Path
) -> None:
    calls = [
        {"id": "t1", "name": "run_shell_command", "args": {"command": WORD},
         "status": "success", "resultDisplay": WORD,
         "result": [{"functionResponse": {"id": "t1", "response": {"output": WORD}}}]},
        {"id": "t2", "name": "read_file", "args": {"absolute_path": "/app/a.py"},
         "status": "success", "result": []},
    ]  # fmt: skip
    place = home / ".gemini" / "tmp" / ("c" * 64) / "chats"
    write(
        place / "session-2026-01-05T10-00-aaaa.jsonl",
        {"sessionId": ID, "projectHash": "c" * 64, "kind": "main"},
        {"id": "m1", "timestamp": AT.format(1), "type": "user", "content": "Look."},
        {"id": "m2", "timestamp": AT.format(2), "type": "gemini",
         "content": "All is well.", "toolCalls": calls},
    )  # fmt: skip

    synced(data, home, SKIPPING)

    assert WORD.encode() not in everything(data)
    assert {"Look.", "All is well.", "/app/a.py"} <= set(texts(data))


@pytest.mark.parametrize("cwd", [{"cwd": "/home/dev/app"}, {}])
@pytest.mark.parametrize(
    "call",
    [
        use("c1", "Read", file_path="/home/dev/app/hidden.env"),
        use("c1", "Bash", command="cat ./hidden.env | head"),
        use("c1", "Bash", command="docker run --env-file=deep/hidden.env app"),
        use("c1", "Bash", command='grep KEY "a.py" "hidden.env"'),
    ],
)
def test_what_a_command_printed_of_an_ignored_file_is_left_out(
    data: Path, home: Path, call: dict[str, object], cwd: dict[str, str]
) -> None:
    claude(
        home,
        line(1, "user", "Which keys are there?", **cwd),
        line(2, "assistant", [call], **cwd),
        line(3, "user", [result("c1", f"KEY={WORD}")], **cwd),
        line(4, "assistant", [{"type": "text", "text": "One."}], **cwd),
    )

    synced(data, home, HIDING)

    assert WORD.encode() not in everything(data)
    assert texts(data) == ["Which keys are there?", "One."]


def test_an_ignored_file_that_is_attached_is_left_out(data: Path, home: Path) -> None:
    file = {"filePath": "/home/dev/app/hidden.env", "content": f"KEY={WORD}"}
    attached = {"type": "file", "filename": "/home/dev/app/hidden.env",
                "content": {"type": "text", "file": file}}  # fmt: skip
    claude(
        home,
        line(1, "user", "Look at @hidden.env.", cwd="/home/dev/app"),
        line(2, "attachment", "", cwd="/home/dev/app", attachment=attached),
    )

    synced(data, home, HIDING)

    assert WORD.encode() not in everything(data)
    assert texts(data) == ["Look at @hidden.env."]


def test_over_the_lines_of_an_output_nothing_of_a_key_stays(
    data: Path, home: Path
) -> None:
    body = "\n".join("MIIEpAIBAAKCAQEA7Zt9XbL2mVp4KdR8sWj3HnF6yGc1" for _ in range(9))
    kind = "RSA PRIVATE " + "KEY"
    file = home / ".claude" / "projects" / "-app" / ID / "tool-results" / "c1.txt"
    file.parent.mkdir(parents=True)
    file.write_text(
        f"first\n-----BEGIN {kind}-----\n{body}\n-----END {kind}-----\nshown\n"
        f"<private>\n{WORD}\n</private>\nlast"
    )
    named = f"<persisted-output>\nOutput too large (50KB). Full output saved to: {file}"
    claude(
        home,
        line(1, "assistant", [use("c1", "Bash", command="cat all")], cwd="/app"),
        line(2, "user", [result("c1", f"{named}\n\nPreview:\nfirst\n")], cwd="/app"),
    )

    synced(data, home)

    stored = everything(data)
    assert WORD.encode() not in stored
    assert b"MIIEpAIB" not in stored
    with StoreView(store_path(data)) as view:
        lines = b"".join(view.output_of(str(file))).splitlines()
    assert len(lines) == len(file.read_text().splitlines())
    assert lines[0] == b"first"
    assert b"shown" in lines
    assert lines[-1] == b"last"


OTHER = "bbbbbbbb-3333-4000-8000-000000000001"


def told_of(home: Path, leaf: str, *, folder: str = "-other") -> Path:
    """A transcript that gives a title to the session of another one's message."""
    summary = {"type": "summary", "summary": "The hidden merger", "leafUuid": leaf}
    here = {"cwd": "/home/dev/src/other"} if folder == "-other" else {}
    said = line(9, "user", "and now the importer", **here) | {"uuid": OTHER}
    path = home / ".claude" / "projects" / folder / f"{OTHER}.jsonl"
    return write(path, summary, said) if here else write(path, summary)


@pytest.mark.parametrize("folder", ["-other", "-app"])
@pytest.mark.parametrize("order", ["at once", "hidden first", "apart"])
def test_a_title_elsewhere_for_a_session_left_out_is_left_out(
    data: Path, home: Path, order: str, folder: str
) -> None:
    hidden = home / "secret"
    hidden.mkdir()
    (hidden / ".memtui-ignore").touch()
    session = claude(home, line(1, "user", "merge with whom?", cwd=str(hidden)))
    if order == "apart":
        synced(data, home)
    other = told_of(home, f"{ID[:-2]}01", folder=folder)
    first, second = (session, other) if order == "hidden first" else (other, session)
    os.utime(first, (9_000, 9_000))
    os.utime(second, (5_000, 5_000))
    synced(data, home)

    assert b"merger" not in everything(data)
    assert b"merge with whom" not in everything(data)
    if folder == "-other":
        assert texts(data) == ["and now the importer"]
    assert not synced(data, home).changed
    sync(data, Settings(), home=home, full=True)
    assert b"merger" not in everything(data)


def test_a_title_for_a_session_that_nobody_knows_is_kept(
    data: Path, home: Path
) -> None:
    told_of(home, f"{ID[:-2]}01")
    report = synced(data, home)
    assert "The hidden merger" in texts(data)
    assert report.agents["claude-code"].new_bytes > 0
    claude(home, line(1, "user", "merge with whom?", cwd="/home/dev/src/app"))
    synced(data, home)
    assert ask(data, "select title from session where native_id like 'aaaa%'") in (
        [("The hidden merger",)],
        [],
    )
