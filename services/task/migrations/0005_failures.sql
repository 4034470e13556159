-- `attempts` counts how often an operation was begun, and a pause begins it again. What counts against it stands apart.
alter table operations
  -- How often it ended for no reason that the contract knows.
  add column failures integer not null default 0,
  -- How often the database interrupted it, or its process was not heard of again.
  add column interruptions integer not null default 0;

-- Projects whose area was changed and could not be read: each is asked for again, and none stands before others.
create table unread_areas (
  project_id integer primary key,
  -- Of the project, as the feed told of the change.
  revision bigint not null,
  tries integer not null default 0,
  next_time timestamptz not null
);
create index unread_areas_by_time on unread_areas (next_time);
