"""The hook prints the right file, byte for byte, or nothing; and always exits 0."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memtui.inject import render
from memtui.inject.files import UNTOUCHED_NS, locked, replace_if_changed
from memtui.inject.place import DEFAULT, file_of, locate, printed
from memtui.inject.values import Source
from memtui.install import apply, plan_install
from memtui.model import Agent
from memtui.paths import data_dir, make_private_dir
from tests.hooks.shells import (
    HOOKS,
    PYTHON,
    SHELLS,
    run_hook,
    running_with,
    written_for,
)

DASH: Final = [shutil.which("dash") or "/bin/sh"]
GIT: Final = ["git", "-c", "user.name=t", "-c", "user.email=t@example.invalid"]


def put(data: Path, root: Path | str, name: str, branch: str = "") -> bytes:
    """An exported text for a root; returns what the hook prints for it."""
    file = file_of(data, str(root), Source(name), branch)
    file.parent.mkdir(parents=True, exist_ok=True)
    answer = render.envelope(f"{name} of {root} on {branch}")
    file.write_bytes(answer)
    return answer


def repository(root: Path, branch: str = "main") -> Path:
    """A git work tree with one commit."""
    root.mkdir(parents=True)
    subprocess.run(["git", "init", "-q", "-b", branch, str(root)], check=True)
    git(root, "commit", "-q", "--allow-empty", "-m", "start")
    return root


def git(root: Path, *words: str) -> None:
    command = [*GIT, "-c", "protocol.file.allow=always", "-C", str(root), *words]
    subprocess.run(command, check=True, capture_output=True)


def told(shell: list[str], cwd: Path | str, data: Path, **environ: str) -> bytes:
    """What the hook prints at startup; it must be what the preview finds, too."""
    done = run_hook(
        shell, "session-start", "startup", cwd=cwd, data=data, environ=environ
    )
    assert done.returncode == 0
    assert done.stderr == b""
    start = Path(environ.get("CLAUDE_PROJECT_DIR") or cwd)
    file = printed(data, locate(start), Source.STARTUP)
    assert done.stdout == (file.read_bytes() if file else b"")
    return done.stdout


@pytest.fixture(params=[*SHELLS, pytest.param(PYTHON, id="python")])
def shell(request: pytest.FixtureRequest) -> list[str]:
    found: list[str] = request.param
    return found


def test_the_text_of_the_work_tree_is_printed_from_a_subfolder(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    repo = repository(tmp_path / "repo")
    (repo / "a" / "b").mkdir(parents=True)
    answer = put(data, repo, "startup")
    assert told(shell, repo / "a" / "b", data) == answer


@pytest.mark.parametrize("source", ["startup", "resume", "compact"])
def test_each_source_has_its_own_text(
    shell: list[str], data: Path, tmp_path: Path, source: str
) -> None:
    answers = {s: put(data, tmp_path, s) for s in ("startup", "resume", "compact")}
    done = run_hook(shell, "session-start", source, cwd=tmp_path, data=data)
    assert done.stdout == answers[source]


def test_a_branch_goes_before_the_rest(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    repo = repository(tmp_path / "repo", "fix/retry-storm")
    put(data, repo, "startup")
    answer = put(data, repo, "startup", "fix/retry-storm")
    assert told(shell, repo, data) == answer
    git(repo, "checkout", "-q", "-b", "other")
    assert (
        told(shell, repo, data) == file_of(data, str(repo), Source.STARTUP).read_bytes()
    )


def test_a_detached_head_has_the_plain_text(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    repo = repository(tmp_path / "repo")
    git(repo, "checkout", "-q", "--detach")
    answer = put(data, repo, "startup")
    put(data, repo, "startup", "main")
    assert told(shell, repo, data) == answer


@pytest.mark.parametrize(
    "head",
    [
        "ref: refs/heads/../../x",
        "ref: refs/heads//x",
        "ref: refs/heads/x/",
        "ref: refs/heads/./x",
        "ref: refs/heads/..",
        "ref: refs/heads/a b",
        "ref: refs/heads/ümlaut",
        "ref: refs/heads/a$(id)",
        "ref: refs/heads/",
        "ref: refs/tags/x",
        "",
        "\0\0",
        "x" * 100_000,
    ],
)
def test_odd_heads_have_the_plain_text(
    shell: list[str], data: Path, tmp_path: Path, head: str
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text(head)
    answer = put(data, tmp_path, "startup")
    assert told(shell, tmp_path, data) == answer


def test_a_branch_name_cannot_lead_to_another_project(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    head = tmp_path / "repo" / ".git" / "HEAD"
    head.write_text("ref: refs/heads/fix/../../other/startup\n")
    put(data, tmp_path / "repo", "startup", "fix/x")
    put(data, tmp_path / "other", "startup")
    answer = put(data, tmp_path / "repo", "startup")
    assert told(shell, tmp_path / "repo", data) == answer


def test_a_folder_named_like_a_branch_is_not_told_that_branchs_text(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    put(data, tmp_path / "repo", "startup", "fix/startup")
    odd = tmp_path / "repo" / "startup@fix"
    odd.mkdir(parents=True)
    assert told(shell, odd, data) == b""


def test_a_linked_worktree_has_the_text_of_its_repository(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    repo = repository(tmp_path / "repo")
    git(repo, "worktree", "add", "-q", str(tmp_path / "tree"), "-b", "side")
    (tmp_path / "tree" / "deep").mkdir()
    put(data, repo, "startup")
    answer = put(data, repo, "startup", "side")
    assert told(shell, tmp_path / "tree" / "deep", data) == answer


def test_a_worktree_with_relative_links_is_one_too(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    repo = repository(tmp_path / "repo")
    tree = tmp_path / "tree"
    git(repo, "worktree", "add", "-q", str(tree), "-b", "side")
    (tree / ".git").write_text("gitdir: ../repo/.git/worktrees/tree\n")
    back = repo / ".git" / "worktrees" / "tree" / "gitdir"
    back.write_text("../../../../tree/.git\n")
    answer = put(data, repo, "startup")
    assert told(shell, tree, data) == answer


def test_a_worktree_of_a_bare_repository_has_its_text(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    repo = repository(tmp_path / "repo")
    bare = tmp_path / "bare.git"
    subprocess.run(["git", "clone", "-q", "--bare", str(repo), str(bare)], check=True)
    git(bare, "worktree", "add", "-q", str(tmp_path / "tree"), "-b", "side")
    answer = put(data, bare, "startup")
    assert told(shell, tmp_path / "tree", data) == answer


def test_a_folder_that_holds_a_bare_repository_has_its_text(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    repo, holder = repository(tmp_path / "repo"), tmp_path / "tern"
    holder.mkdir()
    git(holder, "clone", "-q", "--bare", str(repo), ".bare")
    (holder / ".git").write_text("gitdir: ./.bare\n")
    git(holder, "worktree", "add", "-q", "tree", "-b", "side")
    answer = put(data, holder / ".bare", "startup")
    assert told(shell, holder, data) == answer
    assert told(shell, holder / "tree", data) == answer
    assert told(shell, holder / ".bare", data) == answer


def test_a_folder_that_only_claims_to_be_a_worktree_gets_nothing_of_it(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    repo = repository(tmp_path / "repo")
    git(repo, "worktree", "add", "-q", str(tmp_path / "tree"), "-b", "side")
    claim = tmp_path / "claim"
    claim.mkdir()
    shutil.copy(tmp_path / "tree" / ".git", claim / ".git")
    put(data, repo, "startup")
    put(data, repo, "startup", "side")
    assert told(shell, claim, data) == b""


def test_a_symlinked_git_file_is_only_a_claim(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    repo = repository(tmp_path / "repo")
    git(repo, "worktree", "add", "-q", str(tmp_path / "tree"), "-b", "side")
    claim = tmp_path / "claim"
    claim.mkdir()
    (claim / ".git").symlink_to(tmp_path / "tree" / ".git")
    put(data, repo, "startup")
    assert told(shell, claim, data) == b""


@pytest.mark.parametrize("by", ["git dir", "made-up worktree"])
def test_a_claim_to_another_repository_has_not_even_its_branch(
    shell: list[str], data: Path, tmp_path: Path, by: str
) -> None:
    repo, claim = repository(tmp_path / "repo"), tmp_path / "claim"
    fake = claim / "fake"
    fake.mkdir(parents=True)
    named = str(repo / ".git") if by == "git dir" else str(fake)
    (claim / ".git").write_text(f"gitdir: {named}\n")
    (fake / "HEAD").write_text("ref: refs/heads/main\n")
    (fake / "commondir").write_text(f"{repo}/.git\n")
    (fake / "gitdir").write_text(f"{claim}/.git\n")
    put(data, repo, "startup")
    put(data, repo, "startup", "main")
    put(data, claim, "startup", "main")
    assert told(shell, claim, data) == b""
    answer = put(data, claim, "startup")
    assert told(shell, claim, data) == answer


CONFIGS: Final = {
    "[core]\n\tworktree = ../tree\n": True,
    "[core]\nworktree = ../tree": True,
    '[core]\n\tbare = false\n \tworktree = "../tree" \n': True,
    '[remote "x"]\n\turl = y\n[core]\n\tworktree = ../tree/.\n': True,
    "\n" * 150 + "[core]\n\tworktree = ../tree\n": True,
    "\n" * 300 + "[core]\n\tworktree = ../tree\n": False,
    "[core]\n\tworktree = ../tree/sub\n": False,
    "[core]\n\tworktree = ..\\/tree\n": False,
    '[core]\n\tworktree = "\n': False,
    "[core]\n\tworktree = \n": False,
    "[corex]\n\tworktree = /../tree\n": False,
    "[core]x\n\tworktree = ../tree\n": False,
    "[core]\n[remote]\n\tworktree = ../tree\n": False,
    "worktree = ../tree\n": False,
    "": False,
}


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("name", ["config", "config.worktree"])
def test_a_git_dir_set_apart_is_believed_if_it_names_the_folder(
    shell: list[str], data: Path, tmp_path: Path, config: str, name: str
) -> None:
    apart, tree = tmp_path / "apart", tmp_path / "tree"
    apart.mkdir()
    (tree / "sub").mkdir(parents=True)
    (tree / ".git").write_text("gitdir: ../apart\n")
    (apart / "HEAD").write_text("ref: refs/heads/main\n")
    (apart / name).write_text(config)
    plain = put(data, tree, "startup")
    answer = put(data, tree, "startup", "main")
    assert told(shell, tree / "sub", data) == (answer if CONFIGS[config] else plain)


def test_a_pipe_in_a_git_dir_blocks_nobody(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    apart = tmp_path / "apart"
    apart.mkdir()
    (tmp_path / ".git").write_text("gitdir: apart\n")
    (apart / "HEAD").touch()
    os.mkfifo(apart / "config")
    answer = put(data, tmp_path, "startup")
    assert told(shell, tmp_path, data) == answer
    (apart / "commondir").write_text("../..\n")
    os.mkfifo(apart / "gitdir")
    assert told(shell, tmp_path, data) == answer


def test_a_moved_worktree_is_a_place_of_its_own(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    repo = repository(tmp_path / "repo")
    git(repo, "worktree", "add", "-q", str(tmp_path / "tree"), "-b", "side")
    (tmp_path / "tree").rename(tmp_path / "moved")
    put(data, repo, "startup")
    answer = put(data, tmp_path / "moved", "startup")
    assert told(shell, tmp_path / "moved", data) == answer


def test_a_submodule_is_a_project_of_its_own(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    part, whole = repository(tmp_path / "part"), repository(tmp_path / "whole")
    git(whole, "submodule", "add", "-q", str(part), "lib")
    put(data, whole, "startup")
    put(data, whole / "lib", "startup")
    answer = put(data, whole / "lib", "startup", "main")
    assert told(shell, whole / "lib", data) == answer


def test_a_symlinked_folder_is_its_target(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    repo = repository(tmp_path / "repo")
    (repo / "src").mkdir()
    (tmp_path / "link").symlink_to(repo / "src")
    answer = put(data, repo, "startup")
    link = str(tmp_path / "link")
    assert told(shell, link, data, PWD=link) == answer
    assert told(shell, "/", data, CLAUDE_PROJECT_DIR=link) == answer


def test_without_git_exactly_this_folder_counts(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    (tmp_path / "known" / "below").mkdir(parents=True)
    answer = put(data, tmp_path / "known", "startup")
    assert told(shell, tmp_path / "known", data) == answer
    assert told(shell, tmp_path / "known" / "below", data) == b""


def test_the_clients_folder_goes_before_the_current_one(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    put(data, tmp_path / "one", "startup")
    answer = put(data, tmp_path / "two", "startup")
    client = str(tmp_path / "two")
    assert told(shell, tmp_path / "one", data, CLAUDE_PROJECT_DIR=client) == answer


def test_an_unknown_place_has_the_global_layer(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    answer = put(data, DEFAULT, "startup")
    (tmp_path / "new").mkdir()
    assert told(shell, tmp_path / "new", data) == answer
    assert told(shell, "/", data) == answer


def test_a_folder_that_is_gone_has_its_own_text_or_the_global_layer(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    everywhere = put(data, DEFAULT, "startup")
    gone = tmp_path / "repo" / "gone"
    repository(tmp_path / "repo")
    put(data, tmp_path / "repo", "startup")
    assert told(shell, "/", data, CLAUDE_PROJECT_DIR=str(gone)) == everywhere
    answer = put(data, gone, "startup")
    assert told(shell, "/", data, CLAUDE_PROJECT_DIR=str(gone)) == answer


def test_a_deleted_current_folder_has_the_global_layer(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    answer = put(data, DEFAULT, "startup")
    hook = written_for(shell, HOOKS / "session-start")
    script = f'mkdir x; cd x; rmdir ../x; exec "$@" {hook} startup'
    done = subprocess.run(
        ["sh", "-c", script, "sh", *shell],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "MEMTUI_DATA_DIR": str(data)},
        capture_output=True,
    )
    assert (done.returncode, done.stdout) == (0, answer)  # the shell itself may warn


@pytest.mark.parametrize(
    "start", ["/a/../b", "/a/./b", "/..", "relative", "-", "", "/nowhere\n/x"]
)
def test_odd_words_for_a_folder_end_in_the_global_layer(
    shell: list[str], data: Path, tmp_path: Path, start: str
) -> None:
    answer = put(data, DEFAULT, "startup")
    put(data, "/b", "startup")
    done = run_hook(
        shell, "session-start", "startup", cwd=tmp_path, data=data,
        environ={"CLAUDE_PROJECT_DIR": start},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, answer)


NAMES: Final = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="/\0"),
    min_size=1,
    max_size=30,
).filter(lambda name: name not in (".", "..", ".git") and len(name.encode()) < 250)


@given(st.lists(NAMES, min_size=1, max_size=3), NAMES, st.booleans())
@settings(max_examples=60)
def test_any_folder_name_finds_its_text(
    names: list[str], below: str, with_git: bool
) -> None:
    data = data_dir()
    shutil.rmtree(data.parent / "trees", ignore_errors=True)
    root = Path(data.parent, "trees", *names)
    (root / below).mkdir(parents=True)
    start = root
    if with_git:
        (root / ".git").mkdir()
        (root / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
        start = root / below
    answer = put(data, root, "startup")
    assert told(DASH, start, data) == answer


@given(st.one_of(NAMES, st.from_regex(r"[a-z./@+-]{1,12}", fullmatch=True)))
@settings(max_examples=60)
def test_any_branch_name_is_read_as_the_preview_reads_it(branch: str) -> None:
    data = data_dir()
    repo = data.parent / "repo"
    (repo / ".git").mkdir(parents=True, exist_ok=True)
    (repo / ".git" / "HEAD").write_bytes(f"ref: refs/heads/{branch}\n".encode())
    put(data, repo, "startup")
    place = locate(repo)
    assert place is not None
    wanted = file_of(data, str(repo), Source.STARTUP, place.branch)
    if place.branch:
        put(data, repo, "startup", place.branch)
    assert told(DASH, repo, data) == wanted.read_bytes()


def test_newlines_and_blanks_in_paths_are_parts_of_names(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    repo = repository(tmp_path / " two\nlines \t'\"$(id)`id`*\\\n")
    (repo / "sub\n").mkdir()
    answer = put(data, repo, "startup")
    assert told(shell, repo / "sub\n", data) == answer


@pytest.mark.parametrize("which", ["MEMTUI_DATA_DIR", "XDG_DATA_HOME", "HOME"])
def test_the_data_folder_is_found_as_the_program_finds_it(
    shell: list[str],
    tmp_path: Path,
    which: str,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("MEMTUI_DATA_DIR")
    environ = {} if which == "HOME" else {which: str(tmp_path / "odd place")}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    answer = put(data_dir(), tmp_path, "startup")
    done = run_hook(shell, "session-start", "startup", cwd=tmp_path, environ=environ)
    assert done.stdout == answer


def test_an_installed_hook_knows_its_data_folder(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    (data / "hooks").mkdir(parents=True)
    (data / "memtui.db").touch()
    shutil.copytree(HOOKS, data / "hooks", dirs_exist_ok=True)
    hook = data / "hooks" / "session-start"
    answer = put(data, tmp_path, "startup")
    done = run_hook(shell, "session-start", "startup", cwd=tmp_path, hook=hook)
    assert done.stdout == answer


def test_a_plugin_is_silent_where_the_settings_tell_it_already(
    shell: list[str], data: Path, tmp_path: Path, home: Path
) -> None:
    answer = put(data, tmp_path, "startup")
    plugin = {"CLAUDECODE": "1", "CLAUDE_PLUGIN_ROOT": str(HOOKS.parent)}
    as_plugin = run_hook(
        shell, "session-start", "startup", cwd=tmp_path, data=data, environ=plugin
    )
    assert as_plugin.stdout == answer
    apply(plan_install(Agent.CLAUDE_CODE, home, data))
    as_plugin = run_hook(
        shell, "session-start", "startup", cwd=tmp_path, data=data, environ=plugin
    )
    assert (as_plugin.returncode, as_plugin.stdout) == (0, b"")
    as_settings = run_hook(shell, "session-start", "startup", cwd=tmp_path, data=data)
    assert as_settings.stdout == answer


@pytest.mark.parametrize("words", [(), ("",), ("clear",), ("../startup",), ("*",)])
def test_an_unknown_source_prints_nothing(
    shell: list[str], data: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    put(data, tmp_path, "startup")
    done = run_hook(shell, "session-start", *words, cwd=tmp_path, data=data)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.parametrize("stdin", [b"", b"garbage\0", b"{" * 200_000])
def test_what_the_client_says_on_stdin_does_not_matter(
    shell: list[str], data: Path, tmp_path: Path, stdin: bytes
) -> None:
    answer = put(data, tmp_path, "startup")
    done = run_hook(
        shell, "session-start", "startup", cwd=tmp_path, data=data, stdin=stdin
    )
    assert (done.returncode, done.stdout) == (0, answer)


def test_trouble_prints_nothing_and_exits_0(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    folder = file_of(data, str(tmp_path), Source.STARTUP)
    folder.mkdir(parents=True)
    done = run_hook(shell, "session-start", "startup", cwd=tmp_path, data=data)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    for environ in ({"HOME": ""}, {"HOME": "/nowhere"}, {"XDG_DATA_HOME": "\n"}):
        done = run_hook(shell, "session-start", "startup", cwd="/", environ=environ)
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_without_cat_nothing_is_printed(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    put(data, tmp_path, "startup")
    full = [shutil.which(shell[0]) or "", *shell[1:]]
    done = run_hook(
        full, "session-start", "startup", cwd=tmp_path, data=data,
        environ={"PATH": "/nowhere"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_fifo_in_the_way_blocks_nobody(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / ".git")
    file = file_of(data, str(tmp_path), Source.STARTUP)
    file.parent.mkdir(parents=True)
    os.mkfifo(file)
    assert told(shell, tmp_path, data) == b""


def test_200_at_once_are_quick_and_leave_nothing_behind(
    data: Path, tmp_path: Path
) -> None:
    repo = repository(tmp_path / "repo")
    answer = put(data, repo, "startup")
    mark = str(tmp_path / "marked" / "session-start")
    Path(mark).parent.mkdir()
    shutil.copy(HOOKS / "session-start", mark)
    began = time.monotonic()
    running = [
        subprocess.Popen(
            ["sh", mark, "startup"],
            cwd=repo,
            env={"PATH": os.environ["PATH"], "MEMTUI_DATA_DIR": str(data)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        for _ in range(200)
    ]
    answers = {process.communicate(timeout=60)[0] for process in running}
    wall = time.monotonic() - began
    assert answers == {answer}
    assert {process.returncode for process in running} == {0}
    assert wall < 200 * 0.3
    assert running_with(mark) == []


def test_one_run_takes_under_300_ms(data: Path, tmp_path: Path) -> None:
    repo = repository(tmp_path / "repo")
    put(data, repo, "startup")
    spent = []
    for _ in range(5):
        began = time.monotonic()
        run_hook(DASH, "session-start", "startup", cwd=repo, data=data)
        spent.append(time.monotonic() - began)
    assert min(spent) < 0.3


@pytest.mark.parametrize("cut", [1, 20, -1, -2, -3, -4])
def test_a_torn_text_is_not_printed(
    shell: list[str], data: Path, tmp_path: Path, cut: int
) -> None:
    answer = put(data, tmp_path, "startup").strip()
    file = file_of(data, str(tmp_path), Source.STARTUP)
    file.write_bytes(answer[:cut])
    done = run_hook(shell, "session-start", "startup", cwd=tmp_path, data=data)
    assert (done.returncode, done.stdout) == (0, b"")
    assert "cannot print" in (data / "hooks.log").read_text()


def test_what_is_as_it_was_written_is_printed_with_no_look_at_it_first(
    data: Path, tmp_path: Path
) -> None:
    file, answer = written(data, tmp_path)
    tools, trace = tmp_path / "tools", tmp_path / "words"
    tools.mkdir()
    counting = '#!/bin/sh\necho "$#" >>"$TOLD"; exec /bin/cat "$@"\n'
    (tools / "cat").write_text(counting)
    (tools / "cat").chmod(0o755)
    around = {"PATH": f"{tools}:{os.environ['PATH']}", "TOLD": str(trace)}
    for words in (["1"], ["1", "0"]):
        done = run_hook(
            DASH, "session-start", "startup", cwd=tmp_path, data=data, environ=around
        )
        assert (done.returncode, done.stdout) == (0, answer)
        assert trace.read_text().split() == words
        os.utime(file)  # the same bytes, by another hand: these are looked at


def test_a_text_that_cannot_be_read_is_told_of_and_ends_the_hook_well(
    data: Path, tmp_path: Path
) -> None:
    file, _ = written(data, tmp_path)
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "cat").write_text("#!/bin/sh\nexit 1\n")
    (tools / "cat").chmod(0o755)
    around = {"PATH": f"{tools}:{os.environ['PATH']}"}
    done = run_hook(
        DASH, "session-start", "startup", cwd=tmp_path, data=data, environ=around
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert f"cannot print {file}" in (data / "hooks.log").read_text()


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
def test_a_disk_that_fails_while_a_text_is_read_leaves_none_of_it(
    data: Path, tmp_path: Path
) -> None:
    """The longest text is taken by one read, so there is no first part of it."""
    file, answer = written(data, tmp_path, "x" * 9_000)
    hook = [str(HOOKS / "session-start"), "startup"]
    around = {"PATH": os.environ["PATH"], "MEMTUI_DATA_DIR": str(data)}
    for fault, said in (("", answer), ("error=EIO:", b"")):
        inject = ["-e", f"inject=read:{fault}when=1+"] if fault else []
        done = subprocess.run(
            ["strace", "-f", "-o", "/dev/null", "-P", str(file), *inject, *hook],
            cwd=tmp_path, env=around, capture_output=True, timeout=60,
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (0, said)
    assert f"cannot print {file}" in (data / "hooks.log").read_text()


@pytest.mark.parametrize("cut", [0, 20, -2])
def test_what_another_hand_tore_is_not_printed(
    shell: list[str], data: Path, tmp_path: Path, cut: int
) -> None:
    file, answer = written(data, tmp_path)
    assert told(shell, tmp_path, data) == answer
    file.write_bytes(answer.strip()[:cut])
    done = run_hook(shell, "session-start", "startup", cwd=tmp_path, data=data)
    assert (done.returncode, done.stdout) == (0, b"")


@pytest.mark.parametrize("text", [b"secret", b"\0" * 4096, b'{"a": "}}"}', b"}}"])
def test_what_is_no_text_of_ours_is_not_printed(
    shell: list[str], data: Path, tmp_path: Path, text: bytes
) -> None:
    put(data, tmp_path, "startup")
    file_of(data, str(tmp_path), Source.STARTUP).write_bytes(text)
    done = run_hook(shell, "session-start", "startup", cwd=tmp_path, data=data)
    assert (done.returncode, done.stdout) == (0, b"")


def test_a_symlink_among_the_texts_is_passed_over(
    shell: list[str], data: Path, tmp_path: Path
) -> None:
    put(data, tmp_path / "other", "startup")
    file = file_of(data, str(tmp_path), Source.STARTUP)
    file.symlink_to(file_of(data, str(tmp_path / "other"), Source.STARTUP))
    assert told(shell, tmp_path, data) == b""


def written(data: Path, root: Path, text: str = "kept") -> tuple[Path, bytes]:
    """An export as memtui writes it, and what it says."""
    file, answer = file_of(data, str(root), Source.STARTUP), render.envelope(text)
    make_private_dir(data)
    with locked(data / "export.lock"):
        replace_if_changed(file, answer, UNTOUCHED_NS)
    return file, answer


def bytes_read(trace: Path) -> int:
    """What the hook and all it started have read, as strace counts it."""
    found = re.findall(r"read\(.*\) += (\d+)", trace.read_text())
    return sum(map(int, found))


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
@pytest.mark.parametrize("shell", SHELLS)  # Python reads more than that of its own
@pytest.mark.parametrize("name", [".git", "HEAD", "commondir", "gitdir", "config"])
def test_of_a_huge_git_file_only_the_beginning_is_read(
    name: str, shell: list[str], data: Path, tmp_path: Path
) -> None:
    claim = tmp_path / "claim"
    (claim / "git").mkdir(parents=True)
    (claim / ".git").write_text("gitdir: git\n")
    (claim / "git" / "HEAD").write_text("ref: refs/heads/main\n")
    if name in ("commondir", "gitdir"):
        (claim / "git" / "commondir").write_text("..\n")
    huge = claim / name if name == ".git" else claim / "git" / name
    huge.write_text("x" * 400_000)
    answer = put(data, claim, "startup")
    trace = tmp_path / "trace"
    run = ["strace", "-f", "-e", "trace=read", "-o", str(trace), *shell]
    done = run_hook(run, "session-start", "startup", cwd=claim, data=data)
    assert done.stdout == answer
    assert bytes_read(trace) < 100_000
