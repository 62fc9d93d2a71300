"""Every judgement of the distiller as data: rules, weights, votes, limits.

The words of human languages are next door in ``cues`` and ``words``. Weights are
log-odds: of a fit on labelled sessions and observations of four agents, drawn towards
the weights of an earlier fit, checked on projects left out, rounded, and a few set by
hand after reading what they let through.
"""

import re
from dataclasses import dataclass
from typing import Final

from memtui.distil.patterns import Opener
from memtui.model import Trust


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One source of observations."""

    name: str
    because: str
    """Why such a thing is worth remembering, shown beside an observation."""
    type: str
    """What it makes when no signal speaks for another type."""
    trust: Trust
    base: float
    """Log-odds that a person keeps one, before any signal."""
    most: int = 40
    """At most so many of one session."""
    kept: float = 0.0
    """By how much more of them were worth keeping, of those that were labelled, than
    ``KEPT`` says; drawn to nothing where few were. Under one half of all in the end,
    a rule is switched off unless somebody wants it: ``Settings.disabled_rules``."""


RULES: Final = {
    rule.name: rule
    for rule in (
        Rule(
            name="standing", type="preference", trust=Trust.USER, base=0.4, kept=0.04,
            because="You said it in words that hold beyond the task",
        ),
        Rule(
            name="correction", type="decision", trust=Trust.USER, base=0.0, kept=-0.03,
            because="You corrected the agent and it followed",
        ),
        Rule(
            name="choice", type="decision", trust=Trust.USER, base=0.1,
            because="You answered a question of the agent",
        ),
        Rule(
            name="prompt", type="decision", trust=Trust.USER, base=-0.4, kept=-0.02,
            because="You asked for it in these words",
        ),
        Rule(
            name="plan", type="decision", trust=Trust.USER, base=0.5, most=4,
            kept=-0.08,
            because="You approved this plan",
        ),
        Rule(
            name="commit", type="change", trust=Trust.TOOL, base=0.3, kept=0.03,
            because="It was committed with this message",
        ),
        Rule(
            name="outcome", type="change", trust=Trust.ASSISTANT, base=-0.1, kept=-0.03,
            because="It ends a turn that changed files",
        ),
        Rule(
            name="patch", type="change", trust=Trust.ASSISTANT, base=0.3,
            because="These files were changed for it, and nobody told of it after",
        ),
        Rule(
            name="finding", type="discovery", trust=Trust.ASSISTANT, base=-0.4,
            because="It ends a turn that changed nothing",
        ),
        Rule(
            name="cause", type="gotcha", trust=Trust.ASSISTANT, base=-0.3, kept=0.05,
            because="It says why something failed, or that it works only so",
        ),
        Rule(
            name="summary", type="discovery", trust=Trust.ASSISTANT, base=0.0, most=8,
            because="The client's own summary of the session says so",
        ),
        Rule(
            name="recap", type="progress", trust=Trust.ASSISTANT, base=1.2, most=1,
            because="The client summed up the session while you were away",
        ),
        Rule(
            name="note", type="preference", trust=Trust.ASSISTANT, base=0.2, most=6,
            kept=-0.1,
            because="The agent wrote it into its own memory file",
        ),
        Rule(
            name="check", type="discovery", trust=Trust.TOOL, base=0.8, most=1,
            because="These commands were run again and again and passed at last",
        ),
        Rule(
            name="detour", type="gotcha", trust=Trust.TOOL, base=1.0, kept=0.03, most=3,
            because="One form of the command failed and another worked",
        ),
        Rule(
            name="unpushed", type="progress", trust=Trust.TOOL, base=-0.5, most=1,
            because="It was committed, and not pushed when the session ended",
        ),
        Rule(
            name="served", type="discovery", trust=Trust.TOOL, base=0.9, most=2,
            because="This command served this address, and the session used it",
        ),
        Rule(
            name="version", type="discovery", trust=Trust.TOOL, base=1.6, most=2,
            kept=-0.2,
            because="A tool said so, and the session relied on it",
        ),
        Rule(
            name="open", type="progress", trust=Trust.ASSISTANT, base=0.0, most=2,
            kept=0.1,
            because="It was left open when the session ended",
        ),
    )
}  # fmt: skip

CONFIDENT: Final = 0.32
"""Candidates below are not worth a person's look."""
RISING: Final = 0.015
"""By so much more a candidate must be worth with each better one of its session: who
is shown three things reads them, who is shown twenty reads none."""
LEAST_KEPT: Final = 0.48
"""Of what was kept less often than this, a session shows its best alone."""
BESIDE: Final = 0.28
"""What is worth less is not even told beside a better one of its turn."""
KEPT: Final[dict[bool, tuple[tuple[float, float], ...]]] = {
    True: (
        (0.3, 0.40), (0.4, 0.45), (0.5, 0.57), (0.6, 0.69), (0.7, 0.78), (0.8, 0.81),
        (0.9, 0.84),
    ),
    False: (
        (0.3, 0.42), (0.4, 0.48), (0.5, 0.56), (0.6, 0.73), (0.7, 0.80), (0.8, 0.88),
        (0.9, 0.92),
    ),
}  # fmt: skip
"""Worth and the share that was worth keeping, of the person's words and of all else:
drawn towards what an earlier distiller's 287 memories said, by three sets of labels of
200 memories each, of four agents and twenty projects, given by two people with the rule
hidden. Of 370 labelled ones that are still made, some of them in other words, 0.54,
0.64, 0.80, 0.79 and 0.91 were kept, in fifths from the least confident up, where this
says 0.55, 0.65, 0.73, 0.78 and 0.83."""
DOUBT: Final = 0.25
"""Log-odds by which the weights overrated, as an earlier set of labels told."""
MOST: Final = 40
"""No session gives more."""
MOST_BASE: Final = 5
MOST_PER_TURN: Final = 0.6
"""A session gives ``MOST_BASE`` and three for every five turns, at most ``MOST``."""
LEAST_DETAIL: Final = -0.3
"""A statement of less worth is no detail of another."""

UNIT_WEIGHTS: Final[dict[str, float]] = {
    "choice": 0.6, "cause": 0.4, "limit": 0.3, "standing": 0.2, "fix": 0.3, "add": 0.1,
    "change": 0.3, "refactor": 0.2, "structure": 0.2, "security": 0.1, "verified": -0.1,
    "perhaps": -0.7, "named": 0.4, "number": 0.2, "label": 0.3, "claimed": 0.5,
    "vague": -0.7, "short": -0.5, "address": -0.5, "thing": -0.5, "advice": -0.3,
    "praise": -0.3, "testing": -0.3, "vcs": -0.3, "refers": -0.2,
}  # fmt: skip
"""What a statement gains by each signal when the best of an answer are picked."""

SPEECH_WEIGHTS: Final[dict[str, float]] = {
    "standing": 0.6, "choice": 0.5, "limit": 0.1, "cause": 0.3, "named": 0.3,
    "norm": 0.5, "refers": -0.3,
    "path": 0.1,
    "contrast": 0.3, "general": 0.3, "fits": 0.2, "short": -0.6, "vague": -0.2,
    "item": -0.6, "pointing": -0.5, "question": -0.1,
}  # fmt: skip
"""What makes a sentence of a prompt its title."""

SAID_WEIGHTS: Final[dict[str, float]] = {
    "choice": 0.7, "fix": 0.5, "limit": 0.3, "contrast": 0.1, "standing": 0.3,
    "general": 0.4, "complaint": -0.3, "question": -0.2, "perhaps": -0.2, "short": -0.9,
    "body_choice": 0.3, "body_limit": 0.4, "body_standing": 0.2, "body_norm": 0.2,
    "body_path": -0.15, "edited": 0.5, "worked": 0.1, "last_turn": 0.3,
    "pasted": -0.5, "mostly_pasted": -1.0, "wall": -0.4, "listed": -0.4, "slight": -0.3,
    "contested": -0.3, "number": -0.2, "alone": -0.2, "few_words": -0.4, "order": 1.4,
    "advice": 0.2, "narration": 0.15, "path": -0.15, "at_a_file": -0.5,
    "quoted": -0.15, "picked": 0.7,
}  # fmt: skip
"""Log-odds that a signal adds to what the person said."""

TOLD_WEIGHTS: Final[dict[str, float]] = {
    "claimed": 0.5, "choice": 0.3, "cause": 0.4, "barrier": 0.4, "contrast": 0.35,
    "change": 0.0, "refactor": 0.3, "tooling": 0.5, "norm": 0.1, "limit": 0.1,
    "fix": -0.2, "add": -0.25, "structure": -0.1, "named": 0.1, "number": 0.1,
    "perhaps": -0.6, "vague": -0.3, "short": -0.6, "address": -0.5, "pointing": -0.5,
    "thing": -0.4, "advice": -0.1, "praise": -0.2, "testing": -0.6, "vcs": -0.3,
    "refers": -0.3,
    "body_limit": 0.4, "body_cause": 0.2, "body_fix": 0.2, "body_named": 0.3,
    "body_choice": 0.2, "body_contrast": 0.2, "body_perhaps": -0.4,
    "last_turn": 0.4, "asks_back": -0.3, "retracts": -0.5, "contested": -0.5,
    "committed": -0.4, "prose_only": -0.3, "middle": -0.2, "after_failure": -0.2,
    "mended": 0.2, "interrupted": 0.3, "inventory": -1.0,
    "slight": -2.0, "alone": -0.15, "bare": -0.8, "full": 0.1, "item_title": -0.5,
    "few_words": -0.7, "costly": 0.1, "proofs": -0.3, "single": -0.2, "restates": -1.0,
    "body_label": -0.2, "body_refers": 0.15, "unsettled": 0.8,
}  # fmt: skip
"""Log-odds that a signal adds to what the agent said or a tool showed."""

TITLE_WEIGHTS: Final[dict[str, float]] = {
    "fits": 0.5, "lead_prose": 0.7, "prose": 0.2, "pointing": -0.8, "too_short": -2.0,
    "dangling": -2.0, "testing": -0.5, "figure": -1.5,
}  # fmt: skip
"""What a statement gains as a title, beside its worth."""
LEADS_AND_CLAIMED: Final = 1.5
"""One that claims a deed and introduces the list of its parts gains this too."""
LATER_LOSS: Final = 0.15
"""And each place further down loses this: the lead is written to be the title."""

PASSING: Final = frozenset({"verified", "vcs"})
"""What tells how the work goes; the next session has it otherwise."""
LASTING: Final = frozenset(
    {"add", "change", "fix", "choice", "contrast", "cause", "barrier", "refactor"}
    | {"security", "standing", "structure"}
)
"""A statement with one of these is more than a report that something works."""
SAYS_HOW: Final = frozenset({"norm", "standing"})
"""A wish without one of these is a task of the moment; its result tells it."""

BODY_SHARE: Final = 0.4
"""What a cue in the details counts of one in the title, when types are voted."""

TYPE_VOTES: Final[dict[str, dict[str, float]]] = {
    "security": {"security": 1.2, "default": 0.6, "told": -0.4},
    "preference": {
        "standing": 1.2, "general": 1.6, "path": -0.4, "named": -0.3, "told": -1.2,
        "default": 0.8,
    },
    "decision": {
        "choice": 1.3, "contrast": 0.5, "standing": 0.2, "conceded": 0.2, "change": 0.1,
        "shrunk": 1.1, "taken_out": 1.7, "grown": -0.3, "tooling": -0.4, "told": -0.7,
        "default": 1.5,
    },
    "gotcha": {
        "cause": 0.9, "barrier": 0.9, "limit": 0.6, "commit_bugfix": 0.7, "fix": 0.4,
        "tooling": 0.3, "set_up": 0.6, "failures": 0.3, "reported": 0.3, "norm": 0.2,
        "claimed": -0.3, "deed": -0.6, "said": -0.7, "grown": -0.3, "created": -0.4,
        "default": 0.6,
    },
    "bugfix": {
        "fix": 1.2, "commit_bugfix": 1.1, "cause": 0.2, "failures": 0.4, "edited": 0.1,
        "contrast": 0.3, "reported": 0.4, "asked_fix": 0.8, "complaint": 1.6,
        "tooling": -0.6, "item": 0.2, "default": 0.6,
    },
    "feature": {
        "add": 1.4, "commit_feature": 1.6, "claimed": 0.2, "first": 0.2,
        "asked_add": 0.4, "grown": 0.7, "created": 0.9, "tooling": -0.9,
    },
    "refactor": {"refactor": 1.2, "commit_refactor": 1.6},
    "architecture": {"structure": 1.3, "path": 0.3},
    "change": {
        "change": 0.6, "commit_change": 0.8, "choice": 0.4, "contrast": 0.2,
        "default": 0.5,
    },
    "progress": {"open": 1.0, "interrupted": 1.0, "default": 2.0},
    "discovery": {"limit": 0.2, "verified": 0.4, "idle": 0.9, "default": 1.6},
}  # fmt: skip
"""By type: what each signal votes; ``default`` when it is the rule's own type,
``told`` when it is not the person's word. What set-up files needed bites again, so it
is a gotcha; what was broken elsewhere is gone for good, so it is a bugfix."""
DEEDS: Final = frozenset({"asked_add", "asked_fix", "created", "grown", "shrunk"})
"""Signals of what came of a turn."""
SETTLES: Final = frozenset({"choice", "conceded", "contrast", "general", "standing"})
"""Signals of a wish that settles how it is to be, whatever came of it."""
CARRIED_OUT: Final = frozenset({"bugfix", "feature"})
"""What another wish is, once it was carried out."""
DOES: Final = frozenset({"add", "change", "claimed", "refactor", "result"})
"""Signals of a sentence that tells what was done to the program."""
TROUBLE: Final = frozenset(
    {"asked_fix", "barrier", "cause", "failures", "fix", "reported"}
)
"""Signals of something that did not work."""
SAID_TYPES: Final = frozenset({"decision", "preference"})
"""What the person's words make by default."""

COMMIT_TYPES: Final = {
    "fix": "bugfix", "bugfix": "bugfix", "hotfix": "bugfix", "feat": "feature",
    "feature": "feature", "refactor": "refactor", "perf": "change",
    "security": "security", "docs": "change", "doc": "change", "test": "change",
    "tests": "change", "ci": "change", "build": "change", "chore": "change",
    "style": "change", "revert": "change", "deps": "change",
}  # fmt: skip
"""Conventional commit prefixes as types."""

COMMIT_PREFIX: Final = Opener(
    rf"^({'|'.join(COMMIT_TYPES)})(?:\([^)]*\))?!?:\s+(?=\S)", re.I
)
"""What opens a conventional commit message."""

MEMORY_FILES: Final = re.compile(
    r"(?:^|[/\\])(?:CLAUDE(?:\.local)?|AGENTS|GEMINI|MEMORY|copilot-instructions)\.md$|"
    r"[/\\]memory[/\\][^/\\]+\.md$|\.cursorrules$"
)
"""Files in which agents keep what they were told."""

TOOLING_FILES: Final = re.compile(
    r"\.(?:ya?ml|toml|ini|cfg|conf|lock|env|mk|gradle|tf|nix|sh|ps1|bat|service)$"
    r"|(?:^|[/\\])(?:\.[\w.-]+|package(?:-lock)?\.json|tsconfig[\w.]*\.json|vercel\.json"
    r"|[\w-]*Dockerfile[\w.-]*|Containerfile|Makefile|CMakeLists\.txt|justfile"
    r"|requirements[\w.-]*\.txt|conftest\.py|setup\.py|[\w.-]+\.config\.[cm]?[jt]s)$",
    re.I,
)
"""Files that set up checks, builds and tools: what went wrong there bites again."""

PROSE_FILES: Final = re.compile(r"\.(?:mdx?|txt|rst|adoc)$", re.I)
"""Files that people read: what was written there is read there."""

PROOF_FILES: Final = re.compile(
    r"(?:^|[/\\_.-])(?:tests?|specs?|__tests__|testdata)(?:[/\\_.-]|$)"
    rf"|{PROSE_FILES.pattern}",
    re.I,
)
"""Files of tests or prose: no user of the program ever meets them."""

# The few sentences that are not taken from the transcript.
UNFINISHED: Final = "Unfinished"
UNPUSHED: Final = "Not pushed"
UNCOMMITTED: Final = "Not committed"
CHECKS_PASS: Final = "✓"
"""No word: memories of different checks would look alike by it."""
CHECK_FAILS: Final = "✗"
FAILS_BUT: Final = "fails here, this works"
