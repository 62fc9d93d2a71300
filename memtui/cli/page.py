"""A session as one HTML page: all of it, what tools printed folded, nothing fetched.

Every text is escaped; Markdown is rendered without HTML and pictures of its own. The
page has no script, and says so to the browser, which then runs and loads none.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Final

from memtui.cli.lines import local_time
from memtui.cli.markdown import each_turn
from memtui.masking import safe, safe_line
from memtui.model import RecordKind, Session
from memtui.records import Record, Turn
from memtui.store.queries import StoreView

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

RENDERED: Final = 100_000
"""Characters; a longer answer is shown as it was typed."""
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'"
_STYLE: Final = """
:root{color-scheme:light dark;--line:#8884;--soft:#8881}
body{font:16px/1.55 system-ui,sans-serif;max-width:52rem;margin:2rem auto;
padding:0 1rem;overflow-wrap:anywhere}
h1{font-size:1.5rem}
h2{font-size:.85rem;font-weight:600;opacity:.65;margin:2.5rem 0 .5rem;
border-top:1px solid var(--line);padding-top:.75rem}
h2 a{color:inherit;text-decoration:none}
.facts{opacity:.7}
.you{white-space:pre-wrap;border-left:3px solid #4a8;padding:.4rem .9rem;
margin:.75rem 0;background:var(--soft)}
pre{white-space:pre-wrap;background:var(--soft);padding:.6rem .8rem;margin:.4rem 0;
font:13px/1.45 ui-monospace,monospace}
code{font-family:ui-monospace,monospace;font-size:.9em}
details{margin:.35rem 0;border:1px solid var(--line);border-radius:4px;
padding:.2rem .6rem}
summary{cursor:pointer;font:13px/1.6 ui-monospace,monospace}
.failed summary{color:#c44}
table{border-collapse:collapse}td,th{border-bottom:1px solid var(--line);
padding:.25rem .7rem .25rem 0;text-align:left;vertical-align:top}
td:first-child{white-space:nowrap}
"""


def session_as_page(view: StoreView, session: Session) -> Iterator[str]:
    """Pieces of one HTML document, in order."""
    title = safe_line(session.title) or "Session"
    when = local_time(session.started_at).strip()
    facts = ", ".join(filter(None, (facts_of(session), when)))
    yield opening(title)
    yield f"<h1>{escape(title)}</h1>\n<p class=facts>{escape(facts)}</p>\n"
    for turn in each_turn(view, session):
        yield from _turn(turn)
    yield CLOSING


def opening(title: str) -> str:
    """The head of a page, up to its body."""
    return (
        '<!doctype html>\n<html><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style></head>\n<body>\n"
    )


CLOSING: Final = "</body></html>\n"


def facts_of(session: Session) -> str:
    """Agent, project and branch of a session, in a line."""
    project = session.project.name if session.project else "no project"
    about = (session.agent, project, session.branch)
    return safe_line(", ".join(part for part in about if part.strip()))


def _turn(turn: Turn) -> Iterator[str]:
    name = f"turn-{turn.number}"
    when = f", {local_time(turn.at)}" if turn.at else ""
    yield f'<h2 id="{name}"><a href="#{name}">Turn {turn.number}{when}</a></h2>\n'
    results = {r.call: r for r in turn.records if _is_result(r) and r.call}
    joined: set[str] = set()
    for record in turn.records:
        if record.kind is RecordKind.TOOL_USE and record.call in results:
            joined.add(record.call)
            yield _tool(record, results[record.call])
        elif not (_is_result(record) and record.call in joined):
            yield _piece(record)


def _is_result(record: Record) -> bool:
    return record.kind is RecordKind.TOOL_RESULT


def _piece(record: Record) -> str:
    text = safe(record.text).strip()
    match record.kind:
        case RecordKind.PROMPT:
            return f'<div class="you">{escape(text)}</div>\n' if text else ""
        case RecordKind.RESPONSE:
            return f"<div>{_rendered(text)}</div>\n"
        case RecordKind.SUMMARY:
            return _folded("Summary", [_rendered(text)])
        case RecordKind.THINKING:
            return _folded("Thought", [_plain(text)]) if text else ""
        case RecordKind.TOOL_USE:
            return _tool(record, None)
        case RecordKind.TOOL_RESULT:
            return _folded("Output", [_output(record)], failed=record.failed)
    return ""


def _tool(use: Record, result: Record | None) -> str:
    """What a tool was asked, and folded below it what it said."""
    what = use.command or " ".join((*use.writes, *use.reads))
    first = safe_line(what or safe(use.text).strip().split("\n")[0])
    told = f"{safe_line(use.tool_name)} {first[:160]}{'…' if len(first) > 160 else ''}"
    asked = safe(use.command or use.text).strip()
    inside = [_plain(asked) if asked and asked != first else ""]
    if result is not None:
        inside.append(_output(result))
    return _folded(told, inside, failed=result is not None and result.failed)


def _output(record: Record) -> str:
    return _plain(safe(record.patch or record.text).strip())


def _folded(summary: str, inside: Sequence[str], *, failed: bool = False) -> str:
    mark = ' class="failed"' if failed else ""
    note = " (failed)" if failed else ""
    return (
        f"<details{mark}><summary>{escape(summary.strip() + note)}</summary>"
        f"{''.join(inside)}</details>\n"
    )


def _plain(text: str) -> str:
    return f"<pre>{escape(text)}</pre>" if text else ""


def _rendered(text: str) -> str:
    """Markdown as HTML that holds nothing but what it renders."""
    if len(text) > RENDERED:
        return _plain(text)
    return str(_markdown().render(text))


@cache
def _markdown() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    # html off: tags are text. Pictures would be fetched: their syntax is text, too.
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    return parser.disable(["image", "html_block", "html_inline"])
