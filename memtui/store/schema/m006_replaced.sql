-- what a memory replaced, asked for each memory that is looked at
create index curation_replaced on curation(superseded_by) where superseded_by <> '';
