"""What a model answered, believed only as far as the records bear it out.

An answer must have the form that was asked for. Of what it says an observation stays
only if a record shows it; files stay if a tool touched them in that session, ids if
they were told. Its words are cleaned like any transcript's.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from memtui.clean import clean_line
from memtui.compress import forms
from memtui.compress.payload import Told, hidden
from memtui.model import Evidence, Memory, State, observation_id
from memtui.records import Record
from memtui.search.near import SAME, bag_of, jaccard, same
from memtui.store.compress.model_proposals import Draft, Earlier, ProposedKind
from memtui.store.curate.frozen import MODEL

TITLE: Final = 80
"""Characters; a longer title goes on in the body."""
_AGAIN: Final = 0.8
"""Jaccard of the words from which a proposal is one that was made before."""
_BODY: Final = 2_000
_LISTED: Final = 12
"""Facts, files and pieces of evidence that are taken of one."""
_QUOTE: Final = 240
_SUMMARY: Final = "progress"
"""The type of what a session was about: it fades soon."""


@dataclass(slots=True)
class Known:
    """What is there already, for what must not be said twice."""

    memories: Mapping[str, Memory]
    """Of the project, by id."""
    earlier: Sequence[Earlier] = ()
    """Proposals of before, the rejected ones too."""
    types: Collection[str] = ()
    _said: list[frozenset[str]] = field(init=False)
    _bags: dict[str, frozenset[str]] = field(init=False)

    def __post_init__(self) -> None:
        self._said = [bag_of(one.text) for one in self.earlier]
        self._bags = {i: bag_of(_text(one)) for i, one in self.memories.items()}

    def was_said(self, text: str) -> bool:
        """Whether it was proposed before, be it rejected or not."""
        bag = bag_of(text)
        return any(jaccard(bag, other) >= _AGAIN for other in self._said)

    def alike(self, text: str) -> list[Memory]:
        """Memories that say the same."""
        bag = bag_of(text)
        near = (i for i, other in self._bags.items() if jaccard(bag, other) >= SAME)
        found = (self.memories[i] for i in near)
        return [one for one in found if same(text, _text(one))]

    def were_merged(self, ids: Collection[str]) -> bool:
        """Whether it was proposed to make one of these, in whatever words."""
        meant = frozenset(ids)
        merges = (e for e in self.earlier if e.kind is ProposedKind.MERGE)
        return any(one.instead == meant for one in merges)

    def note(self, text: str) -> None:
        """Something more is proposed."""
        self._said.append(bag_of(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What came of an answer."""

    drafts: tuple[Draft, ...] = ()
    dropped: int = 0
    """Statements that no record shows, or that are known."""


def of_session(text: str, told: Told, known: Known, *, part: int) -> Answered:
    """Proposals of an answer about a session.

    Raises:
        WrongForm: nothing of it can be used.
    """
    answer = forms.decoded(text, forms.OfSession)
    drafts = []
    for one in answer.observations:
        if (draft := _observation(one, told, known)) is not None:
            known.note(f"{draft.title}\n{draft.body}")
            drafts.append(draft)
    dropped = len(answer.observations) - len(drafts)
    if answer.summary is not None:
        drafts += _summary(answer.summary, told, known, part)
    return Answered(drafts=tuple(drafts), dropped=dropped)


def of_project(text: str, known: Known, ranks: Mapping[str, int]) -> Answered:
    """Proposals of an answer about a project's memories.

    Args:
        ranks: of each type, how high its rung is.

    Raises:
        WrongForm: nothing of it can be used.
    """
    answer = forms.decoded(text, forms.OfProject)
    drafts = [
        *_merges(answer.merges, known),
        *_supersedes(answer.supersedes, known),
        *_promotions(answer.promotions, known, ranks),
    ]
    said = len(answer.merges) + len(answer.supersedes) + len(answer.promotions)
    unique = {draft.id: draft for draft in drafts}
    return Answered(drafts=tuple(unique.values()), dropped=said - len(unique))


def _observation(one: forms.Observation, told: Told, known: Known) -> Draft | None:
    evidence = tuple(_evidence(one.evidence, told))
    title, body = _words(one.title, one.body)
    if not evidence or not title or one.type not in known.types:
        return None
    text = f"{title}\n{body}"
    instead = [i for i in dict.fromkeys(one.replaces) if _stands(i, known)]
    alike = [a for a in known.alike(text) if a.id not in instead]
    if known.was_said(text) or any(a.state is not State.CANDIDATE for a in alike):
        return None  # somebody decided about it
    instead += [a.id for a in alike if not a.superseded_by]
    first = told.records[next(n for n in one.evidence if _is_number(n, told))]
    return Draft(
        id=_id(told.session.id, text),
        kind=ProposedKind.NEW,
        type=one.type,
        title=title,
        body=body,
        at=first.at or told.session.started_at,
        facts=_lines(one.facts),
        files=_touched(one.files, told),
        evidence=evidence,
        branch=first.branch,
        instead=tuple(instead),
        why=_line(one.why, _QUOTE),
    )


def _summary(
    one: forms.Summary, told: Told, known: Known, part: int
) -> Iterator[Draft]:
    """What the session was about, in the place of what was accepted of it before.

    It is named by how far the session went: the same is not proposed again in other
    words.
    """
    numbers = [n for n in one.evidence if _is_number(n, told)]
    if not numbers:
        numbers = [n for n, r in enumerate(told.records) if r.kind == "prompt"][:1]
    title, rest = _words(one.request, "")
    if not title or not numbers:
        return
    said = (
        ("Investigated", one.investigated), ("Learned", one.learned),
        ("Completed", one.completed), ("Next", one.next_steps),
    )  # fmt: skip
    lines = [f"{word}: {_line(text, 600)}" for word, text in said if text.strip()]
    body = "\n".join([rest, *lines] if rest else lines)
    before = [
        e for e in known.earlier
        if e.kind is ProposedKind.SUMMARY and e.session == told.session.id
    ]  # fmt: skip
    bag = bag_of(f"{title}\n{body}")
    if any(jaccard(bag, bag_of(e.text)) >= _AGAIN for e in before):
        return
    older = [e.id for e in before if part == 1 and _stands(e.id, known)]
    which = f"part {part} of {len(told.parts)} of " if len(told.parts) > 1 else ""
    yield Draft(
        id=_id(f"{told.session.id} summary {part}", str(len(told.records))),
        kind=ProposedKind.SUMMARY,
        type=_SUMMARY,
        title=title,
        body=body,
        at=told.session.ended_at,
        tags=("summary",),
        evidence=tuple(_evidence(numbers, told)),
        branch=told.session.branch,
        instead=tuple(older),
        why=f"What {which}the session was about.",
    )


def _merges(found: Sequence[forms.Merge], known: Known) -> Iterator[Draft]:
    for one in found:
        ids = [i for i in dict.fromkeys(one.ids) if _stands(i, known)]
        title, body = _words(one.title, one.body)
        if len(ids) < 2 or not title or one.type not in known.types:
            continue
        if known.were_merged(ids) or known.was_said(f"{title}\n{body}"):
            continue
        yield Draft(
            id=_id("merge", f"{title}\n{body} {' '.join(sorted(ids))}"),
            kind=ProposedKind.MERGE,
            type=one.type,
            title=title,
            body=body,
            at=max(known.memories[i].at for i in ids),
            instead=tuple(ids),
            why=_line(one.why, _QUOTE),
        )


def _supersedes(found: Sequence[forms.Supersede], known: Known) -> Iterator[Draft]:
    for one in found:
        if one.old == one.new or not (
            _stands(one.old, known) and _stands(one.new, known)
        ):
            continue
        holds = known.memories[one.new]
        yield _about(
            holds, ProposedKind.SUPERSEDE, holds.type, one.why, instead=(one.old,)
        )


def _promotions(
    found: Sequence[forms.Promotion], known: Known, ranks: Mapping[str, int]
) -> Iterator[Draft]:
    for one in found:
        if not _stands(one.id, known) or one.type not in known.types:
            continue
        holds = known.memories[one.id]
        if ranks.get(one.type, 0) > ranks.get(holds.type, 0):
            yield _about(holds, ProposedKind.PROMOTE, one.type, one.why)


def _about(
    holds: Memory,
    kind: ProposedKind,
    type_: str,
    why: str,
    instead: tuple[str, ...] = (),
) -> Draft:
    """A proposal about a memory that is there."""
    return Draft(
        id=_id(kind.value, f"{holds.id} {type_} {' '.join(instead)}"),
        kind=kind,
        type=type_,
        title=holds.title,
        body=holds.body,
        at=holds.at,
        files=holds.files,
        evidence=holds.evidence,
        branch=holds.branch,
        instead=instead,
        holds=holds.id,
        why=_line(why, _QUOTE),
    )


def _stands(id_: str, known: Known) -> bool:
    """Whether it was told, and is neither in the trash nor replaced."""
    one = known.memories.get(id_)
    return one is not None and one.state is not State.PRUNED and not one.superseded_by


def _text(one: Memory) -> str:
    return f"{one.title}\n{one.body}"


def _evidence(numbers: Sequence[int], told: Told) -> Iterator[Evidence]:
    for number in list(dict.fromkeys(numbers))[:_LISTED]:
        if _is_number(number, told):
            record = told.records[number]
            yield Evidence(
                session=told.session.id,
                record=record.native_id,
                part=record.part,
                line=record.line,
                quote=_line(record.command or record.text, _QUOTE),
            )


def _is_number(number: int, told: Told) -> bool:
    return number in told.numbers


def _touched(files: Sequence[str], told: Told) -> tuple[str, ...]:
    """Those of the files that a tool of the session read or changed."""
    touched = {name for r in told.records for name in _files_of(r)}
    root = told.session.project.path if told.session.project else ""
    inside = {
        name[len(root) + 1 :] if root and name.startswith(f"{root}/") else name
        for name in touched
    }
    wanted = (
        one[len(root) + 1 :] if root and one.startswith(f"{root}/") else one
        for one in _lines(files)
    )
    return tuple(dict.fromkeys(one for one in wanted if one in inside))


def _files_of(record: Record) -> tuple[str, ...]:
    return (*record.reads, *record.writes)


def _words(title: str, body: str) -> tuple[str, str]:
    """A title on one line of at most 80 characters, and the text."""
    line = clean_line(hidden(title)).strip()
    said = hidden(body).strip()[:_BODY]
    if len(line) > TITLE:
        said = f"{line}\n{said}".strip()
        line = f"{line[: TITLE - 1].rsplit(' ', 1)[0]}…"
    return line, said


def _lines(texts: Sequence[str]) -> tuple[str, ...]:
    found = (_line(text, _QUOTE) for text in texts[:_LISTED])
    return tuple(line for line in found if line)


def _line(text: str, most: int) -> str:
    line = clean_line(hidden(text)).strip()
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _id(where: str, text: str) -> str:
    return observation_id(MODEL, where, 0, text)
