"""Purge and redact inside one store, in the transaction that an ``Eraser`` holds.

Sessions that stay are stated anew from an archive without the lines that go.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from ahocorasick_rs import BytesAhoCorasick

from memtui import distil, paths
from memtui.ingest.asides import keep_outputs
from memtui.ingest.distilling import Distilling
from memtui.ingest.found import Stale
from memtui.ingest.passage import Tools
from memtui.ingest.pipeline import purged_lines
from memtui.ingest.returning import anew
from memtui.ingest.rewriting import Literal, rewriter
from memtui.ingest.shown import stub
from memtui.ingest.sparing import PURGED
from memtui.model import Agent
from memtui.readers import READERS
from memtui.redact import IgnoreRules, Redactor
from memtui.settings import Settings
from memtui.store.ingest.archive import Place
from memtui.store.purge import tombs
from memtui.store.purge.erasing import Eraser, Pending
from memtui.store.purge.removing import Touched
from memtui.store.purge.scrubbing import Scrub
from memtui.store.purge.traces import Target

_LEAST_SAID: Final = 16
_MOST_SAID: Final = 200


def take_out(eraser: Eraser, settings: Settings, target: Target) -> int:
    """Remove what was asked for and state anew what stays; how much it was."""
    touched = eraser.find(target)
    count = eraser.noted()
    removed = eraser.remove(with_project=bool(target.project) and target.before is None)
    tools = _tools(settings, eraser.gone())
    for session in touched:
        _stub_lines(eraser, session, removed.memories, tools)
    tools.gone = eraser.gone()
    _restate(eraser, settings, (p for one in touched for p in one.paths), tools)
    eraser.scrub(Scrub(removed))
    eraser.leave_pending(Pending(removed), count=count)
    return count


def cut_out(eraser: Eraser, settings: Settings, values: Mapping[str, str]) -> int:
    """Cut known secrets and these values out of all of it; how many texts changed."""
    eraser.keep_out(tombs.VALUE, values)
    tools = _tools(settings, eraser.gone())
    literal = Literal(values.values())
    rewrite = rewriter(named=True, ids=tools.gone.values, literal=literal)

    def cut(lines: Sequence[bytes]) -> list[bytes]:
        kept = tools.without_scrubbed(tools.redactor.lines(lines))
        return [literal.cut(line) for line in kept]

    changed = eraser.rewrite_archive(cut)
    _restate(eraser, settings, eraser.paths_of(changed), tools)
    count = len(changed) + eraser.rewrite_words(rewrite)
    scrub = Scrub(rewrite=rewrite)
    eraser.scrub(scrub)
    pending_ = Pending(scrub.removed, named=True, values=tools.gone.values)
    eraser.leave_pending(pending_, count=count)
    return count


def _tools(settings: Settings, gone: tombs.Gone) -> Tools:
    home = str(paths.home())
    rules = IgnoreRules(settings.ignore, settings.skip_tools, home=home)
    return Tools(Redactor(), rules, gone=gone)


def _stub_lines(
    eraser: Eraser, touched: Touched, memories: Collection[str], tools: Tools
) -> None:
    """Of the archived lines of a session that tell what went, leave marks alone.

    Lines without a record may repeat a prompt, or what a hook said: those are known
    by their own bytes, and kept out by a hash of them.
    """
    needles = {needle for text in touched.said for needle in _spellings(text)}
    needles.update(memory.encode() for memory in memories)
    repeating = BytesAhoCorasick(sorted(needles))
    for path in touched.paths:
        known = eraser.transcript(path)
        if known is None:
            continue
        reader = READERS[known.agent]
        archived = list(eraser.archived(known.id))
        told = dict(purged_lines(reader, known, archived, tools))
        repeats: set[str] = set()
        named: set[str] = set()
        for generation, stretches in archived:
            stubs: dict[int, bytes] = {}
            for first, _part, lines in stretches:
                for number, line in enumerate(lines, first):
                    if number in told[generation]:
                        stubs[number] = stub(line, PURGED)
                    elif needles and repeating.find_matches_as_indexes(line):
                        repeats.add(tombs.hashed(line.rstrip(b"\r\n")))
                        if name := tombs.own_id(line):
                            named.add(tombs.hashed(known.agent, name))
                        stubs[number] = stub(line, PURGED)
            eraser.stub_lines(Place(known.id, generation), stubs)
        eraser.keep_out(tombs.LINE, repeats)
        eraser.keep_out(tombs.RECORD, named)


def _spellings(text: str) -> Iterator[bytes]:
    """A text's beginning as JSON writers spell it; nothing of a short one."""
    said = text.strip()[:_MOST_SAID]
    if len(said) >= _LEAST_SAID:
        for ascii_only in (True, False):
            yield json.dumps(said, ensure_ascii=ascii_only)[1:-1].encode(
                "utf-8", "surrogatepass"
            )


def _restate(
    eraser: Eraser, settings: Settings, transcripts: Iterable[str], tools: Tools
) -> None:
    """State sessions anew from the archive, and distil them again."""
    distilling = Distilling(settings, lambda *_: None)
    done: set[str] = set()
    for path in transcripts:
        if path in done:
            continue
        with eraser.anew(path) as group:
            done.update(known.path for known in group)
            if not group:
                continue
            stale = Stale(READERS[group[0].agent], path)
            for batch in anew(stale, group, eraser, tools):
                applied = eraser.apply(batch)
                keep_outputs(stale.reader, batch, eraser, tools)
                if applied.session is not None:
                    distilling.add(applied.session)
    for agent in Agent:
        eraser.name_by_messages(agent)
    distilling.go(eraser, lambda store: store.transaction())
    for session in eraser.due(distil.VERSION):
        distilling.add(session)
    distilling.go(eraser, lambda store: store.transaction())
