"""What ingest asks of the store that it writes."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Final

from memtui.model import Agent
from memtui.records import Record, SessionFacts
from memtui.store.connect import Purpose
from memtui.store.ingest import facts, left_out, linking
from memtui.store.ingest.records import known_rows
from memtui.store.purge import tombs
from memtui.store.purge.tombs import Gone

_ANY: Final = "select 1 from transcript limit 1"
_DUE: Final = "select id from session where distilled < ? order by ended_at desc"
_PROJECTS_OF: Final = """
    select distinct p.uuid from json_each(?) wanted
    join session s on s.id = wanted.value
    join project p on p.id = s.project_id
        or p.id in (select project_id from observation where session_id = s.id)
"""


class Asked:
    """Questions on the writing connection: they see what is not committed yet."""

    _conn: sqlite3.Connection
    _purpose: Purpose = "ingest"
    """What the connection may write."""

    def is_empty(self) -> bool:
        """Whether nothing was ever read into it."""
        return self._conn.execute(_ANY).fetchone() is None

    def projects_of(self, sessions: Iterable[int]) -> set[str]:
        """UUIDs of the projects that these sessions and their memories belong to."""
        found = self._conn.execute(_PROJECTS_OF, (json.dumps(list(sessions)),))
        return {row[0] for row in found}

    def gone(self) -> Gone:
        """What a person purged or scrubbed, and is not to come back."""
        return tombs.gone(self._conn)

    def left_out(self) -> set[str]:
        """Names of messages that were left out with their sessions."""
        return left_out.known(self._conn)

    def has_record(self, agent: Agent, native_id: str) -> bool:
        """Whether a message is stored."""
        return bool(known_rows(self._conn, agent, [native_id]))

    def due(self, distiller_version: int) -> list[int]:
        """Sessions, newest first, that this distiller has not seen whole."""
        return [row[0] for row in self._conn.execute(_DUE, (distiller_version,))]

    def unplaced(self, agent: Agent) -> list[tuple[int, str]]:
        """Sessions of an agent without a project, each with a transcript of it."""
        return facts.unplaced(self._conn, agent)

    def folders(self) -> set[str]:
        """Every folder that any session worked in, and every project's roots."""
        return facts.folders(self._conn)

    def is_known(self, agent: Agent, native_id: str) -> bool:
        """Whether there is such a session."""
        return facts.is_known(self._conn, agent, native_id)

    def spans(self, agent: Agent) -> list[tuple[int, str, int, int]]:
        """Every session of an agent: row, first folder, beginning and end."""
        return facts.spans(self._conn, agent)

    def prompts_of(self, session: int) -> list[str]:
        """What the person said in a session."""
        return linking.prompts_of(self._conn, session)

    def session_facts(self, session: int) -> SessionFacts:
        """What the store holds of a session, as a reader would state it."""
        return facts.facts_of(self._conn, session)

    def session_root(self, session: int) -> str:
        """The root of its project that it began in or below; empty: unknown."""
        return facts.root_of(self._conn, session)

    def session_records(self, session: int) -> list[Record]:
        """Every record the session shows, in order."""
        return linking.records_of(self._conn, session)

    def session_in_order(self, session: int) -> Iterator[Record]:
        """The same in the order of the transcript, a few in memory at a time."""
        return linking.in_order(self._conn, session)

    def session_length(self, session: int) -> int:
        """How many records the session shows, all kinds."""
        return linking.count_shown(self._conn, session)

    def session_stamp(self, session: int) -> tuple[object, ...]:
        """What differs once a session shows anything else; empty: it is gone."""
        return linking.stamp(self._conn, session)
