-- What a person said about projects and the names of sessions, beside what ingest
-- found. Their tables come before what is read: a rebuild asks them.

alter table session add column said_title text not null default '';
                              -- as the transcripts have it; title is what is shown
alter table session add column said_rank integer not null default 0;
update session set said_title = title, said_rank = title_rank;
create table session_name (
    id text primary key,                    -- native id
    title text not null,
    acted_at integer not null
) without rowid;

alter table project add column first_commit text;
                              -- that its history began with; '' none, null not looked
create table project_joined ( -- merged: what is found to be id belongs to joined
    id integer primary key references project(id) on delete cascade,
    joined integer not null references project(id) on delete cascade,
    last_session integer not null,          -- none above it was there then
    acted_at integer not null
);
create table project_alias (  -- other names it is asked for by
    id text primary key collate nocase,
    project_id integer not null references project(id) on delete cascade,
    acted_at integer not null
) without rowid;
create table project_apart (  -- looked alike, and are not one
    id text primary key,                    -- both UUIDs, the smaller one first
    acted_at integer not null
) without rowid;
