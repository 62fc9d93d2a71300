"""What the person's rules keep out of the store."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memtui.redact import IgnoreRules, ignore


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work" / "app"
    folder.mkdir(parents=True)
    return folder


def test_nothing_is_hidden_without_a_rule(work: Path) -> None:
    assert not IgnoreRules().hides(str(work), ["a.py"], "Read")


@pytest.mark.parametrize("where", [".", "..", "../.."])
def test_an_empty_file_hides_all_that_is_made_below_it(work: Path, where: str) -> None:
    (work / where / ".memtui-ignore").write_text("\n# nothing but words\n")

    rules = IgnoreRules()

    assert rules.hides(str(work))
    assert not rules.hides(str(work.parents[2]))


@pytest.mark.parametrize(
    ("line", "file", "hidden"),
    [
        ("*.env", "prod.env", True),
        ("*.env", "deep/down/prod.env", True),
        ("*.env", "prod.envoy", False),
        ("/secrets", "secrets/a", True),
        ("/secrets", "deep/secrets/a", False),
        ("secrets/", "deep/secrets/a/b", True),
        ("keys/*.pem", "keys/a.pem", True),
        ("keys/*.pem", "keys/old/a.pem", False),
        ("keys/**/*.pem", "keys/old/very/a.pem", True),
        ("keys/**", "keys/old/a.txt", True),
        ("file?.txt", "file1.txt", True),
        ("file[!0-9].txt", "file1.txt", False),
        ("a+b(c).txt", "a+b(c).txt", True),
    ],
)
def test_its_lines_are_globs_of_files_relative_to_it(
    work: Path, line: str, file: str, hidden: bool
) -> None:
    (work / ".memtui-ignore").write_text(f"# why\n{line}\n")

    rules = IgnoreRules()

    assert rules.hides(str(work), [file]) is hidden
    assert rules.hides(str(work), [str(work / file)]) is hidden
    assert not rules.hides(str(work))


def test_a_rule_of_a_folder_does_not_reach_beyond_it(work: Path) -> None:
    (work / ".memtui-ignore").write_text("*.env\n")
    assert not IgnoreRules().hides(str(work), ["/elsewhere/prod.env"])


def test_a_path_with_dots_cannot_slip_through(work: Path) -> None:
    (work / ".memtui-ignore").write_text("/secrets\n")
    assert IgnoreRules().hides(str(work), ["src/../secrets/key"])


@pytest.mark.parametrize(
    ("glob", "cwd", "files", "hidden"),
    [
        ("*.env", "/w/app", ["prod.env"], True),
        ("/w/client-*", "/w/client-x", [], True),
        ("/w/client-*", "/w/client-x/deep", [], True),
        ("/w/client-*", "/w/own", ["/w/client-x/a"], True),
        ("/w/client-*", "/w/own", ["a"], False),
        ("~/diary", "/home/someone/diary/2026", [], True),
        ("~/diary", "/home/other/diary", [], False),
    ],
)
def test_globs_of_the_settings_hold_for_files_and_folders(
    glob: str, cwd: str, files: list[str], hidden: bool
) -> None:
    rules = IgnoreRules([glob], home="/home/someone")
    assert rules.hides(cwd, files) is hidden


@pytest.mark.parametrize(
    ("tool", "hidden"),
    [("WebFetch", True), ("mcp__mail__read", True), ("Read", False), ("", False)],
)
def test_tools_are_skipped_by_name(tool: str, hidden: bool) -> None:
    rules = IgnoreRules(tools=["WebFetch", "mcp__mail__*"])
    assert rules.hides("/w/app", [], tool) is hidden


@pytest.mark.parametrize("cwd", ["", "C:\\Users\\x", "relative", "/gone/for/ever", "/"])
def test_a_folder_that_cannot_be_looked_at_hides_nothing(cwd: str) -> None:
    assert not IgnoreRules(["*.env"]).hides(cwd, ["a.py"], "Read")


def test_a_rule_file_that_cannot_be_read_as_text_hides_everything(work: Path) -> None:
    (work / ".memtui-ignore").write_bytes(b"\xff\xfe\x00")
    assert IgnoreRules().hides(str(work))


@given(st.text(st.sampled_from("*?[]!a-z0/.\\{}()|+^$~ #"), max_size=12))
def test_no_glob_is_an_error(glob: str) -> None:
    IgnoreRules([glob], [glob]).hides("/w/app", ["a.py"], "Read")


def test_a_folder_too_deep_to_be_there_is_not_climbed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[str] = []
    monkeypatch.setattr(ignore, "_read", looked.append)
    assert not IgnoreRules().hides("/a" * 50_000)
    assert looked == []
