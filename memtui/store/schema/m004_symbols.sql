create table named_symbol (  -- a name of code that a memory and its files once held
    memory text not null,
    symbol text not null,
    gone_at integer,                        -- first sync that missed it; null: there
    primary key (memory, symbol)
) without rowid;
