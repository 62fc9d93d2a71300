"""The schema, as an append-only list of migrations.

Never edit one that was released: add the next. ``sqlite_utils`` is imported
only here, and this module only when ``user_version`` differs (see
``connect``), because it costs as much start-up as half of Textual.

How the tables hang together::

    project ─< project_root          a UUID, its path history, its git identity
    transcript ─< block              checkpoint; zstd blocks of its lines
    transcript ─1 session ─< link >─ record    a record once, linked to each session
    observation                      what the distiller says now: ingest writes it
    curation, hidden_session, journal   what a person decided: ingest cannot write it
    doc ─ fts                        contentless full text; a new text is a new doc
    alike ─< alike_place, proposal   word sets, and what looks alike or corrected

``memory`` is the view everything reads: the frozen curation row where there is
one, else the observation.
"""

import sqlite3

from sqlite_utils import Database, Migrations

from memtui.store.first_schema import SEARCH

SCHEMA_VERSION = 1
"""What ``user_version`` says once every migration below is applied."""

migrations = Migrations("memtui")

FROZEN_COLUMNS = """
    id text primary key,
    session_id integer references session(id) on delete set null,
    project_id integer references project(id) on delete set null,
    type text not null,
    title text not null,
    body text not null,
    at integer not null,
    trust text not null,
    rule text not null,
    confidence real not null,
    facts text not null default '[]',
    tags text not null default '[]',
    files text not null default '[]',
    evidence text not null default '[]',
    branch text not null default ''
"""
"""What an observation says; a curation row holds the same, frozen."""


@migrations()
def m001_first_schema(db: Database) -> None:
    """Everything of the first release."""
    _run(
        db,
        f"""
        create table project (
            id integer primary key,
            uuid text not null unique,
            name text not null,
            common_dir text,      -- the git directory its worktrees share
            remote text,
            resolved integer not null default 1,
            created_at integer not null
        );
        create unique index project_common_dir on project(common_dir)
            where common_dir is not null;
        create table project_root (
            path text primary key,
            project_id integer not null references project(id) on delete cascade,
            first_at integer not null,
            last_at integer not null
        ) without rowid;
        create index project_root_project on project_root(project_id);

        create table place (      -- where a record was made
            id integer primary key,
            cwd text not null,
            branch text not null,
            project_id integer references project(id) on delete set null,
                                  -- null: that of the session
            unique (cwd, branch)
        );

        create table session (
            id integer primary key,
            agent text not null,
            native_id text not null,
            kind text not null default 'interactive',
            parent text not null default '',
            project_id integer references project(id) on delete set null,
            title text not null default '',
            title_rank integer not null default 0,
            cwd text not null default '',
            branch text not null default '',
            started_at integer not null default 0,
            ended_at integer not null default 0,
            turns integer not null default 0,
            records integer not null default 0,     -- linked, titles and context apart
            distilled integer not null default 0,   -- by which distiller; 0: due
            unique (agent, native_id)
        );
        create index session_distilled on session(distilled);
        create index session_ended on session(ended_at desc, id desc);
        create index session_project on session(project_id, ended_at desc);
        create index session_parent on session(parent) where parent <> '';

        create table transcript (
            id integer primary key,
            agent text not null,
            path text not null unique,
            session_id integer references session(id) on delete set null,
            generation integer not null default 0,  -- +1 when replaced or rotated
            inode integer not null default 0,
            size integer not null default 0,
            mtime_ns integer not null default 0,
            head_hash text not null default '',     -- of its first bytes, 1024 at most
            tail_hash text not null default '',     -- of as many before the offset
            offset integer not null default 0,      -- after the last complete newline
            line integer not null default 0,        -- lines before offset
            tail integer not null default 0,        -- unterminated: 1 waits, 2 taken
            state blob,                             -- what the parser must remember
            reader_version integer not null default 0,
            talked integer not null default 0,      -- 1: it holds a conversation
            gone_at integer,                        -- first sync that did not find it
            quarantined text                        -- why we stopped reading it
        );
        create index transcript_session on transcript(session_id);
        create index transcript_inode on transcript(inode, head_hash);

        create table block (      -- source lines, newline included, redacted, zstd
            id integer primary key,
            transcript_id integer not null references transcript(id) on delete cascade,
            generation integer not null,
            first_line integer not null,
            lines integer not null,
            bytes integer not null,
            part integer not null default 0,        -- 1: an unterminated last line,
                                                    -- 2: a piece of an overlong one
            data blob not null
        );
        create index block_lines on block(transcript_id, generation, first_line);

        create table fault (
            id integer primary key,
            transcript_id integer not null references transcript(id) on delete cascade,
            generation integer not null default 0,
            line integer,
            reason text not null
        );
        create index fault_line on fault(transcript_id, line);
        create table fault_count (  -- all of them; of each only the first are rows
            transcript_id integer not null references transcript(id) on delete cascade,
            generation integer not null default 0,
            reason text not null,
            count integer not null,
            last_line integer,
            primary key (transcript_id, reason, generation)
        ) without rowid;

        create table record (
            id integer primary key,
            agent text not null,
            native_id text not null,
            part integer not null,
            kind text not null,
            at integer not null,                    -- 0: unknown
            place_id integer references place(id) on delete set null,
            text text not null,
            detail text not null default '',        -- JSON of a tool's own fields
            unique (agent, native_id, part)
        );

        create table link (       -- which session shows a record, and where
            session_id integer not null references session(id) on delete cascade,
            seq integer not null,                   -- order within the session
            record_id integer not null references record(id) on delete cascade,
            turn integer not null,                  -- 0 before the first prompt
            transcript_id integer references transcript(id) on delete set null,
            generation integer not null default 0,
            line integer,                           -- of that generation
            primary key (session_id, seq)
        ) without rowid;
        create unique index link_record on link(record_id, session_id);
        create index link_turn on link(session_id, turn, seq);

        create table continues (  -- a session that begins with another's history
            session_id integer primary key references session(id) on delete cascade,
            base text not null,                     -- native id of that other one
            base_end integer not null,              -- how many lines of its history
            turns integer not null default 0,       -- taken over so far
            whole integer not null default 0        -- 1: all of it was there
        );
        create index continues_base on continues(base);

        create table observation (
            {FROZEN_COLUMNS},
            distiller_version integer not null default 0,
            touched integer not null default 0      -- 1: a curation row stands for it
        );
        create index observation_at on observation(at desc, id desc)
            where touched = 0;
        create index observation_session on observation(session_id, at desc, id desc)
            where touched = 0;
        create index observation_project on observation(project_id, at desc, id desc)
            where touched = 0;
        create index observation_type on observation(type, at desc, id desc)
            where touched = 0;
        create index observation_worth    -- the inbox: best of each type and trust
            on observation(project_id, type, trust, confidence desc, at desc, id)
            where touched = 0;

        create table curation (
            {FROZEN_COLUMNS},
            agent text not null default '',          -- of the session, also frozen
            session text not null default '',
            state text not null,
            was text not null default '',            -- what prune took it from
            pinned integer not null default 0,
            pin_order integer,
            excluded integer not null default 0,
            superseded_by text not null default '',
            review_by integer,
            scope text not null default 'project',
            unlike text not null default '[]',       -- ids it is not alike
            confirmed_at integer,                    -- when it was still true
            acted_at integer not null
        );
        create index curation_at on curation(at desc, id desc);
        create index curation_session on curation(session_id, at desc, id desc);
        create index curation_project on curation(project_id, at desc, id desc);
        create index curation_type on curation(type, at desc, id desc);
        create index curation_state on curation(state, at desc, id desc);
        create index curation_pinned on curation(pin_order, id) where pinned = 1;
        create index curation_standing on curation(
            project_id, state, pinned, excluded, superseded_by, review_by);
        create index curation_worth
            on curation(project_id, type, trust, confidence desc, at desc, id);

        create table hidden_session (  -- not named among recent ones
            id text primary key,                    -- native id
            acted_at integer not null
        ) without rowid;

        create table journal (
            id integer primary key,
            at integer not null,
            act text not null,
            actor text not null,                    -- person, or the agent's name
            target integer,                         -- of undo, redo: which entry
            count integer not null,
            note text not null default '',
            about text not null default '[]',       -- the first of them: id, title
            payload blob not null                   -- zstd JSON: before, after
        );
        create table purging (on_purpose integer not null);
        create trigger journal_keeps before delete on journal
            when not exists (select 1 from purging)
            begin select raise(abort, 'the journal is append-only'); end;
        create trigger journal_stands before update on journal
            when not exists (select 1 from purging)
            begin select raise(abort, 'the journal is append-only'); end;
        create table tombstone (id text primary key) without rowid;  -- purged ids

        create trigger curation_stands_in after insert on curation begin
            update observation set touched = 1 where id = new.id;
        end;
        create trigger curation_steps_back after delete on curation begin
            update observation set touched = 0 where id = old.id;
        end;
        create trigger observation_is_known after insert on observation
            when exists (select 1 from curation where id = new.id)
            begin update observation set touched = 1 where id = new.id; end;

        create table delivery (   -- a session's own proof of what it received
            session_id integer not null references session(id) on delete cascade,
            record_id integer not null references record(id) on delete cascade,
            export text not null,                   -- export id, '' for foreign text
            at integer not null,
            items text not null default '[]',       -- memory ids in it
            primary key (session_id, record_id)
        ) without rowid;

        {SEARCH}
        create table meta (key text primary key, value text not null) without rowid;

        -- Casts: SQLite merges the two ordered halves through their indexes only
        -- where both give every column the same affinity.
        create view memory as
            select c.id, c.session_id, c.project_id, c.type, c.title, c.body, c.at,
                c.trust, c.rule, c.confidence, c.facts, c.tags, c.files, c.evidence,
                c.branch, c.state, c.pinned, c.pin_order, c.excluded,
                c.superseded_by, c.review_by, c.scope, c.confirmed_at, c.acted_at,
                c.agent as frozen_agent, c.session as frozen_session
            from curation c
            union all
            select o.id, o.session_id, o.project_id, o.type, o.title, o.body, o.at,
                o.trust, o.rule, o.confidence, o.facts, o.tags, o.files, o.evidence,
                o.branch, cast('candidate' as text), cast(0 as integer),
                cast(null as integer), cast(0 as integer), cast('' as text),
                cast(null as integer), cast('project' as text),
                cast(null as integer), cast(null as integer),
                cast('' as text), cast('' as text)
            from observation o where o.touched = 0;
        """,  # noqa: S608 - what goes in is a constant above
    )


def _run(db: Database, script: str) -> None:
    """Each statement of a script, a line at a time.

    ``db.executescript`` looks for their ends a character at a time, which takes
    three times as long as all else that a first start does to the store.
    """
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            db.execute(statement)
            statement = ""
    if statement.strip():
        raise ValueError(f"no whole statement: {statement.strip()}")
