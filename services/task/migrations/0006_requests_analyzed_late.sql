-- Rows come and go fast here. A look at the table while it is small would have sessions plan to read it whole, and keep that
-- plan while it grows: autovacuum waits until an index is cheaper.
alter table remembered_requests set (autovacuum_analyze_threshold = 2000, autovacuum_vacuum_threshold = 2000);
