"""Agents' own memory files beside the memories: read, compared, and copied into."""

from collections.abc import Callable
from pathlib import Path

import pytest

from memtui.model import Agent, Memory, ObservationId, State, Trust
from memtui.native.comparing import Beside, Relation
from memtui.native.copying import with_copies, without_copies
from memtui.native.finding import Layer, NativeFile, native_files
from memtui.native.statements import statements
from tests.cli.conftest import Cli, added, cli, project

__all__ = ["added", "cli", "project"]

FILE = """\
---
type: project
---
# Harbor

- Always stamp **deadlines** in `attempt()`
  before anything is sent.
* [x] Wrapped points
  go on

1. Numbered ones count
A paragraph of
two lines.

```sh
- nothing in a fence
```
| a | table |
<!-- a remark -->
<!-- begin copied by memtui: what it may say -->
- gotcha: A line of ours. [abcdefgh2345]
<!-- end copied by memtui -->
Behind it.
"""


def memory(title: str, body: str = "", id_: str = "abcdefgh2345") -> Memory:
    return Memory(
        id=ObservationId(id_), type="decision", title=title, body=body, at=0,
        trust=Trust.USER, rule="hand", confidence=1.0, state=State.KEPT,
    )  # fmt: skip


def test_points_and_paragraphs_are_statements_with_their_lines() -> None:
    assert [(one.line, one.text) for one in statements(FILE)] == [
        (6, "Always stamp deadlines in attempt() before anything is sent."),
        (8, "Wrapped points go on"),
        (11, "Numbered ones count A paragraph of two lines."),
        (23, "Behind it."),
    ]


@pytest.mark.parametrize(
    ("said", "kept", "relation"),
    [
        ("Run gofmt before every commit", "Always run gofmt before a commit", "same"),
        ("Requests time out after 30 s", "Requests time out after 60 s", "contradicts"),
        ("Use npm for the front end", "Never use npm for the front end", "contradicts"),
        (
            "The lease starts in main.go at boot",
            "The lease starts in lib.go at boot",
            "",
        ),
        ("Say hello", "Say hello", ""),
        ("Deploy on Fridays only", "The lease starts late", ""),
    ],
)
def test_what_repeats_or_contradicts_a_memory_is_found(
    said: str, kept: str, relation: str, tmp_path: Path
) -> None:
    file = NativeFile(path=tmp_path, agent=Agent.CODEX, layer=Layer.PROJECT)
    (found,) = Beside([memory(kept)]).found(file, statements(f"- {said}\n"))
    names = {"same": Relation.SAME, "contradicts": Relation.CONTRADICTS, "": None}
    assert found.relation is names[relation]
    assert (found.memory is None) == (not relation)


def test_files_of_all_layers_are_found_and_links_out_of_the_repository_are_not(
    tmp_path: Path, home: Path
) -> None:
    root = tmp_path / "harbor.api"
    (root / ".claude" / "rules").mkdir(parents=True)
    (root / "AGENTS.md").write_text("- one\n")
    (root / "CLAUDE.md").symlink_to("AGENTS.md")
    (root / ".claude" / "rules" / "go.md").write_text("- two\n")
    secret = tmp_path / "secret.md"
    secret.write_text("- three\n")
    (root / "GEMINI.md").symlink_to(secret)
    slug = "".join(c if c.isalnum() else "-" for c in str(root))
    topics = home / ".claude" / "projects" / slug / "memory"
    topics.mkdir(parents=True)
    (topics / "leases.md").write_text("- four\n")
    (topics / "MEMORY.md").write_text("- five\n")
    found = native_files(root, home)
    assert [(f.path.name, f.layer) for f in found] == [
        ("CLAUDE.md", "project"),
        ("go.md", "project"),
        ("MEMORY.md", "memory"),
        ("leases.md", "memory"),
    ]


def test_copying_twice_changes_a_line_and_removing_leaves_the_file_as_it_was(
    tmp_path: Path,
) -> None:
    path = tmp_path / "AGENTS.md"
    for before in (b"", b"# Mine\r\n\r\nNo end", b"# Mine\n"):
        path.write_bytes(before)
        for words in ("Stamp deadlines", "Stamp deadlines late <!-- end -->"):
            change = with_copies(
                path, [memory(words), memory("Two", "", "b" * 12)], 200
            )
            path.write_bytes(change.after or b"")
            assert not with_copies(path, [memory(words)], 200).changes
        text = path.read_text()
        assert text.count("[abcdefgh2345]") == 1
        assert "<!-- end -->" not in text
        for id_ in ("abcdefgh2345", "b" * 12):
            path.write_bytes(without_copies(path, [id_]).after or b"")
        assert path.read_bytes() == before


def test_the_verb_shows_flags_copies_with_a_backup_and_refuses_agents(
    cli: Cli, project: Path, added: Callable[..., str], data: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    mine = added("Requests time out after 60 s")
    agents = project / "AGENTS.md"
    agents.write_text("- Requests time out after 30 s\n- Deploys go by tag\x1b[2J\n")
    told, other = cli("native", "--json").objects
    assert (told["line"], told["relation"], told["memory"]) == (1, "contradicts", mine)
    assert (other["text"], other["relation"]) == ("Deploys go by tag", None)
    assert "contradicts" in cli("native", "--flagged").out
    before = agents.read_bytes()

    ran = cli("native", "copy", str(agents), mine)
    assert ran.code == 1
    assert f"+- decision: Requests time out after 60 s [{mine}]" in ran.err
    assert agents.read_bytes() == before
    assert cli("native", "copy", str(agents), mine, "--yes").code == 0
    assert f"[{mine}]" in agents.read_text()
    (backup,) = (data / "backups").glob("native-AGENTS.md-*")
    assert backup.read_bytes() == before
    assert len(cli("native", "--json").objects) == 2  # ours is not theirs
    assert cli("native", "copy", str(agents), mine, "--remove", "--yes").code == 0
    assert agents.read_bytes() == before
    monkeypatch.setenv("CLAUDECODE", "1")
    assert cli("native", "copy", str(agents), mine, "--yes").code == 1
    assert cli("native").code == 0


def test_what_is_purged_is_in_no_copy_of_a_file_that_it_was_copied_into(
    cli: Cli, project: Path, added: Callable[..., str], data: Path
) -> None:
    gone, stays = added("The zanzibar lease"), added("Deploys go by tag")
    agents = project / "AGENTS.md"
    agents.write_text("# Mine\n")
    for id_ in (gone, stays, stays):
        cli("native", "copy", str(agents), id_, "--yes")
    cli("native", "copy", str(agents), stays, "--remove", "--yes")
    told = cli("purge", gone).err.partition("--confirm '")[2].partition("'")[0]
    assert cli("purge", gone, "--confirm", told).code == 0
    copies = [copy.read_text() for copy in (data / "backups").glob("native-*")]
    assert len(copies) == 3
    assert "zanzibar" not in "".join(copies)
    assert "Deploys go by tag" in "".join(copies)
