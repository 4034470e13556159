-- What a session is good for, and how it goes on. No token is stored, nor a hash of one: these columns, the salt and keys
-- that are not in this database make the same tokens again.
alter table sessions
  drop column token_id,
  drop column kid,
  add column client_id text not null default 'tessera-development',
  add column scopes text[] not null default '{}',
  add column revision bigint not null default 1,
  -- Which refresh token of the session is the newest, counted from 0.
  add column generation integer not null default 0,
  -- Null for a session that cannot be refreshed.
  add column refresh_salt bytea,
  -- When the newest tokens were made.
  add column issue_time timestamptz not null default clock_timestamp(),
  -- Until when the newest refresh token is taken, and until when any is.
  add column refresh_expire_time timestamptz,
  add column last_expire_time timestamptz not null default clock_timestamp(),
  add column end_time timestamptz;

drop index sessions_by_user;
create index sessions_by_user on sessions (user_id, create_time desc, session_id);
create index sessions_by_last_expiry on sessions (last_expire_time);
create index sessions_by_end on sessions (end_time) where end_time is not null;

-- A key signs from `activate_time` until the next one does, and is published from its making until no token of it lives.
alter table signing_keys
  add column activate_time timestamptz not null default clock_timestamp(),
  add column revoke_time timestamptz,
  add column revision bigint not null default 1;

-- A program with an identity of its own. It is a user too, so that teams, roles and blocks apply to it.
create table service_accounts (
  user_id bigint primary key references users,
  client_id text not null unique,
  description text not null default '',
  scopes text[] not null,
  -- Whether it may ask for tokens on behalf of people.
  may_act boolean not null default false,
  -- Named by the deployment's settings, and changed only there.
  is_deployed boolean not null default false,
  delete_time timestamptz,
  revision bigint not null default 1,
  create_time timestamptz not null,
  update_time timestamptz not null
);

create table service_account_keys (
  user_id bigint not null references service_accounts,
  -- The thumbprint of the key (RFC 7638).
  kid text not null,
  public_jwk jsonb not null,
  create_time timestamptz not null,
  primary key (user_id, kid)
);

-- Assertions that were taken; each is good once.
create table used_assertions (
  user_id bigint not null,
  -- SHA-256 of the claim `jti`.
  jti_hash bytea not null,
  expire_time timestamptz not null,
  primary key (user_id, jti_hash)
);

create index used_assertions_by_expiry on used_assertions (expire_time);

create table personal_access_tokens (
  token_id text primary key,
  user_id bigint not null references users,
  name text not null,
  token_hash bytea not null,
  scopes text[] not null,
  -- The session that the tokens made from it belong to.
  session_id uuid not null references sessions,
  create_time timestamptz not null,
  expire_time timestamptz not null,
  last_use_time timestamptz,
  revoke_time timestamptz,
  revision bigint not null default 1
);

create index personal_access_tokens_by_user on personal_access_tokens (user_id, create_time desc, token_id);
create index personal_access_tokens_by_session on personal_access_tokens (session_id);
create index personal_access_tokens_by_expiry on personal_access_tokens (expire_time);
