-- Everything that is said about a project beside its area, and whom it concerns.
alter table projects
  add column short_description text not null default '',
  add column task_instructions text not null default '',
  add column default_language text not null default 'en',
  -- The texts in other languages: a list of tessera.project.v1.ProjectText in JSON.
  add column translations jsonb not null default '[]',
  -- The numbers of ProjectPriority, ProjectDifficulty and MappingType.
  add column priority smallint not null default 2,
  add column difficulty smallint not null default 1,
  add column mapping_types smallint[] not null default '{}',
  add column imagery text not null default '',
  add column changeset_comment text not null default '',
  add column hashtags text[] not null default '{}',
  -- 0 for none.
  add column licence_id integer not null default 0,
  add column campaigns text[] not null default '{}',
  add column interests text[] not null default '{}',
  add column due_time timestamptz,
  -- An organisation of the auth service; 0 for none.
  add column organisation_id integer not null default 0,
  add column is_private boolean not null default false,
  add column is_featured boolean not null default false,
  -- A tessera.geo.v1.MultiPolygon in binary.
  add column priority_areas bytea,
  -- A place inside the area; null for projects that were made before this was kept, until they are next read for it.
  add column longitude double precision,
  add column latitude double precision,
  add column countries text[] not null default '{}',
  -- The tool that it was imported from, and what that calls it; both empty for one made here.
  add column source text not null default '',
  add column external_id text not null default '';

create unique index projects_by_source on projects (source, external_id) where source <> '';
create index projects_by_organisation on projects (organisation_id, project_id) where organisation_id > 0;
create index projects_by_author on projects (author_user_id, project_id);

-- What the members of a team of the auth service may do: the number of ProjectRole.
create table project_teams (
  project_id integer not null references projects on delete cascade,
  team_id integer not null,
  role smallint not null,
  primary key (project_id, team_id)
);

create index project_teams_by_team on project_teams (team_id, project_id);

-- Who may see a private project without being in one of its teams.
create table project_users (
  project_id integer not null references projects on delete cascade,
  user_id bigint not null,
  primary key (project_id, user_id)
);

create index project_users_by_user on project_users (user_id, project_id);

create table favourites (
  user_id bigint not null,
  project_id integer not null references projects on delete cascade,
  create_time timestamptz not null,
  primary key (user_id, project_id)
);

create index favourites_by_project on favourites (project_id);

create table licences (
  licence_id integer primary key generated always as identity,
  name text not null unique,
  description text not null,
  plain_text text not null,
  create_time timestamptz not null,
  update_time timestamptz not null,
  revision bigint not null default 1
);

create table licence_acceptances (
  user_id bigint not null,
  licence_id integer not null references licences,
  accept_time timestamptz not null,
  primary key (user_id, licence_id)
);
