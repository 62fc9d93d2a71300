"""What a sync writes: records, their sessions and lines, candidates, checkpoints."""
