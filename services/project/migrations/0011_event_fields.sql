-- `fields` of an event has the names of the contract, in alphabetical order.
update project_events
set fields = (
  select array_agg(name order by name collate "C")
  from unnest(array_replace(array_replace(fields, 'is_private', 'private'), 'is_featured', 'featured')) as name)
where fields && array['is_private', 'is_featured'];
