-- A project's area may change after its tasks were made: which tasks lie outside of it. All columns have defaults, so that the
-- code of before goes on beside it.

alter table tasks add column outside boolean not null default false;
create index tasks_outside on tasks (project_id, task_id) where outside;

alter table task_sets
  -- The revision of the project whose area the tasks were fitted to last. A fitting to an earlier one stops.
  add column fitted_revision bigint not null default 0;

alter table operations
  -- The revision of the project that had `area`; 0 where that does not matter.
  add column area_revision bigint not null default 0,
  -- How many units became what.
  add column outcomes jsonb not null default '{}';

-- How far the feed of projects is followed for areas that were changed, and which replica does it until when.
create table area_feed (
  only_row boolean primary key default true check (only_row),
  position text not null default '',
  holder uuid,
  expire_time timestamptz not null default '-infinity'
);

insert into area_feed default values;
