-- which sessions a project's candidates come from: not only its own
create index observation_said on observation(project_id, session_id);
