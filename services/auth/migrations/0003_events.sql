-- Every sign-in and every change of who may do what, as it happened: the audit log and the feed are this one table. A
-- row is never changed, but for its place, which it gets after its commit.
create table events (
  event_id uuid primary key default gen_random_uuid(),
  -- The number of tessera.auth.v1.AuthEventKind.
  kind smallint not null,
  -- Who did it; 0 for nobody signed in, and for what the service does by itself.
  actor bigint not null,
  -- The client of the actor's token; empty without one.
  client_id text not null default '',
  -- Whom and what it concerns; 0 for none.
  user_id bigint not null default 0,
  organisation_id integer not null default 0,
  team_id integer not null default 0,
  -- What changed, by field name. Never a secret.
  details jsonb not null default '{}',
  commit_time timestamptz not null default clock_timestamp(),
  -- The place in the feed and in the chain: each hash covers the row and the hash before it.
  position bigint unique,
  hash bytea
);

create index events_without_position on events (commit_time) where position is null;
create index events_by_user on events (user_id, position) where user_id > 0;
create index events_by_actor on events (actor, position) where actor > 0;
create index events_by_organisation on events (organisation_id, position) where organisation_id > 0;
create index events_by_team on events (team_id, position) where team_id > 0;

create table feed_head (
  feed text primary key,
  position bigint not null
);

insert into feed_head (feed, position) values ('events', 0);
