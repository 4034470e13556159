-- A project has one report per source and external id. Reports that were sent twice before stay readable; only the first of
-- them has the id to itself.
alter table reports add column owns_id boolean not null default true;
update reports r set owns_id = false where r.source <> '' and r.external_id <> '' and exists (
  select from reports o where o.project_id = r.project_id and o.source = r.source and o.external_id = r.external_id
    and (o.create_time, o.task_id, o.report_id) < (r.create_time, r.task_id, r.report_id));
create unique index reports_by_source on reports (source, external_id, project_id)
  where source <> '' and external_id <> '' and owns_id;
