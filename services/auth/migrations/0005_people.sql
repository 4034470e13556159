-- What a user is: the number of tessera.auth.v1.UserKind.
alter table users add column kind smallint not null default 1;
