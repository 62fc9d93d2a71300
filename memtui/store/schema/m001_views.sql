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
