-- Sign-ins under way: somebody has left for the identity provider and is not back yet. Taken once, by deleting the row.
create table sign_ins (
  -- SHA-256 of the state that travels through the identity provider. What proves us to it (PKCE, nonce) is made of the
  -- state by a key of the server, and stored nowhere.
  state_hash bytea primary key,
  -- SHA-256 of the cookie of the browser in which it began.
  browser_hash bytea not null,
  client_id text not null,
  redirect_uri text not null,
  -- The client's own state and PKCE challenge (S256).
  client_state text not null,
  code_challenge text not null,
  scopes text[] not null,
  expire_time timestamptz not null
);

create index sign_ins_by_expiry on sign_ins (expire_time);

-- What a client exchanges for a session, once.
create table authorization_codes (
  code_hash bytea primary key,
  user_id bigint not null references users,
  client_id text not null,
  redirect_uri text not null,
  code_challenge text not null,
  scopes text[] not null,
  expire_time timestamptz not null,
  -- When it was presented; what is presented again afterwards was stolen.
  use_time timestamptz,
  -- The session that was made with it.
  session_id uuid
);

create index authorization_codes_by_expiry on authorization_codes (expire_time);

-- What was spent of the limits that hold across replicas, as npm rate-limiter-flexible keeps it.
create table spent_limits (
  key text primary key,
  points integer not null default 0,
  -- In milliseconds since the epoch.
  expire bigint
);

create index spent_limits_by_expiry on spent_limits (expire);
