-- Every table leads with project_id in its primary key, so that all of them can be distributed by it unchanged. The slots
-- per person are the one exception: how many locks somebody holds is asked across projects.

-- One row per project that was cut into tasks.
create table task_sets (
  project_id integer primary key,
  task_count integer not null,
  revision bigint not null
);

-- What changes about a task. Its ground, which does not, stands apart, so that a lock writes a short row.
create table tasks (
  project_id integer not null,
  task_id integer not null,
  state smallint not null,
  mapped_by bigint not null default 0,
  validated_by bigint not null default 0,
  submission_count integer not null default 0,
  -- The last lock. It holds while lock_expire_time lies ahead; a released lock is null.
  lock_holder bigint,
  lock_purpose smallint,
  lock_token bigint,
  lock_time timestamptz,
  lock_expire_time timestamptz,
  create_time timestamptz not null,
  update_time timestamptz not null,
  revision bigint not null,
  primary key (project_id, task_id)
) with (fillfactor = 80);

create table task_areas (
  project_id integer not null,
  task_id integer not null,
  zoom smallint,
  x integer,
  y integer,
  -- A tessera.geo.v1.MultiPolygon in binary.
  area bytea not null,
  west double precision not null,
  south double precision not null,
  east double precision not null,
  north double precision not null,
  primary key (project_id, task_id)
);

create table submissions (
  project_id integer not null,
  task_id integer not null,
  submission_id integer not null,
  user_id bigint not null,
  outcome smallint not null,
  comment text not null,
  lock_token bigint not null,
  create_time timestamptz not null,
  primary key (project_id, task_id, submission_id)
);

-- How many locks a person may hold: a lock for a purpose needs a slot, and the primary key hands each slot out once.
create table lock_slots (
  holder bigint not null,
  purpose smallint not null,
  slot smallint not null,
  project_id integer not null,
  task_id integer not null,
  token bigint not null,
  expire_time timestamptz not null,
  primary key (holder, purpose, slot)
) with (fillfactor = 80);

-- The history of each task, and the feed of all. An event gets its position after it was committed, from the one
-- sequencer: a position that was given before could be passed by a reader while its transaction was still under way.
create table task_events (
  project_id integer not null,
  task_id integer not null,
  revision bigint not null,
  kind smallint not null,
  actor bigint not null,
  event_time timestamptz not null,
  commit_time timestamptz not null,
  from_state smallint not null default 0,
  to_state smallint not null default 0,
  lock_holder bigint,
  lock_purpose smallint,
  lock_token bigint,
  lock_time timestamptz,
  lock_expire_time timestamptz,
  submission_id integer not null default 0,
  task_count integer not null default 0,
  position bigint,
  primary key (project_id, task_id, revision)
);
create index task_events_to_be_stamped on task_events (commit_time) where position is null;
create index task_events_by_position on task_events (position) where position is not null;
create index task_events_by_project on task_events (project_id, position) where position is not null;

-- The last position that was given. Whoever holds this row is the sequencer.
create table feed_head (
  feed text primary key,
  position bigint not null
);
insert into feed_head values ('task_events', 0);

create table remembered_requests (
  project_id integer not null,
  caller text not null,
  request_id text not null,
  digest bytea not null,
  name text not null,
  revision bigint not null,
  commit_time timestamptz not null,
  response bytea not null,
  primary key (project_id, caller, request_id)
);
create index remembered_requests_by_time on remembered_requests (commit_time);
