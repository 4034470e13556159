-- A plan that is made while a table is empty reads it whole, as one page costs less than an index, and sessions keep such a
-- plan while the table grows. These tables are read by key all the time: they keep some pages, so that an index is cheaper
-- from the beginning, whatever the statistics say.
alter table tasks set (vacuum_truncate = false);
alter table task_areas set (vacuum_truncate = false);
alter table task_events set (vacuum_truncate = false);
alter table lock_slots set (vacuum_truncate = false);
alter table remembered_requests set (vacuum_truncate = false);

insert into tasks (project_id, task_id, state, create_time, update_time, revision)
  select -1, place, 1, now(), now(), 1 from generate_series(1, 1500) as place;
delete from tasks where project_id = -1;
insert into task_areas (project_id, task_id, area, west, south, east, north, cell)
  select -1, place, sha512(place::text::bytea), 0, 0, 0, 0, 0 from generate_series(1, 1500) as place;
delete from task_areas where project_id = -1;
insert into task_events (project_id, task_id, revision, kind, actor, event_time, commit_time, position)
  select -1, place, 1, 0, 0, now(), now(), 0 from generate_series(1, 1500) as place;
delete from task_events where project_id = -1;
insert into lock_slots (holder, purpose, slot, project_id, task_id, token, expire_time)
  select -1, 0, place, -1, 0, 0, now() from generate_series(1, 3000) as place;
delete from lock_slots where holder = -1;
insert into remembered_requests (project_id, caller, request_id, digest, name, revision, commit_time, response)
  select -1, '', place, sha256(''), '', 0, now(), sha256('') from generate_series(1, 1500) as place;
delete from remembered_requests where project_id = -1;

-- While a table is taken to be empty, all of its indexes cost the same, and the planner takes the one that was made last: let
-- that be the key. By the others, a task would be looked for among all of its project, and a slot among all locks.
create unique index tasks_by_key on tasks (project_id, task_id);
alter table tasks drop constraint tasks_pkey, add constraint tasks_pkey primary key using index tasks_by_key;
create unique index task_areas_by_key on task_areas (project_id, task_id);
alter table task_areas drop constraint task_areas_pkey,
  add constraint task_areas_pkey primary key using index task_areas_by_key;
create unique index task_events_by_key on task_events (project_id, task_id, revision);
alter table task_events drop constraint task_events_pkey,
  add constraint task_events_pkey primary key using index task_events_by_key;
create unique index lock_slots_by_key on lock_slots (holder, purpose, slot);
alter table lock_slots drop constraint lock_slots_pkey,
  add constraint lock_slots_pkey primary key using index lock_slots_by_key;
create unique index remembered_requests_by_key on remembered_requests (project_id, caller, request_id);
alter table remembered_requests drop constraint remembered_requests_pkey,
  add constraint remembered_requests_pkey primary key using index remembered_requests_by_key;
