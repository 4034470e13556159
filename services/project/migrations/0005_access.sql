-- Lists for those who are in nothing: the newest first, past drafts and private projects. 1 is ProjectStatus DRAFT.
create index projects_open on projects (project_id) where status <> 1 and not is_private;
