-- What came of a memory in the sessions that were told it, as their records show.
-- Derived: it never changes what a person decided, nor the age of a memory.

create table feedback (
    session_id integer not null references session(id) on delete cascade,
    memory text not null,
    at integer not null,                    -- when the session was told
    looked_up integer not null default 0,   -- 1: asked for by its id
    touched integer not null default 0,     -- 1: a file of it was read or changed
    reused integer not null default 0,      -- 1: its words were used
    primary key (session_id, memory)
) without rowid;
create index feedback_memory on feedback(memory);
create table feedback_seen (  -- how far a told session was looked through
    session_id integer primary key references session(id) on delete cascade,
    seq integer not null,
    records integer not null
);
