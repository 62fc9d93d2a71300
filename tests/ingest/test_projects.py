"""A folder's project, read from the file system as git would see it."""

import subprocess
from pathlib import Path

import pytest

from memtui.git import same_remote
from memtui.ingest.projects import ProjectFinder, folder_name
from memtui.store.ingest.projects import ProjectRoot


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = tmp_path / "src" / "app"
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "-c", "user.name=n", "-c", "user.email=e@x", "commit", "-q",
        "--allow-empty", "-m", "first")  # fmt: skip
    return folder


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)


def root_of(folder: Path) -> ProjectRoot:
    found = ProjectFinder().session_root(str(folder))
    assert found is not None
    return found


def test_a_subfolder_belongs_to_its_work_tree(repo: Path) -> None:
    deep = repo / "a" / "b"
    deep.mkdir(parents=True)
    assert root_of(deep) == ProjectRoot(
        path=str(repo), name="app", common_dir=str(repo / ".git")
    )


def test_a_linked_worktree_shares_its_repository(repo: Path) -> None:
    there = repo.parent / "app-fix"
    git(repo, "worktree", "add", "-q", str(there))
    found = root_of(there)
    assert (found.path, found.name) == (str(there), "app")
    assert found.common_dir == str(repo / ".git")


def test_a_folder_that_only_claims_to_be_a_worktree_stands_alone(repo: Path) -> None:
    git(repo, "worktree", "add", "-q", str(repo.parent / "real"))
    claim = repo.parent / "claim"
    claim.mkdir()
    (claim / ".git").write_text(f"gitdir: {repo}/.git/worktrees/real\n")
    assert root_of(claim) == ProjectRoot(path=str(claim), name="claim")


def test_a_git_file_cannot_take_over_another_repository(repo: Path) -> None:
    git(repo, "remote", "add", "origin", "https://example.org/app.git")
    claim = repo.parent / "claim"
    claim.mkdir()
    (claim / ".git").write_text(f"gitdir: {repo}/.git\n")
    assert root_of(claim) == ProjectRoot(path=str(claim), name="claim")


def test_a_made_up_worktree_cannot_take_over_a_repository(repo: Path) -> None:
    """Its git directory says all the right things, but the repository has it not."""
    claim = repo.parent / "claim"
    (claim / "fake").mkdir(parents=True)
    (claim / ".git").write_text("gitdir: fake\n")
    (claim / "fake" / "HEAD").write_text("ref: refs/heads/main\n")
    (claim / "fake" / "commondir").write_text(f"{repo}/.git\n")
    (claim / "fake" / "gitdir").write_text(f"{claim}/.git\n")
    assert root_of(claim) == ProjectRoot(path=str(claim), name="claim")


def test_a_repository_set_apart_that_names_its_work_tree_is_its_own(
    tmp_path: Path,
) -> None:
    there, apart = tmp_path / "here", tmp_path / "apart"
    git(tmp_path, "init", "-q", "--separate-git-dir", str(apart), str(there))
    assert root_of(there).common_dir == ""
    git(there, "config", "core.worktree", str(there))
    found = root_of(there)
    assert (found.name, found.common_dir) == ("here", str(apart))


@pytest.mark.parametrize("text", ["", "gitdir:", "nonsense", "gitdir: /not/there"])
def test_a_broken_git_file_stands_alone(tmp_path: Path, text: str) -> None:
    (tmp_path / ".git").write_text(text)
    assert root_of(tmp_path) == ProjectRoot(path=str(tmp_path), name=tmp_path.name)


def test_a_submodule_is_a_project_of_its_own(repo: Path) -> None:
    modules = repo / ".git" / "modules" / "lib"
    modules.mkdir(parents=True)
    (modules / "HEAD").write_text("ref: refs/heads/main\n")
    (modules / "config").write_text("[core]\n\tworktree = ../../../lib\n")
    (repo / "lib").mkdir()
    (repo / "lib" / ".git").write_text("gitdir: ../.git/modules/lib\n")
    found = root_of(repo / "lib")
    assert (found.path, found.name) == (str(repo / "lib"), "lib")
    assert found.common_dir == str(modules)


def test_a_submodule_as_git_makes_it_is_a_project_of_its_own(repo: Path) -> None:
    allow = ("-c", "protocol.file.allow=always")
    library = repo.parent / "library"
    git(repo.parent, "clone", "-q", str(repo), str(library))
    git(repo, *allow, "submodule", "add", "-q", str(library), "vendor/library")
    found = root_of(repo / "vendor" / "library")
    assert (found.path, found.name) == (str(repo / "vendor/library"), "library")
    assert found.common_dir == str(repo / ".git/modules/vendor/library")
    assert root_of(repo / "vendor").path == str(repo)


def test_a_bare_repository_and_its_worktrees_are_one_project(
    repo: Path, tmp_path: Path
) -> None:
    bare = tmp_path / "tool.git"
    git(tmp_path, "clone", "-q", "--bare", str(repo), str(bare))
    git(bare, "remote", "remove", "origin")
    git(bare, "worktree", "add", "-q", str(tmp_path / "work"))
    for folder in (bare, tmp_path / "work"):
        assert root_of(folder) == ProjectRoot(
            path=str(folder), name="tool", common_dir=str(bare)
        )


@pytest.mark.parametrize("name", [".bare", "bare"])
def test_a_bare_repository_held_by_a_folder_is_named_after_that(
    repo: Path, tmp_path: Path, name: str
) -> None:
    """``tern/.git`` leads to ``tern/.bare``, the worktrees stand beside it."""
    holder = tmp_path / "tern"
    holder.mkdir()
    git(holder, "clone", "-q", "--bare", str(repo), name)
    (holder / ".git").write_text(f"gitdir: ./{name}\n")
    git(holder, "worktree", "add", "-q", "main")
    for folder in (holder, holder / "main"):
        found = root_of(folder)
        assert (found.path, found.name) == (str(folder), "tern")
        assert found.common_dir == str(holder / name)


def test_a_git_file_that_leads_through_a_link_stands_alone(
    repo: Path, tmp_path: Path
) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(repo), "others.git")
    claim = tmp_path / "claim"
    claim.mkdir()
    (claim / ".bare").symlink_to(tmp_path / "others.git")
    (claim / ".git").write_text("gitdir: ./.bare\n")
    assert root_of(claim) == ProjectRoot(path=str(claim), name="claim")


def test_a_folder_without_git_is_its_own_root(tmp_path: Path) -> None:
    plain = tmp_path / "notes"
    plain.mkdir()
    assert root_of(plain) == ProjectRoot(path=str(plain), name="notes")


def test_a_vanished_folder_is_the_root_it_was_named(tmp_path: Path) -> None:
    assert root_of(tmp_path / "gone").path == str(tmp_path / "gone")


def test_a_vanished_folder_of_a_work_tree_is_that_ones(repo: Path) -> None:
    assert root_of(repo / "gone" / "deep") == root_of(repo)


def test_what_vanished_in_a_home_that_git_keeps_is_not_the_homes(home: Path) -> None:
    git(home, "init", "-q")
    assert root_of(home / "src" / "gone").path == str(home / "src" / "gone")


def test_a_way_back_up_is_the_folder_it_leads_to(repo: Path, tmp_path: Path) -> None:
    assert root_of(repo / "gone" / ".." / ".." / "app") == root_of(repo)
    assert root_of(tmp_path / "not" / ".." / "there").path == str(tmp_path / "there")
    (tmp_path / "link").symlink_to(repo)
    assert root_of(tmp_path / "link" / "..").path == str(repo.parent)
    assert root_of(Path("C:\\src\\..\\app")).path == "C:\\app"


def test_a_linked_path_is_spelled_as_pwd_does(repo: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(repo)
    assert root_of(tmp_path / "link").path == str(repo)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("C:\\Users\\dev\\app\\", "app"),
        ("\\\\wsl$\\Ubuntu\\home\\dev\\app", "app"),
        ("/home/dev/app/", "app"),
        ("/", "/"),
    ],
)
def test_paths_of_any_system_have_a_name(path: str, name: str) -> None:
    assert ProjectFinder().session_root(path) is not None
    assert folder_name(path) == name


WINDOWS = (
    "C:\\Users\\dev\\app",
    "c:\\Users\\dev\\app\\",
    "C:/Users/dev/app",
    "\\\\?\\C:\\Users\\dev\\app",
)


def test_spellings_of_a_windows_folder_are_one_root(tmp_path: Path) -> None:
    mounts = tmp_path / "mnt"
    finder = ProjectFinder(str(mounts))
    roots = {finder.session_root(path) for path in WINDOWS}
    roots.add(finder.session_root(f"{mounts}/c/Users/dev/app"))
    assert roots == {ProjectRoot(path="C:\\Users\\dev\\app", name="app")}


def test_a_windows_folder_that_wsl_has_is_named_as_wsl_does(tmp_path: Path) -> None:
    mounts = tmp_path / "mnt"
    there = mounts / "c" / "Users" / "dev" / "app"
    there.mkdir(parents=True)
    git(there, "init", "-q")
    finder = ProjectFinder(str(mounts))
    roots = [finder.session_root(path) for path in (*WINDOWS, str(there))]
    assert {root.path for root in roots if root} == {str(there)}
    assert {root.common_dir for root in roots if root} == {str(there / ".git")}


@pytest.mark.parametrize("share", ["wsl$", "wsl.localhost", "WSL$"])
def test_a_linux_folder_that_windows_names_is_that_folder(
    tmp_path: Path, share: str
) -> None:
    named = f"\\\\{share}\\Debian{tmp_path}".replace("/", "\\")
    gone = f"\\\\{share}\\Debian\\home\\dev\\app"
    assert root_of(Path(named)).path == str(tmp_path)
    assert root_of(Path(gone)).path == "\\\\wsl.localhost\\Debian\\home\\dev\\app"


@pytest.mark.parametrize("path", ["", "app", "./app", "~", "C:app"])
def test_what_is_no_full_path_is_unresolved(path: str) -> None:
    assert ProjectFinder().session_root(path) is None


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://me:hunter2@example.org/a.git", "https://example.org/a.git"),
        ("https://example.org/a.git?token=hunter2", "https://example.org/a.git"),
        ("git@example.org:a/b.git", "git@example.org:a/b.git"),
        ("ssh://git@example.org/a.git", "ssh://example.org/a.git"),
    ],
)
def test_a_remote_is_kept_without_credentials(repo: Path, url: str, kept: str) -> None:
    git(repo, "remote", "add", "origin", url)
    git(repo, "remote", "add", "other", "https://example.org/other.git")
    assert root_of(repo).remote == kept


@pytest.mark.parametrize(
    "path",
    [
        "/srv/../proc/self/cwd",
        "/proc/self/root/srv",
        "//proc/self/cwd",
        "/dev/fd/0",
        "/" + "a" * 256,
        "/" + "ü" * 128,
        "/a" * 2_048,
        "/srv/\0app",
        "/srv/\udcff",
    ],
)
def test_what_is_no_folders_own_name_is_unresolved(path: str) -> None:
    finder = ProjectFinder()
    assert finder.session_root(path) is None
    assert finder.work_tree(path) is None


@pytest.mark.parametrize(
    "path", ["/srv/..app", "/srv/proc", "/" + "a" * 255, "/devices", "/srv/a\\..\\b"]
)
def test_what_only_looks_odd_is_a_folder(path: str) -> None:
    found = ProjectFinder().session_root(path)
    assert found is not None
    assert found.path == path


def test_two_slashes_in_front_are_one() -> None:
    found = ProjectFinder().session_root("//srv/app")
    assert found is not None
    assert found.path == "/srv/app"


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("https://me:x@Example.org/a/b.git", "example.org/a/b"),
        ("ssh://git@example.org:22/a/b", "example.org/a/b"),
        ("git@example.org:a/b.git", "example.org/a/b"),
        ("example.org:a/b/", "example.org/a/b"),
        ("/srv/git/b.git", "/srv/git/b"),
        ("file:///srv/git/b.git", "/srv/git/b"),
        ("../b.git", ""),
        ("C:\\git\\b", ""),
        ("https://example.org/", ""),
        ("", ""),
    ],
)
def test_spellings_of_a_remote_are_one(url: str, same: str) -> None:
    assert same_remote(url) == same
