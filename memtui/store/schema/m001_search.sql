create table doc (        -- one full text row; rowid = doc.id, see docs.py
    id integer primary key,
    memory text,                            -- memory id, or
    record_id integer references record(id) on delete set null,
    session_id integer references session(id) on delete set null,
    at integer not null default 0,
    live integer not null default 1         -- 0: masked, its text was replaced
);                        -- never deleted: no rowid of fts may come back
create index doc_memory on doc(memory) where memory is not null;
create index doc_record on doc(record_id) where record_id is not null;
create index doc_session on doc(session_id) where session_id is not null;
create virtual table fts using fts5 (
    title, body, context, ident,
    content='', tokenize='porter unicode61 remove_diacritics 2'
);

create table term (       -- words as written, for search while typing
    surface text primary key,
    stem text not null,                     -- what the index holds for it
    df integer not null                     -- rows it was seen in
) without rowid;

create table alike_word (  -- the later met, the rarer: see alike.py
    id integer primary key,
    word text not null unique
);
create table alike (      -- the word sets of a memory, kept with its doc
    id integer primary key,
    memory text not null,
    facet integer not null,                 -- 0: all it says, 1: its subject
    project_id integer not null,            -- 0: none
    words blob not null,                    -- ids, uint32, the rarest first
    unique (memory, facet)
);
create table alike_place (  -- the rarest words of each set
    project_id integer not null,
    facet integer not null,
    word_id integer not null,
    size integer not null,
    place integer not null,
    set_id integer not null,
    primary key (project_id, facet, word_id, size, place, set_id)
) without rowid;
create table proposal (   -- found by ingest, decided by a person
    kind text not null,                     -- duplicate, supersede, revision
    memory text not null,                   -- what stands
    other text not null,                    -- the later one, beside or for it
    project_id integer not null,            -- 0: none
    at integer not null,                    -- of the later one
    share real not null,                    -- Jaccard of the words
    why text not null,
    primary key (memory, other)
) without rowid;
create index proposal_other on proposal(other);
create index proposal_at on proposal(project_id, at desc, memory, other);
create table gone_file (  -- a file that a memory names and that is no more
    memory text not null,
    path text not null,
    noticed_at integer not null,
    primary key (memory, path)
) without rowid;
create table commit_told (  -- a commit as a tool's output told it
    agent text not null,
    native_id text not null,                -- the record that made it
    told text not null,                     -- its abbreviated hash
    sha text not null default '',           -- the object; '': not there
    subject text not null default '',
    session_id integer not null references session(id) on delete cascade,
    primary key (agent, native_id, told)
) without rowid;
create index commit_told_session on commit_told(session_id, sha);
