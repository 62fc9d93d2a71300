-- what was decided and is not in the trash: a full trash slows no timeline
create index curation_open on curation(at desc, id desc) where state <> 'pruned';
