-- A sequence of its own, not an identity column: a project's name ("projects/7") is remembered before its row is written.
create sequence project_ids as integer;

create table projects (
  project_id integer primary key,
  name text not null,
  description text not null,
  instructions text not null,
  -- The area of interest: a tessera.geo.v1.MultiPolygon in binary.
  area bytea not null,
  west double precision not null,
  south double precision not null,
  east double precision not null,
  north double precision not null,
  area_square_kilometres double precision not null,
  -- The numbers of the contract's enums: ProjectStatus, Permission and MappingLevel.
  status smallint not null,
  mapping_permission smallint not null,
  mapping_level smallint not null,
  validation_permission smallint not null,
  validation_level smallint not null,
  lock_seconds integer not null,
  -- A user of the auth service.
  author_user_id bigint not null,
  create_time timestamptz not null,
  update_time timestamptz not null,
  revision bigint not null
);

create table remembered_requests (
  project_id integer not null,
  caller text not null,
  request_id text not null,
  digest bytea not null,
  name text not null,
  revision bigint not null,
  commit_time timestamptz not null,
  response bytea not null,
  primary key (project_id, caller, request_id)
);

create index remembered_requests_by_age on remembered_requests (commit_time);
