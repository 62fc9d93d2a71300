-- rows of the index that are masked, counted without going through all others
create index doc_masked on doc(id) where live = 0;
