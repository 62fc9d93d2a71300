"""What would be sent and what it would cost, as values."""

from collections import Counter
from dataclasses import dataclass, field

from memtui.compress import money
from memtui.compress.asking import LIKELY_TOKENS
from memtui.compress.money import Price
from memtui.store.compress.runs import NewItem


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One request that would be sent."""

    kind: str
    subject: str
    agent: str
    title: str
    part: int
    parts: int
    size: int
    """Bytes of all that is sent."""
    most: int
    """Tokens that the answer may have."""
    cut: int
    """Bytes of the records that are left out, each with a mark in its place."""
    records: int
    digest: str

    def as_item(self) -> NewItem:
        """As a run notes it."""
        return NewItem(
            kind=self.kind, subject=self.subject, agent=self.agent, part=self.part,
            parts=self.parts, digest=self.digest, records=self.records,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a plan costs; money in millionths of a dollar."""

    subjects: int
    requests: int
    tokens_in: int
    tokens_out: int
    likely: int
    most: int


@dataclass(slots=True, kw_only=True)
class Plan:
    """Tasks in the order in which they are sent, and what is left out and why."""

    tasks: list[Task] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    """How many sessions or projects, by the reason."""
    thoughts: int = 0
    """Records of thinking, which are never sent."""
    until: int = 0
    """The last thing that any run had asked when it was made."""

    def estimate(self, price: Price, *, batch: bool) -> Estimate:
        """What it costs at this price."""
        return Estimate(
            subjects=len({(one.agent, one.subject) for one in self.tasks}),
            requests=len(self.tasks),
            tokens_in=sum(money.tokens(one.size) for one in self.tasks),
            tokens_out=LIKELY_TOKENS * len(self.tasks),
            likely=sum(
                money.likely(one.size, LIKELY_TOKENS, price, batch=batch)
                for one in self.tasks
            ),
            most=sum(
                money.bound(one.size, one.most, price, batch=batch)
                for one in self.tasks
            ),
        )
