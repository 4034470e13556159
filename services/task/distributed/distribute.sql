-- Distributes the tables of the task service over the servers of a Citus cluster. Run it on the coordinator, when the migrations
-- have run. What is distributed already stays as it is, so it may be run again. See docs/scaling.md.

-- All that belongs to a project is on one server: commands and reads of a project go to that server alone.
select create_distributed_table('tasks', 'project_id')
  where not exists (select from pg_dist_partition where logicalrelid = 'tasks'::regclass);
select create_distributed_table(name::regclass, 'project_id', colocate_with => 'tasks')
  from unnest(array['task_sets', 'task_areas', 'task_events', 'submissions', 'comments', 'reports', 'operations',
    'remembered_requests', 'unread_areas']) as name
  where not exists (select from pg_dist_partition where logicalrelid = name::regclass);

-- How many locks a person holds, and how much a person wrote, counts across projects: these are where the person is.
select create_distributed_table('lock_slots', 'holder', colocate_with => 'none')
  where not exists (select from pg_dist_partition where logicalrelid = 'lock_slots'::regclass);
select create_distributed_table('person_rates', 'user_id', colocate_with => 'lock_slots')
  where not exists (select from pg_dist_partition where logicalrelid = 'person_rates'::regclass);

-- feed_head, area_feed and schema_migrations have a few rows each and stay on the coordinator, as do the sums of statistics_days,
-- statistics_states and statistics_feed.

-- The write of commands runs where their project is.
select create_distributed_function('write_rows(integer, jsonb, integer[], boolean)', 'p_project',
  colocate_with => 'tasks', force_delegation => true);
select create_distributed_function('spend_rate(bigint, text, interval, interval)', 'p_user',
  colocate_with => 'person_rates', force_delegation => true);

-- Types that were made before are brought to all servers, as what a distributed function depends on.
create or replace function types_of_rows(request_write[], task_write[], event_write[], submission_write[], comment_write[],
  report_write[], slot_write[], wanted_row[]) returns void language sql as 'select';
select create_distributed_function(oid::regprocedure) from pg_proc where proname = 'types_of_rows';
