"""What memories are tagged with, as data: topics by their evidence, and concepts.

A topic is told by the files that a memory names, by the commands among its facts and
by its words, its title counting double: one passing word makes no tag. Languages are
no topics, because ``file:*.py`` finds them, nor is what the type says already.
"""

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One tag and what speaks for it."""

    tag: str
    words: tuple[str, ...]
    """In a title or a body, as ``cues`` has them; programs among them."""
    files: re.Pattern[str]
    """Paths of which most belong to it."""


def _paths(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.I)


TOPICS: Final = (
    Topic(
        tag="security",
        words=(
            "secrets?", "credentials?", "vulnerab\\w+", "xss", "csrf", "passwords?",
            "encrypt\\w*", "authenticat\\w+", "authori[sz]\\w+", "oauth",
            "permissions?",
            "gitleaks", "sandbox\\w*", "api keys?", "cve-\\d+\\S*", "firewall\\w*",
            "passwort\\w*", "verschlüssel\\w*", "парол\\w+", "密钥", "安全",
        ),
        files=_paths(r"(?:^|/)(?:auth|security|secrets?)[/_.-]|\.gitleaks"),
    ),
    Topic(
        tag="ci",
        words=(
            "ci", "github actions?", "gitlab ci", "workflow files?", "pre-commit",
            "ci/cd", "jenkins\\w*", "circleci", "runners?",
        ),
        files=_paths(
            r"\.github/(?:workflows|actions)/|\.gitlab-ci|jenkinsfile|\.circleci"
            r"|\.pre-commit"
        ),
    ),
    Topic(
        tag="deploy",
        words=(
            "deploy\\w*", "kubernetes", "kubectl", "helm", "docker\\w*", "containers?",
            "podman", "vercel", "terraform", "releas(?:e|es|ed|ing)", "publish\\w*",
            "rollback\\w*", "systemd", "juju\\w*", "nginx", "staging", "production",
            "ausgerollt", "деплой\\w*", "部署", "发布",
        ),
        files=_paths(
            r"dockerfile|docker-compose|(?:^|/)(?:k8s|helm|deploy\w*|terraform)/"
            r"|\.tf$|vercel\.json|\.service$"
        ),
    ),
    Topic(
        tag="test",
        words=(
            "tests?", "tested", "testing", "pytest", "vitest", "jest", "playwright",
            "fixtures?", "mocks?", "mocked", "assertions?", "flaky", "coverage",
            "unittest", "тест\\w*", "测试", "テスト",
        ),
        files=_paths(
            r"(?:^|[/_.-])(?:tests?|specs?|__tests__)(?:[/_.-])|conftest\.py"
        ),
    ),
    Topic(
        tag="build",
        words=(
            "builds?", "building", "bundl(?:e|er|ed|ing)", "compil(?:e|es|ed|er|ing)",
            "webpack", "vite", "esbuild", "makefile", "cmake", "gradle", "linker",
            "type-?check\\w*", "tsc", "transpil\\w+", "сборк\\w+", "构建", "编译",
        ),
        files=_paths(
            r"makefile|cmakelists|\.gradle|webpack|vite\.config|rollup|build\.rs"
            r"|tsconfig"
        ),
    ),
    Topic(
        tag="git",
        words=(
            "git", "commits?", "committed", "branch(?:es)?", "merg(?:e|ed|ing)",
            "rebas(?:e|ed|ing)", "submodules?", "worktrees?", "pull requests?",
            "force-?push\\w*", "cherry-?pick\\w*", "gh", "gitignore",
            "ветк\\w+", "提交", "分支",
        ),
        files=_paths(r"\.git(?:ignore|attributes|modules)$"),
    ),
    Topic(
        tag="database",
        words=(
            "databases?", "sqlite\\w*", "postgres\\w*", "mysql", "mongo\\w*", "redis",
            "sql", "migrations?", "schemas?", "prisma", "transactions?", "orm",
            "datenbank\\w*", "баз\\w+ данных", "数据库",
        ),
        files=_paths(r"\.sql$|(?:^|/)(?:migrations?|db|database|schema)[/.]|\.prisma$"),
    ),
    Topic(
        tag="api",
        words=(
            "apis?", "endpoints?", "rest", "graphql", "webhooks?", "openapi", "rpc",
            "websockets?", "sse", "routes?", "status codes?", "接口",
        ),
        files=_paths(r"(?:^|/)(?:api|routes?|endpoints?|controllers?)[/.]|openapi"),
    ),
    Topic(
        tag="ui",
        words=(
            "ui", "gui", "css", "layouts?", "buttons?", "sidebars?", "panels?",
            "modals?", "icons?", "fonts?", "colou?rs?", "themes?", "dark mode",
            "tooltips?", "webviews?", "render(?:s|ed|ing)?", "responsive",
            "oberfläche", "кнопк\\w+", "界面", "按钮",
        ),
        files=_paths(
            r"\.(?:css|scss|less|html|tsx|jsx|vue|svelte|svg)$"
            r"|(?:^|/)(?:ui|views?|components?)/"
        ),
    ),
    Topic(
        tag="performance",
        words=(
            "performance", "slow\\w*", "fast(?:er|est)?", "latency",
            "cach(?:e|es|ed|ing)",
            "memory (?:leak\\w*|usage)", "throughput", "timeouts?", "timed out",
            "optimi[sz]\\w+", "benchmarks?", "langsam\\w*", "медленн\\w+", "性能",
        ),
        files=_paths(r"(?:^|/)(?:bench\w*|perf)[/_.]"),
    ),
    Topic(
        tag="dependencies",
        words=(
            "dependenc(?:y|ies)", "packages?", "upgrad(?:e|es|ed|ing)", "lockfiles?",
            "peer dep\\w*", "pinned",
            "abhängigkeit\\w*", "зависимост\\w+", "依赖",
        ),
        files=_paths(
            r"(?:^|/)(?:package(?:-lock)?\.json|pnpm-lock\.yaml|yarn\.lock|uv\.lock"
            r"|poetry\.lock|cargo\.(?:toml|lock)|go\.(?:mod|sum)|requirements[\w.-]*\.txt)$"
        ),
    ),
    Topic(
        tag="config",
        words=(
            "config(?:s|ured|uration)?", "settings?", "environment variables?",
            "env vars?", "dotfiles?", "toml", "yaml", "flags?", "defaults?",
            "konfig\\w+", "einstellung\\w*", "настройк\\w+", "конфиг\\w*", "配置",
        ),
        files=_paths(r"\.(?:toml|ya?ml|ini|cfg|conf|env)$|(?:^|/)\.env|settings\.json$"),
    ),
    Topic(
        tag="docs",
        words=(
            "readme", "documentation", "docs", "docstrings?", "changelog", "guides?",
            "dokumentation", "документац\\w+", "文档",
        ),
        files=_paths(r"\.(?:mdx?|rst|adoc)$|(?:^|/)docs?/"),
    ),
)  # fmt: skip
"""In the order in which they are told where evidence is equal."""

TITLE_COUNTS: Final = 2
BODY_COUNTS: Final = 1
FILES_COUNT: Final = 2
ENOUGH: Final = 2
"""Less speaks for no tag: a word of the title, two lines of the body, most of the
files."""
MOST_TAGS: Final = 3

CONCEPTS: Final[dict[str, tuple[frozenset[str], ...]]] = {
    "trade-off": (
        frozenset({"choice"}),
        frozenset({"contrast"}),
        frozenset({"cause", "barrier", "limit", "body_cause", "body_barrier"}),
    ),
    "problem-solution": (
        frozenset({"cause", "barrier", "complaint", "after_failure"}),
        frozenset({"body_fix", "mended"}),
    ),
    "how-it-works": (frozenset({"structure"}), frozenset({"named", "path"})),
}
"""What a memory is beyond its type: of each set of signals one must be seen."""
