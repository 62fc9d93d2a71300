"""Programs that commands begin with, as patterns: data, in no human language."""

from typing import Final

CHECKERS: Final = (
    r"(?<![\w/.-])(?:pytest|tox|nox|unittest|ruff|mypy|pyright|ty check|flake8|black|"
    r"pre-commit"
    r"|(?:npm|pnpm|yarn|bun)(?: run)? (?:test|lint|build|check|typecheck|compile|"
    r"format)[\w:-]*"
    r"|vitest|jest|tsc|eslint|biome|playwright test|cargo (?:test|build|check|clippy|"
    r"fmt|nextest)"
    r"|go (?:test|build|vet)|golangci-lint|make(?: [\w-]+)?|just [\w-]+|gradlew? \w+|"
    r"\./gradlew \w+"
    r"|mvn \w+|dotnet (?:test|build)|swift (?:test|build)|xcodebuild|rspec|rake|"
    r"phpunit|mix test"
    r"|deno (?:test|lint|check)|bazel \w+|cmake|ctest|shellcheck|act)(?![\w/.-])"
)
"""Programs that tell whether the work is right, as a pattern."""

SCRIPTS: Final = (
    r"(?:(?:node|deno run|tsx|npx tsx|bun(?: run)?|python3?|uv run(?: python3?)?|bash"
    r"|sh|ruby|perl|php) (?:-\S+ )*)?(?:\./)?(?!/)[\w-][\w./-]*"
    r"\.(?:[cm]?[jt]s|py|sh|rb|pl|php)(?!\S)|\./[\w][\w./-]*(?!\S)"
)
"""A script of the project itself, as a pattern for the head of a command."""

PROGRAMS: Final = (
    r"(?:git|gh|glab|npm|npx|pnpm|yarn|bun|bunx|node|deno|python3?|pip3?|pipx|uvx?|"
    r"poetry|pytest|ruff|mypy|tox|cargo|rustup|go|make|cmake|just|docker|podman|kubectl|"
    r"helm|terraform|juju|charmcraft|rockcraft|snap|brew|apt(?:-get)?|dnf|pacman|winget|"
    r"systemctl|journalctl|ssh|scp|rsync|curl|wget|psql|sqlite3|redis-cli|mvn|gradle|"
    r"\./gradlew|dotnet|swift|xcodebuild|ruby|bundle|rake|php|composer|mix|tsc|vite|"
    r"vitest|jest|playwright|eslint|act|ansible\S*|vercel|firebase|aws|gcloud|az|sc\.exe|"
    r"powershell|pwsh|defaults|launchctl|sips|openssl|chmod|ln|export|source)"
)
"""Programs that a quoted line must begin with to be a command, as a pattern."""
