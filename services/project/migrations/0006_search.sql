-- A trusted extension: whoever owns the database may create it.
create extension if not exists pg_trgm;

-- Text without what writers of one word differ in: case, accents, vowel points, forms of a letter, invisible characters.
-- Signs that make another letter (vowels of Indic scripts, the marks of kana) stay.
create function search_fold(raw text) returns text
  language sql immutable strict parallel safe
  return normalize(
    replace(replace(replace(replace(
      translate(
        lower(regexp_replace(normalize(raw, nfkd),
          '[\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u093c\u09bc\u0a3c\u0abc\u0b3c\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff]',
          '', 'g')),
        'øłđðħıŧςىةکیھہ', 'olddhitσيهكيهه'),
      'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
    nfc);

-- The words of a folded text in their order, each of 60 characters at most. Scripts that put no spaces between words give
-- every two neighbouring characters, and the last one.
create function search_words(folded text) returns text[]
  language sql immutable strict parallel safe
  return (
    select coalesce(array_agg(piece.word order by run.place, piece.place), '{}')
    from regexp_matches(folded,
        '[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+'
        '|(?:(?![\u0964\u0965\u0970\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])[[:alnum:]\u0900-\u0dff])+',
        'g') with ordinality as run (found, place),
      lateral (
        select left(found[1], 60) as word, 1 as place
        where found[1] !~ '^[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]'
        union all
        select substr(found[1], at, 2), at
        from generate_series(1, length(found[1])) as at
        where found[1] ~ '^[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]'
      ) as piece);

-- The words of a text as they are looked up, each with the weight of where it stands. What follows the first 20,000
-- characters of a text is not looked at.
create function search_vector(raw text, weight "char") returns tsvector
  language sql immutable strict parallel safe
  return (
    select coalesce(setweight(string_agg('''' || word || ''':' || place, ' ')::tsvector, weight), '')
    from unnest(search_words(search_fold(left(raw, 20000)))) with ordinality as words (word, place)
    where place < 16383);

-- By what projects are found: a copy of what lists filter and sort by, apart from the long texts, so that a search which
-- looks at many projects reads little. The columns that `projects` has too have its names.
create table project_search (
  project_id integer primary key references projects on delete cascade,
  status smallint not null,
  is_private boolean not null,
  author_user_id bigint not null,
  organisation_id integer not null,
  priority smallint not null,
  difficulty smallint not null,
  mapping_types smallint[] not null,
  campaigns text[] not null,
  interests text[] not null,
  countries text[] not null,
  west double precision not null,
  south double precision not null,
  east double precision not null,
  north double precision not null,
  create_time timestamptz not null,
  update_time timestamptz not null,
  -- The year 2250 for no date.
  due_time timestamptz not null,
  -- The folded name, as far as lists sort by it.
  sort_name text not null,
  -- How much is mapped, in hundredths of a percent, as the task service's feed tells; -1 where there are no tasks.
  progress smallint not null default -1,
  -- Weight A: name and number; B: names in other languages, tags; C: short descriptions.
  words tsvector not null
);

create index project_search_by_status on project_search (status, project_id);
create index project_search_by_author on project_search (author_user_id, project_id);
create index project_search_by_organisation on project_search (organisation_id, project_id);
create index project_search_by_priority on project_search (priority, project_id);
create index project_search_by_difficulty on project_search (difficulty, project_id);
create index project_search_by_create_time on project_search (create_time, project_id);
create index project_search_by_update_time on project_search (update_time, project_id);
-- Of those that are due alike, or called alike, the newer one comes first.
create index project_search_by_due_time on project_search (due_time, (-project_id));
create index project_search_by_name on project_search (sort_name, (-project_id));
create index project_search_by_progress on project_search (progress, project_id);
-- Without a list of what is yet to be put in its place: a search would read that list, and projects seldom change.
create index project_search_by_mapping_type on project_search using gin (mapping_types) with (fastupdate = off);
create index project_search_by_campaign on project_search using gin (campaigns) with (fastupdate = off);
create index project_search_by_interest on project_search using gin (interests) with (fastupdate = off);
create index project_search_by_country on project_search using gin (countries) with (fastupdate = off);
create index project_search_by_box on project_search using gist (box(point(west, south), point(east, north)));
create index project_search_by_word on project_search using gin (words) with (fastupdate = off);

-- The words of names and tags, one for all projects together: where one that is spelled otherwise is looked for. It says
-- nothing of who has a word, and a word stays when the last project that had it is gone.
create table search_lexicon (
  word text primary key
);

create index search_lexicon_by_likeness on search_lexicon using gin (word gin_trgm_ops) with (fastupdate = off);

-- Words that are somewhat like one, the likest first: enough of them that among them are those with two letters wrong.
create function search_like(asked text, most integer) returns table (word text, likeness real)
  language sql stable parallel safe
  set pg_trgm.similarity_threshold = 0.2
as $$
  select l.word, similarity(l.word, asked) as likeness from search_lexicon l
  where l.word % asked
  order by likeness desc, l.word
  limit most
$$;

create function index_project() returns trigger language plpgsql as $$
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
    sort_name, words)
  values (new.project_id, new.status, new.is_private, new.author_user_id, new.organisation_id, new.priority,
    new.difficulty, new.mapping_types, new.campaigns, new.interests, new.countries, new.west, new.south, new.east,
    new.north, new.create_time, new.update_time, coalesce(new.due_time, '2250-01-01'),
    left(search_fold(new.name), 60),
    search_vector(new.name || ' ' || new.project_id, 'A') || search_vector(called || ' ' || tags, 'B')
      || search_vector(told, 'C'))
  on conflict (project_id) do update set status = excluded.status, is_private = excluded.is_private,
    author_user_id = excluded.author_user_id, organisation_id = excluded.organisation_id,
    priority = excluded.priority, difficulty = excluded.difficulty, mapping_types = excluded.mapping_types,
    campaigns = excluded.campaigns, interests = excluded.interests, countries = excluded.countries,
    west = excluded.west, south = excluded.south, east = excluded.east, north = excluded.north,
    create_time = excluded.create_time, update_time = excluded.update_time, due_time = excluded.due_time,
    sort_name = excluded.sort_name, words = excluded.words;
  -- In order, so that two who write the same words wait for each other and not in a circle.
  insert into search_lexicon
  select distinct word from unnest(search_words(search_fold(left(called || ' ' || tags, 20000)))) as word
  where length(word) between 4 and 40 and word !~ '[0-9]'
  order by word
  on conflict do nothing;
  return null;
end
$$;

create trigger project_is_found after insert or update on projects
  for each row execute function index_project();

-- The projects that were there before.
update projects set project_id = project_id;

-- Who worked in which project, as the task service's feed tells.
create table project_contributors (
  user_id bigint not null,
  project_id integer not null references projects on delete cascade,
  last_time timestamptz not null,
  primary key (user_id, project_id)
);

create index project_contributors_by_project on project_contributors (project_id);
