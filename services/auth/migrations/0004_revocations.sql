-- Tokens that are refused though they have not expired: of a session, of a person, or all that a key signed. Others are told of them by
-- WatchRevocations, in the order of `change_time` but for what commits late.
create table revocations (
  -- "session:0b7f…", "user:7" or "key:M1ym…".
  subject text primary key,
  session_id uuid,
  user_id bigint,
  kid text,
  token_version integer not null default 0,
  blocked boolean not null default false,
  -- From when on every token that it concerns has expired; null while a person is blocked.
  forget_time timestamptz,
  change_time timestamptz not null
);

create index revocations_by_change on revocations (change_time);
