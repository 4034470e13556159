-- Which of the project's priority areas a task shares ground with, the first one; 0 for none. The areas stand in task_sets as
-- the last creation or reconciliation knew them: tasks that are made later are compared with those.
alter table tasks add column priority_area smallint not null default 0;
alter table task_sets add column priority_areas bytea;
alter table operations add column priority_areas bytea;
create index tasks_by_priority_area on tasks (project_id, state, priority_area, priority desc, task_id)
  where priority_area > 0;
