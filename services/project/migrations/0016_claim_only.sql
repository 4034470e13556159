-- Whether mappers take the task that is chosen for them.
alter table projects add column claim_only boolean not null default false;
