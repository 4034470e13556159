-- How far the feed of the auth service is followed for what projects refer to, and which replica follows it until when.
create table auth_feed (
  only_row boolean primary key default true check (only_row),
  position text not null default '',
  holder uuid,
  expire_time timestamptz not null default '-infinity'
);
insert into auth_feed default values;
