-- What other machines' bundles brought beside the memories themselves.

create table bundle_version (  -- a memory as it came, or as it was left: by which act
    id text not null,                       -- of the version
    memory text not null,
    entry integer not null,                 -- of the journal; it holds from there on
    at integer not null,
    past text not null default '[]',        -- ids of versions that it came from
    primary key (memory, entry)
) without rowid;
create table bundle_conflict ( -- a version that lost, and did not lead to the one here
    id text primary key,                    -- MEMORY:VERSION
    memory text not null,
    said text not null,                     -- JSON; null: nothing was left of it
    origin text not null,                   -- the machine that it is of
    at integer not null,
    settled_at integer not null default 0   -- when a person chose
) without rowid;
create index bundle_conflict_memory on bundle_conflict(memory);
