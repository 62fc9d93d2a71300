"""Sessions as pages and Markdown, sizes, and what goes after a time that was chosen."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from memtui.errors import SettingsError
from memtui.settings import parse
from memtui.store.purge.aging import DUE
from tests.cli.conftest import Cli
from tests.factories import Bash, Say, Turn, transcript
from tests.ingest.telling import ask

HOSTILE = (
    "<script>alert(1)</script> ![x](https://evil.invalid/p.png) "
    "[a](javascript:alert(1)) [b](data:text/html,x) <img src=//evil.invalid/x>\x1b[2J"
)
DAY = 86_400_000


class Page(HTMLParser):
    """What a browser would make of a page: tags, and every address in them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        named = dict(attrs)
        self.addresses += [str(named[n]) for n in ("href", "src") if n in named]
        assert not [name for name in named if name.startswith("on")]


@pytest.fixture
def sessions(project: Path, home: Path, cli: Cli) -> Path:
    """Two more sessions in the project, one of them hostile, a year apart."""
    turns = (
        Turn(
            HOSTILE,
            Say(f"**Right.** {HOSTILE}\n\n```\n<b>&\n```"),
            Bash(f"echo '{HOSTILE}'", "\n".join(f"line {n} <i>" for n in range(99))),
        ),
    )
    at = 1_767_225_600_000
    cwd = str(project)
    transcript(turns=turns, home=home, cwd=cwd, session="h" * 12, start_ms=at)
    transcript(
        turns=["is the gateway slow?"], home=home, cwd=cwd, session="old-" + "o" * 8,
        start_ms=at - 365 * DAY,
    )  # fmt: skip
    assert cli("sync").code == 0
    return project


def test_a_page_runs_and_fetches_nothing_and_says_all(cli: Cli, sessions: Path) -> None:
    text = cli("export", "--html", "h" * 12).out
    page = Page(text)
    assert {"script", "img", "iframe", "link", "b", "i"}.isdisjoint(page.tags)
    # a link that a person may click is no resource; one that would run is none at all
    links = {a for a in page.addresses if not re.fullmatch(r"#turn-\d+", a)}
    assert links == {"https://evil.invalid/p.png"}
    assert "default-src 'none'" in text
    assert "\x1b" not in text
    assert page.tags.count("details") == 1
    assert "<strong>Right.</strong>" in text
    assert "line 98 &lt;i&gt;" in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_a_project_s_sessions_become_files_with_an_index(
    cli: Cli, sessions: Path, tmp_path: Path
) -> None:
    into = tmp_path / "archive"
    ran = cli("export", "--into", str(into), "--json")
    assert ran.code == 0, ran.err
    files = sorted(path.relative_to(into).as_posix() for path in into.rglob("*.html"))
    assert len(files) == 4
    assert "harbor-api/2025-01-01-is-the-gateway-slow-oooooooo.html" in files
    assert {oct(path.stat().st_mode)[-3:] for path in into.rglob("*.html")} == {"600"}
    index = Page((into / "index.html").read_text())
    assert sorted(index.addresses) == [name for name in files if name != "index.html"]
    torn, linked, *same = sorted(into.glob("*/*.html"))
    said, elsewhere = torn.read_bytes(), tmp_path / "elsewhere"
    torn.write_bytes(said[:100])
    linked.unlink()
    linked.symlink_to(elsewhere)
    elsewhere.write_text("not ours")
    before = {path: (path.stat().st_ino, path.read_bytes()) for path in same}
    assert cli("export", "--into", str(into)).code == 0
    now = {path: (path.stat().st_ino, path.read_bytes()) for path in same}
    assert now == before  # the very same files
    assert torn.read_bytes() == said
    assert (linked.is_symlink(), elsewhere.read_text()) == (False, "not ours")
    assert not list(into.rglob("*.tmp"))


def test_a_span_and_markdown_are_chosen(
    cli: Cli, sessions: Path, tmp_path: Path
) -> None:
    span = ("--since", "2024-12-31", "--until", "2025-01-02")
    ran = cli("export", "--into", str(tmp_path / "md"), "--form", "markdown", *span)
    assert "Wrote 1 session" in ran.out
    (index, one) = sorted((tmp_path / "md").rglob("*.md"), key=lambda p: len(p.parts))
    assert "is the gateway slow?" in one.read_text()
    assert f"({one.relative_to(tmp_path / 'md')})" in index.read_text()
    assert (
        "no such session"
        in cli("export", "--into", str(tmp_path / "no"), "--until", "2001").err
    )
    assert not (tmp_path / "no").exists()
    for wrong in (["--into", "x", "--since", "noon-ish"], ["--since", "3w"]):
        assert cli("export", *wrong).code == 2
    assert cli("export", "--into", "x", "--html", "h" * 12).code == 2


def test_sizes_are_told_by_agent_and_project(cli: Cli, sessions: Path) -> None:
    told = cli("storage", "--json").object
    (held,) = told["held"]
    assert (held["agent"], held["name"], held["sessions"]) == (
        "claude-code", "harbor-api", 3,
    )  # fmt: skip
    assert 0 < held["packed"] == told["archive_bytes"] < told["store_bytes"]
    assert held["lines"] == cli("stats", "--json").object["raw_bytes"]
    assert "harbor-api" in cli("storage").out


def test_a_vacuum_gives_back_what_is_free(cli: Cli, sessions: Path, data: Path) -> None:
    ask(data, "create table filler as select zeroblob(400000) as x")
    ask(data, "drop table filler")
    before = cli("storage", "--json").object
    assert before["free_bytes"] > 300_000
    ran = cli("storage", "--vacuum", "--json")
    assert (ran.object["free_bytes"], "Gave back" in ran.err) == (0, True)
    assert ran.object["store_bytes"] <= before["store_bytes"] - 300_000


def test_what_is_past_its_time_goes_only_as_the_person_chose(
    cli: Cli, sessions: Path, data: Path, home: Path
) -> None:
    assert cli("purge", "--retention").code == 1
    config = home / ".config" / "memtui" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f'[retention]\n"{sessions}" = "1d"\n')
    (decided,) = cli("list", "--json", "type:preference").objects
    assert cli("keep", decided["id"]).code == 0
    kept = ask(data, "select * from curation")

    past = cli("storage", "--json").object["past_retention"]
    assert [sorted(one["sessions"]) for one in past] == [
        ["h" * 12, "old-" + "o" * 8]
    ]  # not the one of which something was kept
    ran = cli("purge", "--retention", "--dry-run")
    assert "harbor-api: 2 sessions older than 1d." in ran.err
    words = ran.err
    count = cli("purge", "--retention", "--dry-run", "--json").object
    total = sum(count[n] for n in ("sessions", "subagents", "records", "memories"))
    assert count["left"] == []
    assert "You kept" not in words
    done = cli("purge", "--retention", "--confirm", f"purge {total}")
    assert done.code == 0, done.err
    assert ask(data, "select * from curation") == kept
    assert [one["id"] for one in cli("sessions", "--json").objects] == [
        decided["session"]
    ]
    cli("sync")  # the agent's own files are there still
    assert len(cli("sessions", "--json").objects) == 1


def test_no_session_is_compared_with_all_others(sessions: Path, data: Path) -> None:
    asked = DUE.replace(":project", "''").replace(":before", "9")
    plan = [row[-1] for row in ask(data, f"explain query plan {asked}")]
    assert [
        step for step in plan if step.startswith("SEARCH k USING INDEX session_parent")
    ]
    assert not {"SCAN s", "SCAN k", "SCAN p"}.intersection(plan)


@pytest.mark.parametrize(
    "said",
    ['"api" = "90d"', '"*" = "soon"', '"~/api" = 90', '"*" = "0d"', '"*" = "1h"'],
)
def test_a_time_to_stay_is_a_folder_and_an_age(said: str) -> None:
    with pytest.raises(SettingsError, match="retention"):
        parse(f"[retention]\n{said}")


def test_an_agent_may_not_purge_or_rewrite(
    cli: Cli, sessions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLAUDECODE", "1")
    assert cli("purge", "--retention").code == 1
    assert cli("storage", "--vacuum").code == 1
    assert cli("storage").code == 0


def test_a_title_is_words_and_no_markup_in_markdown(
    cli: Cli, project: Path, home: Path
) -> None:
    title = "Fix <img src=x> of snake_case, [x](javascript:y) at `z`"
    transcript(home=home, cwd=str(project), title=title, session="tagged")
    cli("sync")
    first = cli("export", "--markdown", "tagged").out.partition("\n")[0]
    assert first == (r"# Fix \<img src=x\> of snake_case, \[x\](javascript:y) at \`z\`")
