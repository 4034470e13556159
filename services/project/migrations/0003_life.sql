-- A project that was deleted is taken out of its tables, so that no reader meets it, and kept here for some time as it was:
-- news of work that was done in it before the deletion may come late.
create table deleted_projects (
  project_id integer primary key,
  -- The rows of projects, project_teams and project_users.
  project jsonb not null,
  teams jsonb not null,
  users jsonb not null,
  -- A user of the auth service.
  deleted_by bigint not null,
  delete_time timestamptz not null,
  -- When work was done in it, as far as that was heard of after the deletion.
  late_work_time timestamptz
);

create index deleted_projects_by_time on deleted_projects (delete_time);

-- The projects in which somebody did something at a task, ever, as the feed of tasks has told.
create table worked_projects (
  project_id integer primary key,
  first_heard timestamptz not null default clock_timestamp()
);

create index projects_by_licence on projects (licence_id) where licence_id > 0;

create index favourites_by_time on favourites (user_id, create_time desc, project_id desc);
