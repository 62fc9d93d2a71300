create table observation (
    {frozen},
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
    {frozen},
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
