-- Tasks without usable imagery wait for a validator too, as in the task service's queue.
update project_search s set to_validate = tasks_mapped + tasks_bad_imagery
from project_progress p where p.project_id = s.project_id and s.to_validate <> tasks_mapped + tasks_bad_imagery;
