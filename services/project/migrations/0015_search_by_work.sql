-- By what lists of projects are found and sorted beside what they say of themselves: their work, and where they come from.
alter table project_search
  add column is_featured boolean not null default false,
  -- Where it was imported from; empty for nowhere.
  add column source text not null default '',
  add column external_id text not null default '',
  -- How many tasks are to be mapped and to be validated, as the task service's feed tells.
  add column to_map integer not null default 0,
  add column to_validate integer not null default 0,
  -- How much is validated, in hundredths of a percent; -1 where there are no tasks.
  add column validated smallint not null default -1,
  -- When somebody last worked on a task. 1970 for never.
  add column activity_time timestamptz not null default 'epoch';

create or replace function index_project() returns trigger language plpgsql as $$
declare
  called text := new.name || ' ' || coalesce(
    (select string_agg(it ->> 'name', ' ') from jsonb_array_elements(new.translations) as it), '');
  tags text := array_to_string(new.campaigns || new.interests || new.hashtags, ' ');
  told text := new.short_description || ' ' || coalesce(
    (select string_agg(coalesce(it ->> 'shortDescription', it ->> 'short_description'), ' ')
      from jsonb_array_elements(new.translations) as it), '');
begin
  insert into project_search (project_id, status, is_private, author_user_id, organisation_id, priority, difficulty,
    mapping_types, campaigns, interests, countries, west, south, east, north, create_time, update_time, due_time,
    sort_name, words, is_featured, source, external_id)
  values (new.project_id, new.status, new.is_private, new.author_user_id, new.organisation_id, new.priority,
    new.difficulty, new.mapping_types, new.campaigns, new.interests, new.countries, new.west, new.south, new.east,
    new.north, new.create_time, new.update_time, coalesce(new.due_time, '2250-01-01'),
    left(search_fold(new.name), 60),
    search_vector(new.name || ' ' || new.project_id, 'A') || search_vector(called || ' ' || tags, 'B')
      || search_vector(told, 'C'), new.is_featured, new.source, new.external_id)
  on conflict (project_id) do update set status = excluded.status, is_private = excluded.is_private,
    author_user_id = excluded.author_user_id, organisation_id = excluded.organisation_id,
    priority = excluded.priority, difficulty = excluded.difficulty, mapping_types = excluded.mapping_types,
    campaigns = excluded.campaigns, interests = excluded.interests, countries = excluded.countries,
    west = excluded.west, south = excluded.south, east = excluded.east, north = excluded.north,
    create_time = excluded.create_time, update_time = excluded.update_time, due_time = excluded.due_time,
    sort_name = excluded.sort_name, words = excluded.words, is_featured = excluded.is_featured,
    source = excluded.source, external_id = excluded.external_id;
  -- In order, so that two who write the same words wait for each other and not in a circle.
  insert into search_lexicon
  select distinct word from unnest(search_words(search_fold(left(called || ' ' || tags, 20000)))) as word
  where length(word) between 4 and 40 and word !~ '[0-9]'
  order by word
  on conflict do nothing;
  return null;
end
$$;

update project_search s set is_featured = p.is_featured, source = p.source, external_id = p.external_id
from projects p where p.project_id = s.project_id;
update project_search s set to_map = tasks_total - tasks_mapped - tasks_validated - tasks_bad_imagery,
  to_validate = tasks_mapped, activity_time = coalesce(last_activity_time, 'epoch'),
  validated = case when tasks_total = 0 then -1 when tasks_total = tasks_bad_imagery then 0
    else round(10000.0 * tasks_validated / (tasks_total - tasks_bad_imagery)) end
from project_progress p where p.project_id = s.project_id;

create index project_search_by_activity on project_search (activity_time, project_id);
create index project_search_by_validated on project_search (validated, project_id);
create index project_search_by_source on project_search (source, external_id) where source <> '';
create index project_search_featured on project_search (project_id) where is_featured;
