-- Files with an area that were read. The file itself is not kept: what was found in it is, for a day.
create table area_uploads (
  area_upload_id bigint primary key generated always as identity,
  -- A user of the auth service, who has so many places for uploads, counted from 1.
  user_id bigint not null,
  slot smallint not null,
  file_name text not null,
  media_type text not null,
  size_bytes bigint not null,
  sha256 bytea not null,
  -- The number of AreaFormat.
  format smallint not null,
  polygons integer not null,
  rings integer not null,
  vertices integer not null,
  -- A list of tessera.project.v1.AreaFault in JSON.
  faults jsonb not null,
  notes text[] not null,
  -- A tessera.geo.v1.MultiPolygon in binary, and what was measured of it; null where there are faults.
  area bytea,
  area_square_kilometres double precision,
  west double precision,
  south double precision,
  east double precision,
  north double precision,
  longitude double precision,
  latitude double precision,
  countries text[] not null,
  create_time timestamptz not null,
  expire_time timestamptz not null,
  unique (user_id, slot)
);

create index area_uploads_by_expiry on area_uploads (expire_time);
