-- all that a sweep compares files with, apart from the parsers' memories
create index transcript_swept on transcript(
    agent, reader_version, gone_at, quarantined, tail,
    path, inode, size, mtime_ns, offset);
