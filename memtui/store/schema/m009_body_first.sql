drop table fts;
create virtual table fts using fts5 (   -- first what has most words: see docs.py
    body, title, context, ident,
    content='', tokenize='porter unicode61 remove_diacritics 2'
);
