-- How much of what a person may write in a time is used up: all that was written is paid for at `used_until`. Keyed by person,
-- as the limit holds across projects.
create table person_rates (
  user_id bigint not null,
  kind text not null,
  used_until timestamptz not null,
  primary key (user_id, kind)
) with (fillfactor = 80);
create index person_rates_by_time on person_rates (used_until);
