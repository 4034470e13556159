-- The version of a project's tasks (version-store.ts) reads the events of one project that have no position yet, and the last
-- assignment that has expired.
drop index task_events_to_be_stamped;
create index task_events_to_be_stamped on task_events (project_id, commit_time) where position is null;
create index tasks_by_assignment_end on tasks (project_id, assigned_until) where assigned_to <> 0;
