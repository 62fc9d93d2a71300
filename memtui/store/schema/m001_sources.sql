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
