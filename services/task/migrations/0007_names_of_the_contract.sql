-- Columns and kinds of operations have the names of the contract.
alter table operations rename column units_total to unit_count;
alter table operations rename column units_done to done_count;
alter table operations rename column units_skipped to skipped_count;
alter table operations rename column skipped to skipped_counts;
alter table operations rename column outcomes to result_counts;
update operations set kind = 'BatchUpdateTasks' where kind = 'ChangeTasks';
update operations set kind = 'ReconcileTasks' where kind = 'FitTasks';

-- The revision of the project whose area the tasks were reconciled with last.
alter table task_sets rename column fitted_revision to area_revision;
