-- What each person did in each project on each day (UTC), and which states the tasks of a project gained and lost on each day:
-- sums over task_events up to the position in statistics_feed, written in one transaction with it.

create table statistics_days (
  project_id integer not null,
  user_id bigint not null,
  day date not null,
  mapped integer not null,
  bad_imagery integer not null,
  validated integer not null,
  invalidated integer not null,
  sent_back integer not null,
  undone integer not null,
  mapping_ms bigint not null,
  validation_ms bigint not null,
  primary key (project_id, user_id, day)
);
create index statistics_days_by_user on statistics_days (user_id, day);
create index statistics_days_by_day on statistics_days (day);

create table statistics_states (
  project_id integer not null,
  day date not null,
  state smallint not null,
  count integer not null,
  -- The first event of that day that is counted here.
  first_position bigint not null,
  primary key (project_id, day, state)
);

-- The last event that is counted.
create table statistics_feed (
  only_row boolean primary key default true check (only_row),
  position bigint not null
);
insert into statistics_feed values (true, 0);

-- Mapping that was sent back (state 4 is INVALIDATED), and what somebody submitted, in all projects.
create index task_events_sent_back on task_events (before_mapped_by, commit_time)
  where to_state = 4 and from_state <> 4;
create index submissions_of_user on submissions (user_id, create_time);
