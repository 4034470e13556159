-- What managers, validators and sibling tools do: reservations, comments, reports, undo, splits, operations. All columns
-- have defaults, so that the code of before goes on beside it.

alter table task_sets
  -- The number given last; tasks that come from splits go on from it.
  add column last_task_id integer not null default 0,
  -- The widest and highest bounding box of its tasks, in degrees: how far beside a place a task that holds it may begin.
  add column widest_degrees double precision not null default 360;
update task_sets s set last_task_id = task_count,
  widest_degrees = (select coalesce(max(greatest(east - west, north - south)), 360) from task_areas a
    where a.project_id = s.project_id);

alter table tasks
  add column priority smallint not null default 0,
  add column parent_id integer not null default 0,
  -- The revision of the event that gave the task its state, and who did; 0 if it is as it was created. The event says
  -- which one did so before: that is what an undo follows.
  add column state_revision bigint not null default 0,
  add column state_by bigint not null default 0,
  -- For whom it is reserved. It holds while assigned_until lies ahead; 0 for nobody.
  add column assigned_to bigint not null default 0,
  add column assigned_until timestamptz,
  -- Whether the lock ran out and that is written down: it is kept, for whoever held it, until somebody takes the task.
  add column lock_ended boolean not null default false,
  add column comment_count integer not null default 0,
  add column report_count integer not null default 0;

-- Counting reads an index alone where vacuum came by lately.
alter table tasks set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

-- Lists by state and counts read only this; a lock changes none of its columns.
create index tasks_by_state on tasks (project_id, state, task_id);
create index tasks_by_priority on tasks (project_id, state, priority desc, task_id) where priority > 0;
create index tasks_by_mapper on tasks (project_id, mapped_by, task_id) where mapped_by <> 0;
create index tasks_by_validator on tasks (project_id, validated_by, task_id) where validated_by <> 0;
create index tasks_by_assignee on tasks (project_id, assigned_to, task_id) where assigned_to <> 0;
create index tasks_by_parent on tasks (project_id, parent_id) where parent_id <> 0;

alter table task_areas
  -- The cell, no smaller than the task, that holds the south-western corner of its bounding box: see cells.ts.
  add column cell bigint;
update task_areas set cell = level * 4503599627370496::bigint
    + floor((west + 180) * 2 ^ level / 360)::bigint * 67108864::bigint + floor((south + 90) * 2 ^ level / 360)::bigint
  from (select project_id as p, task_id as t,
      least(25, greatest(0, floor(log(2::numeric, (360 / (greatest(east - west, north - south, 0.00001) * 1.0001))::numeric))))::integer
        as level from task_areas) as leveled
  where project_id = p and task_id = t;
create index task_areas_by_cell on task_areas (cell);
create index task_areas_by_west on task_areas (project_id, west);

alter table submissions add column issues jsonb;
create index submissions_by_user on submissions (project_id, user_id, create_time);
create index submissions_by_time on submissions (project_id, create_time);

create index lock_slots_by_expiry on lock_slots (expire_time);
create index lock_slots_by_project on lock_slots (project_id, task_id);

alter table task_events
  add column assigned_to bigint not null default 0,
  add column comment_id integer not null default 0,
  add column report_id integer not null default 0,
  add column operation_id integer not null default 0,
  add column parent_id integer not null default 0,
  add column priority smallint not null default 0,
  -- For events that change the state: what stood before, so that it can stand again.
  add column before_state_revision bigint not null default 0,
  add column before_state_by bigint not null default 0,
  add column before_mapped_by bigint not null default 0,
  add column before_validated_by bigint not null default 0;
create index task_events_by_time on task_events (commit_time);

create table comments (
  project_id integer not null,
  task_id integer not null,
  comment_id integer not null,
  user_id bigint not null,
  text text not null,
  create_time timestamptz not null,
  primary key (project_id, task_id, comment_id)
);

create table reports (
  project_id integer not null,
  task_id integer not null,
  report_id integer not null,
  user_id bigint not null,
  longitude double precision not null,
  latitude double precision not null,
  category text not null,
  description text not null,
  source text not null,
  external_id text not null,
  invalidated boolean not null,
  create_time timestamptz not null,
  primary key (project_id, task_id, report_id)
);

-- Long work. Whoever has the lease does it; each part of it moves the cursor in the transaction of the part.
create table operations (
  project_id integer not null,
  operation_id integer not null,
  kind text not null,
  -- The request, in binary; with the area of interest where the work needs it.
  request bytea not null,
  area bytea,
  user_id bigint not null,
  state smallint not null,
  stage text not null default '',
  units_total integer not null default 0,
  units_done integer not null default 0,
  units_skipped integer not null default 0,
  skipped jsonb not null default '{}',
  -- The last task that was looked at.
  cursor_task_id integer not null default 0,
  -- The last task that there was when it began: what it makes itself, it does not look at.
  last_task_id integer not null default 0,
  error jsonb,
  result_name text not null default '',
  cancel_requested boolean not null default false,
  -- Whose turn it is, until when, and how often it was begun.
  lease uuid,
  lease_until timestamptz,
  attempts integer not null default 0,
  start_time timestamptz not null,
  update_time timestamptz not null,
  end_time timestamptz,
  revision bigint not null,
  primary key (project_id, operation_id)
);
create index operations_to_do on operations (lease_until) where end_time is null;
create index operations_done on operations (end_time) where end_time is not null;

-- Undo of what was handed in before this migration: each change of state is told which one came before it.
with turned as (
  select project_id, task_id, revision, actor, submission_id,
    lag(revision, 1, 0::bigint) over history as before_revision,
    lag(actor, 1, 0::bigint) over history as before_by,
    max(case when lock_purpose = 1 then revision end) over before_it as mapping_before,
    max(case when lock_purpose = 2 then revision end) over before_it as validation_before
  from task_events where kind = 6
  window history as (partition by project_id, task_id order by revision),
    before_it as (partition by project_id, task_id order by revision rows between unbounded preceding and 1 preceding)
), known as (
  select t.*, coalesce(m.actor, 0) as before_mapped_by, coalesce(v.actor, 0) as before_validated_by
  from turned t
  left join task_events m on m.project_id = t.project_id and m.task_id = t.task_id and m.revision = t.mapping_before
  left join task_events v on v.project_id = t.project_id and v.task_id = t.task_id and v.revision = t.validation_before
)
update task_events e set before_state_revision = k.before_revision, before_state_by = k.before_by,
    before_mapped_by = k.before_mapped_by, before_validated_by = k.before_validated_by
  from known k where e.project_id = k.project_id and e.task_id = k.task_id and e.revision = k.revision;
update tasks t set state_revision = e.revision, state_by = e.actor
  from (select distinct on (project_id, task_id) project_id, task_id, revision, actor from task_events where kind = 6
    order by project_id, task_id, revision desc) e
  where t.project_id = e.project_id and t.task_id = e.task_id;

-- Ends a statement whose command found only some of the slots that it needs: as if another transaction had won.
create function give_up() returns boolean language plpgsql as $$
begin
  raise exception 'some of the slots were taken' using errcode = 'serialization_failure';
end $$;

-- Moves the end of the slot of a lock, or, for null, frees it. A function, as its statements have nothing to join: where a
-- statement joined many locks with their slots, plans that were made while there were few slots read them all.
create function settle_slot(of_holder bigint, of_purpose smallint, of_token bigint, of_project integer,
  of_task integer, until timestamptz) returns boolean language plpgsql as $$
begin
  if until is null then
    delete from lock_slots where holder = of_holder and purpose = of_purpose
      and project_id = of_project and task_id = of_task and token = of_token;
  else
    update lock_slots set expire_time = until where holder = of_holder and purpose = of_purpose
      and project_id = of_project and task_id = of_task and token = of_token;
  end if;
  return found;
end $$;
