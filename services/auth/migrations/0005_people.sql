-- Finds names that are written almost so. A trusted extension: whoever owns the database may make it.
create extension if not exists pg_trgm;

alter table users
  -- What a user is: the number of tessera.auth.v1.UserKind.
  add column kind smallint not null default 1,
  -- BCP 47, in the order of preference.
  add column languages text[] not null default '{}',
  add column description text not null default '',
  -- Whether the user is kept out, since when, by whom and why.
  add column blocked boolean not null default false,
  add column block_time timestamptz,
  add column block_actor bigint not null default 0,
  add column block_reason text not null default '',
  -- Of a user who was deleted only the number is left, for what history says of it.
  add column deleted boolean not null default false;

create index users_by_name on users using gin (lower(name) gin_trgm_ops) where not deleted;
create index users_by_role on users (system_role, user_id) where not deleted;
create index users_by_level on users (mapping_level, user_id) where not deleted;
create index users_blocked on users (user_id) where blocked and not deleted;

-- Which users were deleted, for the other services to do the same.
create table deletions (
  user_id bigint primary key references users,
  delete_time timestamptz not null,
  actor bigint not null,
  revision bigint not null default 1
);

-- Which service has done so, and when.
create table deletion_confirmations (
  user_id bigint not null references deletions,
  service text not null,
  confirm_time timestamptz not null,
  primary key (user_id, service)
);

-- What each person has mapped: tasks that were handed in as mapped, without those that were undone.
create table work_counts (
  user_id bigint primary key,
  mapped_tasks integer not null default 0,
  -- The highest level that the rule has given for it; it gives no level twice.
  level_given smallint not null default 1
);

-- What is known of a task that was worked on: enough to count each of its events once, and to tell what an undoing undid.
create table worked_tasks (
  project_id integer not null,
  task_id integer not null,
  -- Of the last event that was counted.
  revision bigint not null,
  -- For each change of state, the oldest first, who mapped the task by it; 0 for any other change.
  mappers bigint[] not null,
  change_time timestamptz not null,
  primary key (project_id, task_id)
);

create index worked_tasks_by_change on worked_tasks (change_time);

-- How far the feed of tasks is counted, and which replica does it until when.
create table work_feed (
  only_row boolean primary key default true check (only_row),
  position text not null default '',
  holder uuid,
  expire_time timestamptz not null default '-infinity'
);

insert into work_feed default values;

-- The chain of events: the hash of the last one that has its place.
alter table feed_head add column hash bytea not null default '\x';

-- Events up to here were forgotten after their time: what the oldest that is kept is chained to.
create table events_floor (
  only_row boolean primary key default true check (only_row),
  position bigint not null default 0,
  hash bytea not null default '\x'
);

insert into events_floor default values;

create index events_by_kind on events (kind, position);
create index events_by_time on events (commit_time);

-- Nobody changes what happened, and nobody takes it away: an event gets its place once, and goes when it lies below the
-- floor. Whoever gets around this (the owner of the database can) breaks the chain.
create function keep_events() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if old.position is null and new.position is not null and new.hash is not null
      and (to_jsonb(new) - 'position' - 'hash') = (to_jsonb(old) - 'position' - 'hash') then
      return new;
    end if;
  elsif tg_op = 'DELETE' then
    if old.position <= (select position from events_floor) then
      return old;
    end if;
  end if;
  raise exception 'events are appended, and neither changed nor removed' using errcode = 'insufficient_privilege';
end
$$;

create trigger events_are_kept before update or delete on events for each row execute function keep_events();
create trigger events_are_not_truncated before truncate on events for each statement execute function keep_events();
