-- `fields` of an event has the names of the contract, in alphabetical order.
update project_events
set fields = (
  select array_agg(name order by name collate "C")
  from unnest(array_replace(fields, 'lock_seconds', 'lock_duration')) as name)
where 'lock_seconds' = any(fields);
