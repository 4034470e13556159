-- Who may act in the system, and how each of them is known to an identity provider.
create table users (
  user_id bigint primary key generated always as identity,
  identity_provider text not null,
  -- What the identity provider calls this person for ever.
  subject text not null,
  name text not null,
  -- The numbers of tessera.auth.v1.SystemRole and MappingLevel.
  system_role smallint not null,
  mapping_level smallint not null,
  revision bigint not null default 1,
  unique (identity_provider, subject)
);

-- The keys that sign access tokens. The first is generation 1: two replicas that start at once make one key.
create table signing_keys (
  kid text primary key,
  generation integer not null unique,
  public_jwk jsonb not null,
  -- The private key, encrypted with KEY_ENCRYPTION_SECRET.
  sealed_private_jwk bytea not null,
  create_time timestamptz not null
);

-- One sign-in of one person. The access token is not stored: these columns and the key make the same one again.
create table sessions (
  session_id uuid primary key,
  user_id bigint not null references users,
  token_id uuid not null,
  kid text not null references signing_keys,
  create_time timestamptz not null,
  expire_time timestamptz not null
);

create index sessions_by_user on sessions (user_id);

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

create index remembered_requests_by_age on remembered_requests (commit_time);
