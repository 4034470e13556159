-- Tokens that say less than this in `ver` are refused: a block or a sign-out everywhere raises it.
alter table users add column token_version integer not null default 0;

-- What the tokens of a session say in `ver`: a token is made again from its session.
alter table sessions add column token_version integer not null default 0;
