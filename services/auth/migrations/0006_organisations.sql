create table organisations (
  organisation_id integer primary key generated always as identity,
  name text not null,
  -- The name as it is compared: without case, invisible characters and spaces more than one.
  name_key text not null unique,
  slug text not null unique,
  description text not null,
  url text not null,
  logo_url text not null,
  create_time timestamptz not null,
  update_time timestamptz not null,
  revision bigint not null default 1
);

create table organisation_managers (
  organisation_id integer not null references organisations on delete cascade,
  user_id bigint not null references users,
  create_time timestamptz not null,
  primary key (organisation_id, user_id)
);

create index organisation_managers_by_user on organisation_managers (user_id, organisation_id);

create table teams (
  team_id integer primary key generated always as identity,
  organisation_id integer not null references organisations,
  name text not null,
  name_key text not null,
  description text not null,
  -- The numbers of tessera.auth.v1.TeamVisibility, JoinMethod and TeamPurpose.
  visibility smallint not null,
  join_method smallint not null,
  purposes smallint[] not null,
  create_time timestamptz not null,
  update_time timestamptz not null,
  revision bigint not null default 1,
  unique (organisation_id, name_key)
);

create table team_members (
  team_id integer not null references teams on delete cascade,
  user_id bigint not null references users,
  -- The number of tessera.auth.v1.MemberFunction.
  function smallint not null,
  create_time timestamptz not null,
  revision bigint not null default 1,
  primary key (team_id, user_id)
);

create index team_members_by_user on team_members (user_id, team_id);
create index team_managers on team_members (team_id) where function = 2;

-- How often it changed what somebody belongs to. It has a row of its own, as a user's row is locked by who changes the user.
create table membership_versions (
  user_id bigint primary key,
  version bigint not null
);

create table join_requests (
  join_request_id bigint primary key generated always as identity,
  team_id integer not null references teams on delete cascade,
  user_id bigint not null references users,
  message text not null,
  -- The number of tessera.auth.v1.JoinRequestState.
  state smallint not null,
  decided_by bigint not null default 0,
  decision_message text not null default '',
  create_time timestamptz not null,
  update_time timestamptz not null,
  revision bigint not null default 1
);

create index join_requests_by_team on join_requests (team_id, join_request_id);
create index join_requests_by_user on join_requests (user_id);
-- Of one person and team at most one is open.
create unique index join_requests_open on join_requests (team_id, user_id) where state = 1;
create index join_requests_closed on join_requests (update_time) where state <> 1;

create table invitations (
  invitation_id bigint primary key generated always as identity,
  team_id integer not null references teams on delete cascade,
  -- Who is invited; null for whoever brings the token.
  user_id bigint references users,
  -- SHA-256 of the token; null where somebody is named.
  token_hash bytea unique,
  message text not null,
  -- The number of tessera.auth.v1.InvitationState. One that is stored as OPEN is EXPIRED from expire_time on.
  state smallint not null,
  invited_by bigint not null,
  accepted_by bigint not null default 0,
  create_time timestamptz not null,
  expire_time timestamptz not null,
  update_time timestamptz not null,
  revision bigint not null default 1,
  check ((user_id is null) <> (token_hash is null))
);

create index invitations_by_team on invitations (team_id, invitation_id);
create index invitations_by_user on invitations (user_id, invitation_id);
create index invitations_open on invitations (expire_time) where state = 1;
create index invitations_closed on invitations (update_time) where state <> 1;
