-- The history of each project, and the feed of all. An event gets its position after it was committed, from the one
-- sequencer: a position that was given before could be passed by a reader while its transaction was still under way.
create table project_events (
  project_id integer not null,
  -- The project's, after the event.
  revision bigint not null,
  -- The number of ProjectEventKind.
  kind smallint not null,
  -- A user of the auth service; 0 for nobody.
  actor bigint not null,
  event_time timestamptz not null,
  -- The names of the contract's fields.
  fields text[] not null,
  access_changed boolean not null,
  -- Whether everybody could see the project after the event, or, where it deleted the project, before it.
  was_public boolean not null,
  commit_time timestamptz not null default clock_timestamp(),
  position bigint,
  primary key (project_id, revision)
);
create index project_events_to_be_stamped on project_events (commit_time) where position is null;
create index project_events_by_position on project_events (position) where position is not null;
create index project_events_by_project on project_events (project_id, position) where position is not null;

-- The last position that was given. Whoever holds this row is the sequencer.
create table feed_head (
  feed text primary key,
  position bigint not null
);
insert into feed_head values ('project_events', 0);

-- How far the work in each project is, folded from the feed of the task service.
create table project_progress (
  project_id integer primary key,
  tasks_total integer not null default 0,
  tasks_mapped integer not null default 0,
  tasks_validated integer not null default 0,
  tasks_bad_imagery integer not null default 0,
  last_activity_time timestamptz
);

-- How far the feed of tasks is folded, and which replica does it until when.
create table progress_feed (
  only_row boolean primary key default true check (only_row),
  position text not null default '',
  holder uuid,
  expire_time timestamptz not null default '-infinity'
);
insert into progress_feed default values;
