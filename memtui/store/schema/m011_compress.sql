create table compress_run (   -- one that a person asked for
    id integer primary key,
    at integer not null,
    state text not null,                    -- running, paused, done, cancelled
    why text not null default '',           -- of a pause, in words
    pass text not null,                     -- sessions, projects
    provider text not null,
    host text not null,
    model text not null,
    batch integer not null default 0,
    budget integer not null,                -- millionths of a dollar
    ended_at integer
);
create table compress_batch (  -- requests handed over together
    id integer primary key,
    run_id integer not null references compress_run(id) on delete cascade,
    at integer not null,
    remote text not null default '',        -- the endpoint's id, once it is known
    state text not null                     -- making, sent, ended
);
create table compress_item (   -- what is asked with one request
    id integer primary key,
    run_id integer not null references compress_run(id) on delete cascade,
    kind text not null,                     -- session, project
    subject text not null,                  -- native id of a session, UUID of a project
    agent text not null default '',
    session_id integer references session(id) on delete cascade,
    part integer not null,
    parts integer not null,
    digest text not null,                   -- of what is asked
    records integer not null default 0,     -- of the session, when it was planned
    state text not null,                    -- waiting, sent, done, failed, unknown
    tries integer not null default 0,
    batch_id integer references compress_batch(id) on delete set null,
    why text not null default ''
);
create index compress_item_run on compress_item(run_id, state);
create index compress_item_subject on compress_item(subject, agent);
create index compress_item_session on compress_item(session_id);
create table compress_request (  -- the ledger: a row before each request is sent
    id integer primary key,
    run_id integer references compress_run(id) on delete set null,
    item_id integer references compress_item(id) on delete set null,
    batch_id integer references compress_batch(id) on delete set null,
    at integer not null,
    ended_at integer,
    provider text not null,
    host text not null,
    model text not null,
    tokens_in integer not null default 0,
    tokens_out integer not null default 0,
    tokens_cached integer not null default 0,
    bound integer not null,                 -- what it can cost, in millionths
    cost integer,                           -- null: not known, counted as the bound
    outcome text not null default 'sent',
    why text not null default ''
);
create index compress_request_run on compress_request(run_id);
create index compress_request_item on compress_request(item_id);
create table model_proposal (  -- what a model proposes; nothing until it is accepted
    id text primary key,                    -- of the memory that it would be
    run_id integer references compress_run(id) on delete set null,
    kind text not null,                     -- new, summary, merge, supersede, promote
    session_id integer references session(id) on delete cascade,
    project_id integer references project(id) on delete cascade,
    agent text not null default '',
    session text not null default '',
    type text not null,
    title text not null,
    body text not null,
    at integer not null,
    model text not null,
    confidence real not null,
    facts text not null default '[]',
    tags text not null default '[]',
    files text not null default '[]',
    evidence text not null default '[]',
    branch text not null default '',
    instead text not null default '[]',     -- ids of memories that it would replace
    holds text not null default '',         -- one that is there, and would hold
    why text not null default '',
    proposed_at integer not null
);
create index model_proposal_project on model_proposal(project_id, proposed_at desc, id);
create index model_proposal_session on model_proposal(session_id);
create table model_decided (   -- accepted or rejected by a person
    id text primary key,
    accepted integer not null,
    acted_at integer not null
) without rowid;
